package storagetest

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// model is the state machine as docs/state-machine.md tells it, read from the
// table there: it shares no code with the program.
type model struct {
	allowed map[modelMove][]string // where a move leads; several for the vendor's
	status  string
	back    string
	changes int
}

type modelMove struct{ from, move string }

var tableRow = regexp.MustCompile(`(?m)^\| ([A-Z_]+) \| ([a-z-]+) \| ([A-Z_]+|back) \|$`)

func readModel(t *testing.T) map[modelMove][]string {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	page, err := os.ReadFile(filepath.Join(filepath.Dir(file), "..", "..", "..", "docs", "state-machine.md"))
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[modelMove][]string{}
	for _, row := range tableRow.FindAllStringSubmatch(string(page), -1) {
		key := modelMove{row[1], row[2]}
		allowed[key] = append(allowed[key], row[3])
	}
	if len(allowed) < 20 {
		t.Fatalf("the table of docs/state-machine.md has %d moves", len(allowed))
	}
	return allowed
}

// step is what a move should do: nothing wrong, or the fault.
func (m *model) step(move, requested string) fault.Code {
	to := m.allowed[modelMove{m.status, move}]
	switch {
	case move == "vendor" && m.status == "IGLOBAL_ORDER_CANCELLED":
		return fault.StatusCancelled
	case move == "vendor" && m.status == requested:
		return fault.StatusUnchanged
	case len(to) == 0 && m.leadsHere(move):
		return fault.StatusUnchanged
	case len(to) == 0 || (move == "vendor" && !slices.Contains(to, requested)):
		return fault.StatusLocked
	}
	next := to[0]
	switch {
	case move == "vendor":
		next = requested
	case next == "back":
		next = m.back
	}
	m.back = ""
	if next == "IGLOBAL_ORDER_ON_HOLD" || next == "VENDOR_CANCELLATION_REQUEST" {
		m.back = m.status
	}
	m.status = next
	m.changes++
	return ""
}

// leadsHere reports whether a move only ever leads to the present status.
func (m *model) leadsHere(move string) bool {
	for key, to := range m.allowed {
		if key.move == move {
			return to[0] == m.status && move != "vendor"
		}
	}
	return false
}

func testStateMachine(t *testing.T, storage order.Storage) {
	allowed := readModel(t)
	c := newClock(begin)
	s := newService(t, storage, c)
	rapid.Check(t, func(rt *rapid.T) {
		start := checkout()
		start.Screen = rapid.Bool().Draw(rt, "screened")
		id, err := newOrder(t.Context(), s, storeNumber, start, "")
		if err != nil {
			rt.Fatal(err)
		}
		m := &model{allowed: allowed, status: "IGLOBAL_ORDER_IN_PROCESS", changes: 1}
		if start.Screen {
			m.status = "IGLOBAL_FRAUD_REVIEW"
		}
		for range rapid.IntRange(1, 12).Draw(rt, "moves") {
			c.tick(time.Second)
			move := rapid.SampledFrom(order.Moves()).Draw(rt, "move")
			requested := rapid.SampledFrom(order.VendorStatuses()).Draw(rt, "requested")
			if move == order.Vendor {
				err = s.VendorMove(t.Context(), id, requested, why)
			} else {
				err = s.Move(t.Context(), id, move, why)
			}
			if want := m.step(string(move), string(requested)); (want == "") != (err == nil) || (err != nil && fault.CodeOf(err) != want) {
				rt.Fatalf("%s %s in %s: got %v, want %q", move, requested, m.status, err, want)
			}
			h := head(t, storage, id)
			if string(h.State.Status) != m.status || string(h.State.Resume) != m.back || h.Changes != int64(m.changes) {
				rt.Fatalf("after %s %s the order is %+v, the model %+v", move, requested, h, m)
			}
		}
		checkChain(t, storage, id)
	})
}
