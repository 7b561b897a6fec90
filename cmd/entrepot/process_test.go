package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a running service.
type process struct {
	cmd    *exec.Cmd
	ready  string // the ready file
	url    string
	store  int64  // of a demo
	secret string // of a demo
	stderr *output
	exited chan struct{} // closed when it has ended; then cmd.ProcessState is set
}

// output collects what a process writes while others look at it.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// serve starts the service on a folder and waits until it is ready.
func serve(t testing.TB, data string, flags ...string) *process {
	t.Helper()
	p := launch(t, serving(t, program(t), data, flags...))
	p.await(t)
	return p
}

// serving is the command that serves a folder on a port of its own.
func serving(t testing.TB, binary, data string, flags ...string) *exec.Cmd {
	args := append([]string{"serve", "--data", data, "--addr", "127.0.0.1:0"}, flags...)
	return exec.CommandContext(t.Context(), binary, args...)
}

// launch starts a command with a ready file, and ends it with the test.
func launch(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, ready: filepath.Join(t.TempDir(), "ready.json"), stderr: new(output), exited: make(chan struct{})}
	cmd.Args = append(cmd.Args, "--ready-file", p.ready)
	cmd.Stderr, cmd.Env = p.stderr, environment()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		_ = cmd.Wait() // looked at in cmd.ProcessState
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("standard error of %s:\n%s", cmd, tail(p.stderr.String()))
		}
	})
	return p
}

func tail(text string) string { return text[max(0, len(text)-4000):] }

// patience bounds every wait; nothing should come near it.
const patience = time.Minute

// await waits for the ready file.
func (p *process) await(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := p.awaitReady(ctx); err != nil {
		t.Fatalf("%v\n%s", err, p.stderr)
	}
}

func (p *process) awaitReady(ctx context.Context) error {
	var ready struct {
		URL, Secret string
		Store       int64
	}
	err := poll(ctx, p.exited, func() (bool, error) {
		body, err := os.ReadFile(p.ready)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return err == nil, errors.Join(err, json.Unmarshal(body, &ready))
	})
	p.url, p.store, p.secret = ready.URL, ready.Store, ready.Secret
	return err
}

var errExited = errors.New("the process has ended")

// poll asks every few milliseconds until it is done.
func poll(ctx context.Context, exited <-chan struct{}, done func() (bool, error)) error {
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-exited:
			return errExited
		case <-ctx.Done():
			return fmt.Errorf("waited in vain: %w", ctx.Err())
		}
	}
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := poll(ctx, nil, func() (bool, error) { return holds(), nil }); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func (p *process) signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// kill ends the process as a power cut would, as far as that can be had.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.exited
}

// end waits for the process and answers its exit code.
func (p *process) end(t testing.TB) int {
	t.Helper()
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		t.Fatalf("%s does not end", p.cmd)
		return -1
	}
}

// stop ends the service in the usual way.
func (p *process) stop(t testing.TB) {
	t.Helper()
	p.signal(t, syscall.SIGTERM)
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d after SIGTERM, want 0\n%s", code, tail(p.stderr.String()))
	}
}

// alive fails when the service has ended.
func (p *process) alive(t testing.TB) {
	t.Helper()
	select {
	case <-p.exited:
		t.Errorf("the service has ended: %s\n%s", p.cmd.ProcessState, tail(p.stderr.String()))
	default:
	}
}
