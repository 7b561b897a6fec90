package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

// whole makes a database with orders of every kind and a waiting cart, closed.
func whole(t *testing.T, path string) {
	t.Helper()
	storage, _ := filled(t, path, 60)
	s := order.NewService(order.Config{
		Storage: storage, Codec: wire.Codec{}, Clock: func() time.Time { return now },
		NewCartID: func() order.CartID { return "6f9619ff-8b86-4d11-b42d-00c04fc964ff" },
	})
	sender := order.CartSender{Credentials: order.Credentials{Store: 999}, Address: "192.0.2.1"}
	store, err := s.AdmitCart(t.Context(), sender)
	if err != nil {
		t.Fatal(err)
	}
	contents := &order.CartContents{Items: []order.Item{{Description: "Tent", Quantity: 1, UnitPrice: 100}}}
	if _, err := s.CreateCart(t.Context(), store, sender, contents); err != nil {
		t.Fatal(err)
	}
	for _, move := range []order.Move{order.Hold, order.Release, order.Hold} {
		id := order.ID{Store: 999, Number: 58}
		_ = s.Move(t.Context(), id, order.PassReview, order.Why{Actor: "test"}) // if it is in review
		if err := s.Move(t.Context(), id, move, order.Why{Actor: "test"}); err != nil {
			t.Fatalf("order 58 of this seed cannot be held, choose another: %v", err)
		}
	}
	if err := storage.Close(); err != nil {
		t.Fatal(err)
	}
}

