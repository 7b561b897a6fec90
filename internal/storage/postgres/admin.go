package postgres

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"entrepot/internal/order"
)

// filter is the WHERE of a query that an operator puts together. Its columns
// are literals of this file; every value is bound.
type filter struct {
	conditions []string
	args       []any
}

// add adds a condition, in which %s stands for the value.
func (f *filter) add(condition string, value any) {
	f.conditions = append(f.conditions, strings.ReplaceAll(condition, "%s", f.bind(value)))
}

// bind is how the value is called in the statement.
func (f *filter) bind(value any) string {
	f.args = append(f.args, value)
	return fmt.Sprintf("$%d", len(f.args))
}

// text is the condition, true when there is none.
func (f *filter) text() string {
	if len(f.conditions) == 0 {
		return "TRUE"
	}
	return strings.Join(f.conditions, " AND ")
}

func headFilter(q order.HeadQuery) (f filter) {
	f.add("o.store = %s", int64(q.Store))
	if q.After > 0 {
		f.add("o.number > %s", int64(q.After))
	}
	if len(q.Statuses) > 0 {
		f.add("o.status = ANY (%s)", texts(q.Statuses))
	}
	if !q.PlacedFrom.IsZero() {
		f.add("o.placed_at >= %s", millis(q.PlacedFrom))
	}
	if !q.PlacedBefore.IsZero() {
		f.add("o.placed_at < %s", millis(q.PlacedBefore))
	}
	if q.ReferenceID != "" {
		f.add("left(o.reference_id, 100) = left(%s, 100) AND o.reference_id = %s", q.ReferenceID)
	}
	if q.MerchantOrderID != "" {
		f.add("o.merchant_order_id = %s", q.MerchantOrderID)
	}
	if q.Unmerchanted {
		f.conditions = append(f.conditions, "o.merchant_order_id IS NULL")
	}
	if q.Test != nil {
		f.add("o.test = %s", *q.Test)
	}
	return f
}

func texts[T ~string](values []T) (all []string) {
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

// limit is NULL, for no limit, unless a number is given.
func limit(n int) pgtype.Int8 { return pgtype.Int8{Int64: int64(n), Valid: n > 0} }

func headsSQL(q order.HeadQuery) (sql string, args []any) {
	f, direction := headFilter(q), ""
	if q.Newest > 0 {
		direction = " DESC"
	}
	sql = "SELECT " + headColumns + " FROM orders o WHERE " + f.text() + " ORDER BY o.number" + direction +
		" LIMIT " + f.bind(limit(max(q.Newest, q.First)))
	return sql, f.args
}

// Heads implements order.View.
func (v view) Heads(q order.HeadQuery) (heads []order.Head, err error) {
	sql, args := headsSQL(q)
	v.planAnew()
	err = v.each(func(rows pgx.Rows) error {
		var r headRow
		err := rows.Scan(r.fields()...)
		heads = append(heads, r.read(q.Store))
		return err
	}, sql, args...)
	if q.Newest > 0 {
		slices.Reverse(heads)
	}
	return heads, err
}

func cartFilter(q order.CartQuery) (f filter) {
	if q.ID != "" {
		f.add("id = %s", uuidOf(q.ID))
	}
	if q.Store != 0 {
		f.add("store = %s", int64(q.Store))
	}
	if !q.Spent {
		f.conditions = append(f.conditions, "became = 0")
	}
	return f
}

// Carts implements order.View. The length of the contents is told without
// reading them.
func (v view) Carts(q order.CartQuery) (carts []order.CartHead, err error) {
	f := cartFilter(q)
	sql := "SELECT id, store, created_at, expires_at, became, coalesce(octet_length(body), 0) FROM carts WHERE " +
		f.text() + " ORDER BY expires_at DESC, id DESC LIMIT " + f.bind(limit(q.Limit))
	v.planAnew()
	err = v.each(func(rows pgx.Rows) error {
		var c order.CartHead
		var id pgtype.UUID
		var created, expires int64
		err := rows.Scan(&id, (*int64)(&c.Store), &created, &expires, (*int64)(&c.Became), &c.Bytes)
		c.ID, c.CreatedAt, c.ExpiresAt = cartID(id), fromMillis(created), fromMillis(expires)
		carts = append(carts, c)
		return err
	}, sql, f.args...)
	slices.Reverse(carts)
	return carts, err
}

// ExpireCarts implements order.Tx.
func (t tx) ExpireCarts(q order.CartQuery, now time.Time, most int) (int, error) {
	q.Spent = false
	f := cartFilter(q)
	f.add("expires_at >= %s", millis(now))
	sql := "UPDATE carts SET expires_at = " + f.bind(millis(now)-1) +
		" WHERE id = ANY (ARRAY (SELECT id FROM carts WHERE " + f.text() + " LIMIT " + f.bind(limit(most)) + " FOR NO KEY UPDATE))"
	t.planAnew()
	return t.changed(sql, f.args...)
}
