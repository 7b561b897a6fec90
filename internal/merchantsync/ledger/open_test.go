package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	faults "entrepot/internal/fault"
	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
)

// TestBesideTheShopsTables opens databases that are the shop's own, with
// tables that could be taken for ours.
func TestBesideTheShopsTables(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		mustExec(t, o,
			"CREATE TABLE orders (id INTEGER PRIMARY KEY, total TEXT)", "INSERT INTO orders VALUES (1, '9.99')",
			"CREATE TABLE schema_info (theirs TEXT)", "CREATE TABLE goose_db_version (theirs TEXT)", "CREATE TABLE entrepotX (theirs TEXT)")
		if !isPostgres(o) { // SQLite lets a shop have references that are broken, and schemas that are
			mustExec(t, o, "PRAGMA application_id = 5", "PRAGMA user_version = 6", "PRAGMA foreign_keys = OFF",
				"CREATE TABLE lines (order_id INTEGER REFERENCES orders (id), other INTEGER REFERENCES missing (id))", "INSERT INTO lines VALUES (2, 3)",
				"PRAGMA foreign_keys = ON")
		}
		if _, err := ledger.OpenView(t.Context(), o); !faults.Is(err, faults.NotFound) {
			t.Errorf("a view before there are tables: %v", err)
		}
		l := open(t, o)
		put(t, l, imported(1))
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		put(t, open(t, o), imported(2))
		if got := query(t, o, "SELECT total, (SELECT count(*) FROM entrepot_orders) FROM orders"); got != "9.99|2" {
			t.Errorf("the shop's order, and the number of ours: %s", got)
		}
		if !isPostgres(o) {
			if got := query(t, o, "PRAGMA application_id") + query(t, o, "PRAGMA user_version"); got != "56" {
				t.Errorf("the shop's marks are %s", got)
			}
		}
	})
}

// TestOtherSchemas meets tables that are not for this program.
func TestOtherSchemas(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		foreign := engineOf(o).fresh(t)
		mustExec(t, foreign, "CREATE TABLE entrepot_orders (theirs TEXT)")
		refuse(t, foreign, "another program")

		if err := open(t, o).Close(); err != nil {
			t.Fatal(err)
		}
		mustExec(t, o, "UPDATE entrepot_schema_info SET version = 9, oldest_program = 1")
		if err := open(t, o).Close(); err != nil { // newer, and good for us
			t.Fatal(err)
		}
		mustExec(t, o, "UPDATE entrepot_schema_info SET oldest_program = 9")
		refuse(t, o, "schema 9")
		mustExec(t, o, "UPDATE entrepot_schema_info SET version = 0, oldest_program = 0")
		if _, err := ledger.OpenView(t.Context(), o); !faults.Is(err, faults.NotFound) {
			t.Errorf("a view of what is half made: %v", err)
		}
	})
}

func engineOf(o ledger.Options) engine {
	if isPostgres(o) {
		return engines[1]
	}
	return engines[0]
}

// refuse sees that neither a daemon nor a view opens, and why.
func refuse(t *testing.T, o ledger.Options, why string) {
	t.Helper()
	_, err := ledger.Open(t.Context(), o)
	_, errView := ledger.OpenView(t.Context(), o)
	for _, err := range []error{err, errView} {
		if !faults.Is(err, faults.Unsupported) || !strings.Contains(err.Error(), why) {
			t.Errorf("got %v, want the fault of %q", err, why)
		}
	}
}

func TestViewsChangeNothing(t *testing.T) {
	missing := ledger.Options{Database: filepath.Join(t.TempDir(), "none", "shop.db"), Store: store}
	if _, err := ledger.OpenView(t.Context(), missing); !faults.Is(err, faults.NotFound) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := os.Stat(filepath.Dir(missing.Database)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a view made a folder: %v", err)
	}
	onBoth(t, func(t *testing.T, o ledger.Options) {
		mustExec(t, o, "CREATE TABLE shop (a TEXT)")
		if _, err := ledger.OpenView(t.Context(), o); !faults.Is(err, faults.NotFound) {
			t.Errorf("without tables: %v", err)
		}
		tables := "SELECT count(*) FROM sqlite_schema"
		if isPostgres(o) {
			tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
		}
		if got := query(t, o, tables); got != "1" {
			t.Errorf("a view made tables: there are %s", got)
		}
		l := open(t, o)
		put(t, l, imported(1))
		other := o
		other.Store = 7
		for _, test := range []struct {
			o    ledger.Options
			want int64
		}{{o, 1}, {other, 0}} { // a view of a store that has no daemon is empty
			v := openViewOf(t, test.o)
			if got := read(t, v, func(v merchantsync.View) (merchantsync.Tally, error) { return v.Tally(begin) }); got.Orders != test.want {
				t.Errorf("store %d has %d orders", test.o.Store, got.Orders)
			}
		}
		put(t, l, imported(2)) // the place was not touched
	})
}

