package main_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// rule is something that holds between the tables whenever a change is either
// whole or absent.
type rule struct {
	name   string
	breaks string // selects what breaks the rule
	damage string // SQL that the rule has to notice
}

var rules = []rule{
	{
		"an order counts its changes",
		`SELECT number FROM orders o WHERE changes <> (SELECT count(*) FROM order_changes c WHERE c.store = o.store AND c.number = o.number)`,
		`UPDATE orders SET changes = changes + 1 WHERE number = 1`,
	},
	{
		"an order counts its notes",
		`SELECT number FROM orders o WHERE notes <> (SELECT count(*) FROM order_notes n WHERE n.store = o.store AND n.number = o.number)`,
		`UPDATE orders SET notes = notes + 1 WHERE number = 1`,
	},
	{
		"changes are numbered from 1 without a gap",
		`SELECT number FROM order_changes GROUP BY store, number HAVING min(seq) <> 1 OR max(seq) <> count(*)`,
		`DELETE FROM order_changes WHERE number = 1 AND seq = 2`,
	},
	{
		"the first change is the placing, and no other",
		`SELECT number FROM order_changes WHERE (seq = 1) <> (kind = 'placed')`,
		`UPDATE order_changes SET kind = 'placed' WHERE number = 1 AND seq = 2`,
	},
	{
		"the status is the one that the history ends with",
		`SELECT number FROM orders o WHERE status IS NOT (SELECT became FROM order_changes c
			WHERE c.store = o.store AND c.number = o.number AND kind IN ('placed', 'status') ORDER BY seq DESC LIMIT 1)`,
		`UPDATE orders SET status = 'VENDOR_END_OF_DAY_COMPLETE' WHERE number = 1`,
	},
	{
		"the merchant order id is the one that the history ends with",
		`SELECT number FROM orders o WHERE merchant_order_id IS NOT (SELECT became FROM order_changes c
			WHERE c.store = o.store AND c.number = o.number AND kind = 'merchant-order-id' ORDER BY seq DESC LIMIT 1)`,
		`UPDATE orders SET merchant_order_id = 'other' WHERE number = 1`,
	},
	{
		"the tracking numbers are those that the history added",
		`SELECT number FROM orders o WHERE tracking IS NOT (SELECT group_concat(became, ',' ORDER BY seq) FROM order_changes c
			WHERE c.store = o.store AND c.number = o.number AND kind = 'tracking')`,
		`UPDATE orders SET tracking = tracking || ',OTHER' WHERE number = 1`,
	},
	{
		"each change begins where the one before it ended",
		`SELECT number FROM (SELECT number, kind, was, lag(became, 1, '') OVER (
				PARTITION BY store, number, iif(kind = 'placed', 'status', kind) ORDER BY seq) AS before FROM order_changes)
			WHERE kind IN ('status', 'merchant-order-id') AND was <> before`,
		`UPDATE order_changes SET was = 'IGLOBAL_FRAUD_REVIEW' WHERE number = 1 AND kind = 'status'`,
	},
	{
		"an order has its document",
		`SELECT o.number FROM orders o LEFT JOIN order_documents d ON d.id = o.document AND d.store = o.store AND d.number = o.number WHERE d.id IS NULL`,
		`UPDATE order_documents SET number = 77 WHERE number = 1`,
	},
	{
		"a document has its order",
		`SELECT number FROM order_documents WHERE id NOT IN (SELECT document FROM orders)`,
		`INSERT INTO order_documents (store, number, format, body, crc32c) VALUES (999, 77, 1, x'00', 0)`,
	},
	{
		"a spent cart has become its order",
		`SELECT hex(c.id) FROM carts c LEFT JOIN orders o ON o.store = c.store AND o.number = c.became AND o.cart = c.id
			WHERE (c.became <> 0 AND o.number IS NULL) OR (c.became <> 0) <> (c.body IS NULL)`,
		`UPDATE carts SET became = 77, body = NULL WHERE became = 0`,
	},
	{
		"an order's cart is spent",
		`SELECT o.number FROM orders o LEFT JOIN carts c ON c.id = o.cart WHERE c.became IS NOT o.number`,
		`UPDATE carts SET became = 0 WHERE became = 1`,
	},
	{
		"the counter stands at the last order",
		`SELECT store FROM order_counters k WHERE last_number <> (SELECT coalesce(max(number), 0) FROM orders o WHERE o.store = k.store)`,
		`UPDATE order_counters SET last_number = last_number + 1`,
	},
	{
		"dates ascend with the numbers",
		`SELECT number FROM (SELECT number, placed_at, lag(placed_at) OVER (PARTITION BY store ORDER BY number) AS before FROM orders) WHERE placed_at < before`,
		`UPDATE orders SET placed_at = placed_at - 60000 WHERE number = 2`,
	},
	{
		"waiting carts are counted",
		`SELECT u.carts FROM (SELECT store, count(*) AS carts, sum(length(body)) AS bytes FROM carts WHERE became = 0 GROUP BY store) w
			FULL JOIN (SELECT * FROM cart_usage WHERE length(address) = 0) u ON u.store = w.store
			WHERE (w.carts, w.bytes) IS NOT (u.carts, u.bytes)`,
		`UPDATE cart_usage SET carts = carts + 1`,
	},
	{
		"every row has the row that it refers to",
		`SELECT "table" FROM pragma_foreign_key_check`,
		`INSERT INTO order_notes (store, number, seq, created_at, created_by, customer, flagged, note) VALUES (999, 77, 1, 0, '', 0, 0, '')`,
	},
	{
		"the file is sound",
		`SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'`,
		`PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'orders_reference'`,
	},
}

