package postgres

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/order"
)

// fillTables makes one large store among many small ones, and many carts.
var fillTables = []string{
	`INSERT INTO stores (number, name, test, state, created_at, cart_needs_secret, cart_lifetime_ms, domestic_shipping, retain_identity_ms, allowed_origins)
		SELECT n, '', FALSE, 'open', 0, FALSE, 1, 'line', 0, '' FROM generate_series(1, 400) AS n`,
	"INSERT INTO order_counters (store, last_number, last_placed_at) SELECT number, 100000, 100000 FROM stores",
	"CREATE TEMPORARY TABLE ids AS SELECT 1 AS store, n AS number FROM generate_series(1, 20000) AS n UNION ALL SELECT s, n FROM generate_series(2, 400) AS s, generate_series(1, 20) AS n",
	"INSERT INTO order_documents (store, number, format, body, crc32c) SELECT store, number, 1, convert_to(repeat('x', 300), 'UTF8'), 0 FROM ids",
	`INSERT INTO orders (store, number, placed_at, test, status, status_at, merchant_order_id, reference_id, changes)
		SELECT store, number, number * 10, FALSE, 'IGLOBAL_ORDER_IN_PROCESS', 0, nullif(number % 50, 0)::TEXT, (number % 5000)::TEXT, 1 FROM ids`,
	"INSERT INTO order_changes (store, number, seq, at, actor, kind, was, became, reason) SELECT store, number, 1, 0, '', '', '', '', '' FROM ids",
	"INSERT INTO order_notes (store, number, seq, created_at, created_by, customer, flagged, note) SELECT store, number, 1, 0, '', FALSE, FALSE, '' FROM ids",
	"INSERT INTO carts (id, store, created_at, expires_at, format, body) SELECT gen_random_uuid(), 1, 0, n, 1, '{}' FROM generate_series(1, 5000) AS n",
	"INSERT INTO cart_usage (store, address, carts, bytes) SELECT s, decode(to_hex(4096 + n), 'hex'), 1, 1 FROM generate_series(1, 400) AS s, generate_series(1, 20) AS n",
	"INSERT INTO commits (process, line, last) SELECT gen_random_uuid(), n, 0 FROM generate_series(1, 2000) AS n",
	"VACUUM ANALYZE",
}

// TestPlans looks at how the statements of the hot paths find their rows: by
// a key or an index, without sorting, whether PostgreSQL plans them for the
// values at hand or once for all. Those are the values after each statement.
func TestPlans(t *testing.T) {
	s := fresh(t)
	conn := Session(t, s.options)
	for _, sql := range fillTables {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	t.Run("at hand", func(t *testing.T) { testPlansAtHand(t, conn) })
	slim, full := order.ListQuery{}, order.ListQuery{WithStatus: true}
	slimNew, fullNew := order.ListQuery{Unmerchanted: true}, order.ListQuery{Unmerchanted: true, WithStatus: true}
	const lock, cart = " FOR NO KEY UPDATE OF ", "'6f9619ff-8b86-4d11-b42d-00c04fc964ff'"
	tests := []struct{ name, sql, values, using string }{
		{"a store", selectStore, "7", "stores_key order_counters_key"},
		{"a store, locked", selectStore + lock + "s", "7", "stores_key"},
		{"an order's head", selectHead, "1, 700", "orders_key"},
		{"an order's head, locked", selectHead + lock + "o", "1, 700", "orders_key"},
		{"an order's detail", selectDetail, "1, 700", "orders_key order_documents_key"},
		{"a reference", selectByReference, "1, '77', 2", "orders_reference"},
		{"a slim list", listSQL(slim, fromDate, byDate), "1, 0, 0, 9e18, 2000", "Only orders_placed"},
		{"a slim list of a day", listSQL(slim, fromDate, byDate), "1, 5000, 0, 6000, 2000", "Only orders_placed"},
		{"a slim list after an order", listSQL(slim, fromOrder, byDate), "1, 0, 19990, 9e18, 2000", "Only orders_placed orders_key"},
		{"a list of a small store", listSQL(slim, fromDate, byDate), "7, 0, 0, 9e18, 2000", "orders_placed"},
		{"a slim list of the unmerchanted", listSQL(slimNew, fromDate, byDate), "1, 0, 0, 9e18, 2000", "Only orders_unmerchanted"},
		{"a list with statuses", listSQL(full, fromDate, byDate), "1, 0, 0, 9e18, 2000", "orders_placed"},
		{"a list with statuses after an order", listSQL(full, fromOrder, byDate), "1, 0, 19990, 9e18, 2000", "orders_placed orders_key"},
		{"a list with statuses of the unmerchanted", listSQL(fullNew, fromDate, byDate), "1, 0, 0, 9e18, 2000", "orders_unmerchanted"},
		{"the first number of dates", firstOfDates, "1, 5000, 100", "orders_placed"},
		{"the last number of dates", lastOfDates, "1, 5000, 100", "orders_placed"},
		{"a counter", selectCounter, "7", "order_counters_key"},
		{"counts by status", countStatuses, "1, 5000, 2000", "orders_key"},
		{"a page of numbers", selectNumbers, "1, 5000, 500", "orders_key"},
		{"an order that must be there", selectExists, "1, 700", "orders_key"},
		{"notes", selectNotes, "1, 700", "order_notes_key"},
		{"history", selectChanges, "1, 700", "order_changes_key"},
		{"a note is added", addNote, "1, 700, 0, '', FALSE, FALSE, '', NULL", "orders_key"},
		{"an entry of history is added", addChange, "1, 700, 0, '', '', '', '', ''", "orders_key"},
		{"a change of state", updateState, "1, 700, 'IGLOBAL_ORDER_IN_PROCESS', '', 'IGLOBAL_ORDER_CANCELLED', NULL, 0", "orders_key"},
		{"a number", raiseCounter, "7, 0", "order_counters_key"},
		{"a cart", selectCart, cart, "carts_key"},
		{"a page of carts", selectCartIDs, cart + ", 500", "carts_key"},
		{"lapsed carts", deleteExpired, "300, 100", "carts_expiry carts_key"},
		{"the usage of carts", selectUsage, "7, ''", "cart_usage_key"},
		{"a line of commits", useLine, cart + ", 1, 1", "commits_key"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
				checkPlan(t, plan(t, conn, mode, test.sql, test.values), test.using)
			}
		})
	}
}

