package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// schema is what a file consists of: the SQL that made each table, index and
// trigger, by kind and name.
type schema struct {
	version int64
	made    map[string]string
}

// unquote undoes what a SQLite of another year may do to names that it changes.
var unquote = strings.NewReplacer(`"`, "")

func readSchema(conn *sqlite.Conn) (s schema, err error) {
	s.made = map[string]string{}
	const objects = "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
	err = sqlitex.ExecuteTransient(conn, objects, &sqlitex.ExecOptions{ResultFunc: func(row *sqlite.Stmt) error {
		s.made[row.ColumnText(0)] = strings.Join(strings.Fields(unquote.Replace(row.ColumnText(1))), " ")
		return nil
	}})
	if err == nil {
		err = sqlitex.ExecuteTransient(conn, "SELECT version FROM schema_info", &sqlitex.ExecOptions{ResultFunc: func(row *sqlite.Stmt) error {
			s.version = row.ColumnInt64(0)
			return nil
		}})
	}
	if err != nil {
		return s, fmt.Errorf("read the schema: %w", err)
	}
	return s, nil
}

// migratedSchema is what the migrations make of nothing.
func migratedSchema() (s schema, err error) {
	conn, err := sqlite.OpenConn(":memory:", sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		return s, fmt.Errorf("open a database in memory: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	err = conn.CreateFunction("crc32c", &sqlite.FunctionImpl{
		NArgs: 1, Deterministic: true,
		Scalar: func(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
			return sqlite.IntegerValue(checksum(args[0].Blob())), nil
		},
	})
	if err == nil {
		err = runMigrations(conn)
	}
	if err != nil {
		return s, fmt.Errorf("make the schema anew: %w", err)
	}
	return readSchema(conn)
}

func runMigrations(conn *sqlite.Conn) error {
	names, err := fs.Glob(Migrations(), "*.sql")
	if err != nil {
		return fmt.Errorf("list the migrations: %w", err)
	}
	for _, name := range names { // sorted
		body, err := fs.ReadFile(Migrations(), name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		up, _, _ := strings.Cut(string(body), "-- +goose Down")
		// The driver takes no script that ends in a comment.
		if err := sqlitex.ExecuteScript(conn, up+"\nSELECT 1;", nil); err != nil {
			return fmt.Errorf("run %s: %w", name, err)
		}
	}
	return nil
}

// checkSchema finds what somebody has taken from a file, or changed: without
// its indexes a store still answers, and a cart becomes two orders. Tables of
// others are let be, as tools that copy databases leave some.
func checkSchema(conn *sqlite.Conn, yield func(problem string)) error {
	is, err := readSchema(conn)
	if err != nil {
		return err
	}
	want, err := migratedSchema()
	if err != nil || is.version != want.version { // a newer program's that this one may use
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(want.made)) {
		switch made, there := is.made[name]; {
		case !there:
			yield(name + " is missing")
		case made != want.made[name]:
			yield(name + " is not as entrepot makes it")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(is.made)) {
		if want.made[name] == "" && strings.HasPrefix(name, "trigger ") {
			yield(name + " is not entrepot's")
		}
	}
	return nil
}
