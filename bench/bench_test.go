package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestMain lets the test binary be the bench's own processes, too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains([]string{roleLoad, roleBaseline, roleTimed, roleBare}, os.Args[1]) {
		if err := dispatch(context.Background(), os.Args[1:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// The race detector has every process sleep for a second at its end.
	if err := os.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0"); err != nil {
		panic(err)
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
	checkMixture(t, r.mixture)
	checkStartup(t, r.startup)
	checkMoving(t, r.moving)
	checkSections(t, r, dir)
	if r.checked < proofs+2*int64(short.Moved) {
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

func checkMixture(t *testing.T, m mixture) {
	t.Helper()
	if len(m.rate) != short.Rounds || len(m.kinds) != 4 {
		t.Errorf("the mixed load has %d rounds of %d kinds", len(m.rate), len(m.kinds))
	}
	shares := 0
	for _, k := range m.kinds {
		shares += k.share
		if k.alone.count() == 0 || k.alone.percentile(50) <= 0 {
			t.Errorf("%s was never asked for alone", k.name)
		}
	}
	if details := m.kinds[0].mixed; shares != 100 || details.percentile(50) <= 0 || details.percentile(99) < details.percentile(50) {
		t.Errorf("shares of %d, p50 %s, p99 %s", shares, details.percentile(50), details.percentile(99))
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

func checkMoving(t *testing.T, m moving) {
	t.Helper()
	if len(m.moves) != 7 {
		t.Errorf("there are %d moves", len(m.moves))
	}
	for _, mv := range m.moves {
		for _, c := range []cost{mv.ours, mv.bare} {
			if len(c.wall) != short.MovedRounds || c.wall.low() <= 0 || c.cpu.low() <= 0 || c.peak.low() < 1 {
				t.Errorf("%s: %+v", mv.title, c)
			}
		}
	}
	for file, size := range m.files {
		if size <= 0 {
			t.Errorf("%s has %d bytes", file, size)
		}
	}
}

func checkSections(t *testing.T, r report, dir string) {
	t.Helper()
	text := r.markdown()
	titles := []string{
		"orderDetail", "orderNumbers, 10 orders", "orderNumbers, 1,000 orders", "orderNumbers, 5,000 orders",
		"updateVendorOrderStatus", "Durable updates: 64 callers beside one", "Mixed load", "Start", "Memory while listing",
		"Moving orders",
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
	var keys []string
	for _, s := range []scale{short, short.scaleOfMoves()} {
		key, err := s.key()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(keys, e.Name()) && e.Name() != "lock" {
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
	for _, args := range [][]string{{"-fast"}, {"now"}, {"-out", missing}, {"-short", "-only", "lists"}} {
		if _, err := parseOptions(args); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}

func TestPublish(t *testing.T) {
	file := filepath.Join(t.TempDir(), "RESULTS.md")
	all := report{figures: []figure{aFigure("one"), aFigure("two")}}
	publishTo(t, all, file)
	if body := read(file); body != all.markdown() || !strings.Contains(body, "\n## one\n") {
		t.Errorf("wrote %q", body)
	}
	before := read(file)
	part := report{figures: []figure{aFigure("one"), aFigure("three")}, options: options{only: partServing}}
	publishTo(t, part, file)
	for _, s := range all.sections()[1:] {
		if !strings.Contains(read(file), s.markdown()) {
			t.Errorf("the section %q has changed: %s", s.title, read(file))
		}
	}
	for _, s := range part.sections() {
		if strings.Count(read(file), s.markdown()) != 1 || !strings.Contains(s.text, "Measured by itself (`go run ./bench -only serving`)") {
			t.Errorf("the section %q is not there once: %s", s.title, read(file))
		}
	}
	heading, _, _ := strings.Cut(before, "\n## ")
	if !strings.HasPrefix(read(file), heading+"\n## one\n") {
		t.Errorf("the heading has changed: %s", read(file))
	}
	if err := publish(part, file+"-missing", new(strings.Builder)); err == nil {
		t.Error("one part is taken for the results of all")
	}
}

func publishTo(t *testing.T, r report, file string) {
	t.Helper()
	var printed strings.Builder
	if err := publish(r, file, &printed); err != nil {
		t.Fatal(err)
	}
	if printed.String() != read(file) {
		t.Errorf("wrote %q, printed %q", read(file), &printed)
	}
}

func aFigure(title string) figure {
	f := figure{title: title, about: "about"}
	for i := range f.sides {
		f.sides[i] = series{name: "s", rate: values{1}, server: values{1}, client: values{1}}
	}
	return f
}
