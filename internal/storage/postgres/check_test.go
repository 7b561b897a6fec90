package postgres

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/demo"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// whole fills a database with orders of every kind and a waiting cart.
func whole(t *testing.T, s *Storage) {
	t.Helper()
	err := demo.Populate(t.Context(), s, demo.Options{
		Store: 999, Secret: "5f0c6a52-8e1b-4f0e-9d6c-3f1a2b7c8d9e", Orders: 60, Seed: 1, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	service := order.NewService(order.Config{
		Storage: s, Codec: wire.Codec{}, Clock: func() time.Time { return now },
		NewCartID: func() order.CartID { return "6f9619ff-8b86-4d11-b42d-00c04fc964ff" },
	})
	sender := order.CartSender{Credentials: order.Credentials{Store: 999}, Address: "192.0.2.1"}
	store, err := service.AdmitCart(t.Context(), sender)
	if err != nil {
		t.Fatal(err)
	}
	contents := &order.CartContents{Items: []order.Item{{Description: "Tent", Quantity: 1, UnitPrice: 100}}}
	if _, err := service.CreateCart(t.Context(), store, sender, contents); err != nil {
		t.Fatal(err)
	}
	id := order.ID{Store: 999, Number: 58}
	_ = service.Move(t.Context(), id, order.PassReview, order.Why{Actor: "test"}) // if it is in review
	for _, move := range []order.Move{order.Hold, order.Release, order.Hold} {
		if err := service.Move(t.Context(), id, move, order.Why{Actor: "test"}); err != nil {
			t.Fatalf("order 58 of this seed cannot be held, choose another: %v", err)
		}
	}
}

// within shows the state of a transaction that is open.
type within struct {
	*Storage
	tx pgx.Tx
}

func (w within) session(ctx context.Context) view { return view{newSession(ctx, w.tx, false)} }

func (w within) View(ctx context.Context, fn func(order.View) error) error { return fn(w.session(ctx)) }

func (w within) Check(ctx context.Context, yield func(order.Problem)) error {
	return w.session(ctx).check(yield)
}

var errUndo = errors.New("everything is as it was")

// problems runs the check after some SQL, of which nothing stays.
func problems(t *testing.T, s *Storage, sql string) (found []string) {
	t.Helper()
	err := s.db.InTx(t.Context(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		service := order.NewService(order.Config{Storage: within{s, tx}, Codec: wire.Codec{}})
		seen, err := service.Check(t.Context(), order.Checking{Problem: func(p order.Problem) { found = append(found, p.Order.String()+" "+p.Text) }})
		if int64(len(found)) != seen.Problems {
			t.Errorf("%d problems were told, and %d counted", len(found), seen.Problems)
		}
		return errors.Join(err, errUndo)
	})
	if !errors.Is(err, errUndo) || strings.Contains(err.Error(), "\n") {
		t.Fatalf("%s: %v", sql, err)
	}
	return found
}

// TestCheckFinds breaks one thing at a time, as somebody with an SQL shell may.
func TestCheckFinds(t *testing.T) {
	s := fresh(t)
	whole(t, s)
	if found := problems(t, s, "SELECT 1"); found != nil {
		t.Fatalf("before anything is broken: %q", found)
	}
	const without = "ALTER TABLE orders DROP CONSTRAINT orders_document; "
	defects := []struct{ name, sql, finds string }{
		{"a document is gone", without + "DELETE FROM order_documents WHERE number = 7", "999-7 its document is missing"},
		{"a document of nobody", "INSERT INTO order_documents (store, number, format, body, crc32c) VALUES (999, 77, 1, '{}', 0)", "999-77 its document belongs to no order"},
		{"a document was edited", "UPDATE order_documents SET body = convert_to(replace(convert_from(body, 'UTF8'), 'city', 'City'), 'UTF8') WHERE number = 7", "999-7 its document cannot be read: the document of order 999-7 is damaged: its checksum differs"},
		{"an unknown format", "UPDATE order_documents SET format = 9 WHERE number = 7", "999-7 its document cannot be decoded (format 9)"},
		{"an entry of the history is gone", "DELETE FROM order_changes WHERE number = 58 AND seq = 2", "999-58 entry 2 of its history is missing"},
		{"the last entry is gone", "DELETE FROM order_changes WHERE number = 58 AND seq = (SELECT changes FROM orders WHERE number = 58)", "999-58 is in status IGLOBAL_ORDER_ON_HOLD, and its history ends in"},
		{"all of the history is gone", "DELETE FROM order_changes WHERE number = 7; UPDATE orders SET changes = 0 WHERE number = 7", "999-7 its history does not say how it came here"},
		{"the history is counted wrongly", "UPDATE orders SET changes = changes + 1 WHERE number = 7", "999-7 its history has"},
		{"history of nobody", "ALTER TABLE order_changes DROP CONSTRAINT order_changes_order; INSERT INTO order_changes VALUES (999, 77, 1, 0, '', '', '', '', '')", "999-77 there is history of an order that is not there"},
		{"a status by hand", "UPDATE orders SET status = 'IGLOBAL_LABELS_PROCESSING', resume_status = NULL WHERE number = 7", "999-7 is in status IGLOBAL_LABELS_PROCESSING, and its history ends in"},
		{"another way back", "UPDATE orders SET resume_status = 'VENDOR_SHIPMENT_READY' WHERE number = 58", "999-58 would go back to status VENDOR_SHIPMENT_READY"},
		{"notes are counted wrongly", "UPDATE orders SET notes = notes + 1 WHERE number = 7", "999-7 has"},
		{"a note of nobody", `ALTER TABLE order_notes DROP CONSTRAINT order_notes_order;
			INSERT INTO order_notes (store, number, seq, created_at, created_by, customer, flagged, note) VALUES (999, 61, 1, 0, '', FALSE, FALSE, '')`, "999-61 there is a note of an order that is not there"},
		{"orders of nobody", "ALTER TABLE orders DROP CONSTRAINT orders_store; ALTER TABLE order_counters DROP CONSTRAINT order_counters_store; DELETE FROM stores", "999-0 there are orders of a store that is not there"},
		{"a date goes back", "UPDATE orders SET placed_at = placed_at - 90 * 86400000::BIGINT WHERE number = 30", "999-30 was placed at"},
		{"the counter goes back", "UPDATE order_counters SET last_number = 59", "999-0 the counter stands at 59, and there is order 60"},
		{"the counter's date goes back", "UPDATE order_counters SET last_placed_at = last_placed_at - 1", "999-0 the counter's date is before that of the last order"},
		{"no counter", "DELETE FROM order_counters", "999-0 the store has no counter"},
		{"marked as erased", "UPDATE orders SET identified = FALSE WHERE number = 7", "999-7 is marked as erased, and its history does not say so"},
		{"a cart is gone", "DELETE FROM carts WHERE became = 0", "999-0 the usage of carts says 1 carts"},
		{"a cart is not counted", "DELETE FROM cart_usage WHERE octet_length(address) > 0", "999-0 the usage of carts says 0 carts"},
		{"bytes are counted wrongly", "UPDATE cart_usage SET bytes = bytes + 1", "999-0 the usage of carts says 1 carts"},
		{"a cart was edited", `UPDATE carts SET body = '{"items":[]}' WHERE became = 0`, "999-0 cart 6f9619ff-8b86-4d11-b42d-00c04fc964ff differs from what its parts make"},
		{"a cart became nothing", "UPDATE carts SET became = 61, body = NULL WHERE became = 0", "999-61 a cart says that it became this order"},
		{"a cart could become two", "UPDATE orders SET cart = (SELECT id FROM carts WHERE became = 0) WHERE number = 7", "999-7 its cart is waiting, and could become another order"},
		{"the rule is gone that a cart becomes one order", "DROP INDEX orders_cart", "database: unique index orders_cart of orders is missing"},
		{"the rule is there that it may become two", "DROP INDEX orders_cart; CREATE INDEX orders_cart ON orders (store, cart)", "database: unique index orders_cart of orders is missing"},
		{"a list's index is gone", "DROP INDEX orders_placed", "database: index orders_placed of orders is missing"},
		{"a rule of statuses is gone", "ALTER TABLE orders DROP CONSTRAINT orders_status", "database: check orders_status of orders is missing"},
		{"a trigger of somebody's", `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
			CREATE TRIGGER theirs AFTER UPDATE ON orders EXECUTE FUNCTION f()`, "database: trigger theirs of orders is not entrepot's"},
	}
	for _, d := range defects {
		t.Run(d.name, func(t *testing.T) {
			found := problems(t, s, d.sql)
			if !slices.ContainsFunc(found, func(p string) bool { return strings.Contains(p, d.finds) }) {
				t.Errorf("found %q, and not %q", found, d.finds)
			}
		})
	}
}
