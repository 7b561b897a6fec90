package sqlite

import (
	"path/filepath"
	"strings"
	"testing"

	"entrepot/internal/sqlitedb"
)

// TestPlans looks at how the statements of the hot paths find their rows: by
// a key or an index, without sorting, and lists without the documents.
func TestPlans(t *testing.T) {
	storage, err := Open(t.Context(), filepath.Join(t.TempDir(), "plan.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = storage.Close() }()
	tests := []struct{ name, sql, plan string }{
		{"a store", "SELECT " + storeColumns + " FROM stores WHERE number = ?", "SEARCH stores USING INTEGER PRIMARY KEY (rowid=?)"},
		{"an order's head", selectHead, "SEARCH o USING PRIMARY KEY (store=? AND number=?)"},
		{
			"an order's detail", selectDetail,
			"SEARCH o USING PRIMARY KEY (store=? AND number=?); SEARCH d USING INTEGER PRIMARY KEY (rowid=?)",
		},
		{"a reference", selectByReference, "SEARCH orders USING COVERING INDEX orders_reference (store=? AND reference_id=?)"},
		{"a slim list", listSlim, "SEARCH orders USING COVERING INDEX orders_placed (store=? AND (placed_at,number)>(?,?) AND placed_at<?)"},
		{"a span of a slim list", listSpan, "SEARCH orders USING PRIMARY KEY (store=? AND number>? AND number<?)"},
		{
			"the span of a slim list", selectSpan, "SEARCH order_counters USING INTEGER PRIMARY KEY (rowid=?); " +
				"SCALAR SUBQUERY 1; SEARCH orders USING COVERING INDEX orders_placed (store=? AND placed_at>?); " +
				"SCALAR SUBQUERY 2; SEARCH orders USING COVERING INDEX orders_placed (store=? AND placed_at>?); " +
				"SCALAR SUBQUERY 3; SEARCH orders USING PRIMARY KEY (store=? AND number=?)",
		},
		{
			"a slim list of the unmerchanted", listSlimUnmerchanted,
			"SEARCH orders USING COVERING INDEX orders_unmerchanted (store=? AND (placed_at,number)>(?,?) AND placed_at<?)",
		},
		{"a list with statuses", listFull, "SEARCH orders USING PRIMARY KEY (store=? AND number>? AND number<?)"},
		{
			"a list with statuses of the unmerchanted", listFullUnmerchanted,
			"SEARCH orders USING INDEX orders_unmerchanted (store=? AND (placed_at,number)>(?,?) AND placed_at<?)",
		},
		{"the first order of a day", firstPlacedFrom, "SEARCH orders USING COVERING INDEX orders_placed (store=? AND placed_at>?)"},
		{"counts by status", countStatuses, "SEARCH orders USING PRIMARY KEY ((store,number)>(?,?))"},
		{"a page of numbers", selectNumbers, "SEARCH orders USING PRIMARY KEY (store=? AND number>?)"},
		{"orders to be erased", selectIdentified, "SEARCH orders USING PRIMARY KEY (store=? AND number>? AND number<?)"},
		{"a page of carts", selectCartIDs, "SEARCH carts USING COVERING INDEX sqlite_autoindex_carts_1 (id>?)"},
		{"notes", selectNotes, "SEARCH order_notes USING PRIMARY KEY (store=? AND number=?)"},
		{"history", selectChanges, "SEARCH order_changes USING PRIMARY KEY (store=? AND number=?)"},
		{"a cart", selectCart, "SEARCH carts USING INDEX sqlite_autoindex_carts_1 (id=?)"},
		{"a change of state", updateState, "SEARCH orders USING PRIMARY KEY (store=? AND number=?)"},
		{"a number", raiseCounter, "SEARCH order_counters USING INTEGER PRIMARY KEY (rowid=?)"},
		{
			"lapsed carts", deleteExpired,
			"SEARCH carts USING COVERING INDEX sqlite_autoindex_carts_1 (id=?); LIST SUBQUERY 1; SEARCH carts USING INDEX carts_expiry (expires_at<?)",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := plan(t, storage.db, test.sql); got != test.plan {
				t.Errorf("the plan is %q, want %q", got, test.plan)
			}
		})
	}
}

func plan(t *testing.T, db *sqlitedb.DB, sql string) string {
	t.Helper()
	var steps []string
	err := db.Read(t.Context(), func(conn *sqlitedb.Conn) error {
		return query(conn, "EXPLAIN QUERY PLAN "+sql).each(func(r row) error {
			steps = append(steps, r.text(3))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "; ")
}
