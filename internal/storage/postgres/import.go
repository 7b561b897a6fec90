package postgres

import (
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

const (
	selectCounter = "SELECT c.last_number, c.last_placed_at, c.date_disorder FROM order_counters c WHERE c.store = $1"
	// The latest date so far, less the order's own date, at its largest.
	measureDisorder = `SELECT coalesce(max(latest - placed_at), 0) FROM (
		SELECT placed_at, max(placed_at) OVER (ORDER BY number) AS latest FROM orders WHERE store = $1) AS walked`
)

// Counter implements order.View.
func (v view) Counter(n order.StoreNumber) (c order.Counter, err error) {
	var at, disorder int64
	err = v.one([]any{(*int64)(&c.Last), &at, &disorder}, v.locking(selectCounter, "c"), int64(n))
	if err != nil {
		return order.Counter{}, err
	}
	c.PlacedAt, c.Disorder = fromMillis(at), time.Duration(disorder)*time.Millisecond
	return c, nil
}

// SetCounter implements order.Tx.
func (t tx) SetCounter(n order.StoreNumber, c order.Counter) error {
	t.update(errNotFound, "UPDATE order_counters SET last_number = $2, last_placed_at = $3, date_disorder = $4 WHERE store = $1",
		int64(n), int64(c.Last), millis(c.PlacedAt), c.Disorder.Milliseconds())
	return nil
}

// DateDisorder implements order.View.
func (v view) DateDisorder(n order.StoreNumber) (time.Duration, error) {
	var ms int64
	err := v.one([]any{&ms}, measureDisorder, int64(n))
	return time.Duration(ms) * time.Millisecond, err
}

// disorder is that of the store's counter, in milliseconds; a store that is
// not there has no orders and so none.
func (v view) disorder(n order.StoreNumber) (int64, error) {
	if v.store != nil && v.store.store == n {
		return v.store.disorder, nil
	}
	c, err := v.Counter(n)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return c.Disorder.Milliseconds(), err
}

// Where dates do not grow with the numbers, a list walks the numbers and looks
// at each date.
const (
	inSpan   = " WHERE o.store = $1 AND o.number > $2 AND o.number <= $3 AND o.placed_at >= $4 AND o.placed_at < $5"
	byNumber = " ORDER BY o.number LIMIT $6"
)

// listByNumber lists a store whose dates and numbers do not grow together.
func (v view) listByNumber(q order.ListQuery, disorder int64, yield func(*order.Listed) error) error {
	if q.After > 0 {
		v.mustExist(order.ID{Store: q.Store, Number: q.After})
	}
	whole := order.OrdersQuery{Store: q.Store, After: q.After, PlacedFrom: q.PlacedFrom, PlacedBefore: q.PlacedBefore}
	s, err := v.spanOf(whole, disorder)
	if err != nil {
		return err
	}
	v.planAnew()
	sql, page := listSQL(q, " FROM orders o"+inSpan, byNumber), make([]order.Listed, 0, 16)
	for {
		page, err = v.listed(page[:0], q.WithStatus, sql, int64(q.Store), s.after, s.through, s.from, s.before, int64(listPage))
		if err != nil {
			return err
		}
		if done, err := yieldPage(page, yield); done || err != nil {
			return err
		}
		s.after = int64(page[len(page)-1].Number)
	}
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
	first, last := int64(1), int64(math.MaxInt64)
	if !q.PlacedFrom.IsZero() {
		v.edge(&first, math.MaxInt64, firstOfDates, q.Store, s.from, disorder)
	}
	if !q.PlacedBefore.IsZero() {
		v.edge(&last, 0, lastOfDates, q.Store, s.before, disorder)
	}
	err = v.send()
	s.after, s.through = max(s.after, first-1), min(s.through, last)
	return s, err
}

// Let q be the first order by date that was placed at the time or later, and
// n the first by number. Then n was placed no earlier than q, and, since q
// comes after n, no later than q's date and the disorder together: n is found
// among the orders of these dates alone. The last one is found likewise. The
// sums keep the planner from walking the numbers.
const (
	firstOfDates = `SELECT coalesce(min(number + 0), 0) FROM orders,
		(SELECT placed_at AS at FROM orders WHERE store = $1 AND placed_at >= $2 ORDER BY placed_at LIMIT 1) AS edge
		WHERE store = $1 AND placed_at >= edge.at AND placed_at <= edge.at + $3`
	lastOfDates = `SELECT coalesce(max(number + 0), 0) FROM orders,
		(SELECT placed_at AS at FROM orders WHERE store = $1 AND placed_at < $2 ORDER BY placed_at DESC LIMIT 1) AS edge
		WHERE store = $1 AND placed_at <= edge.at AND placed_at >= edge.at - $3`
)

// edge asks, with the next question, for the number that the statement finds,
// or another where there is none.
func (v view) edge(to *int64, none int64, sql string, store order.StoreNumber, at, disorder int64) {
	v.later(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := rows.Scan(to); err != nil {
				return err
			}
		}
		if *to == 0 {
			*to = none
		}
		return rows.Err()
	}, sql, int64(store), at, disorder)
}

const (
	selectOrders = "SELECT " + headColumns + ", d.format, d.body, d.crc32c" + joinDocument + inSpan + byNumber
	ordersPage   = 200
)

// wholeOrder is an order as Orders yields it.
type wholeOrder struct {
	head     order.Head
	document order.Document
	err      error
}

// Orders implements order.View.
func (v view) Orders(q order.OrdersQuery, yield func(order.Head, order.Document) error) error {
	disorder, err := v.disorder(q.Store)
	if err != nil {
		return err
	}
	s, err := v.spanOf(q, disorder)
	v.planAnew()
	for err == nil {
		var page []wholeOrder
		if page, err = v.ordersPage(q.Store, s); err != nil {
			return err
		}
		for _, o := range page {
			if o.err != nil {
				return o.err
			}
			if err := yield(o.head, o.document); err != nil {
				return err
			}
			s.after = int64(o.head.Number)
		}
		if len(page) < ordersPage {
			return nil
		}
	}
	return err
}

func (v view) ordersPage(store order.StoreNumber, s span) (page []wholeOrder, err error) {
	err = v.each(func(rows pgx.Rows) error {
		var r headRow
		if err := rows.Scan(r.documentFields()...); err != nil {
			return err
		}
		var o wholeOrder
		o.head, o.document, o.err = r.readDocument(store)
		page = append(page, o)
		return nil
	}, selectOrders, int64(store), s.after, s.through, s.from, s.before, int64(ordersPage))
	return page, err
}

// AddPast implements order.Tx. The order's own counts are written once for all
// entries.
func (t tx) AddPast(id order.ID, notes []order.Note, changes []order.Change) error {
	store, number := int64(id.Store), int64(id.Number)
	t.update(errNotFound, "UPDATE orders SET notes = $3, changes = $4 WHERE store = $1 AND number = $2",
		store, number, int64(len(notes)), int64(len(changes)))
	for i, n := range notes {
		t.write(`INSERT INTO order_notes (store, number, seq, created_at, created_by, customer, flagged, note, extra)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			store, number, int64(i+1), millis(n.CreatedAt), n.CreatedBy, n.Customer, n.Flagged, n.Text, absent(n.Extra))
	}
	for i, c := range changes {
		t.write(`INSERT INTO order_changes (store, number, seq, at, actor, kind, was, became, reason)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			store, number, int64(i+1), millis(c.At), c.Actor, string(c.Kind), c.From, c.To, c.Reason)
	}
	return nil
}
