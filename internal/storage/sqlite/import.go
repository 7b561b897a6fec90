package sqlite

import (
	"fmt"
	"math"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

const (
	selectCounter = "SELECT last_number, last_placed_at, date_disorder FROM order_counters WHERE store = ?"
	// The latest date so far, less the order's own date, at its largest.
	measureDisorder = `SELECT ifnull(max(latest - placed_at), 0) FROM (
		SELECT placed_at, max(placed_at) OVER (ORDER BY number) AS latest FROM orders WHERE store = ?)`
)

// Counter implements order.View.
func (v view) Counter(n order.StoreNumber) (c order.Counter, err error) {
	err = query(v.conn, selectCounter, int64(n)).one(func(r row) {
		c = order.Counter{Last: order.Number(r.int(0)), PlacedAt: r.time(1), Disorder: time.Duration(r.int(2)) * time.Millisecond}
	})
	return c, err
}

// SetCounter implements order.Tx.
func (t tx) SetCounter(n order.StoreNumber, c order.Counter) error {
	return t.update("UPDATE order_counters SET last_number = ?, last_placed_at = ?, date_disorder = ? WHERE store = ?",
		int64(c.Last), millis(c.PlacedAt), c.Disorder.Milliseconds(), int64(n))
}

// DateDisorder implements order.View.
func (v view) DateDisorder(n order.StoreNumber) (d time.Duration, err error) {
	err = query(v.conn, measureDisorder, int64(n)).one(func(r row) { d = time.Duration(r.int(0)) * time.Millisecond })
	return d, err
}

// disorder is that of the store's counter, in milliseconds; a store that is
// not there has no orders and so none.
func (v view) disorder(n order.StoreNumber) (int64, error) {
	c, err := v.Counter(n)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return c.Disorder.Milliseconds(), err
}

// Where dates do not grow with the numbers, a list walks the numbers and looks
// at each date. The unary plus keeps the planner from an index by date.
const (
	listByNumber = `SELECT number, placed_at, test, status, status_at, merchant_order_id FROM orders
		WHERE store = ? AND number > ? AND number <= ? AND +placed_at >= ? AND +placed_at < ? ORDER BY number`
	listByNumberUnmerchanted = `SELECT number, placed_at, test, status, status_at, merchant_order_id FROM orders
		WHERE store = ? AND number > ? AND number <= ? AND +placed_at >= ? AND +placed_at < ? AND +merchant_order_id IS NULL ORDER BY number`
)

// disordered is the statement of a list in a store whose dates and numbers do
// not grow together.
func (v view) disordered(q order.ListQuery, disorder int64, err error) (statement, error) {
	if err == nil && q.After > 0 {
		_, err = v.Head(order.ID{Store: q.Store, Number: q.After})
	}
	if err != nil {
		return statement{}, err
	}
	whole := order.OrdersQuery{Store: q.Store, After: q.After, PlacedFrom: q.PlacedFrom, PlacedBefore: q.PlacedBefore}
	span, err := v.spanOf(whole, disorder)
	if err != nil {
		return statement{}, err
	}
	sql := listByNumber
	if q.Unmerchanted {
		sql = listByNumberUnmerchanted
	}
	return query(v.conn, sql, int64(q.Store), span.after, span.through, span.from, span.before), nil
}

// span is a range of numbers that holds all orders of a range of dates.
type span struct{ after, through, from, before int64 }

// spanOf narrows the numbers down to those that dates allow, so that a list of
// a day does not walk a store of years.
func (v view) spanOf(q order.OrdersQuery, disorder int64) (s span, err error) {
	s = span{
		after: int64(q.After), through: math.MaxInt64,
		from: optionalMillis(q.PlacedFrom, 0), before: optionalMillis(q.PlacedBefore, math.MaxInt64),
	}
	if q.Through > 0 {
		s.through = int64(q.Through)
	}
	if !q.PlacedFrom.IsZero() {
		first, err := v.edge(firstOfDates, q.Store, s.from, disorder, math.MaxInt64)
		if err != nil {
			return s, err
		}
		s.after = max(s.after, first-1)
	}
	if !q.PlacedBefore.IsZero() {
		last, err := v.edge(lastOfDates, q.Store, s.before, disorder, 0)
		if err != nil {
			return s, err
		}
		s.through = min(s.through, last)
	}
	return s, nil
}

// Let q be the first order by date that was placed at the time or later, and
// n the first by number. Then n was placed no earlier than q, and, since q
// comes after n, no later than q's date and the disorder together: n is found
// among the orders of these dates alone. The last one is found likewise.
const (
	firstOfDates = `SELECT min(number) FROM orders INDEXED BY orders_placed,
		(SELECT placed_at AS edge FROM orders INDEXED BY orders_placed WHERE store = ?1 AND placed_at >= ?2 ORDER BY placed_at LIMIT 1)
		WHERE store = ?1 AND placed_at >= edge AND placed_at <= edge + ?3`
	lastOfDates = `SELECT max(number) FROM orders INDEXED BY orders_placed,
		(SELECT placed_at AS edge FROM orders INDEXED BY orders_placed WHERE store = ?1 AND placed_at < ?2 ORDER BY placed_at DESC LIMIT 1)
		WHERE store = ?1 AND placed_at <= edge AND placed_at >= edge - ?3`
)

// edge is the number that the statement finds, or another where there is none.
func (v view) edge(sql string, store order.StoreNumber, at, disorder, none int64) (number int64, err error) {
	err = query(v.conn, sql, int64(store), at, disorder).one(func(r row) { number = r.int(0) })
	if number == 0 {
		number = none
	}
	return number, err
}

const selectOrders = "SELECT " + headColumns + `, d.format, d.body, d.crc32c, o.number FROM orders o JOIN order_documents d ON d.id = o.document
	WHERE o.store = ? AND o.number > ? AND o.number <= ? AND +o.placed_at >= ? AND +o.placed_at < ? ORDER BY o.number`

// Orders implements order.View.
func (v view) Orders(q order.OrdersQuery, yield func(order.Head, order.Document) error) error {
	disorder, err := v.disorder(q.Store)
	if err != nil {
		return err
	}
	s, err := v.spanOf(q, disorder)
	if err != nil {
		return err
	}
	return query(v.conn, selectOrders, int64(q.Store), s.after, s.through, s.from, s.before).each(func(r row) error {
		if v.ctx.Err() != nil {
			return v.ctx.Err()
		}
		id := order.ID{Store: q.Store, Number: order.Number(r.int(14))}
		doc := order.Document{Format: int(r.int(11)), Body: r.bytes(12)}
		if r.int(13) != checksum(doc.Body) {
			return fault.New(fault.Internal, fmt.Sprintf("the document of order %s is damaged: its checksum differs", id))
		}
		return yield(r.head(id), doc)
	})
}

// AddPast implements order.Tx. An import writes a million entries of history:
// the order's own counts are written once for all of them.
func (t tx) AddPast(id order.ID, notes []order.Note, changes []order.Change) error {
	store, number := int64(id.Store), int64(id.Number)
	err := t.update("UPDATE orders SET notes = ?, changes = ? WHERE store = ? AND number = ?", int64(len(notes)), int64(len(changes)), store, number)
	if err != nil {
		return err
	}
	for i, n := range notes {
		err := t.insert(`INSERT INTO order_notes (store, number, seq, created_at, created_by, customer, flagged, note, extra)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			store, number, int64(i+1), millis(n.CreatedAt), text(n.CreatedBy), n.Customer, n.Flagged, text(n.Text), string(n.Extra))
		if err != nil {
			return err
		}
	}
	for i, c := range changes {
		err := t.insert(`INSERT INTO order_changes (store, number, seq, at, actor, kind, was, became, reason)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			store, number, int64(i+1), millis(c.At), text(c.Actor), string(c.Kind), text(c.From), text(c.To), text(c.Reason))
		if err != nil {
			return err
		}
	}
	return nil
}
