//go:build unix

package main_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"entrepot/internal/testkit"
	"github.com/jackc/pgx/v5"
)

// found is what an audit has to say against a failover.
type found struct {
	lost     int // answered with success, and not there
	vanished int // once seen in a list, and not there
	missed   int // there, and never seen by one who followed
	reused   int // numbers that were two orders'
	doubled  int // carts that became two orders
	what     []string
}

func (f *found) add(count *int, format string, args ...any) {
	*count++
	f.what = append(f.what, fmt.Sprintf(format, args...))
}

func (f *found) none(t *testing.T) {
	t.Helper()
	for _, what := range f.what[:min(20, len(f.what))] {
		t.Error(what)
	}
}

// row is an order in the database.
type row struct {
	number, placedAt                    int64
	cart, reference, merchant, tracking string
}

// stored is what the database holds.
type stored struct {
	byNumber map[int64]row
	byCart   map[string][]row
	carts    map[string]bool
}

const (
	storedOrders = `SELECT number, placed_at, coalesce(cart::text, ''), coalesce(reference_id, ''), coalesce(merchant_order_id, ''), coalesce(tracking, '')
		FROM orders WHERE store = $1`
	storedCarts = "SELECT id::text FROM carts WHERE store = $1"
)

// read asks the primary itself, past everything that is tested.
func (f *failover) read(t *testing.T) stored {
	t.Helper()
	conn := testkit.Session(t, f.cluster.Direct(f.database), f.database.PasswordFile)
	defer func() { _ = conn.Close(t.Context()) }()
	s := stored{byNumber: map[int64]row{}, byCart: map[string][]row{}, carts: map[string]bool{}}
	var r row
	each(t, conn, storedOrders, []any{&r.number, &r.placedAt, &r.cart, &r.reference, &r.merchant, &r.tracking}, func() {
		s.byNumber[r.number] = r
		s.byCart[r.cart] = append(s.byCart[r.cart], r)
	})
	var cart string
	each(t, conn, storedCarts, []any{&cart}, func() { s.carts[cart] = true })
	return s
}

func each(t *testing.T, conn *pgx.Conn, query string, to []any, fn func()) {
	t.Helper()
	rows, err := conn.Query(t.Context(), query, nodeStore)
	if err == nil {
		_, err = pgx.ForEachRow(rows, to, func() error { fn(); return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
}

// audit holds the database to all that clients were told, in all runs.
func (f *failover) audit(t *testing.T) *found {
	t.Helper()
	result, shown := &found{}, f.read(t)
	f.catchUp(t)
	s := f.read(t) // a COMMIT whose client had been told to try again may have come in between
	numbers := map[string]string{}
	for _, sale := range f.sales {
		sale.audit(s, result)
		for _, id := range sale.orders {
			if other, taken := numbers[id]; taken && other != sale.cart {
				result.add(&result.reused, "order %s was answered for the carts %s and %s", id, other, sale.cart)
			}
			numbers[id] = sale.cart
		}
	}
	for _, follower := range f.followers {
		follower.audit(shown, s, result)
	}
	if len(f.runs) > 0 {
		f.runs[len(f.runs)-1].settle(f.sales, s)
	}
	return result
}

// catchUp lets all who follow see the last order, unless the one that they saw
// last has vanished.
func (f *failover) catchUp(t *testing.T) {
	t.Helper()
	for i, follower := range f.followers {
		eventually(t, "the last list", func() bool {
			err := follower.poll(t.Context(), f.nodes[i%len(f.nodes)].url)
			return err == nil || strings.Contains(err.Error(), "Couldn't find order for sinceOrderId")
		})
	}
}

func (s *sale) audit(there stored, result *found) {
	rows := there.byCart[s.cart]
	if !there.carts[s.cart] {
		result.add(&result.lost, "cart %s", s.cart)
	}
	if len(rows) > 1 {
		result.add(&result.doubled, "cart %s is %d orders", s.cart, len(rows))
	}
	for _, id := range s.orders {
		if id != s.orders[0] {
			result.add(&result.doubled, "cart %s became %s and %s", s.cart, s.orders[0], id)
		}
		if len(rows) == 0 || id != fmt.Sprintf("%d-%d", nodeStore, rows[0].number) || rows[0].reference != s.reference {
			result.add(&result.lost, "order %s of cart %s, which is %+v", id, s.cart, rows)
			return
		}
	}
	for _, u := range s.updates {
		if u.answered && !u.in(rows) {
			result.add(&result.lost, "update %s of order %s, which has %+v", u.sent, s.orders[0], rows)
		}
	}
}

// in reports whether an update has been made.
func (f fact) in(rows []row) bool {
	return len(rows) > 0 && (rows[0].merchant == f.sent || slices.Contains(strings.Split(rows[0].tracking, ","), f.sent))
}

// audit holds a follower to what could be shown to it, and is there.
func (f *follower) audit(shown, there stored, result *found) {
	for _, what := range f.disorder {
		result.add(&result.reused, "%s", what)
	}
	for n, timestamp := range f.seen {
		at, err := time.Parse(time.DateTime, timestamp)
		switch r, ok := there.byNumber[n]; {
		case !ok:
			result.add(&result.vanished, "order %d was seen in a list, and is not there", n)
		case err != nil || at.UnixMilli() != r.placedAt:
			result.add(&result.reused, "order %d was seen with the date %s, and has %d", n, timestamp, r.placedAt)
		}
	}
	for n := range shown.byNumber {
		if _, ok := f.seen[n]; !ok {
			result.add(&result.missed, "order %d was never seen in a list", n)
		}
	}
}

// settle counts what became, in all runs up to this one, of writes that were
// not answered with success.
func (o *outage) settle(sales []*sale, there stored) {
	for _, s := range sales {
		rows := there.byCart[s.cart]
		if len(s.orders) == 0 {
			o.count(len(rows) > 0)
		}
		for _, u := range s.updates {
			if !u.answered {
				o.count(u.in(rows))
			}
		}
	}
}

func (o *outage) count(done bool) {
	if done {
		o.done++
	} else {
		o.undone++
	}
}