// audit answers what is half-done in a database, by rule. All rules look at
// the same state of it.
func audit(t testing.TB, path string) (broken []string) {
	t.Helper()
	conn := openFile(t, path)
	defer closeFile(t, conn)
	execute(t, conn, "BEGIN")
	for _, r := range rules {
		if found := column(t, conn, r.breaks); len(found) > 0 {
			broken = append(broken, fmt.Sprintf("%s: broken by %v", r.name, found))
		}
	}
	return broken
}

func openFile(t testing.TB, path string) *sqlite.Conn {
	t.Helper()
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatalf("open %s: %v", path, err)
	}
	conn.SetBusyTimeout(patience)
	return conn
}

func closeFile(t testing.TB, conn io.Closer) {
	t.Helper()
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

func execute(t testing.TB, conn *sqlite.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if err := sqlitex.ExecuteTransient(conn, s, nil); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func column(t testing.TB, conn *sqlite.Conn, query string) (values []string) {
	t.Helper()
	err := sqlitex.ExecuteTransient(conn, query, &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
		values = append(values, stmt.ColumnText(0))
		return nil
	}})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return values
}

// A rule that nothing can break would show nothing.
func TestAuditNoticesWhatIsHalfDone(t *testing.T) {
	sound := auditable(t)
	if broken := audit(t, sound); broken != nil {
		t.Fatalf("before any damage: %v", broken)
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "damaged.db")
			copyFile(t, sound, path)
			change(t, path, strings.Split(r.damage, ";")...)
			noticed := func(broken string) bool { return strings.HasPrefix(broken, r.name) }
			if broken := audit(t, path); !slices.ContainsFunc(broken, noticed) {
				t.Errorf("not noticed; the audit says %q", broken)
			}
		})
	}
}

// change does to a database what no program of ours would.
func change(t testing.TB, path string, statements ...string) {
	t.Helper()
	conn := openFile(t, path)
	execute(t, conn, "PRAGMA ignore_check_constraints = ON")
	execute(t, conn, statements...)
	closeFile(t, conn)
}

// auditable is a small database in which something of everything has happened.
func auditable(t testing.TB) string {
	t.Helper()
	data := t.TempDir()
	s := shop{store: seedStore, secret: seed(t, data, 3)}
	p := serve(t, data)
	s.url = p.url
	for _, id := range []string{"first", "second"} {
		s.setMerchantID(t, 1, id).succeeded(t)
		s.ask(t, trackingPath, `"orderId": 1, "trackingList": [{"number": "`+id+`"}]`).succeeded(t)
	}
	s.ask(t, statusPath, `"orderId": 1, "orderStatus": "VENDOR_PREPARING_ORDER"`).succeeded(t)
	s.ask(t, cartPath, cartKeys).succeeded(t)
	p.stop(t)
	return filepath.Join(data, "entrepot.db")
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	body, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, body, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
