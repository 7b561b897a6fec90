package sqlite_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Rows that are in order but for what a test makes of them.
const (
	insertOrder    = "INSERT INTO orders (store, number, placed_at, test, status, status_at, resume_status, cart, document) VALUES "
	insertStore    = "INSERT INTO stores (number, name, test, state, created_at, cart_needs_secret, cart_lifetime_ms, domestic_shipping) VALUES "
	insertDocument = "INSERT INTO order_documents (id, store, number, format, body) VALUES "
	insertCart     = "INSERT INTO carts (id, store, created_at, expires_at, became, format, body) VALUES "
	insertNote     = "INSERT INTO order_notes (store, number, seq, created_at, created_by, customer, flagged, note, extra) VALUES "
	anotherOrder   = insertDocument + "(77, 999, 77, 1, x'7b7d'); " + insertOrder
)

// impossible is what cannot be, and what refuses it: the expression of a CHECK
// after the table's name, the columns of a key, or those that refer to another
// table.
var impossible = []struct{ what, sql, by string }{
	{"an order without a document", insertOrder + "(999, 77, 0, 0, 'IGLOBAL_ORDER_IN_PROCESS', 0, NULL, NULL, 77)", "orders(document)"},
	{"a document that is taken away", "DELETE FROM order_documents WHERE number = 7", "orders(document)"},
	{"an order of no store", insertDocument + "(77, 5, 1, 1, x'7b7d'); " + insertOrder + "(5, 1, 0, 0, 'IGLOBAL_ORDER_IN_PROCESS', 0, NULL, NULL, 77)", "orders(store)"},
	{"a number twice", insertDocument + "(77, 999, 7, 1, x'7b7d'); " + insertOrder + "(999, 7, 0, 0, 'IGLOBAL_ORDER_IN_PROCESS', 0, NULL, NULL, 77)", "orders.store, orders.number"},
	{"a number below one", insertDocument + "(77, 999, 0, 1, x'7b7d'); " + insertOrder + "(999, 0, 0, 0, 'IGLOBAL_ORDER_IN_PROCESS', 0, NULL, NULL, 77)", "orders: number > 0"},
	{"an order that is neither", "UPDATE orders SET test = 2", "orders: test IN (0, 1)"},
	{"an unknown status", anotherOrder + "(999, 77, 0, 0, 'SHIPPED', 0, NULL, NULL, 77)", "orders: status IN ( 'IGLOBAL_FRAUD_REVIEW',"},
	{"a hold without a way back", anotherOrder + "(999, 77, 0, 0, 'IGLOBAL_ORDER_ON_HOLD', 0, NULL, NULL, 77)", "orders: (resume_status IS NOT NULL) ="},
	{"a way back without a hold", anotherOrder + "(999, 77, 0, 0, 'IGLOBAL_ORDER_IN_PROCESS', 0, 'IGLOBAL_FRAUD_REVIEW', NULL, 77)", "orders: (resume_status IS NOT NULL) ="},
	{"a cart that becomes two orders", anotherOrder + "(999, 77, 0, 0, 'IGLOBAL_ORDER_IN_PROCESS', 0, NULL, (SELECT cart FROM orders WHERE cart IS NOT NULL LIMIT 1), 77)", "orders.store, orders.cart"},
	{"a document of two orders", insertOrder + "(999, 77, 0, 0, 'IGLOBAL_ORDER_IN_PROCESS', 0, NULL, NULL, 7)", "orders.document"},
	{"a cart that is no UUID", "UPDATE orders SET cart = x'00' WHERE number = 7", "orders: length(cart) = 16"},
	{"an empty merchant order id", "UPDATE orders SET merchant_order_id = '' WHERE number = 7", "orders: merchant_order_id <> ''"},
	{"an empty reference", "UPDATE orders SET reference_id = '' WHERE number = 7", "orders: reference_id <> ''"},
	{"empty tracking", "UPDATE orders SET tracking = '' WHERE number = 7", "orders: tracking <> ''"},
	{"half identified", "UPDATE orders SET identified = 2 WHERE number = 7", "orders: identified IN (0, 1)"},
	{"a document twice", insertDocument + "(7, 999, 7, 1, x'7b7d')", "order_documents.id"},
	{"a document of no format", insertDocument + "(77, 999, 77, 0, x'7b7d')", "order_documents: format > 0"},
	{"an order that is taken away", "DELETE FROM order_notes; DELETE FROM orders WHERE number = 7", "order_changes(store, number)"},
	{"history of no order", "INSERT INTO order_changes VALUES (999, 77, 1, 0, '', '', '', '', '')", "order_changes(store, number)"},
	{"an entry of history twice", "INSERT INTO order_changes VALUES (999, 7, 1, 0, '', '', '', '', '')", "order_changes.store, order_changes.number, order_changes.seq"},
	{"an entry before the first", "INSERT INTO order_changes VALUES (999, 7, 0, 0, '', '', '', '', '')", "order_changes: seq > 0"},
	{"a note of no order", insertNote + "(999, 77, 1, 0, '', 0, 0, '', NULL)", "order_notes(store, number)"},
	{"a note twice", insertNote + "(999, 7, 99, 0, '', 0, 0, '', NULL), (999, 7, 99, 0, '', 0, 0, '', NULL)", "order_notes.store, order_notes.number, order_notes.seq"},
	{"a note before the first", insertNote + "(999, 7, 0, 0, '', 0, 0, '', NULL)", "order_notes: seq > 0"},
	{"a note by half a customer", insertNote + "(999, 7, 99, 0, '', 2, 0, '', NULL)", "order_notes: customer IN (0, 1)"},
	{"a note that is half flagged", insertNote + "(999, 7, 99, 0, '', 0, 2, '', NULL)", "order_notes: flagged IN (0, 1)"},
	{"keys of a note that are empty", insertNote + "(999, 7, 99, 0, '', 0, 0, '', '')", "order_notes: extra <> ''"},
	{"a counter of no store", "INSERT INTO order_counters (store, last_number, last_placed_at) VALUES (5, 0, 0)", "order_counters(store)"},
	{"a second counter", "INSERT INTO order_counters (store, last_number, last_placed_at) VALUES (999, 0, 0)", "order_counters.store"},
	{"a counter below zero", "UPDATE order_counters SET last_number = -1", "order_counters: last_number >= 0"},
	{"disorder below none", "UPDATE order_counters SET date_disorder = -1", "order_counters: date_disorder >= 0"},
	{"a store twice", insertStore + "(999, '', 0, 'open', 0, 0, 1, 'line')", "stores.number"},
	{"a store without a number", insertStore + "(0, '', 0, 'open', 0, 0, 1, 'line')", "stores: number > 0"},
	{"a store that is half a sandbox", "UPDATE stores SET test = 2", "stores: test IN (0, 1)"},
	{"an unknown state of a store", "UPDATE stores SET state = 'ajar'", "stores: state IN ('loading', 'open', 'closed')"},
	{"carts that need half a secret", "UPDATE stores SET cart_needs_secret = 2", "stores: cart_needs_secret IN (0, 1)"},
	{"carts that lapse at once", "UPDATE stores SET cart_lifetime_ms = 0", "stores: cart_lifetime_ms > 0"},
	{"an unknown way of charging", "UPDATE stores SET domestic_shipping = 'free'", "stores: domestic_shipping IN ('shipping', 'line')"},
	{"identities that end before they begin", "UPDATE stores SET retain_identity_ms = -1", "stores: retain_identity_ms >= 0"},
	{"an older secret of another length", "UPDATE stores SET older_secret = x'00', older_secret_at = 1", "stores: length(older_secret) = 32"},
	{"a newer secret of another length", "UPDATE stores SET newer_secret = x'00', newer_secret_at = 1", "stores: length(newer_secret) = 32"},
	{"an older secret without its date", "UPDATE stores SET older_secret_at = NULL", "stores: (older_secret IS NULL) = (older_secret_at IS NULL)"},
	{"the date of no newer secret", "UPDATE stores SET newer_secret = NULL, newer_secret_at = 1", "stores: (newer_secret IS NULL) = (newer_secret_at IS NULL)"},
	{"a cart of no store", insertCart + "(randomblob(16), 5, 0, 0, 0, 1, x'7b7d')", "carts(store)"},
	{"a cart twice", "INSERT INTO carts SELECT * FROM carts", "carts.id"},
	{"a cart whose id is no UUID", insertCart + "(x'00', 999, 0, 0, 0, 1, x'7b7d')", "carts: length(id) = 16"},
	{"fewer carts than none", "UPDATE cart_usage SET carts = -1", "cart_usage: carts >= 0"},
	{"less of carts than nothing", "UPDATE cart_usage SET bytes = -1", "cart_usage: bytes >= 0"},
	{"usage twice", "INSERT INTO cart_usage SELECT * FROM cart_usage", "cart_usage.store, cart_usage.address"},
	{"two installations", "INSERT INTO installation SELECT 2, secret_key, 0 FROM installation", "installation: one = 1"},
	{"an installation twice", "INSERT INTO installation SELECT * FROM installation", "installation.one"},
	{"a short key", "UPDATE installation SET secret_key = x'00'", "installation: length(secret_key) = 32"},
	{"two schemas", "INSERT INTO schema_info VALUES (2, 1, 1)", "schema_info: one = 1"},
	{"a schema twice", "INSERT INTO schema_info VALUES (1, 1, 1)", "schema_info.one"},
}

