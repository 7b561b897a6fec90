package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestValues(t *testing.T) {
	odd, even := values{5, 1, 3}, values{4, 1, 3, 2}
	if odd.median() != 3 || even.median() != 2.5 || odd.low() != 1 || odd.high() != 5 {
		t.Errorf("%v: %v, %v to %v; %v: %v", odd, odd.median(), odd.low(), odd.high(), even, even.median())
	}
	if odd[0] != 5 {
		t.Error("the median has sorted the rounds")
	}
	// The rounds of a noisy machine: both sides slow in the second.
	ratios := values{50, 10, 60}.over(values{100, 20, 100})
	if ratios.median() != 0.5 || ratios.low() != 0.5 || ratios.high() != 0.6 {
		t.Errorf("ratios %v", ratios)
	}
}

func TestNumbers(t *testing.T) {
	for f, want := range map[float64]string{0.125: "0.12", 3.14159: "3.14", 12.34: "12.3", 123.6: "124", 1234567.8: "1,234,568", 1000: "1,000"} {
		if got := number(f); got != want {
			t.Errorf("%v is written %q, want %q", f, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1_000_001: "1,000,001", 10_020: "10,020"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}

func TestVerdicts(t *testing.T) {
	f := figure{title: "t", about: "a", goal: 0.8}
	for i, rates := range []values{{70, 90}, {100, 100}} {
		f.sides[i] = series{name: "s", rate: rates, server: values{2, 2}, client: values{1, 1}}
	}
	for goal, want := range map[float64]string{0.8: "is reached", 0.81: "Falls short", 0: ""} {
		var b strings.Builder
		f.goal = goal
		f.section(&b)
		has := strings.Contains(b.String(), "goal")
		if has != (want != "") || !strings.Contains(b.String(), want) {
			t.Errorf("goal %v:\n%s", goal, &b)
		}
	}
}

// TestCalendar: dates grow with numbers, and every day has its orders.
func TestCalendar(t *testing.T) {
	for _, c := range []calendar{full.Small, full.Large, short.Small, short.Large, tiny.Large} {
		var last time.Time
		for n := 1; n <= c.orders(); n++ {
			at, day := c.placed(n), (n-1)/c.PerDay
			if !at.After(last) || at.Before(c.day(day)) || !at.Before(c.day(day+1)) {
				t.Fatalf("%+v: order %d was placed at %s, after %s", c, n, at, last)
			}
			last = at
		}
		if !last.Before(today) {
			t.Errorf("%+v: the last order is of %s, expected it before %s", c, last, today)
		}
	}
}

func TestScales(t *testing.T) {
	for _, s := range []scale{full, short} {
		for _, l := range s.Lists {
			if l.Days < 1 || l.Days > s.calendar(l).Days {
				t.Errorf("%+v: a list of %d days", s.calendar(l), l.Days)
			}
		}
		if last := s.Memory[len(s.Memory)-1]; last != s.Large.Days {
			t.Errorf("memory is looked at for %d days of %d", last, s.Large.Days)
		}
		if s.Large.orders() < 64 || s.Orders == 0 {
			t.Errorf("%+v is too small for 64 callers", s)
		}
	}
	one, errOne := full.key()
	two, errTwo := short.key()
	if errOne != nil || errTwo != nil || one == two {
		t.Errorf("the keys of the databases are %q (%v) and %q (%v)", one, errOne, two, errTwo)
	}
}

// TestMoved: an order is never moved to the status that it has, however often.
func TestMoved(t *testing.T) {
	m := newMoved(calendar{PerDay: 1, Days: 1})
	a := &updateAsker{moved: m, random: newRandom(1, 0), share: 1}
	last := ""
	for range 1000 {
		a.ask(nil)
		if string(a.to) == last || string(m.status(1)) != last {
			t.Fatalf("from %q (or %q) to %q", last, m.status(1), a.to)
		}
		last = string(a.to)
		m.count(1)
	}
}

func TestOwnProcess(t *testing.T) {
	memory, err := anonymous(os.Getpid())
	if err != nil || memory < 1<<20 {
		t.Errorf("this process has %d bytes, %v", memory, err)
	}
	before := ownCPU()
	for ownCPU()-before < 3*tick { // the kernel counts in ticks
	}
	spent, err := cpuOf(os.Getpid())
	if err != nil || spent < tick {
		t.Errorf("this process has spent %s, %v", spent, err)
	}
}

func TestMachine(t *testing.T) {
	m := lookAround(t.Context(), t.TempDir())
	for _, s := range []string{m.processor, m.memory, m.kernel, m.filesystem, m.load, m.golang, m.commit} {
		if s == "" {
			t.Errorf("%+v has gaps", m)
		}
	}
	mounts := "/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /tmpfiles xfs rw 0 0\n"
	for dir, want := range map[string]string{"/home/x": "ext4", "/tmp": "tmpfs", "/tmp/x": "tmpfs", "/tmpfiles/x": "xfs", "/tmpx": "ext4"} {
		if got := filesystemOf(mounts, dir); got != want {
			t.Errorf("%s is on %s, want %s", dir, got, want)
		}
	}
}
