package sqlite

import (
	"fmt"
	"math"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// A list of numbers and dates reads nothing but an index. Within a store,
// numbers and dates grow together (NextNumber sees to it), so that the order
// of the dates is the order of the numbers. Where an import has brought others,
// listByNumber takes over.
const (
	listSlim = `SELECT number, placed_at, test FROM orders INDEXED BY orders_placed
		WHERE store = ? AND (placed_at, number) > (?, ?) AND placed_at < ? ORDER BY placed_at, number`
	listSlimUnmerchanted = `SELECT number, placed_at, test FROM orders INDEXED BY orders_unmerchanted
		WHERE store = ? AND (placed_at, number) > (?, ?) AND placed_at < ? AND merchant_order_id IS NULL ORDER BY placed_at, number`
)

// A list with statuses reads the small rows of a range of numbers. Those
// without a merchant order id are few in a shop that works, so they are found
// by the index and looked up.
const (
	listSpan = "SELECT number, placed_at, test FROM orders WHERE store = ? AND number > ? AND number <= ? ORDER BY number"
	listFull = `SELECT number, placed_at, test, status, status_at, merchant_order_id FROM orders
		WHERE store = ? AND number > ? AND number <= ? ORDER BY number`
	listFullUnmerchanted = `SELECT number, placed_at, test, status, status_at, merchant_order_id FROM orders INDEXED BY orders_unmerchanted
		WHERE store = ? AND (placed_at, number) > (?, ?) AND placed_at < ? AND merchant_order_id IS NULL ORDER BY placed_at, number`
	firstPlacedFrom = `SELECT number FROM orders INDEXED BY orders_placed
		WHERE store = ? AND placed_at >= ? ORDER BY placed_at, number LIMIT 1`
)

// List implements order.View.
func (v view) List(q order.ListQuery, yield func(*order.Listed) error) error {
	s, err := v.listStatement(q)
	if err != nil {
		return err
	}
	var listed order.Listed
	n := 0
	return s.each(func(r row) error {
		if n++; n%1024 == 0 && v.ctx.Err() != nil {
			return fmt.Errorf("list: %w", v.ctx.Err())
		}
		r.listed(&listed, q.WithStatus)
		return yield(&listed)
	})
}

func (r row) listed(to *order.Listed, withStatus bool) {
	to.Number, to.PlacedAt, to.Test = order.Number(r.int(0)), r.int(1), r.bool(2)
	if withStatus {
		to.Status, to.StatusAt, to.MerchantOrderID = order.Status(r.text(3)), r.int(4), r.text(5)
	}
}

func (v view) listStatement(q order.ListQuery) (statement, error) {
	if q.Span.Through > 0 {
		return query(v.conn, listSpan, int64(q.Store), int64(q.Span.After), int64(q.Span.Through)), nil
	}
	if disorder, err := v.disorder(q.Store); err != nil || disorder > 0 {
		return v.disordered(q, disorder, err)
	}
	from, before := optionalMillis(q.PlacedFrom, 0), optionalMillis(q.PlacedBefore, math.MaxInt64)
	if q.After > 0 {
		head, err := v.Head(order.ID{Store: q.Store, Number: q.After})
		if err != nil {
			return statement{}, err
		}
		from = max(from, millis(head.PlacedAt))
	}
	sql := listSlim
	switch {
	case q.WithStatus && q.Unmerchanted:
		sql = listFullUnmerchanted
	case q.Unmerchanted:
		sql = listSlimUnmerchanted
	case q.WithStatus:
		return v.fullStatement(q, from, before)
	}
	return query(v.conn, sql, int64(q.Store), from, int64(q.After), before), nil
}

// fullStatement turns the range of dates into a range of numbers.
func (v view) fullStatement(q order.ListQuery, from, before int64) (statement, error) {
	after, upTo := int64(q.After), int64(math.MaxInt64)
	if !q.PlacedFrom.IsZero() {
		first, err := v.firstPlaced(q.Store, from)
		if err != nil {
			return statement{}, err
		}
		after = max(after, first-1)
	}
	if !q.PlacedBefore.IsZero() {
		first, err := v.firstPlaced(q.Store, before)
		if err != nil {
			return statement{}, err
		}
		upTo = first - 1
	}
	return query(v.conn, listFull, int64(q.Store), after, upTo), nil
}

// firstPlaced is the number of the first order placed at a time or later, or
// a number above all others.
func (v view) firstPlaced(store order.StoreNumber, from int64) (int64, error) {
	number := int64(math.MaxInt64)
	err := query(v.conn, firstPlacedFrom, int64(store), from).each(func(r row) error {
		number = r.int(0)
		return nil
	})
	return number, err
}

// What is not asked for is not looked up: iif stops at its condition.
const selectSpan = `SELECT last_number, date_disorder,
		iif(?2 > 0, (SELECT number FROM orders INDEXED BY orders_placed WHERE store = ?1 AND placed_at >= ?2 ORDER BY placed_at, number LIMIT 1), 1),
		iif(?3 < 9223372036854775807, (SELECT number FROM orders INDEXED BY orders_placed WHERE store = ?1 AND placed_at >= ?3 ORDER BY placed_at, number LIMIT 1), 0),
		iif(?4 > 0, EXISTS (SELECT 1 FROM orders WHERE store = ?1 AND number = ?4), 1)
	FROM order_counters WHERE store = ?1`

// Span implements order.View. A list without statuses shows an order's number,
// its date and whether it is a test: nothing changes them, no order is ever
// removed, and new ones get numbers above the counter. (Lower ones come into
// stores that are loading, which have no lists.)
func (v view) Span(q order.ListQuery) (span order.Span, final order.Number, err error) {
	if q.WithStatus || q.Unmerchanted {
		return span, 0, nil
	}
	var first, past, disorder int64
	var known bool
	err = query(v.conn, selectSpan, int64(q.Store), optionalMillis(q.PlacedFrom, 0), optionalMillis(q.PlacedBefore, math.MaxInt64), int64(q.After)).one(func(r row) {
		final, disorder, first, past, known = order.Number(r.int(0)), r.int(1), r.int(2), r.int(3), r.bool(4)
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return span, 0, nil
	case err != nil || disorder > 0:
		return span, 0, err
	case !known:
		return span, 0, errNotFound
	case first == 0: // nothing was placed so late
		return order.Span{After: final, Through: final}, final, nil
	}
	span = order.Span{After: max(q.After, order.Number(first-1)), Through: final}
	if past > 0 {
		span.Through = order.Number(past - 1)
	}
	return span, final, nil
}
