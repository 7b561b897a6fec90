package merchantsync_test

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/chaos"
	"entrepot/internal/merchantsync/ledger"
)

var processOrders = flag.Int("proof-process-orders", 80, "orders of the proof with processes")

// The same with the program itself, which is killed as a power cut would.
func TestProofOfProcesses(t *testing.T) {
	program := build(t)
	onEngines(t, func(t *testing.T, shop ledger.Options) {
		w := newWorld(t, seed(t), processRates(), shop)
		w.life(span{}, func(context.Context, *merchantsync.Daemon, merchantsync.Feed, *life) {}) // makes the tables
		command := w.command(program)
		w.tokens <- struct{}{}
		writers := w.write(*processOrders)
		for !writers.done.Load() {
			w.killOne(command)
			w.keep()
		}
		if kills := w.killed["as a process"]; kills < processKills {
			t.Errorf("%d processes were killed, want %d or more", kills, processKills)
		}
		w.settle()
		w.report()
		for _, wrong := range append(w.audit(), w.differ...) {
			t.Error(wrong)
		}
	})
}

const processKills = 8 // at least

// processRates has nothing for which a real client waits long.
func processRates() chaos.Rates {
	r := chaos.Bad()
	r.Throttle, r.CutBefore, r.CutAfter, r.CutWithin, r.Truncate, r.Fault = 0, 5, 5, 5, 5, 5
	return r
}

// build compiles the program.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "entrepot")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, "entrepot/cmd/entrepot").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// command makes commands that do one pass each.
func (w *world) command(program string) func() *exec.Cmd {
	w.t.Helper()
	secret := filepath.Join(w.t.TempDir(), "secret.txt")
	if err := os.WriteFile(secret, []byte(proofSecret+"\n"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	args := []string{"sync", "once", "--url", w.url, "--store", "999", "--secret-file", secret, "--db", w.shop.Database, "--jsonl", w.lines}
	if w.shop.PasswordFile != "" {
		args = append(args, "--db-password-file", w.shop.PasswordFile)
	}
	return func() *exec.Cmd {
		cmd := exec.CommandContext(w.t.Context(), program, args...)
		cmd.Env = slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "ENTREPOT_") })
		return cmd
	}
}

// killOne starts a process and kills it. The moment is told in requests first,
// so that it gets somewhere on a slow machine, too, and then in time, so that
// it falls between them.
func (w *world) killOne(command func() *exec.Cmd) {
	w.t.Helper()
	cmd := command()
	var said strings.Builder
	cmd.Stderr = &said
	until := w.requests.Load() + 1 + w.random.Int64N(30+int64(*processOrders)/20)
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.passes++
	exited := make(chan struct{})
	var waiting sync.WaitGroup
	waiting.Go(func() {
		defer close(exited)
		_ = cmd.Wait() // looked at in cmd.ProcessState
	})
	eventually(w.t, func() bool { return w.requests.Load() >= until || closed(exited) })
	time.Sleep(time.Duration(w.random.Int64N(int64(6 * time.Millisecond)))) // which moment it is does not matter
	_ = cmd.Process.Kill()                                                  // it may have ended by itself
	waiting.Wait()
	switch code := cmd.ProcessState.ExitCode(); code {
	case -1:
		w.killed["as a process"]++
	case 0, 1:
		w.killed["never"]++
	default:
		w.t.Fatalf("%s ended with %d: %s", cmd, code, said.String())
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
