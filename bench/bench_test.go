package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestMain lets the test binary be the bench's own processes, too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == roleLoad || os.Args[1] == roleBaseline) {
		if err := dispatch(context.Background(), os.Args[1:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestShort runs the whole bench on a small database and looks whether every
// figure is there; an answer that is wrong ends the run. How fast anything was
// is nobody's business here.
func TestShort(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the bench reads /proc: it needs Linux")
	}
	dir := t.TempDir()
	var log bytes.Buffer
	r, err := run(t.Context(), options{short: true, dir: dir}, &log)
	if err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	checkFigures(t, r)
	checkStartup(t, r.startup)
	checkSections(t, r, dir)
	if r.checked < proofs {
		t.Errorf("only %d answers were checked", r.checked)
	}
	leavesOnlyTheDatabase(t, dir)
}

func checkFigures(t *testing.T, r report) {
	t.Helper()
	for _, f := range r.figures {
		for _, s := range f.sides {
			for _, v := range []values{s.rate, s.server, s.client} {
				if len(v) != short.Rounds {
					t.Errorf("%s, %s: %v, want %d rounds", f.title, s.name, v, short.Rounds)
				}
			}
			if s.rate.low() <= 0 || s.client.low() <= 0 {
				t.Errorf("%s, %s: nothing happened in a round: %+v", f.title, s.name, s)
			}
		}
	}
}

func checkStartup(t *testing.T, s startup) {
	t.Helper()
	for i, g := range s.lists {
		if g.orders != short.Memory[i]*short.Large.PerDay || len(g.more) != short.Rounds || g.idle.low() <= 0 {
			t.Errorf("memory of lists: %+v", g)
		}
	}
	if want := short.Rounds * len(short.Memory); len(s.first) != want || s.first.low() <= 0 {
		t.Errorf("starts: %v, want %d", s.first, want)
	}
}

func checkSections(t *testing.T, r report, dir string) {
	t.Helper()
	text := r.markdown()
	titles := []string{
		"orderDetail", "orderNumbers, 10 orders", "orderNumbers, 1,000 orders", "orderNumbers, 5,000 orders",
		"updateVendorOrderStatus", "Durable updates: 64 callers beside one", "Start", "Memory while listing",
	}
	for _, title := range titles {
		if !strings.Contains(text, "\n## "+title+"\n") {
			t.Errorf("the results have no section %q", title)
		}
	}
	if got := strings.Count(text, "\n## "); got != len(titles) {
		t.Errorf("the results have %d sections, want %d", got, len(titles))
	}
	if strings.Contains(text, dir) || strings.Contains(text, secret) {
		t.Error("the results name a folder of this machine, or the secret")
	}
}

func leavesOnlyTheDatabase(t *testing.T, dir string) {
	t.Helper()
	key, err := short.key()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != key && e.Name() != "lock" {
			t.Errorf("the run has left %s behind", e.Name())
		}
	}
}

func TestOneBenchAtATime(t *testing.T) {
	dir := t.TempDir()
	first, err := openWorkplace(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = run(t.Context(), options{short: true, dir: dir}, new(bytes.Buffer))
	if err == nil || !strings.Contains(err.Error(), "another bench") {
		t.Errorf("a second bench in the same folder: %v", err)
	}
	if err := first.unlock(); err != nil {
		t.Error(err)
	}
}

func TestOptions(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing", "RESULTS.md")
	for _, args := range [][]string{{"-fast"}, {"now"}, {"-out", missing}} {
		if _, err := parseOptions(args); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}

func TestPublish(t *testing.T) {
	file := filepath.Join(t.TempDir(), "RESULTS.md")
	var printed strings.Builder
	if err := publish("# text\n", file, &printed); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(file)
	if err != nil || string(written) != "# text\n" || printed.String() != "# text\n" {
		t.Errorf("wrote %q (%v), printed %q", written, err, &printed)
	}
}
