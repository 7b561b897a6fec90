package ledger

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"zombiezen.com/go/sqlite"

	"entrepot/internal/fault"
	"entrepot/internal/sqlitedb"
)

//go:embed migrations
var embedded embed.FS

// migrations are the numbered steps of an engine's schema.
func migrations(engine string) fs.FS {
	sub, err := fs.Sub(embedded, "migrations/"+engine)
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// newest is the version of the newest migration.
func newest(migrations fs.FS) (version int64, err error) {
	names, err := fs.Glob(migrations, "*.sql")
	if err == nil {
		version, err = goose.NumericComponent(names[len(names)-1])
	}
	return version, err
}

// sqliteBusy is how long a write waits for the shop's own writes.
const sqliteBusy = 10 * time.Second

func (o Options) sqlitedb() sqlitedb.Options {
	return sqlitedb.Options{
		Path: o.Database, Migrations: migrations("sqlite"), Prefix: tablePrefix,
		Synchronous: o.Synchronous, BusyTimeout: sqliteBusy,
	}
}

type sqliteEngine struct {
	db   *sqlitedb.DB
	file string // whatever links lead to it
}

func openSQLite(ctx context.Context, o Options) (engine, error) {
	db, err := sqlitedb.Open(ctx, o.sqlitedb())
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	file, err := filepath.EvalSymlinks(o.Database)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("find the database's file: %w", err), db.Close())
	}
	return sqliteEngine{db, file}, nil
}

func viewSQLite(ctx context.Context, o Options) (engine, error) {
	if _, err := os.Stat(o.Database); errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "there is no database "+o.Database)
	}
	schema, err := sqlitedb.Inspect(o.sqlitedb())
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", o.Database, err)
	}
	latest, err := newest(migrations("sqlite"))
	switch {
	case err != nil:
		return nil, err
	case schema.Version == 0 && !schema.Foreign:
		return nil, noTables()
	case schema.Version < latest && !schema.Foreign:
		return nil, behind()
	}
	return openSQLite(ctx, o) // nothing is left to be made
}

func (e sqliteEngine) read(ctx context.Context, fn func(conn) error) error {
	return e.db.Read(ctx, func(c *sqlitedb.Conn) error { return fn(sqliteConn{c}) })
}

func (e sqliteEngine) write(ctx context.Context, fn func(conn) error) error {
	return e.db.Write(ctx, func(c *sqlitedb.Conn) error { return fn(sqliteConn{c}) })
}

func (e sqliteEngine) close() error { return e.db.Close() }

// fileLock is a lock that ends with the process.
type fileLock func() error

func (e sqliteEngine) lock(_ context.Context, store int64) (held, error) {
	unlock, err := sqlitedb.TryLock(fmt.Sprintf("%s.entrepot-sync-%d", e.file, store))
	if errors.Is(err, sqlitedb.ErrLocked) {
		return nil, errLocked
	}
	return fileLock(unlock), err
}

func (fileLock) check(context.Context) error { return nil }
func (f fileLock) release() error            { return f() }

type sqliteConn struct{ *sqlitedb.Conn }

// bound is a statement with its parameters. SQLite counts parameters that are
// written ?1, and takes $1 for a name.
func (c sqliteConn) bound(sql string, args []any) (*sqlite.Stmt, error) {
	stmt, err := c.Prepare(strings.ReplaceAll(sql, "$", "?"))
	if err != nil {
		return nil, err
	}
	for i, arg := range args {
		bind(stmt, i+1, arg)
	}
	return stmt, nil
}

func bind(stmt *sqlite.Stmt, i int, arg any) {
	switch v := arg.(type) {
	case nil:
		stmt.BindNull(i)
	case int64:
		stmt.BindInt64(i, v)
	case bool:
		stmt.BindBool(i, v)
	case string:
		stmt.BindText(i, v)
	case []byte:
		stmt.BindBytes(i, v)
	case time.Time:
		stmt.BindText(i, moment(v).Format(sqliteTime))
	default:
		panic(fmt.Sprintf("a parameter of the type %T is not bound", arg)) // a defect of this package
	}
}

// sqliteTime is how times are kept: they sort as texts.
const sqliteTime = "2006-01-02T15:04:05.000Z"

func (c sqliteConn) query(each func(row) error, sql string, args ...any) error {
	stmt, err := c.bound(sql, args)
	if err != nil {
		return err
	}
	for {
		more, err := stmt.Step()
		if err == nil && more {
			err = each(sqliteRow{stmt})
		}
		if err != nil {
			_ = stmt.Reset() // repeats the error of the step
			return err
		}
		if !more {
			return stmt.Reset()
		}
	}
}

func (c sqliteConn) lookUp(each func(row), sql string, store int64, numbers []int64) error {
	for _, number := range numbers {
		if _, err := one(c, each, sql, store, number); err != nil {
			return err
		}
	}
	return nil
}

func (c sqliteConn) exec(sql string, args ...any) (int64, error) {
	if err := c.query(func(row) error { return nil }, sql, args...); err != nil {
		return 0, err
	}
	return int64(c.Changes()), nil
}

func (c sqliteConn) execEach(sql string, args [][]any) error {
	for _, one := range args {
		if _, err := c.exec(sql, one...); err != nil {
			return err
		}
	}
	return nil
}

func (c sqliteConn) insert(into *table, rows [][]any) (added int64, err error) {
	for _, values := range rows {
		n, err := c.exec(into.one, values...)
		if err != nil {
			return 0, fmt.Errorf("insert into %s: %w", into.name, err)
		}
		added += n
	}
	return added, nil
}

type sqliteRow struct{ *sqlite.Stmt }

func (r sqliteRow) whole(i int) int64 { return r.ColumnInt64(i) }
func (r sqliteRow) text(i int) string { return r.ColumnText(i) }
func (r sqliteRow) flag(i int) bool   { return r.ColumnBool(i) }

func (r sqliteRow) moment(i int) time.Time {
	t, err := time.Parse(sqliteTime, r.ColumnText(i))
	if err != nil { // NULL, or what somebody else wrote
		return time.Time{}
	}
	return t
}

func (r sqliteRow) blob(i int) []byte {
	b := make([]byte, r.ColumnLen(i))
	r.ColumnBytes(i, b)
	return b
}
