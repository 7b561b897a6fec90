package sqlite

import (
	"path/filepath"
	"testing"
)

// TestImportPlans looks at how lists of disordered dates, and exports, find
// their rows: by number, within bounds found by an index.
func TestImportPlans(t *testing.T) {
	storage, err := Open(t.Context(), filepath.Join(t.TempDir(), "plan.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = storage.Close() }()
	const (
		byNumber = "SEARCH orders USING PRIMARY KEY (store=? AND number>? AND number<?)"
		edges    = "CO-ROUTINE (subquery-1); SEARCH orders USING COVERING INDEX orders_placed (store=? AND placed_at"
	)
	tests := []struct{ name, sql, plan string }{
		{"a list", listByNumber, byNumber},
		{"a list of the unmerchanted", listByNumberUnmerchanted, byNumber},
		{"an export", selectOrders, "SEARCH o USING PRIMARY KEY (store=? AND number>? AND number<?); SEARCH d USING INTEGER PRIMARY KEY (rowid=?)"},
		{"the first number of dates", firstOfDates, edges + ">?); SEARCH (subquery-1); SEARCH orders USING COVERING INDEX orders_placed (store=? AND placed_at>? AND placed_at<?)"},
		{"the last number of dates", lastOfDates, edges + "<?); SEARCH (subquery-1); SEARCH orders USING COVERING INDEX orders_placed (store=? AND placed_at>? AND placed_at<?)"},
		{"a counter", selectCounter, "SEARCH order_counters USING INTEGER PRIMARY KEY (rowid=?)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := plan(t, storage.db, test.sql); got != test.plan {
				t.Errorf("the plan is %q, want %q", got, test.plan)
			}
		})
	}
}
