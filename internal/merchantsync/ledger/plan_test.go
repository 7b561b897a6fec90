package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"entrepot/internal/merchantsync"
	"entrepot/internal/testkit"
)

// planned are the statements of the hot paths, with their parameters, and how
// SQLite finds their rows.
var planned = []struct {
	name, sql string
	args      []any
	plan      string
}{
	{"Known", selectKnown, []any{int64(1), int64(7)}, "SEARCH entrepot_orders USING INDEX sqlite_autoindex_entrepot_orders_1 (store=? AND number=?)"},
	{"Document", selectDocument, []any{int64(1), int64(7)}, "SEARCH entrepot_orders USING INDEX sqlite_autoindex_entrepot_orders_1 (store=? AND number=?)"},
	{"the last status", selectLastStatus, []any{int64(1), int64(7)}, "SEARCH entrepot_order_statuses USING PRIMARY KEY (store=? AND number=?)"},
	{
		"Before", selectBefore,
		[]any{int64(1), int64(1500), int64(100)},
		"SEARCH entrepot_orders USING INDEX sqlite_autoindex_entrepot_orders_1 (store=? AND number=?); SCALAR SUBQUERY 2; CO-ROUTINE below; " +
			"SEARCH entrepot_orders USING COVERING INDEX sqlite_autoindex_entrepot_orders_1 (store=? AND number<?); SEARCH below",
	},
	{
		"the range of Placed", selectPlacedRange,
		[]any{int64(1), firstMoment, firstMoment},
		"SEARCH entrepot_orders USING COVERING INDEX entrepot_orders_placed (store=? AND placed_at>? AND placed_at<?)",
	},
	{
		"a page of Placed", selectPlaced,
		[]any{int64(1), int64(1), int64(50), firstMoment, lastMoment, int64(100)},
		"SEARCH entrepot_orders USING INDEX sqlite_autoindex_entrepot_orders_1 (store=? AND number>? AND number<?)",
	},
	{
		"PlacedBetween", selectPlacedCount,
		[]any{int64(1), firstMoment, firstMoment},
		"SEARCH entrepot_orders USING COVERING INDEX entrepot_orders_placed (store=? AND placed_at>? AND placed_at<?)",
	},
	{
		"Due", selectDue,
		[]any{int64(1), lastMoment, int64(20)},
		"SEARCH entrepot_orders USING INDEX entrepot_orders_check (store=? AND check_at>? AND check_at<?)",
	},
	{"a trouble", selectTrouble, []any{int64(1), int64(7)}, "SEARCH entrepot_troubles USING PRIMARY KEY (store=? AND number=?)"},
	{"Troubles", selectTroubles, []any{int64(1), lastMoment, int64(20)}, "SEARCH entrepot_troubles USING PRIMARY KEY (store=?)"},
	{
		"Reports", selectReports,
		[]any{int64(1), lastMoment, int64(20)},
		"SEARCH r USING INDEX entrepot_reports_state (store=? AND state=?); CORRELATED SCALAR SUBQUERY 1; " +
			"SEARCH e USING INDEX entrepot_reports_order (store=? AND number=? AND id<?)",
	},
	{"Changes", selectChanges, []any{int64(1), int64(1900), int64(20)}, "SEARCH c USING INDEX sqlite_autoindex_entrepot_changes_1 (store=? AND seq>?)"},
	{
		"Deliveries", selectDeliveries,
		[]any{int64(1), "hook", lastMoment, int64(20)},
		"SEARCH d USING PRIMARY KEY (store=? AND destination=?); CORRELATED SCALAR SUBQUERY 1; " +
			"SEARCH e USING COVERING INDEX entrepot_deliveries_order (store=? AND destination=? AND number=? AND seq<?); " +
			"SEARCH c USING INDEX sqlite_autoindex_entrepot_changes_1 (store=? AND seq=?)",
	},
	{"Waits", selectWaits, []any{int64(1), "hook", int64(7)}, "SEARCH entrepot_deliveries USING COVERING INDEX entrepot_deliveries_order (store=? AND destination=? AND number=?)"},
	{"LastRun", selectLastRun, []any{int64(1)}, "SEARCH entrepot_runs USING PRIMARY KEY (store=?)"},
	{
		"orders counted", countOrders,
		[]any{int64(1)},
		"SEARCH entrepot_orders USING COVERING INDEX entrepot_orders_standing (store=?)",
	},
	{
		"followed orders counted", countFollowed,
		[]any{int64(1)},
		"SEARCH entrepot_orders USING COVERING INDEX entrepot_orders_check (store=? AND check_at>?)",
	},
	{
		"changes counted", countBehind,
		[]any{int64(1)},
		"SEARCH d USING PRIMARY KEY (store=?); CORRELATED SCALAR SUBQUERY 1; " +
			"SEARCH c USING COVERING INDEX sqlite_autoindex_entrepot_changes_1 (store=? AND seq>?)",
	},
}

