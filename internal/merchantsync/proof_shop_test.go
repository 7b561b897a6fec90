package merchantsync_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/merchantsync/ledger"
	"entrepot/internal/testkit"
)

// shopDatabase is the shop's database as the shop sees it: by SQL.
type shopDatabase struct {
	ledger.Options
	lite *zombiezen.Conn
	pg   *pgx.Conn
}

// engines are the databases that a shop may have.
var engines = map[string]func(testing.TB) ledger.Options{
	"sqlite": func(t testing.TB) ledger.Options { return ledger.Options{Database: t.TempDir() + "/shop.db"} },
	"postgres": func(t testing.TB) ledger.Options {
		d := testkit.Postgres(t).Database(t)
		return ledger.Options{Database: d.URL, PasswordFile: d.PasswordFile}
	},
}

func onEngines(t *testing.T, test func(*testing.T, ledger.Options)) {
	t.Helper()
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) { test(t, engines[name](t)) })
	}
}

// row is a row of an answer, as texts; NULL is "".
type row []string

func (r row) number(i int) int64 {
	n, err := strconv.ParseInt(r[i], 10, 64)
	if err != nil {
		panic(fmt.Sprintf("column %d of %v: %v", i, r, err)) // a defect of the test
	}
	return n
}

func (r row) truth(i int) bool { return r[i] == "1" || r[i] == "t" }

// moment is a time in milliseconds.
func (r row) moment(i int) int64 {
	for _, layout := range []string{"2006-01-02T15:04:05.999Z", "2006-01-02 15:04:05.999-07"} {
		if t, err := time.Parse(layout, r[i]); err == nil {
			return t.UnixMilli()
		}
	}
	panic(fmt.Sprintf("column %d of %v is no time", i, r)) // a defect of the test
}

// query runs one statement.
func (s *shopDatabase) query(t testing.TB, sql string) []row {
	t.Helper()
	var rows []row
	var err error
	if strings.HasPrefix(s.Database, "postgres:") {
		rows, err = s.postgres(sql)
	} else {
		rows, err = s.sqlite(sql)
	}
	if err != nil {
		t.Fatalf("%.200s: %v", sql, err)
	}
	return rows
}

func (s *shopDatabase) sqlite(sql string) ([]row, error) {
	if s.lite == nil {
		conn, err := zombiezen.OpenConn(s.Database, zombiezen.OpenReadWrite|zombiezen.OpenCreate)
		if err != nil {
			return nil, err
		}
		conn.SetBusyTimeout(10 * time.Second)
		s.lite = conn
	}
	return queryFile(s.lite, sql)
}

func queryFile(conn *zombiezen.Conn, sql string) (rows []row, err error) {
	err = sqlitex.ExecuteTransient(conn, sql, &sqlitex.ExecOptions{ResultFunc: func(s *zombiezen.Stmt) error {
		r := make(row, s.ColumnCount())
		for i := range r {
			r[i] = s.ColumnText(i)
		}
		rows = append(rows, r)
		return nil
	}})
	return rows, err
}

func (s *shopDatabase) postgres(sql string) (rows []row, err error) {
	ctx := context.Background()
	if s.pg == nil {
		if s.pg, err = s.connect(ctx); err != nil {
			return nil, err
		}
	}
	results, err := s.pg.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, err
	}
	for _, values := range results[len(results)-1].Rows {
		r := make(row, len(values))
		for i, v := range values {
			r[i] = string(v)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func (s *shopDatabase) connect(ctx context.Context) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(s.Database)
	if err != nil {
		return nil, err
	}
	password, err := os.ReadFile(s.PasswordFile)
	if err != nil {
		return nil, err
	}
	config.Password = strings.TrimSpace(string(password))
	config.RuntimeParams["timezone"] = "UTC"
	return pgx.ConnectConfig(ctx, config)
}

func (s *shopDatabase) close() {
	var err error
	if s.lite != nil {
		err = s.lite.Close()
	}
	if s.pg != nil {
		err = errors.Join(err, s.pg.Close(context.Background()))
	}
	if err != nil {
		panic(err) // nothing is held open by then
	}
}

// keeper writes what the shop wants reported, and remembers it.
type keeper struct {
	seen map[int64]bool
	last map[int64]string   // merchant order id
	sent map[int64][]string // tracking numbers
}

// keep writes reports of orders that are new in the tables.
func (w *world) keep() {
	k := &w.keeper
	if k.seen == nil {
		*k = keeper{map[int64]bool{}, map[int64]string{}, map[int64][]string{}}
	}
	var values []string
	add := func(number int64, kind, value string) {
		values = append(values, fmt.Sprintf("('%d-%d', '%s', '%s')", proofStore, number, kind, value))
	}
	for _, r := range w.shop.query(w.t, "SELECT number FROM entrepot_orders ORDER BY number") {
		number := r.number(0)
		if k.seen[number] {
			continue
		}
		k.seen[number] = true
		w.tell(number, add)
	}
	if len(values) > 0 {
		w.shop.query(w.t, "INSERT INTO entrepot_reports (order_id, kind, value) VALUES "+strings.Join(values, ", "))
	}
}

// tell is what the shop says of an order. It changes its mind.
func (w *world) tell(number int64, add func(int64, string, string)) {
	k := &w.keeper
	for n := range w.random.IntN(3) {
		k.last[number] = fmt.Sprintf("SHOP-%d-%d", number, n)
		add(number, "merchant_order_id", k.last[number])
	}
	if w.random.IntN(3) == 0 {
		add(number, "status", "VENDOR_PREPARING_ORDER")
		add(number, "status", "VENDOR_SHIPMENT_READY")
	}
	for n := range w.random.IntN(3) {
		k.sent[number] = append(k.sent[number], fmt.Sprintf("T-%d-%d", number, n))
		add(number, "tracking", k.sent[number][n])
	}
}