// TestImpossible sees that the database itself refuses what cannot be, by each
// of its constraints.
func TestImpossible(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	whole(t, path)
	conn, err := zombiezen.OpenConn(path, zombiezen.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	refused := map[string]bool{}
	for _, i := range impossible {
		if got := refusal(t, conn, i.sql); !strings.HasPrefix(got, wantedRefusal(i.by)) {
			t.Errorf("%s: refused by %q, want %s", i.what, got, i.by)
		}
		refused[i.by] = true
	}
	for _, constraint := range constraints(t, conn) {
		shown := refused[constraint]
		for by := range refused {
			shown = shown || strings.Contains(by, ": ") && strings.HasPrefix(constraint, by)
		}
		if !shown {
			t.Errorf("nothing shows what %s is for", constraint)
		}
	}
}

var tableOfCheck = regexp.MustCompile(`^\w+: `)

func wantedRefusal(by string) string {
	if tableOfCheck.MatchString(by) { // SQLite names the expression alone
		return "CHECK " + tableOfCheck.ReplaceAllString(by, "")
	}
	return by
}

// refusal says what refuses a statement, of which nothing stays. Of a foreign
// key SQLite does not say which: it is looked for with the statement done.
func refusal(t *testing.T, conn *zombiezen.Conn, sql string) string {
	t.Helper()
	err := undone(t, conn, "ON", sql, func() {})
	if err == nil {
		return ""
	}
	text := strings.Join(strings.Fields(err.Error()), " ")
	switch {
	case strings.Contains(text, "CHECK constraint failed: "):
		_, expression, _ := strings.Cut(text, "CHECK constraint failed: ")
		return "CHECK " + expression
	case strings.Contains(text, "UNIQUE constraint failed: "):
		_, columns, _ := strings.Cut(text, "UNIQUE constraint failed: ")
		return columns
	case !strings.Contains(text, "FOREIGN KEY constraint failed"):
		return text
	}
	broken := ""
	if err := undone(t, conn, "OFF", sql, func() { broken = brokenKey(t, conn) }); err != nil {
		t.Fatal(err)
	}
	return broken
}

func undone(t *testing.T, conn *zombiezen.Conn, foreignKeys, sql string, look func()) error {
	t.Helper()
	script(t, conn, "PRAGMA foreign_keys = "+foreignKeys)
	script(t, conn, "BEGIN")
	defer script(t, conn, "ROLLBACK")
	var err error
	for _, statement := range strings.Split(sql, "; ") {
		if err == nil {
			err = sqlitex.ExecuteTransient(conn, statement, nil)
		}
	}
	look()
	return err
}

func script(t *testing.T, conn *zombiezen.Conn, sql string) {
	t.Helper()
	if err := sqlitex.ExecuteTransient(conn, sql, nil); err != nil {
		t.Fatal(err)
	}
}

// ask runs a query and calls fn for each row, as texts.
func ask(t *testing.T, conn *zombiezen.Conn, sql string, fn func(row []string)) {
	t.Helper()
	err := sqlitex.ExecuteTransient(conn, sql, &sqlitex.ExecOptions{ResultFunc: func(stmt *zombiezen.Stmt) error {
		var row []string
		for i := range stmt.ColumnCount() {
			row = append(row, stmt.ColumnText(i))
		}
		fn(row)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// brokenKey is the first foreign key that does not hold.
func brokenKey(t *testing.T, conn *zombiezen.Conn) (key string) {
	t.Helper()
	ask(t, conn, `SELECT c."table", (SELECT group_concat("from", ', ') FROM pragma_foreign_key_list(c."table") WHERE id = c.fkid)
		FROM pragma_foreign_key_check AS c LIMIT 1`, func(row []string) { key = fmt.Sprintf("%s(%s)", row[0], row[1]) })
	return key
}

// constraints are those of all tables, as they stand under impossible.
func constraints(t *testing.T, conn *zombiezen.Conn) (all []string) {
	t.Helper()
	const tables = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'"
	ask(t, conn, tables, func(row []string) {
		for _, expression := range checks(row[1]) {
			all = append(all, row[0]+": "+expression)
		}
	})
	const from = " FROM sqlite_schema AS s, "
	const ours = " WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%' AND s.name NOT LIKE 'goose_%' "
	ask(t, conn, "SELECT s.name, group_concat(f.\"from\", ', ')"+from+"pragma_foreign_key_list(s.name) AS f"+ours+"GROUP BY s.name, f.id", func(row []string) {
		all = append(all, fmt.Sprintf("%s(%s)", row[0], row[1]))
	})
	ask(t, conn, "SELECT group_concat(s.name || '.' || i.name, ', ')"+from+"pragma_index_list(s.name) AS l, pragma_index_info(l.name) AS i"+ours+"AND l.\"unique\" GROUP BY s.name, l.name",
		func(row []string) { all = append(all, row[0]) })
	ask(t, conn, "SELECT group_concat(s.name || '.' || c.name, ', ')"+from+"pragma_table_info(s.name) AS c"+ours+"AND c.pk > 0 GROUP BY s.name",
		func(row []string) { all = append(all, row[0]) })
	if len(all) < 50 {
		t.Errorf("only %d constraints were found", len(all))
	}
	return all
}

// checks are the expressions of all CHECKs in what made a table.
func checks(made string) (expressions []string) {
	made = regexp.MustCompile(`--[^\n]*`).ReplaceAllString(made, "")
	for _, rest := range strings.Split(strings.Join(strings.Fields(made), " "), "CHECK (")[1:] {
		open := 1
		end := strings.IndexFunc(rest, func(r rune) bool {
			open += map[rune]int{'(': 1, ')': -1}[r]
			return open == 0
		})
		expressions = append(expressions, rest[:end])
	}
	return expressions
}
