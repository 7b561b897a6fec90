package ledger_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/client"
	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/testkit"
)

const store = 999

var (
	begin   = time.Date(2030, 1, 2, 3, 4, 5, 678e6, time.UTC)
	errOurs = errors.New("the test's own")
)

// engine is a kind of database; fresh makes an empty one.
type engine struct {
	name  string
	fresh func(testing.TB) ledger.Options
}

var engines = []engine{
	{"sqlite", func(t testing.TB) ledger.Options {
		return ledger.Options{Database: filepath.Join(t.TempDir(), "shop.db"), Store: store, Synchronous: sqlitedb.SyncOff}
	}},
	{"postgres", func(t testing.TB) ledger.Options {
		d := testkit.Postgres(t).Database(t)
		return ledger.Options{Database: d.URL, PasswordFile: d.PasswordFile, Store: store}
	}},
}

// onBoth runs a test on an empty database of each engine.
func onBoth(t *testing.T, test func(*testing.T, ledger.Options)) {
	t.Helper()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) { test(t, e.fresh(t)) })
	}
}

func isPostgres(o ledger.Options) bool { return strings.HasPrefix(o.Database, "postgres:") }

func open(t testing.TB, o ledger.Options) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func write(t testing.TB, l *ledger.Ledger, fn func(merchantsync.Tx) error) {
	t.Helper()
	if err := l.InTx(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// viewer is a Ledger, or a Viewer.
type viewer interface {
	View(ctx context.Context, fn func(merchantsync.View) error) error
}

func read[T any](t testing.TB, l viewer, fn func(merchantsync.View) (T, error)) (answer T) {
	t.Helper()
	err := l.View(context.Background(), func(v merchantsync.View) (err error) {
		answer, err = fn(v)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func put(t testing.TB, l *ledger.Ledger, entries ...merchantsync.Entry) {
	t.Helper()
	write(t, l, func(tx merchantsync.Tx) error { return tx.Put(entries) })
}

// entry is a small order of a status.
func entry(number int64, status client.Status, kind merchantsync.ChangeKind) merchantsync.Entry {
	at := begin.Add(time.Duration(number) * time.Minute)
	body := fmt.Appendf(nil, `{"order":{"number":%d,"status":%q}}`, number, status)
	return merchantsync.Entry{
		Order: &client.Order{ID: client.MakeOrderID(store, number), Status: status}, Document: body, Kind: kind, SeenAt: at.Add(time.Hour),
		Known: merchantsync.Known{
			Number: number, PlacedAt: at, Status: status, StatusAt: at, Standing: merchantsync.StandingOf(status), Digest: sha256.Sum256(body),
		},
	}
}

func imported(number int64) merchantsync.Entry {
	return entry(number, client.OrderInProcess, merchantsync.Imported)
}

// shopExec runs a statement as the shop would, on a connection of its own.
func shopExec(o ledger.Options, sql string) error {
	_, err := shop(o, sql)
	return err
}

func mustExec(t testing.TB, o ledger.Options, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if err := shopExec(o, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// query answers rows as texts, columns separated by |, NULL as ~.
func query(t testing.TB, o ledger.Options, sql string) string {
	t.Helper()
	rows, err := shop(o, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return strings.Join(rows, "\n")
}

func shop(o ledger.Options, sql string) ([]string, error) {
	if isPostgres(o) {
		return shopPostgres(o, sql)
	}
	return shopSQLite(o, sql)
}

func shopSQLite(o ledger.Options, sql string) (rows []string, err error) {
	shops.Lock()
	defer shops.Unlock()
	conn := shops.files[o.Database]
	if conn == nil {
		if conn, err = openSQLite(o.Database); err != nil {
			return nil, err
		}
		shops.files[o.Database] = conn
	}
	err = sqlitex.Execute(conn, sql, &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		var row []string
		for i := range s.ColumnCount() {
			value := s.ColumnText(i)
			if s.ColumnIsNull(i) {
				value = "~"
			}
			row = append(row, value)
		}
		rows = append(rows, strings.Join(row, "|"))
		return nil
	}})
	return rows, err
}

func openSQLite(file string) (*sqlite.Conn, error) {
	conn, err := sqlite.OpenConn(file, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		return nil, err
	}
	conn.SetBusyTimeout(10 * time.Second)
	return conn, sqlitex.ExecuteTransient(conn, "PRAGMA foreign_keys = ON", nil)
}

func connect(o ledger.Options) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(o.Database)
	if err != nil {
		return nil, err
	}
	password, err := os.ReadFile(o.PasswordFile)
	if err != nil {
		return nil, err
	}
	config.Password = strings.TrimSpace(string(password))
	config.RuntimeParams["timezone"] = "UTC"
	config.RuntimeParams["application_name"] = "shop"
	return pgx.ConnectConfig(context.Background(), config)
}

// shops are the shop's connections, by database.
var shops = struct {
	sync.Mutex
	conns map[string]*pgx.Conn
	files map[string]*sqlite.Conn
}{conns: map[string]*pgx.Conn{}, files: map[string]*sqlite.Conn{}}

func shopPostgres(o ledger.Options, sql string) (rows []string, err error) {
	shops.Lock()
	defer shops.Unlock()
	conn := shops.conns[o.Database]
	if conn == nil || conn.IsClosed() {
		if conn, err = connect(o); err != nil {
			return nil, err
		}
		shops.conns[o.Database] = conn
	}
	ctx := context.Background()
	results, err := conn.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, err
	}
	for _, values := range results[len(results)-1].Rows {
		var row []string
		for _, value := range values {
			if value == nil {
				value = []byte("~")
			}
			row = append(row, string(value))
		}
		rows = append(rows, strings.Join(row, "|"))
	}
	return rows, nil
}

// admin runs a statement as the server's superuser.
func admin(t testing.TB, sql string) {
	t.Helper()
	testkit.Postgres(t).Exec(t, sql)
}
