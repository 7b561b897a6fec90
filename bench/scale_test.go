package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"entrepot/internal/order"
	"entrepot/internal/testkit"
)

// TestScale runs the whole of bench-scale on tiny databases of both engines and
// looks whether every figure is there; an answer that is wrong ends the run,
// and so does a database that `entrepot check` finds fault with.
func TestScale(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the bench reads /proc: it needs Linux")
	}
	testkit.Need(t, testkit.PostgreSQL)
	dir := t.TempDir()
	o, err := parseScaleOptions([]string{"-short", "-orders", "1000,2000", "-dir", dir})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	r, err := runScale(t.Context(), o, &log)
	t.Logf("%s", &log)
	if err != nil {
		t.Fatal(err)
	}
	for i, engine := range []string{onSQLite, onPostgres} {
		checkScale(t, r.parts[i], engine)
	}
	checkScaleText(t, r, dir)
	leavesNothing(t, dir)
}

func checkScale(t *testing.T, p scalePart, engine string) {
	t.Helper()
	if len(p.figures) != 7 || len(p.inOrder) != 2 || p.checked < int64(len(p.sizes)*2*shortSizing.Subset) {
		t.Errorf("%d figures, %d answers compared, %v found in order", len(p.figures), p.checked, p.inOrder)
	}
	for _, f := range p.figures {
		for _, s := range f.sides {
			if len(s.rate) != shortSizing.Rounds || s.rate.low() <= 0 || len(s.both()) != shortSizing.Rounds {
				t.Errorf("%s, %s: %+v", f.title, s.name, s)
			}
		}
	}
	checkServerTime(t, p.figures, engine)
	for i := range p.sizes {
		if len(p.starts[i]) != shortSizing.Rounds || p.starts[i].low() <= 0 {
			t.Errorf("starts: %v", p.starts)
		}
		for _, f := range []footprint{p.footprints[i], p.template} {
			if f.total <= 0 || f.of("orders") <= 0 || f.of("order_documents") <= 0 || f.of("orders_cart") <= 0 {
				t.Errorf("on disk: %+v", f)
			}
		}
	}
}

// checkServerTime: a round is so short that a process may not have spent a tick
// of its time in it, but not in all of them.
func checkServerTime(t *testing.T, figures []scaleFigure, engine string) {
	t.Helper()
	service, database := 0.0, 0.0
	for _, f := range figures {
		for _, s := range f.sides {
			service, database = service+s.server.high(), database+s.database.high()
		}
	}
	if service <= 0 || (database > 0) != (engine == onPostgres) {
		t.Errorf("%s: processor time of the service %v, of the database's server %v", engine, service, database)
	}
}

func checkScaleText(t *testing.T, r scaleReport, dir string) {
	t.Helper()
	var printed strings.Builder
	if err := publishScale(r, "", &printed); err != nil {
		t.Fatal(err)
	}
	text := printed.String()
	for _, title := range []string{
		"orderDetail", "orderNumbers by sinceOrderId, 10 orders", "orderNumbers by date, 1,000 orders", "orderNumbers by missingMerchantOrderId",
		"updateVendorOrderStatus", "Placing an order", "Placing: one store, and many", "Start", "On disk",
	} {
		if strings.Count(text, "\n### "+title+"\n") != 2 {
			t.Errorf("the results have no section %q of each engine", title)
		}
	}
	if strings.Contains(text, dir) || strings.Contains(text, secret) || strings.Contains(text, "NaN") || strings.Contains(text, "{") {
		t.Errorf("the results name a folder of this machine, the secret, or no number:\n%s", text)
	}
}

func leavesNothing(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "lock" {
			t.Errorf("the run has left %s behind", e.Name())
		}
	}
}

func TestScaleOptions(t *testing.T) {
	for _, args := range [][]string{
		{"now"},
		{"-fast"},
		{"-engine", "oracle"},
		{"-orders", "many"},
		{"-orders", "10000"},
		{"-orders", "20000,10000"},
		{"-orders", "1000,10000"},  // a subset of 2,000
		{"-orders", "10000,10500"}, // half a day
		{"-out", filepath.Join(t.TempDir(), "missing", "RESULTS.md")},
	} {
		if o, err := parseScaleOptions(append([]string{"-dir", t.TempDir(), "-short=false"}, args...)); err == nil {
			t.Errorf("%q is taken: %+v", args, o)
		}
	}
	o, err := parseScaleOptions([]string{"-short", "-dir", t.TempDir()})
	if err != nil || fmt.Sprint(o.engines, o.sizes) != "[sqlite postgres] [10000 1000000 10000000]" {
		t.Errorf("%v, %v, %v", o.engines, o.sizes, err)
	}
}

