package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlain: what only entrepot knows is left out, and nothing that looks like
// it.
func TestPlain(t *testing.T) {
	const looks = `{"order":{"note":",\"entrepot\":{\"resume\":"},"remittance_amount":0.00`
	line, err := withoutOurs([]byte(looks + `,"entrepot":{"resume":null,"history":[{"reason":"}"}]}}`))
	if err != nil || string(line) != looks+"}" {
		t.Errorf("%s, %v", line, err)
	}
	if _, err := withoutOurs([]byte(looks + "}")); !errors.Is(err, errWrong) {
		t.Errorf("a line without it: %v", err)
	}
}

// TestWantPlain sees what is missing, what is too much, and what differs.
func TestWantPlain(t *testing.T) {
	m := &mover{runner: &runner{dir: t.TempDir()}}
	write := func(name, text string) string {
		if err := os.WriteFile(m.path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return m.path(name)
	}
	const own, other = `{"a":1,"entrepot":{"resume":null}}` + "\n", `{"a":2,"entrepot":{"resume":null}}` + "\n"
	if err := makePlain(write(ownFile, own+own), m.path(plainFile)); err != nil || read(m.path(plainFile)) != "{\"a\":1}\n{\"a\":1}\n" {
		t.Errorf("made %q, %v", read(m.path(plainFile)), err)
	}
	for text, same := range map[string]bool{own + own: true, own: false, own + own + own: false, own + other: false, "": false} {
		if err := m.wantPlain(write("exported", text)); (err == nil) != same || (!same && !errors.Is(err, errWrong)) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if m.checked < 2 {
		t.Errorf("%d lines are counted", m.checked)
	}
}

// TestTimed: a command that fails ends the run, with what it said.
func TestTimed(t *testing.T) {
	_, err := runTimed(t.Context(), filepath.Join(t.TempDir(), "missing"))
	if err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a command that is not there: %v", err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from := filepath.Join(t.TempDir(), "file")
	if _, err := runTimed(t.Context(), self, roleBare, bareCopy, from, from+"2"); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a copy of nothing: %v", err)
	}
	if err := os.WriteFile(from, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cost, err := runTimed(t.Context(), self, roleBare, bareCopy, from, from+"2")
	if err != nil || read(from+"2") != "one\ntwo\n" || cost.Wall <= 0 || cost.Peak < 1<<20 {
		t.Errorf("a copy: %+v, %v", cost, err)
	}
	for _, args := range [][]string{{bareInsert, from, from + ".db"}, {bareVerify, from + ".db"}} {
		if err := doBare(args); err != nil {
			t.Errorf("%s: %v", args, err)
		}
	}
	for _, args := range [][]string{{"nothing"}, {bareInsert, from, from + ".db"}, {bareVerify, from}} {
		if err := doBare(args); err == nil {
			t.Errorf("%s is done", args)
		}
	}
}

// TestMovingVerdict: a goal is reached by the median.
func TestMovingVerdict(t *testing.T) {
	mv := &move{title: "import", goal: 15, ours: cost{values{14, 20, 14}, values{1}, values{70}}, bare: cost{wall: values{7, 10, 7}}}
	for wall, want := range map[float64]string{14: "The goal, import in less than 15.0 s, is reached.", 16: "**Falls short** of the goal, import in less than 15.0 s: it is 16.0 s."} {
		mv.ours.wall[0], mv.ours.wall[2] = wall, wall
		var b strings.Builder
		moving{moves: []*move{mv}}.section(&b)
		if !strings.Contains(b.String(), want) || !strings.Contains(b.String(), "that of import, 70.0 MiB") {
			t.Error(b.String())
		}
	}
}
