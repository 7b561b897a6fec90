package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"entrepot/internal/order"
)

// filter is the WHERE of a query that an operator puts together. Its columns
// are literals of this file; every value is bound.
type filter struct {
	conditions []string
	args       []any
}

func (f *filter) add(condition string, args ...any) {
	f.conditions = append(f.conditions, condition)
	f.args = append(f.args, args...)
}

// text is the condition, true when there is none.
func (f *filter) text() string {
	if len(f.conditions) == 0 {
		return "TRUE"
	}
	return strings.Join(f.conditions, " AND ")
}

func headFilter(q order.HeadQuery) (f filter) {
	f.add("o.store = ?", int64(q.Store))
	if q.After > 0 {
		f.add("o.number > ?", int64(q.After))
	}
	if len(q.Statuses) > 0 {
		f.add("o.status IN (?"+strings.Repeat(", ?", len(q.Statuses)-1)+")", statusArgs(q.Statuses)...)
	}
	if !q.PlacedFrom.IsZero() {
		f.add("o.placed_at >= ?", millis(q.PlacedFrom))
	}
	if !q.PlacedBefore.IsZero() {
		f.add("o.placed_at < ?", millis(q.PlacedBefore))
	}
	if q.ReferenceID != "" {
		f.add("o.reference_id = ?", q.ReferenceID)
	}
	if q.MerchantOrderID != "" {
		f.add("o.merchant_order_id = ?", q.MerchantOrderID)
	}
	if q.Unmerchanted {
		f.add("o.merchant_order_id IS NULL")
	}
	if q.Test != nil {
		f.add("o.test = ?", *q.Test)
	}
	return f
}

func statusArgs(statuses []order.Status) (args []any) {
	for _, s := range statuses {
		args = append(args, string(s))
	}
	return args
}

// headsSQL selects by number, the key: the walk ends with the last order that
// is wanted. The few of a reference id are found by their index, which the
// planner would not take by itself. The columns are those of row.head, then
// the number.
func headsSQL(q order.HeadQuery, where string) string {
	index, direction := "", ""
	if q.ReferenceID != "" {
		index = "INDEXED BY orders_reference "
	}
	if q.Newest > 0 {
		direction = "DESC "
	}
	return "SELECT " + headColumns + ", o.number FROM orders o " + index + "WHERE " + where + " ORDER BY o.number " + direction + "LIMIT ?"
}

// Heads implements order.View.
func (v view) Heads(q order.HeadQuery) ([]order.Head, error) {
	f, limit := headFilter(q), int64(-1) // no limit
	if n := max(q.Newest, q.First); n > 0 {
		limit = int64(n)
	}
	var heads []order.Head
	err := query(v.conn, headsSQL(q, f.text()), append(f.args, limit)...).each(func(r row) error {
		if len(heads)%1024 == 0 && v.ctx.Err() != nil {
			return fmt.Errorf("list: %w", v.ctx.Err())
		}
		heads = append(heads, r.head(order.ID{Store: q.Store, Number: order.Number(r.int(r.stmt.ColumnCount() - 1))}))
		return nil
	})
	if q.Newest > 0 {
		slices.Reverse(heads)
	}
	return heads, err
}

func cartFilter(q order.CartQuery) (f filter) {
	if q.ID != "" {
		f.add("id = ?", uuidBytes(q.ID))
	}
	if q.Store != 0 {
		f.add("store = ?", int64(q.Store))
	}
	if !q.Spent {
		f.add("became = 0")
	}
	return f
}

// Carts implements order.View. The length of the contents is told without
// reading them.
func (v view) Carts(q order.CartQuery) (carts []order.CartHead, err error) {
	f, limit := cartFilter(q), int64(-1) // no limit
	if q.Limit > 0 {
		limit = int64(q.Limit)
	}
	sql := "SELECT id, store, created_at, expires_at, became, coalesce(length(body), 0) FROM carts WHERE " +
		f.text() + " ORDER BY expires_at DESC, id DESC LIMIT ?"
	err = query(v.conn, sql, append(f.args, limit)...).each(func(r row) error {
		carts = append(carts, order.CartHead{
			ID: r.cartID(0), Store: order.StoreNumber(r.int(1)), CreatedAt: r.time(2), ExpiresAt: r.time(3),
			Became: order.Number(r.int(4)), Bytes: r.int(5),
		})
		return nil
	})
	slices.Reverse(carts)
	return carts, err
}

// ExpireCarts implements order.Tx.
func (t tx) ExpireCarts(q order.CartQuery, now time.Time, limit int) (int, error) {
	q.Spent = false
	f := cartFilter(q)
	f.add("expires_at >= ?", millis(now))
	sql := "UPDATE carts SET expires_at = ? WHERE id IN (SELECT id FROM carts WHERE " + f.text() + " LIMIT ?)"
	args := append([]any{millis(now) - 1}, f.args...)
	_, err := t.changed(sql, append(args, int64(limit))...)
	return t.conn.Changes(), err
}