// breakBy runs SQL on a closed database, with nothing to hold it back.
func breakBy(t *testing.T, path, sql string) {
	t.Helper()
	conn, err := zombiezen.OpenConn(path, zombiezen.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := sqlitex.ExecuteScript(conn, "PRAGMA ignore_check_constraints = ON; PRAGMA writable_schema = ON; "+sql, nil); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// problems runs the check on a closed database.
func problems(t *testing.T, path string) (found []string, err error) {
	t.Helper()
	storage, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = storage.Close() }()
	s := order.NewService(order.Config{Storage: storage, Codec: wire.Codec{}})
	seen, err := s.Check(t.Context(), order.Checking{Problem: func(p order.Problem) { found = append(found, p.Order.String()+" "+p.Text) }})
	if int64(len(found)) != seen.Problems {
		t.Errorf("%d problems were told, and %d counted", len(found), seen.Problems)
	}
	return found, err
}

func copied(t *testing.T, from string) string {
	t.Helper()
	body, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "broken.db")
	if err := os.WriteFile(to, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestCheckFinds breaks one thing at a time.
func TestCheckFinds(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.db")
	whole(t, good)
	if found, err := problems(t, copied(t, good)); err != nil || found != nil {
		t.Fatalf("before anything is broken: %q, %v", found, err)
	}
	defects := []struct{ name, sql, finds string }{
		{"a document is gone", "DELETE FROM order_documents WHERE number = 7", "999-7 its document is missing"},
		{"a document of nobody", "INSERT INTO order_documents (store, number, format, body, crc32c) VALUES (999, 7, 1, x'7b7d', 0)", "999-7 document 61 belongs to no order"},
		{
			"documents changed places", `UPDATE orders SET document = -1 WHERE number = 7; UPDATE orders SET document = 7 WHERE number = 8;
			UPDATE orders SET document = 8 WHERE number = 7`,
			"999-7 document 8 was made for order 999-8",
		},
		{"a document was edited", "UPDATE order_documents SET body = replace(body, 'city', 'City') WHERE number = 7", "999-7 its document cannot be read: the document of order 999-7 is damaged: its checksum differs"},
		{"an unknown format", "UPDATE order_documents SET format = 9 WHERE number = 7", "999-7 its document cannot be decoded (format 9)"},
		{"an entry of the history is gone", "DELETE FROM order_changes WHERE number = 58 AND seq = 2", "999-58 entry 2 of its history is missing"},
		{"the last entry is gone", "DELETE FROM order_changes WHERE number = 58 AND seq = (SELECT changes FROM orders WHERE number = 58)", "999-58 is in status IGLOBAL_ORDER_ON_HOLD, and its history ends in"},
		{"all of the history is gone", "DELETE FROM order_changes WHERE number = 7; UPDATE orders SET changes = 0 WHERE number = 7", "999-7 its history does not say how it came here"},
		{"the history is counted wrongly", "UPDATE orders SET changes = changes + 1 WHERE number = 7", "999-7 its history has"},
		{"a status by hand", "UPDATE orders SET status = 'IGLOBAL_LABELS_PROCESSING', resume_status = NULL WHERE number = 7", "999-7 is in status IGLOBAL_LABELS_PROCESSING, and its history ends in"},
		{"a link of the chain", "UPDATE order_changes SET was = 'VENDOR_SHIPMENT_READY' WHERE number = 58 AND kind = 'status' AND seq = (SELECT max(seq) FROM order_changes WHERE number = 58)", "of its history begins in status VENDOR_SHIPMENT_READY"},
		{"another way back", "UPDATE orders SET resume_status = 'VENDOR_SHIPMENT_READY' WHERE number = 58", "999-58 would go back to status VENDOR_SHIPMENT_READY"},
		{"no status at all", "UPDATE orders SET status = 'NONE' WHERE number = 7", "CHECK constraint failed in orders"},
		{"notes are counted wrongly", "UPDATE orders SET notes = notes + 1 WHERE number = 7", "999-7 has"},
		{"a note is gone", `INSERT INTO order_notes (store, number, seq, created_at, created_by, customer, flagged, note)
			SELECT store, number, notes + 2, 0, 'test', 0, 0, 'x' FROM orders WHERE number = 7; UPDATE orders SET notes = notes + 1 WHERE number = 7`, " is missing"},
		{"a note of nobody", "INSERT INTO order_notes (store, number, seq, created_at, created_by, customer, flagged, note) VALUES (999, 61, 1, 0, '', 0, 0, '')", "a row of order_notes refers to one of orders that is not there"},
		{"a date goes back", "UPDATE orders SET placed_at = placed_at - 90 * 86400000 WHERE number = 30", "999-30 was placed at"},
		{"the counter goes back", "UPDATE order_counters SET last_number = 59", "999-0 the counter stands at 59, and there is order 60"},
		{"the counter's date goes back", "UPDATE order_counters SET last_placed_at = last_placed_at - 1", "999-0 the counter's date is before that of the last order"},
		{"no counter", "DELETE FROM order_counters", "999-0 the store has no counter"},
		{"a cart is gone", "DELETE FROM carts WHERE became = 0", "999-0 the usage of carts says 1 carts"},
		{"a cart is not counted", "DELETE FROM cart_usage WHERE length(address) > 0", "999-0 the usage of carts says 0 carts"},
		{"bytes are counted wrongly", "UPDATE cart_usage SET bytes = bytes + 1", "999-0 the usage of carts says 1 carts"},
		{"a cart was edited", `UPDATE carts SET body = '{"items":[]}' WHERE became = 0`, "999-0 cart 6f9619ff-8b86-4d11-b42d-00c04fc964ff differs from what its parts make"},
		{"a cart of another format", "UPDATE carts SET format = 9 WHERE became = 0", "999-0 cart 6f9619ff-8b86-4d11-b42d-00c04fc964ff cannot be decoded (format 9)"},
		{"a cart became nothing", "UPDATE carts SET became = 61, body = NULL WHERE became = 0", "999-61 a cart says that it became this order"},
		{"a cart could become two", "UPDATE orders SET cart = (SELECT id FROM carts WHERE became = 0) WHERE number = 7", "999-7 its cart is waiting, and could become another order"},
		{"an index is gone", `CREATE TABLE keep AS SELECT rootpage FROM sqlite_schema WHERE name = 'orders_reference';
			DELETE FROM sqlite_schema WHERE name = 'orders_reference'; DROP TABLE keep`, "database file: "},
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

// TestCheckFindsFlippedBytes flips one byte of what is kept, in many places:
// in a document by the checksum, elsewhere by the form of the file.
func TestCheckFindsFlippedBytes(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.db")
	whole(t, good)
	body, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	begin := []byte(`{"name":"`)
	at, flipped := 0, 0
	for next := bytes.Index(body, begin); next >= 0 && flipped < 12; next = bytes.Index(body[at:], begin) {
		at += next + len(begin)
		broken := bytes.Clone(body)
		broken[at] ^= 1
		path := filepath.Join(t.TempDir(), "broken.db")
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		found, err := problems(t, path)
		if err == nil && len(found) == 0 {
			t.Errorf("a flipped bit at byte %d was not found", at)
		}
		flipped++
	}
	if flipped < 12 {
		t.Errorf("only %d documents were tried", flipped)
	}
}