// TestOpenedByMany opens a new database for many stores at once.
func TestOpenedByMany(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		var group sync.WaitGroup
		for i := range int64(4) {
			group.Go(func() {
				o := o
				o.Store = i + 1
				l, err := ledger.Open(t.Context(), o)
				if err != nil {
					t.Error(err)
					return
				}
				put(t, l, imported(1))
				if err := l.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if got := query(t, o, "SELECT store, last_seq, holder FROM entrepot_sync ORDER BY store"); got != "1|1|\n2|1|\n3|1|\n4|1|" {
			t.Errorf("the stores are\n%s", got)
		}
	})
}

func TestDatabasesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		database string
		store    int64
		code     faults.Code
	}{
		{"", store, faults.Invalid},
		{filepath.Join(dir, "x.db"), 0, faults.Invalid},
		{"mysql://shop@127.0.0.1/orders", store, faults.Invalid},
		{"postgres://shop:hunter2@127.0.0.1/orders", store, faults.Invalid},
		{"postgres://shop@127.0.0.1:1/orders", store, faults.Unavailable},
	} {
		_, err := ledger.Open(t.Context(), ledger.Options{Database: test.database, Store: test.store})
		_, errView := ledger.OpenView(t.Context(), ledger.Options{Database: test.database, Store: test.store})
		for _, err := range []error{err, errView} {
			if !faults.Is(err, test.code) || strings.Contains(fmt.Sprint(err), "hunter2") {
				t.Errorf("%q for store %d: %v, want %s", test.database, test.store, err, test.code)
			}
		}
	}
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database at all\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	refuse(t, ledger.Options{Database: text, Store: store}, "no SQLite database")
	for _, form := range []string{"sqlite:%s", "sqlite://%s", "%s"} {
		file := filepath.Join(dir, "form.db")
		o := ledger.Options{Database: fmt.Sprintf(form, file), Store: store}
		if err := open(t, o).Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(file); err != nil {
			t.Errorf("%s: %v", o.Database, err)
		}
	}
}

// TestNamespaces keeps tables out of the shop's own namespace.
func TestNamespaces(t *testing.T) {
	o := engines[1].fresh(t)
	elsewhere := o
	elsewhere.Namespace = "sync"
	put(t, open(t, elsewhere), imported(1))
	put(t, open(t, o), imported(1), imported(2)) // another ledger of the same store: its lock is another
	if got := query(t, o, "SELECT (SELECT count(*) FROM sync.entrepot_orders), (SELECT count(*) FROM public.entrepot_orders)"); got != "1|2" {
		t.Errorf("orders here and there: %s", got)
	}
}

// TestTheLeastRight lets a role report that may do nothing but that.
func TestTheLeastRight(t *testing.T) {
	o := engines[1].fresh(t)
	open(t, o)
	owner := o.Database[strings.LastIndex(o.Database, "/")+1:]
	role := "clerk_" + owner
	admin(t, "CREATE ROLE "+role)
	defer admin(t, "DROP ROLE "+role)
	defer mustExec(t, o, "REVOKE ALL ON entrepot_reports FROM "+role)
	mustExec(t, o, "GRANT INSERT ON entrepot_reports TO "+role)
	admin(t, fmt.Sprintf("GRANT %s TO %s", role, owner))
	mustExec(t, o, "BEGIN; SET LOCAL ROLE "+role+"; INSERT INTO entrepot_reports (order_id, kind, value) VALUES ('999-1', 'status', 'X'); COMMIT")
	if got := query(t, o, "SELECT state FROM entrepot_reports"); got != "pending" {
		t.Errorf("the clerk's report is %s", got)
	}
}
