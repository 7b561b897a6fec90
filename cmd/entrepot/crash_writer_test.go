package main_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// writer updates orders that nobody else touches, one request after the
// other, so that it knows of each what must be there.
type writer struct {
	name   int
	random *rand.Rand
	orders []*knownOrder
	tally  *tally
	sent   int
}

// state is what an update changes.
type state struct {
	detail
	changes int64 // entries of the history
}

// knownOrder is an order as its only writer knows it.
type knownOrder struct {
	number int64
	sure   state
	maybe  *state // with what was sent and not answered
}

func newWriter(i int, random *rand.Rand, t *tally) *writer {
	w := &writer{name: i, random: random, tally: t}
	for n := range ordersEach {
		sure := state{detail{Status: "IGLOBAL_ORDER_IN_PROCESS"}, 1}
		w.orders = append(w.orders, &knownOrder{number: int64(i*ordersEach + n + 1), sure: sure})
	}
	return w
}

// run sends updates until one is not answered.
func (w *writer) run(t *testing.T, s shop) {
	for {
		o := w.orders[w.random.IntN(len(w.orders))]
		u := w.next(o)
		o.maybe = &u.after
		a, err := s.post(t.Context(), u.path, u.keys)
		if err != nil {
			w.tally.count("unanswered")
			return
		}
		o.maybe = nil
		if a.body.Success == nil {
			// Another process may have kept the database for too long. What was
			// answered with a fault has not happened, and verify holds it to that.
			if !strings.HasPrefix(*a.body.Error, "Could not process ") {
				t.Errorf("%s of order %d: %s", u.path, o.number, a.text)
				return
			}
			w.tally.count("answered with a fault")
			continue
		}
		o.sure = u.after
		w.tally.count("acknowledged")
	}
}

// update is a request, and what it makes of an order.
type update struct {
	path, keys string
	after      state
}

const mostTracking = 200 // the service takes 1000 for an order

func (w *writer) next(o *knownOrder) update {
	w.sent++
	mark := fmt.Sprintf("W%d-%d", w.name, w.sent)
	after := o.sure
	after.changes++
	id := fmt.Sprintf(`"orderId": %d, `, o.number)
	switch kind := w.random.IntN(3); {
	case kind == 0 && strings.Count(after.Tracking, ",") < mostTracking:
		after.Tracking = strings.TrimPrefix(after.Tracking+","+mark, ",")
		return update{trackingPath, id + `"trackingList": [{"number": "` + mark + `"}]`, after}
	case kind == 1:
		moves := []string{"VENDOR_PREPARING_ORDER", "VENDOR_SHIPMENT_READY", "VENDOR_LABELS_PRINTED_DATE"}
		moves = slices.DeleteFunc(moves, func(s string) bool { return s == after.Status })
		after.Status = moves[w.random.IntN(len(moves))]
		return update{statusPath, id + `"orderStatus": "` + after.Status + `"`, after}
	}
	after.MerchantOrderID = mark
	return update{merchantPath, id + `"merchantOrderId": "` + mark + `"`, after}
}

// verify holds an order to what its writer knows, and learns what became of
// an update that was not answered.
func (o *knownOrder) verify(found state, c *tally) (wrong []string) {
	switch {
	case found == o.sure && o.maybe != nil:
		c.count("unanswered, and not done")
	case found == o.sure:
	case o.maybe != nil && found == *o.maybe:
		c.count("unanswered, and done")
	default:
		c.count("lost")
		wrong = append(wrong, fmt.Sprintf("lost: order %d is %+v, want %+v or %+v", o.number, found, o.sure, o.maybe))
	}
	o.sure, o.maybe = found, nil
	return wrong
}

// readChanges counts the history of every order.
func readChanges(t *testing.T, path string) map[int64]int64 {
	counts := map[int64]int64{}
	readRows(t, path, "SELECT number, count(*) FROM order_changes GROUP BY number", func(row *sqlite.Stmt) {
		counts[row.ColumnInt64(0)] = row.ColumnInt64(1)
	})
	return counts
}

func readRows(t *testing.T, path, query string, each func(*sqlite.Stmt)) {
	t.Helper()
	conn := openFile(t, path)
	defer closeFile(t, conn)
	err := sqlitex.ExecuteTransient(conn, query, &sqlitex.ExecOptions{ResultFunc: func(row *sqlite.Stmt) error {
		each(row)
		return nil
	}})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}
