package sqlitedb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"

	"github.com/pressly/goose/v3"
	"golang.org/x/sys/unix"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/fault"
)

// Schema is what a file says of itself. Migrations keep the two numbers in the
// table schema_info.
type Schema struct {
	Foreign bool  // it is another program's
	Version int64 // of the newest migration that was run; zero for an empty file
	Oldest  int64 // the schema version that a program must know to use the file
}

// ReadSchema looks at a file without changing it.
func ReadSchema(file string, applicationID int32) (Schema, error) {
	return Inspect(Options{Path: file, ApplicationID: applicationID})
}

// Inspect is ReadSchema for a file that may be shared with others.
func Inspect(o Options) (Schema, error) {
	conn, err := sqlite.OpenConn(o.Path, sqlite.OpenReadWrite)
	if err != nil {
		return Schema{}, classify(err)
	}
	conn.SetBusyTimeout(DefaultBusyTimeout)
	// In one transaction: another process may be migrating the file just now.
	err = sqlitex.ExecuteTransient(conn, "BEGIN", nil)
	var schema Schema
	if err == nil {
		schema, err = readSchema(conn, o)
	}
	return schema, errors.Join(classify(err), conn.Close())
}

func readSchema(conn *sqlite.Conn, o Options) (s Schema, err error) {
	// The table of goose is made before the first migration runs; a crash in
	// between leaves it alone in the file.
	tables, err := queryInt(conn, "SELECT count(*) FROM sqlite_schema WHERE tbl_name NOT IN ('"+o.gooseTable()+"', 'sqlite_sequence')"+o.ofOurs("tbl_name"))
	if err != nil || tables == 0 {
		return Schema{}, err
	}
	if ours, err := o.marked(conn); err != nil || !ours {
		return Schema{Foreign: true}, err
	}
	if s.Version, err = queryInt(conn, "SELECT version FROM "+o.Prefix+"schema_info"); err != nil {
		return Schema{}, err
	}
	s.Oldest, err = queryInt(conn, "SELECT oldest_program FROM "+o.Prefix+"schema_info")
	return s, err
}

func (o Options) gooseTable() string { return o.Prefix + "goose_db_version" }

// ofOurs is a condition on the name of a table. In a GLOB, an underscore is
// itself.
func (o Options) ofOurs(column string) string {
	if o.Prefix == "" {
		return ""
	}
	return " AND " + column + " GLOB '" + o.Prefix + "*'"
}

// marked reports whether a file that has tables is this program's.
func (o Options) marked(conn *sqlite.Conn) (bool, error) {
	if o.Prefix == "" {
		id, err := queryInt(conn, "PRAGMA application_id")
		return id == int64(o.ApplicationID), err
	}
	n, err := queryInt(conn, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '"+o.Prefix+"schema_info'")
	return n > 0, err
}

func queryInt(conn *sqlite.Conn, query string) (int64, error) {
	stmt, _, err := conn.PrepareTransient(query)
	if err != nil {
		return 0, err
	}
	n, err := sqlitex.ResultInt64(stmt)
	return n, errors.Join(err, stmt.Finalize())
}

// newest is the version of the newest migration that the program has.
func newest(migrations fs.FS) (int64, error) {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("there are no migrations: %w", err)
	}
	return goose.NumericComponent(path.Base(names[len(names)-1]))
}

// ensureSchema checks that the program may use the file, and migrates it when
// it is behind.
func ensureSchema(ctx context.Context, o Options) error {
	latest, err := newest(o.Migrations)
	if err != nil {
		return err
	}
	current, err := supported(o, latest)
	if err != nil || current.Version >= latest {
		return err
	}
	unlock, err := lock(o.Path + ".migrating")
	if err != nil {
		return err
	}
	err = migrate(ctx, o)
	return errors.Join(err, unlock())
}

func supported(o Options, latest int64) (Schema, error) {
	s, err := Inspect(o)
	switch {
	case err != nil:
		return s, fmt.Errorf("look at the schema of %s: %w", o.Path, err)
	case s.Foreign:
		return s, fault.New(fault.Unsupported, fmt.Sprintf("%s is a database of another program", o.Path))
	case s.Version > latest && s.Oldest > latest:
		return s, fault.New(fault.Unsupported, fmt.Sprintf(
			"%s has schema %d, which a program of schema %d or newer may use; this one has schema %d",
			o.Path, s.Version, s.Oldest, latest))
	}
	return s, nil
}

// migrate runs what is missing, each migration in a transaction of its own.
// Foreign keys are not enforced meanwhile, so that a table may be made anew
// under those that refer to it; they are looked at in the end.
func migrate(ctx context.Context, o Options) error {
	// WAL is a property of the file; it is set before the first table is made.
	conn, err := connect(o)
	if err != nil {
		return err
	}
	if err := conn.Close(); err != nil {
		return fmt.Errorf("close after setting up: %w", err)
	}
	dsn := url.URL{Scheme: "file", Opaque: (&url.URL{Path: o.Path}).EscapedPath(), RawQuery: "_pragma=busy_timeout(10000)&_pragma=synchronous(full)&_pragma=secure_delete(on)"}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return fmt.Errorf("open for migrating: %w", err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, o.Migrations, goose.WithTableName(o.gooseTable()))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate %s: %w", o.Path, err)
	}
	return checkReferences(ctx, db, o)
}

func checkReferences(ctx context.Context, db *sql.DB, o Options) error {
	var broken int
	query := "SELECT count(*) FROM sqlite_schema AS t, pragma_foreign_key_check(t.name) WHERE t.type = 'table'" + o.ofOurs("t.name")
	if err := db.QueryRowContext(ctx, query).Scan(&broken); err != nil {
		return fmt.Errorf("look at the references in %s: %w", o.Path, err)
	}
	if broken > 0 {
		return fault.New(fault.Internal, fmt.Sprintf("%s has %d rows that refer to rows that are not there", o.Path, broken))
	}
	return nil
}

// lock takes an advisory lock that ends with the process, waiting for it.
func lock(file string) (unlock func() error, err error) {
	return flock(file, unix.LOCK_EX)
}

// ErrLocked says that another process holds the lock.
var ErrLocked = fault.New(fault.Unavailable, "another process holds the lock")

// TryLock takes an advisory lock that ends with the process, or is ErrLocked.
func TryLock(file string) (unlock func() error, err error) {
	unlock, err = flock(file, unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, ErrLocked
	}
	return unlock, err
}

func flock(file string, how int) (unlock func() error, err error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // beside the operator's own database
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), how); err != nil { //nolint:gosec // a descriptor is small
		return nil, errors.Join(fmt.Errorf("lock %s: %w", file, err), f.Close())
	}
	return f.Close, nil
}
