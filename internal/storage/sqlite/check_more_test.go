package sqlite_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCheckFindsByHand breaks what the form of a file allows: what somebody
// changed with an SQL shell.
func TestCheckFindsByHand(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.db")
	whole(t, good)
	defects := []struct{ name, sql, finds string }{
		{"a counter that is no whole number", "UPDATE order_counters SET last_number = 9.3e18", "999-0 the counter is no whole number"},
		{"a counter that is a text", "UPDATE order_counters SET last_number = 'x'", "999-0 the counter is no whole number"},
		{"marked as erased", "UPDATE orders SET identified = 0 WHERE number = 7", "999-7 is marked as erased, and its history does not say so"},
		{"the shop's own id", "UPDATE orders SET merchant_order_id = 'another' WHERE number = 7", "999-7 its merchant order id is not the one that its history says"},
		{"a secret of another length", "UPDATE stores SET newer_secret = x'00', newer_secret_at = 1", "CHECK constraint failed in stores"},
		{"the rule is gone that a cart becomes one order", "DROP INDEX orders_cart", "database file: index orders_cart is missing"},
		{"a list's index is gone", "DROP INDEX orders_placed", "database file: index orders_placed is missing"},
		{"a table is gone", "DROP TABLE order_notes", "database file: table order_notes is missing"},
		{"a table was made anew", "DROP TABLE cart_usage; CREATE TABLE cart_usage (store, address, carts, bytes)", "database file: table cart_usage is not as entrepot makes it"},
		{"a trigger of somebody's", "CREATE TRIGGER t AFTER UPDATE ON orders BEGIN DELETE FROM order_notes; END", "database file: trigger t is not entrepot's"},
	}
	for _, d := range defects {
		t.Run(d.name, func(t *testing.T) {
			path := copied(t, good)
			breakBy(t, path, d.sql)
			found, err := problems(t, path)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(found, func(p string) bool { return strings.Contains(p, d.finds) }) {
				t.Errorf("found %q, and not %q", found, d.finds)
			}
		})
	}
}
