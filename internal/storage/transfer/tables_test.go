package transfer_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	driver "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/testkit"
)

// notCarried are the tables and columns that a copy leaves out, and why.
var notCarried = map[string]string{
	"schema_info":             "each has its own schema",
	"goose_db_version":        "each has its own schema",
	"sqlite_sequence":         "SQLite's own",
	"commits":                 "which transactions of PostgreSQL were committed",
	"installation.scrub_owed": "files of SQLite are scrubbed, those of PostgreSQL are not ours",
	"order_documents.id":      "how SQLite finds a document; PostgreSQL finds it by the order's key",
	"orders.document":         "how SQLite finds a document; PostgreSQL finds it by the order's key",
}

// nothingWaits are rows of cart_usage that say the same as none.
const nothingWaits = " WHERE carts > 0"

// wantSameTables compares both databases, row by row and column by column, by
// SQL that shares nothing with the program.
func wantSameTables(t *testing.T, path string, d testkit.PostgresDatabase) {
	t.Helper()
	was, is := sqliteTables(t, path), postgresTables(t, d)
	if diff := cmp.Diff(columnsOf(was), columnsOf(is)); diff != "" {
		t.Fatalf("the columns of both differ; is one new? Then the copy must carry it, or notCarried say why not:\n%s", diff)
	}
	for name, table := range was {
		if diff := cmp.Diff(table.rows, is[name].rows); diff != "" {
			t.Errorf("the table %s differs:\n%.4000s", name, diff)
		}
	}
}

type rowsOf struct {
	columns []string // sorted
	rows    []string // sorted
}

func columnsOf(tables map[string]rowsOf) map[string][]string {
	columns := map[string][]string{}
	for name, table := range tables {
		columns[name] = table.columns
	}
	return columns
}

// selection is the statement that reads what is carried of a table; none when
// that is nothing.
func selection(table string, columns []string) (sql string, carried []string) {
	for _, column := range columns {
		if notCarried[table] == "" && notCarried[table+"."+column] == "" {
			carried = append(carried, column)
		}
	}
	slices.Sort(carried)
	sql = "SELECT " + strings.Join(carried, ", ") + " FROM " + table
	if table == "cart_usage" {
		sql += nothingWaits
	}
	return sql, carried
}

func sqliteTables(t *testing.T, path string) map[string]rowsOf {
	t.Helper()
	conn, err := driver.OpenConn(path, driver.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	tables := map[string]rowsOf{}
	for name, columns := range grouped(sqliteRows(t, conn, `SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'`)) {
		if sql, carried := selection(name, columns); len(carried) > 0 {
			tables[name] = rowsOf{carried, joined(sqliteRows(t, conn, sql))}
		}
	}
	return tables
}

func sqliteRows(t *testing.T, conn *driver.Conn, sql string) (rows [][]string) {
	t.Helper()
	err := sqlitex.ExecuteTransient(conn, sql, &sqlitex.ExecOptions{ResultFunc: func(s *driver.Stmt) error {
		var row []string
		for i := range s.ColumnCount() {
			switch s.ColumnType(i) {
			case driver.TypeNull:
				row = append(row, "NULL")
			case driver.TypeBlob:
				b := make([]byte, s.ColumnLen(i))
				s.ColumnBytes(i, b)
				row = append(row, hex.EncodeToString(b))
			case driver.TypeInteger, driver.TypeFloat, driver.TypeText:
				row = append(row, s.ColumnText(i))
			}
		}
		rows = append(rows, row)
		return nil
	}})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return rows
}

func postgresTables(t *testing.T, d testkit.PostgresDatabase) map[string]rowsOf {
	t.Helper()
	conn := connect(t, d)
	tables := map[string]rowsOf{}
	all := postgresRows(t, conn, "SELECT table_name::TEXT, column_name::TEXT FROM information_schema.columns WHERE table_schema = 'public'")
	for name, columns := range grouped(all) {
		if sql, carried := selection(name, columns); len(carried) > 0 {
			tables[name] = rowsOf{carried, joined(postgresRows(t, conn, sql))}
		}
	}
	return tables
}

// connect is a connection that the storage knows nothing of.
func connect(t *testing.T, d testkit.PostgresDatabase) *pgx.Conn {
	t.Helper()
	return testkit.Session(t, d.URL, d.PasswordFile)
}

func postgresRows(t *testing.T, conn *pgx.Conn, sql string) (rows [][]string) {
	t.Helper()
	answer, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	for answer.Next() {
		values, err := answer.Values()
		if err != nil {
			t.Fatal(err)
		}
		var row []string
		for _, v := range values {
			row = append(row, plain(v))
		}
		rows = append(rows, row)
	}
	if err := answer.Err(); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return rows
}

// plain is a value as SQLite keeps it.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case bool:
		if v {
			return "1"
		}
		return "0"
	case []byte:
		return hex.EncodeToString(v)
	case [16]byte: // a UUID
		return hex.EncodeToString(v[:])
	}
	return fmt.Sprint(v)
}

func grouped(rows [][]string) map[string][]string {
	groups := map[string][]string{}
	for _, row := range rows {
		groups[row[0]] = append(groups[row[0]], row[1])
	}
	return groups
}

// joined are the rows in an order of their own.
func joined(rows [][]string) (lines []string) {
	for _, row := range rows {
		for i, text := range row {
			row[i] = strconv.Quote(text)
		}
		lines = append(lines, strings.Join(row, " "))
	}
	slices.Sort(lines)
	return lines
}

// TestEveryColumnIsFilled sees that the populations of these tests have
// something in every column that a copy could forget: two values at least.
func TestEveryColumnIsFilled(t *testing.T) {
	_, path := populated(t, 7, 700)
	conn, err := driver.OpenConn(path, driver.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for name, table := range sqliteTables(t, path) {
		for _, column := range table.columns {
			if name == "installation" || column == "format" {
				continue // the one has one row, the other one value so far; it is not what a new row would get by itself
			}
			values := sqliteRows(t, conn, fmt.Sprintf("SELECT count(*) FROM (SELECT DISTINCT %s FROM %s)", column, name))
			if n, _ := strconv.Atoi(values[0][0]); n < 2 {
				t.Errorf("%s.%s has %d different values", name, column, n)
			}
		}
	}
}

// mendText replaces what TestCulprit added to a history.
func mendText(t *testing.T, path string) {
	t.Helper()
	conn, err := driver.OpenConn(path, driver.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := sqlitex.ExecuteTransient(conn, "UPDATE order_changes SET reason = 'mended' WHERE kind = 'x'", nil); err != nil {
		t.Fatal(err)
	}
}
