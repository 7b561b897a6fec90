package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// service is a running entrepot.
type service struct {
	cmd     *exec.Cmd
	address string
	admin   string // empty without an admin address
	exited  chan error
}

// buildProgram builds the binary as it is shipped.
func buildProgram(ctx context.Context, path string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", path, "entrepot/cmd/entrepot")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

// startService serves a folder's database with the settings that serve has by
// itself, and waits until it is ready.
func startService(ctx context.Context, binary, folder string) (*service, error) {
	return startServing(ctx, binary, filepath.Join(folder, "ready.json"), "--data", folder)
}

// startServing serves what the flags say. Its log is written to nowhere: it
// would be a gigabyte.
func startServing(ctx context.Context, binary, ready string, flags ...string) (*service, error) {
	args := append([]string{"serve", "--addr", "127.0.0.1:0", "--ready-file", ready}, flags...)
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = withoutSettings(os.Environ())
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = patience
	s := &service{cmd: cmd, exited: make(chan error, 1)}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the service: %w", err)
	}
	go func() { s.exited <- cmd.Wait() }()
	if err := s.await(ctx, ready); err != nil {
		return nil, errors.Join(fmt.Errorf("start the service (%s): %w", cmd, err), s.stop())
	}
	return s, nil
}

// withoutSettings leaves out what would set the program's flags.
func withoutSettings(environment []string) (kept []string) {
	for _, pair := range environment {
		if !strings.HasPrefix(pair, "ENTREPOT_") {
			kept = append(kept, pair)
		}
	}
	return kept
}

// lookEvery is how often the ready file is looked for; starts are measured to
// this.
const lookEvery = 500 * time.Microsecond

func (s *service) await(ctx context.Context, ready string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		body, err := os.ReadFile(ready)
		if !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(err, s.readAddress(body))
		}
		select {
		case <-ticker.C:
		case err := <-s.exited:
			s.exited <- err
			return fmt.Errorf("it has ended: %w", err)
		case <-ctx.Done():
			return fmt.Errorf("wait for its ready file: %w", ctx.Err())
		}
	}
}

func (s *service) readAddress(body []byte) error {
	var announced struct {
		URL   string `json:"url"`
		Admin string `json:"adminUrl"`
	}
	if err := json.Unmarshal(body, &announced); err != nil {
		return fmt.Errorf("read its ready file: %w", err)
	}
	u, err := url.Parse(announced.URL)
	if err != nil {
		return fmt.Errorf("read its ready file: %w", err)
	}
	s.address, s.admin = u.Host, strings.TrimPrefix(announced.Admin, "http://")
	return nil
}

func (s *service) pid() int { return s.cmd.Process.Pid }

// stop ends the service in the usual way.
func (s *service) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	if err := <-s.exited; err != nil {
		return fmt.Errorf("stop the service: %w", err)
	}
	return nil
}
