package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/fault"
	"entrepot/internal/sqlitedb"
)

// Counts are how much is in a file.
type Counts struct{ Stores, Orders, Documents, Changes, Notes int64 }

func options(path string) sqlitedb.Options {
	return sqlitedb.Options{Path: path, Migrations: Migrations(), ApplicationID: ApplicationID}
}

// Backup writes a consistent copy of a database, which may be in use, to a
// file that appears whole, and verified, or not at all. What has that name is
// replaced. The faults are Invalid for a name that the database itself has,
// Unsupported for a file that is none of ours, and Internal for a damaged one.
func Backup(ctx context.Context, from, to string) (Counts, error) {
	if err := apart(from, to); err != nil {
		return Counts{}, err
	}
	partial := to + ".partial"
	unlock, err := sqlitedb.TryLock(partial)
	if errors.Is(err, sqlitedb.ErrLocked) {
		return Counts{}, fmt.Errorf("another backup writes %s: %w", partial, err)
	}
	if err != nil {
		return Counts{}, fmt.Errorf("write the backup: %w", err)
	}
	counts, err := backup(ctx, from, partial)
	if err == nil {
		err = sqlitedb.MoveInto(partial, to)
	}
	if err != nil {
		return Counts{}, errors.Join(err, removeFiles(partial), unlock())
	}
	return counts, unlock()
}

// suffixes are the endings of the names of all files that SQLite makes for a
// database.
var suffixes = []string{"", "-journal", "-wal", "-shm"}

// apart is the fault Invalid for a name that belongs to the database. A copy
// in its place would leave a service with a file that has no name, and the
// copy with the log of another file.
func apart(database, path string) error {
	for _, suffix := range suffixes {
		if sameFile(database+suffix, path) {
			return fault.New(fault.Invalid, path+" is the database itself, or a part of it")
		}
	}
	return nil
}

// sameFile holds for two names of a file that need not be there, too.
func sameFile(a, b string) bool {
	return same(a, b) || (filepath.Base(a) == filepath.Base(b) && same(filepath.Dir(a), filepath.Dir(b)))
}

func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

func backup(ctx context.Context, from, to string) (copied Counts, err error) {
	if err := ours(from); err != nil {
		return Counts{}, err
	}
	before, err := CountIn(from)
	if err != nil {
		return Counts{}, err
	}
	if err := sqlitedb.CopyTo(ctx, from, to); err != nil {
		return Counts{}, err
	}
	after, err := CountIn(from)
	if err != nil {
		return Counts{}, err
	}
	if err := sqlitedb.Verify(ctx, options(to)); err != nil {
		return Counts{}, fmt.Errorf("verify the copy: %w", err)
	}
	if copied, err = CountIn(to); err != nil {
		return Counts{}, err
	}
	// None of these ever shrinks.
	if !before.within(copied) || !copied.within(after) {
		return Counts{}, fault.New(fault.Internal, fmt.Sprintf("the copy has %+v, the database had %+v before and %+v after", copied, before, after))
	}
	return copied, nil
}

// ours is the fault Unsupported for a file that is no database of this program.
func ours(path string) error {
	schema, err := sqlitedb.ReadSchema(path, ApplicationID)
	switch {
	case err != nil:
		return fmt.Errorf("look at the schema of %s: %w", path, err)
	case schema.Foreign:
		return fault.New(fault.Unsupported, path+" is a database of another program")
	case schema.Version == 0:
		return fault.New(fault.Unsupported, path+" is empty")
	}
	return nil
}

func (c Counts) within(more Counts) bool {
	return c.Stores <= more.Stores && c.Orders <= more.Orders && c.Documents <= more.Documents &&
		c.Changes <= more.Changes && c.Notes <= more.Notes
}

// CountIn counts what is in a file of ours.
func CountIn(path string) (c Counts, err error) {
	conn, err := openFile(path)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	const sql = `SELECT (SELECT count(*) FROM stores), (SELECT count(*) FROM orders), (SELECT count(*) FROM order_documents),
		(SELECT count(*) FROM order_changes), (SELECT count(*) FROM order_notes)`
	err = sqlitex.ExecuteTransient(conn, sql, &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		c = Counts{s.ColumnInt64(0), s.ColumnInt64(1), s.ColumnInt64(2), s.ColumnInt64(3), s.ColumnInt64(4)}
		return nil
	}})
	if err != nil {
		return c, fmt.Errorf("count what is in %s: %w", path, err)
	}
	return c, nil
}

func openFile(path string) (*sqlite.Conn, error) {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	conn.SetBusyTimeout(sqlitedb.DefaultBusyTimeout)
	return conn, nil
}