func TestRoom(t *testing.T) {
	r := &scaleRun{scaleOptions: scaleOptions{sizes: []int{1000, 2000}}}
	if err := r.roomIn(t.TempDir(), 1); err != nil {
		t.Error(err)
	}
	if err := r.roomIn(t.TempDir(), 1<<50); err == nil || !strings.Contains(err.Error(), "GB free") {
		t.Errorf("a disk with room for anything: %v", err)
	}
}

// TestSpreading: what is read and what is moved are different orders, from one
// end of the database to the other.
func TestSpreading(t *testing.T) {
	for _, s := range []spreading{{1000, 50, 3}, {10_000, 2000, 10}, {10_000_000, 2000, 10}} {
		seen := map[int]bool{}
		for i := range s.Subset {
			for _, n := range []int{s.fresh(i), s.read(i)} {
				if n < 1 || n > s.Size || seen[n] {
					t.Errorf("%+v: order %d", s, n)
				}
				seen[n] = true
			}
		}
		if s.fresh(0) != 1 || s.read(s.Subset-1) < s.Size-s.Size/s.Subset {
			t.Errorf("%+v goes from %d to %d", s, s.fresh(0), s.read(s.Subset-1))
		}
	}
}

func TestPublishScale(t *testing.T) {
	file := filepath.Join(t.TempDir(), "RESULTS-SCALE.md")
	part := func(title, kernel string) scalePart {
		p := scalePart{title: title, sizes: []int{1}, starts: []values{{1}}, footprints: []footprint{{}}}
		p.machine.kernel, p.sizing.Template = kernel, 1
		return p
	}
	publish := func(parts ...scalePart) string {
		t.Helper()
		var printed strings.Builder
		if err := publishScale(scaleReport{parts: parts}, file, &printed); err != nil {
			t.Fatal(err)
		}
		if printed.String() != read(file) {
			t.Errorf("wrote %q, printed %q", read(file), &printed)
		}
		return read(file)
	}
	if text := publish(part("A", "one"), part("B", "two")); !strings.Contains(text, "| one |") || !strings.Contains(text, "| two |") {
		t.Errorf("wrote %q", text)
	}
	text := publish(part("B", "three"))
	for kernel, want := range map[string]int{"one": 1, "two": 0, "three": 1} {
		if strings.Count(text, "| kernel | "+kernel+" |") != want {
			t.Errorf("kernel %s is not there %d times: %s", kernel, want, text)
		}
	}
}

func TestTurns(t *testing.T) {
	one := turns{series: series{name: "1", rate: values{10, 10}, server: values{100, 100}, client: values{1, 1}}, database: values{100, 100}}
	two := turns{series: series{name: "2", rate: values{5, 5}, server: values{100, 100}, client: values{1, 1}}, database: values{200, 200}}
	for _, flat := range []bool{true, false} {
		var b strings.Builder
		scaleFigure{title: "t", about: "about", of: "orders", sides: []turns{one, two}, flat: flat}.write(&b)
		if !strings.Contains(b.String(), "| 0.50 |") || !strings.Contains(b.String(), "| 1.50 (1.50 … 1.50) |") {
			t.Errorf("%s", &b)
		}
		if strings.Contains(b.String(), "**Falls short** of the goal, processor time within 1.25 times: it is 1.50 times.") != flat {
			t.Errorf("%s", &b)
		}
	}
}

// TestWrongScaleAnswers sees that each kind of answer is compared.
func TestWrongScaleAnswers(t *testing.T) {
	s := &subset{spreading: spreading{1000, 50, 3}, sums: make([]uint32, 50), missing: missingOf(spreading{1000, 50, 3})}
	s.statuses = append(s.statuses, make([]order.Status, 50)...)
	for _, k := range []kind{askSubset, askNewest, askDay, askMissing, askMove, askPlace} {
		a := s.asker(job{Kind: k, Connections: 1}, 0)
		if body := a.ask(nil); len(body) == 0 || a.path() == "" {
			t.Errorf("%s asks %q of %s", k, body, a.path())
		}
		if err := a.check([]byte(a.start() + "something else")); err == nil {
			t.Errorf("%s takes any answer", k)
		}
	}
}
