package postgres

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Rows that are in order but for what a test makes of them.
const (
	insertOrder    = "INSERT INTO orders (store, number, placed_at, test, status, status_at, resume_status, cart) VALUES "
	insertStore    = "INSERT INTO stores (number, name, test, state, created_at, cart_needs_secret, cart_lifetime_ms, domestic_shipping, retain_identity_ms, allowed_origins) VALUES "
	insertDocument = "INSERT INTO order_documents (store, number, format, body, crc32c) VALUES "
	insertCart     = "INSERT INTO carts (id, store, created_at, expires_at, became, format, body) VALUES "
	anotherOrder   = insertDocument + "(999, 77, 1, '{}', 0); " + insertOrder
)

// impossible is what cannot be, and the constraint that refuses it.
var impossible = []struct{ what, sql, by string }{
	{"an order without a document", insertOrder + "(999, 77, 0, FALSE, 'IGLOBAL_ORDER_IN_PROCESS', 0, NULL, NULL)", "orders_document"},
	{"a document that is taken away", "DELETE FROM order_documents WHERE number = 7", "orders_document"},
	{"an order of no store", insertDocument + "(5, 1, 1, '{}', 0); " + insertOrder + "(5, 1, 0, FALSE, 'IGLOBAL_ORDER_IN_PROCESS', 0, NULL, NULL)", "orders_store"},
	{"a store that is taken away", "DELETE FROM order_counters; DELETE FROM stores", "orders_store"},
	{"a number twice", insertOrder + "(999, 7, 0, FALSE, 'IGLOBAL_ORDER_IN_PROCESS', 0, NULL, NULL)", "orders_key"},
	{"a number below one", insertDocument + "(999, 0, 1, '{}', 0); " + insertOrder + "(999, 0, 0, FALSE, 'IGLOBAL_ORDER_IN_PROCESS', 0, NULL, NULL)", "orders_number"},
	{"an unknown status", anotherOrder + "(999, 77, 0, FALSE, 'SHIPPED', 0, NULL, NULL)", "orders_status"},
	{"a hold without a way back", anotherOrder + "(999, 77, 0, FALSE, 'IGLOBAL_ORDER_ON_HOLD', 0, NULL, NULL)", "orders_resume"},
	{"a request for cancellation without a way back", anotherOrder + "(999, 77, 0, FALSE, 'VENDOR_CANCELLATION_REQUEST', 0, NULL, NULL)", "orders_resume"},
	{"a way back without a hold", anotherOrder + "(999, 77, 0, FALSE, 'IGLOBAL_ORDER_IN_PROCESS', 0, 'IGLOBAL_FRAUD_REVIEW', NULL)", "orders_resume"},
	{"a way back to an unknown status", anotherOrder + "(999, 77, 0, FALSE, 'IGLOBAL_ORDER_ON_HOLD', 0, 'SHIPPED', NULL)", "orders_resume_status"},
	{"a cart that becomes two orders", anotherOrder + "(999, 77, 0, FALSE, 'IGLOBAL_ORDER_IN_PROCESS', 0, NULL, (SELECT cart FROM orders WHERE cart IS NOT NULL LIMIT 1))", "orders_cart"},
	{"an empty merchant order id", "UPDATE orders SET merchant_order_id = '' WHERE number = 7", "orders_merchant_order_id"},
	{"an empty reference", "UPDATE orders SET reference_id = '' WHERE number = 7", "orders_reference_id"},
	{"empty tracking", "UPDATE orders SET tracking = '' WHERE number = 7", "orders_tracking"},
	{"fewer notes than none", "UPDATE orders SET notes = -1 WHERE number = 7", "orders_notes"},
	{"fewer changes than none", "UPDATE orders SET changes = -1 WHERE number = 7", "orders_changes"},
	{"a document twice", insertDocument + "(999, 7, 1, '{}', 0)", "order_documents_key"},
	{"a document of no format", insertDocument + "(999, 77, 0, '{}', 0)", "order_documents_format"},
	{"an order that is taken away", "DELETE FROM order_notes; DELETE FROM orders WHERE number = 7", "order_changes_order"},
	{"history of no order", "INSERT INTO order_changes VALUES (999, 77, 1, 0, '', '', '', '', '')", "order_changes_order"},
	{"an entry of history twice", "INSERT INTO order_changes VALUES (999, 7, 1, 0, '', '', '', '', '')", "order_changes_key"},
	{"an entry before the first", "INSERT INTO order_changes VALUES (999, 7, 0, 0, '', '', '', '', '')", "order_changes_seq"},
	{"a note of no order", "INSERT INTO order_notes VALUES (999, 77, 1, 0, '', FALSE, FALSE, '', NULL)", "order_notes_order"},
	{"a note twice", "INSERT INTO order_notes VALUES (999, 7, 99, 0, '', FALSE, FALSE, '', NULL), (999, 7, 99, 0, '', FALSE, FALSE, '', NULL)", "order_notes_key"},
	{"a note before the first", "INSERT INTO order_notes VALUES (999, 7, 0, 0, '', FALSE, FALSE, '', NULL)", "order_notes_seq"},
	{"keys of a note that are empty", "INSERT INTO order_notes VALUES (999, 7, 99, 0, '', FALSE, FALSE, '', '')", "order_notes_extra"},
	{"a counter of no store", "INSERT INTO order_counters (store, last_number, last_placed_at) VALUES (5, 0, 0)", "order_counters_store"},
	{"a second counter", "INSERT INTO order_counters (store, last_number, last_placed_at) VALUES (999, 0, 0)", "order_counters_key"},
	{"a counter below zero", "UPDATE order_counters SET last_number = -1", "order_counters_last_number"},
	{"disorder below none", "UPDATE order_counters SET date_disorder = -1", "order_counters_date_disorder"},
	{"a store twice", insertStore + "(999, '', FALSE, 'open', 0, FALSE, 1, 'line', 0, '')", "stores_key"},
	{"a store without a number", insertStore + "(0, '', FALSE, 'open', 0, FALSE, 1, 'line', 0, '')", "stores_number"},
	{"an unknown state of a store", "UPDATE stores SET state = 'ajar'", "stores_state"},
	{"carts that lapse at once", "UPDATE stores SET cart_lifetime_ms = 0", "stores_cart_lifetime"},
	{"an unknown way of charging", "UPDATE stores SET domestic_shipping = 'free'", "stores_domestic_shipping"},
	{"identities that end before they begin", "UPDATE stores SET retain_identity_ms = -1", "stores_retain_identity"},
	{"an older secret of another length", "UPDATE stores SET older_secret = 'x', older_secret_at = 1", "stores_older_secret"},
	{"a newer secret of another length", "UPDATE stores SET newer_secret = 'x', newer_secret_at = 1", "stores_newer_secret"},
	{"an older secret without its date", "UPDATE stores SET older_secret_at = NULL", "stores_older_secret_at"},
	{"the date of no newer secret", "UPDATE stores SET newer_secret = NULL, newer_secret_at = 1", "stores_newer_secret_at"},
	{"fewer carts than none", "UPDATE cart_usage SET carts = -1", "cart_usage_carts"},
	{"less of carts than nothing", "UPDATE cart_usage SET bytes = -1", "cart_usage_bytes"},
	{"usage twice", "INSERT INTO cart_usage SELECT * FROM cart_usage", "cart_usage_key"},
	{"a cart that is spent and still full", "UPDATE carts SET became = 7 WHERE became = 0", "carts_body"},
	{"a cart that waits and is empty", insertCart + "(gen_random_uuid(), 999, 0, 0, 0, 1, NULL)", "carts_body"},
	{"a cart twice", "INSERT INTO carts SELECT * FROM carts", "carts_key"},
	{"a line of a process twice", "INSERT INTO commits VALUES (gen_random_uuid(), 1, 1); INSERT INTO commits SELECT * FROM commits", "commits_key"},
	{"two installations", "INSERT INTO installation SELECT 2, secret_key FROM installation", "installation_one_check"},
	{"an installation twice", "INSERT INTO installation SELECT * FROM installation", "installation_key"},
	{"a short key", "UPDATE installation SET secret_key = 'x'", "installation_secret_key"},
	{"two schemas", "INSERT INTO schema_info VALUES (2, 'entrepot', 1, 1)", "schema_info_one_check"},
	{"a schema twice", "INSERT INTO schema_info VALUES (1, 'entrepot', 1, 1)", "schema_info_key"},
}

// TestImpossible sees that the database itself refuses what cannot be, by each
// of its constraints.
func TestImpossible(t *testing.T) {
	s := fresh(t)
	whole(t, s)
	conn := Session(t, s.options)
	refused := map[string]bool{}
	for _, i := range impossible {
		_, err := conn.Exec(t.Context(), "BEGIN; "+i.sql+"; ROLLBACK", pgx.QueryExecModeSimpleProtocol)
		if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.ConstraintName != i.by {
			t.Errorf("%s: %v; want it refused by %s", i.what, err, i.by)
		}
		refused[i.by] = true
		if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range strings.Split(strings.TrimSpace(schemaParts), "\n") {
		kind, of, _ := strings.Cut(part, " of ")
		name := kind[strings.LastIndex(kind, " ")+1:]
		if of != "" && !strings.HasPrefix(kind, "index ") && !refused[name] {
			t.Errorf("nothing shows what %s is for", part)
		}
	}
	if found := problems(t, s, "SELECT 1"); found != nil {
		t.Errorf("afterwards: %q", found)
	}
}
