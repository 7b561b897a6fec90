package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"entrepot/internal/order"
)

// TestAdminPlans sees that an operator's lists walk the orders by number,
// without sorting, or find the few by an index.
func TestAdminPlans(t *testing.T) {
	storage, err := Open(t.Context(), filepath.Join(t.TempDir(), "plan.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = storage.Close() }()
	test := true
	tests := []struct {
		name string
		q    order.HeadQuery
		plan string
	}{
		{"the newest", order.HeadQuery{Store: 1, Newest: 5}, "SEARCH o USING PRIMARY KEY (store=?)"},
		{"a page", order.HeadQuery{Store: 1, After: 7}, "SEARCH o USING PRIMARY KEY (store=? AND number>?)"},
		{
			"by what has no index",
			order.HeadQuery{Store: 1, Newest: 5, Statuses: []order.Status{order.OnHold, order.Cancelled}, Test: &test, MerchantOrderID: "m"},
			"SEARCH o USING PRIMARY KEY (store=?)",
		},
		{"a reference", order.HeadQuery{Store: 1, Newest: 5, ReferenceID: "r"}, "SEARCH o USING INDEX orders_reference (store=? AND reference_id=?)"},
		{
			"dates",
			order.HeadQuery{Store: 1, After: 7, PlacedFrom: time.UnixMilli(1)},
			"SEARCH o USING PRIMARY KEY (store=? AND number>?)",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := headFilter(test.q)
			if got := plan(t, storage.db, headsSQL(test.q, f.text())); got != test.plan {
				t.Errorf("the plan is %q, want %q", got, test.plan)
			}
		})
	}
}