func checkPlan(t *testing.T, plan, using string) {
	t.Helper()
	if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Sort") {
		t.Errorf("the plan reads all, or sorts:\n%s", plan)
	}
	for _, part := range strings.Fields(using) {
		if !strings.Contains(plan, part) {
			t.Errorf("the plan does not use %s:\n%s", part, plan)
		}
	}
}

func plan(t *testing.T, conn *pgx.Conn, mode, sql, values string) string {
	t.Helper()
	var steps []string
	for _, statement := range []string{"SET plan_cache_mode = " + mode, "PREPARE p AS " + sql} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	rows, err := conn.Query(t.Context(), "EXPLAIN (COSTS OFF) EXECUTE p ("+strings.ReplaceAll(values, "9e18", "9000000000000000000")+")", pgx.QueryExecModeSimpleProtocol)
	if err == nil {
		steps, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "DEALLOCATE p"); err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "\n")
}

// testPlansAtHand looks at what is planned for the values at hand: the pages of
// long walks come without sorting what is left.
func testPlansAtHand(t *testing.T, conn *pgx.Conn) {
	disordered := listSQL(order.ListQuery{}, " FROM orders o"+inSpan, byNumber)
	whole := []any{int64(1), int64(500), int64(15_000), int64(0), int64(9e18), int64(200)}
	tests := []struct {
		name, sql string
		args      []any
		using     string
	}{
		{"a list of dates in disorder", disordered, whole, "orders_key"},
		{"an export", selectOrders, whole, "orders_key order_documents_key"},
	}
	heads := func(name string, q order.HeadQuery, using string) {
		sql, args := headsSQL(q)
		tests = append(tests, struct {
			name, sql string
			args      []any
			using     string
		}{name, sql, args, using})
	}
	heads("the newest", order.HeadQuery{Store: 1, Newest: 5}, "orders_key")
	heads("a page", order.HeadQuery{Store: 1, After: 7, First: 1000}, "orders_key")
	heads("a page of some statuses", order.HeadQuery{Store: 1, After: 7, First: 1000, Statuses: []order.Status{order.InProcess}}, "orders_key")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkPlan(t, explain(t, conn, test.sql, test.args...), test.using)
		})
	}
	sql, args := headsSQL(order.HeadQuery{Store: 1, Newest: 5, ReferenceID: "77"})
	if plan := explain(t, conn, sql, args...); !strings.Contains(plan, "orders_reference") {
		t.Errorf("the few of a reference are found by\n%s", plan)
	}
	if plan := explain(t, conn, selectIdentified, int64(1), int64(5000), int64(6000), int64(100)); !strings.Contains(plan, "orders_key") {
		t.Errorf("a page of orders to be erased is found by\n%s", plan)
	}
}

// explain is the plan for the values at hand.
func explain(t *testing.T, conn *pgx.Conn, sql string, args ...any) string {
	t.Helper()
	rows, err := conn.Query(t.Context(), "EXPLAIN (COSTS OFF) "+sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "\n")
}
