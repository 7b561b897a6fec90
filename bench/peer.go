package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"entrepot/internal/wire"
)

// peer is a running PocketBase (bench/pocketbase).
type peer struct {
	cmd     *exec.Cmd
	address string
}

// buildPeer builds it; the first time, Go fetches its modules.
func buildPeer(ctx context.Context, path string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-C", filepath.Join("bench", "pocketbase"), "-trimpath", "-buildvcs=false", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build PocketBase: %w\n%s", err, out)
	}
	return nil
}

// fillPeer makes its orders, each with a document as long as entrepot's are on
// average.
func fillPeer(ctx context.Context, binary, dir string, orders int) error {
	file := filepath.Join(filepath.Dir(dir), "document.json")
	document, err := peerDocument()
	if err == nil {
		err = os.WriteFile(file, document, 0o600)
	}
	if err != nil {
		return fmt.Errorf("write a document: %w", err)
	}
	cmd := exec.CommandContext(ctx, binary, "fill", strconv.Itoa(orders), file, "--dir", dir, "--dev=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fill PocketBase: %w\n%.1000s", err, out)
	}
	return nil
}

// peerItems makes an answer of some 4 KB, as those of the demo's orders are.
const peerItems = 9

func peerDocument() ([]byte, error) {
	d := sample()
	for len(d.Items) < peerItems {
		d.Items = append(d.Items, d.Items[0])
	}
	document, err := wire.Codec{}.EncodeDetails(d)
	return append(append([]byte(`{`), document.Body...), '}'), err
}

func startPeer(ctx context.Context, binary, dir string) (*peer, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, binary, "serve", "--http", address, "--dir", dir, "--dev=false")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = patience
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start PocketBase: %w", err)
	}
	p := &peer{cmd, address}
	if err := p.await(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// freeAddress is one where nothing listens just now.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		return "", fmt.Errorf("look for a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

func (p *peer) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/api/health", nil)
		if err != nil {
			return fmt.Errorf("ask PocketBase: %w", err)
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			return response.Body.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for PocketBase: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (p *peer) pid() int { return p.cmd.Process.Pid }

func (p *peer) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("stop PocketBase: %w", err)
	}
	return nil
}
