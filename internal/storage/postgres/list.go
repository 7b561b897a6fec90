package postgres

import (
	"math"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/order"
)

// Within a store, numbers and dates grow together (NextNumber sees to it), so
// that the order of the dates is the order of the numbers, and a list walks an
// index by date; a slim one reads nothing else. Where an import has brought
// other dates, listByNumber takes over.
//
// Lists are read in pages, each with one question on the same state: whoever
// stops, or is slow, keeps no more than a page of them in memory.
const (
	slimColumns = "SELECT number, placed_at, test"
	fullColumns = slimColumns + ", status, status_at, coalesce(merchant_order_id, '')"

	fromDate = " FROM orders WHERE store = $1 AND (placed_at, number) > ($2, $3) AND placed_at < $4"
	// With the status it asks for what no index by date has: PostgreSQL would
	// look through all of one.
	fromOrder = ` FROM orders WHERE store = $1 AND (placed_at, number) >
		((SELECT greatest($2, first.placed_at) FROM orders first WHERE first.store = $1 AND first.number = $3 AND first.status <> ''), $3)
		AND placed_at < $4`
	unmerchanted = " AND merchant_order_id IS NULL"
	byDate       = " ORDER BY placed_at, number LIMIT $5"

	listPage = 2000
)

// listSQL is the statement of a page. With fromOrder it begins after an order,
// be it placed earlier than the range of dates; none if there is none such.
func listSQL(q order.ListQuery, from, end string) string {
	sql := slimColumns
	if q.WithStatus {
		sql = fullColumns
	}
	sql += from
	if q.Unmerchanted {
		sql += unmerchanted
	}
	return sql + end
}

// List implements order.View.
func (v view) List(q order.ListQuery, yield func(*order.Listed) error) error {
	disorder, err := v.disorder(q.Store)
	switch {
	case err != nil:
		return err
	case disorder > 0:
		return v.listByNumber(q, disorder, yield)
	}
	before := optionalMillis(q.PlacedBefore, math.MaxInt64)
	from, after := optionalMillis(q.PlacedFrom, 0), int64(q.After)
	first := fromDate
	if q.After > 0 {
		first = fromOrder
		v.mustExist(order.ID{Store: q.Store, Number: q.After})
	}
	page := make([]order.Listed, 0, 16)
	for sql := listSQL(q, first, byDate); ; sql = listSQL(q, fromDate, byDate) {
		page, err = v.listed(page[:0], q.WithStatus, sql, int64(q.Store), from, after, before, int64(listPage))
		if err != nil {
			return err
		}
		if done, err := yieldPage(page, yield); done || err != nil {
			return err
		}
		last := page[len(page)-1]
		from, after = last.PlacedAt, int64(last.Number)
	}
}

const selectExists = "SELECT status FROM orders WHERE store = $1 AND number = $2"

// mustExist asks, with the next question, whether there is such an order.
func (v view) mustExist(id order.ID) {
	v.later(func(rows pgx.Rows) error {
		if !rows.Next() && rows.Err() == nil {
			return errNotFound
		}
		return rows.Err()
	}, selectExists, int64(id.Store), int64(id.Number))
}

// listed reads a page.
func (v view) listed(page []order.Listed, withStatus bool, sql string, args ...any) ([]order.Listed, error) {
	var l order.Listed
	to := []any{(*int64)(&l.Number), &l.PlacedAt, &l.Test}
	if withStatus {
		to = append(to, (*string)(&l.Status), &l.StatusAt, &l.MerchantOrderID)
	}
	err := v.each(func(rows pgx.Rows) error {
		err := rows.Scan(to...)
		page = append(page, l)
		return err
	}, sql, args...)
	return page, err
}

// yieldPage calls yield for a page, and says whether it is the last one.
func yieldPage(page []order.Listed, yield func(*order.Listed) error) (done bool, err error) {
	for i := range page {
		if err := yield(&page[i]); err != nil {
			return true, err
		}
	}
	return len(page) < listPage, nil
}

// Span implements order.View. Nothing here is final for a node: a database that
// was restored, or a standby that takes over, may give a number out again.
func (v view) Span(order.ListQuery) (span order.Span, final order.Number, err error) {
	return span, 0, nil
}