// TestPlansOfSQLite looks at how the hot statements find their rows.
func TestPlansOfSQLite(t *testing.T) {
	l, err := Open(t.Context(), Options{Database: filepath.Join(t.TempDir(), "plan.db"), Store: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	for _, p := range planned {
		var steps []string
		err := l.engine.read(t.Context(), func(c conn) error {
			return c.query(func(r row) error { steps = append(steps, r.text(3)); return nil }, "EXPLAIN QUERY PLAN "+p.sql, p.args...)
		})
		if err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		if got := strings.Join(steps, "; "); got != p.plan {
			t.Errorf("%s: the plan is %q, want %q", p.name, got, p.plan)
		}
	}
}

// node is a step of a plan of PostgreSQL.
type node struct {
	Type     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Rows     int    `json:"Actual Rows"`
	Removed  int    `json:"Rows Removed by Filter"`
	Plans    []node
}

// touched is how many rows a plan has read, and the tables it read as a whole.
func (n node) touched() (rows int, scans []string) {
	rows = n.Rows + n.Removed
	if n.Type == "Seq Scan" {
		scans = append(scans, n.Relation)
	}
	for _, below := range n.Plans {
		more, found := below.touched()
		rows, scans = rows+more, append(scans, found...)
	}
	return rows, scans
}

// fill makes tables of a size at which the planner has to choose: half of it
// are orders of the store 1, half of another. A few of each wait for something.
const fill = `
INSERT INTO entrepot_sync (store) SELECT s FROM generate_series(1, 2) AS s ON CONFLICT DO NOTHING;
INSERT INTO entrepot_orders (store, number, order_id, standing, test, status, placed_at, ship_complete, csl_list_match, items_count,
	imported_at, changed_at, checks, check_at, digest, document)
SELECT s, n, s || '-' || n, 'ready', false, 'X', TIMESTAMPTZ '2030-01-01 UTC' + n * INTERVAL '1 minute', false, false, 0,
	now(), now(), 0, CASE WHEN n % 100 = 0 THEN now() END, decode(repeat('00', 32), 'hex'), '{}'
FROM generate_series(1, 2) AS s, generate_series(1, 10000) AS n;
INSERT INTO entrepot_order_statuses (store, number, seq, status, seen_at) SELECT store, number, 1, 'X', now() FROM entrepot_orders;
INSERT INTO entrepot_changes (store, seq, number, order_id, kind, standing, status, test, written_at, document)
SELECT store, number, number, order_id, 'imported', 'ready', 'X', false, now(), '{}' FROM entrepot_orders;
INSERT INTO entrepot_troubles (store, number, reason, attempts, since) SELECT store, number + 20000, '', 1, now() FROM entrepot_orders;
INSERT INTO entrepot_deliveries (store, destination, seq, number, reason, attempts, since)
SELECT store, 'hook', number, number, '', 1, now() FROM entrepot_orders WHERE number % 100 = 0;
INSERT INTO entrepot_reports (order_id, kind, value, state) SELECT order_id, 'status', 'X', 'taken' FROM entrepot_orders;
INSERT INTO entrepot_reports (order_id, kind, value) SELECT order_id, 'status', 'X' FROM entrepot_orders WHERE number % 100 = 0;
INSERT INTO entrepot_destinations (store, destination, position) VALUES (1, 'hook', 9990), (2, 'hook', 0);
INSERT INTO entrepot_runs (store, id, began_at, ended_at, listed, imported, changed, failed, reported, refused, cursor_number)
SELECT store, number, now(), now(), 0, 0, 0, 0, 0, 0, 0 FROM entrepot_orders;
`

// TestPlansOfPostgres runs the hot statements and counts the rows that are
// read for them, before the tables are analyzed, and after.
func TestPlansOfPostgres(t *testing.T) {
	d := testkit.Postgres(t).Database(t)
	l, err := Open(t.Context(), Options{Database: d.URL, PasswordFile: d.PasswordFile, Store: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	e := l.engine
	script(t, e, "ALTER TABLE entrepot_orders SET (autovacuum_enabled = off);"+fill)
	// While nothing is known of the tables, only what each order needs must be
	// found by its key; the rest is read a few times in a run.
	fresh := map[string]bool{"Known": true, "Document": true, "the last status": true, "a trouble": true, "Waits": true}
	for _, p := range planned {
		if fresh[p.name] {
			examine(t, e, p.name+", not analyzed", p.sql, p.args)
		}
	}
	looksUpOneByOne(t, l)
	pages(t, l)
	script(t, e, "ANALYZE")
	for _, p := range planned {
		if !strings.HasSuffix(p.name, "orders counted") { // these read an index of the whole store
			examine(t, e, p.name, p.sql, p.args)
		}
	}
}

// looksUpOneByOne sees that a set of numbers does not have the table read.
func looksUpOneByOne(t *testing.T, l *Ledger) {
	t.Helper()
	numbers := make([]int64, 200)
	for i := range numbers {
		numbers[i] = int64(i)*40 + 1
	}
	err := l.View(t.Context(), func(v merchantsync.View) error {
		c := explained{v.(view).conn.(postgresConn), t}
		return c.lookUp(func(row) {}, selectKnown, 1, numbers)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pages lists more orders than are in memory at once, and asks for each of them
// meanwhile.
func pages(t *testing.T, l *Ledger) {
	t.Helper()
	last := int64(0)
	err := l.View(t.Context(), func(v merchantsync.View) error {
		last = 0
		return v.Placed(firstMoment, lastMoment, func(k merchantsync.Known) error {
			if last++; k.Number != last {
				return fmt.Errorf("after order %d comes %d", last-1, k.Number)
			}
			if last%1000 != 0 {
				return nil
			}
			_, err := v.Document(k.Number)
			return err
		})
	})
	if err != nil || last != 10_000 {
		t.Errorf("%d orders are listed: %v", last, err)
	}
}

// explained looks at the plan of what it is asked.
type explained struct {
	postgresConn
	t *testing.T
}

func (c explained) lookUp(_ func(row), sql string, store int64, numbers []int64) error {
	rows, scans := plan(c.t, c.postgresConn, lookUpAll(sql), []any{store, numbers})
	if rows > 5*len(numbers) || len(scans) > 0 {
		c.t.Errorf("for %d numbers %d rows are read, and the tables %v as a whole", len(numbers), rows, scans)
	}
	return nil
}

func examine(t *testing.T, e engine, name, sql string, args []any) {
	t.Helper()
	err := e.read(t.Context(), func(c conn) error {
		rows, scans := plan(t, c.(postgresConn), sql, args)
		for _, table := range scans {
			if table != "entrepot_destinations" && table != "entrepot_deliveries" { // of a few pages
				t.Errorf("%s: all of %s is read", name, table)
			}
		}
		if rows > 1500 {
			t.Errorf("%s: %d rows are read", name, rows)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func plan(t *testing.T, c postgresConn, sql string, args []any) (rows int, scans []string) {
	t.Helper()
	var explained []struct{ Plan node }
	text := ""
	if err := c.tx.QueryRow(c.ctx, "EXPLAIN (ANALYZE, FORMAT JSON) "+sql, given(args)...).Scan(&text); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(text), &explained); err != nil {
		t.Fatal(err)
	}
	return explained[0].Plan.touched()
}

func script(t *testing.T, e engine, sql string) {
	t.Helper()
	err := e.write(context.Background(), func(c conn) error {
		pc := c.(postgresConn)
		_, err := pc.tx.Conn().PgConn().Exec(pc.ctx, sql).ReadAll()
		return err
	})
	if err != nil {
		t.Fatal(fmt.Errorf("fill the tables: %w", err))
	}
}
