package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
)

// Counts are how much is in a file.
type Counts struct{ Stores, Orders, Documents, Changes, Notes int64 }

func options(path string) sqlitedb.Options {
	return sqlitedb.Options{Path: path, Migrations: Migrations(), ApplicationID: ApplicationID}
}

// Backup writes a consistent copy of a database, which may be in use, to a
// file that appears whole, and verified, or not at all. What has that name is
// replaced.
func Backup(ctx context.Context, from, to string) (Counts, error) {
	partial := to + ".partial"
	unlock, err := sqlitedb.TryLock(partial)
	if err != nil {
		return Counts{}, fmt.Errorf("another backup writes %s: %w", partial, err)
	}
	counts, err := backup(ctx, from, partial)
	if err != nil {
		return Counts{}, errors.Join(err, os.Remove(partial), unlock())
	}
	return counts, errors.Join(sqlitedb.MoveInto(partial, to), unlock())
}

func backup(ctx context.Context, from, to string) (copied Counts, err error) {
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

// RestoreOptions say how to put a backup in place.
type RestoreOptions struct {
	SetAside string // the name under which a present database is kept; empty refuses one
	// SkipNumbers is how many numbers each store leaves out: orders that were
	// placed after the backup are gone, and shops may have seen their numbers,
	// which must never be used again.
	SkipNumbers int64
}

// Restore puts a backup in the place of a database that nobody has open. The
// faults are Exists, Unsupported, and Internal for a damaged file; then nothing
// has been changed.
func Restore(ctx context.Context, from, to string, o RestoreOptions) (Counts, error) {
	if err := sqlitedb.LooksLikeDatabase(from); err != nil {
		return Counts{}, err
	}
	present := sqlitedb.Present(to)
	if present && o.SetAside == "" {
		return Counts{}, fault.New(fault.Exists, to+" exists")
	}
	restoring := to + ".restoring"
	counts, err := prepare(ctx, from, restoring)
	if err == nil && present {
		err = sqlitedb.Keep(to, o.SetAside)
	}
	if err == nil {
		err = skipNumbers(restoring, to, o.SkipNumbers)
	}
	if err == nil {
		err = sqlitedb.Clear(to)
	}
	if err == nil {
		err = sqlitedb.MoveInto(restoring, to)
	}
	if err != nil {
		return Counts{}, errors.Join(err, removeFiles(restoring))
	}
	return counts, nil
}

// prepare copies the backup and verifies the copy: what is read back is what
// will be served.
func prepare(ctx context.Context, from, restoring string) (Counts, error) {
	if err := copyFile(from, restoring); err != nil {
		return Counts{}, err
	}
	if err := sqlitedb.Verify(ctx, options(restoring)); err != nil {
		return Counts{}, err
	}
	return CountIn(restoring)
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("open the backup: %w", err)
	}
	defer func() { _ = in.Close() }()
	if err := removeFiles(to); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // beside the operator's own database
	if err != nil {
		return fmt.Errorf("copy the backup: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("copy the backup: %w", err)
	}
	return nil
}

func removeFiles(path string) (err error) {
	for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
		if e := os.Remove(path + suffix); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("clear away what a restore has left: %w", e))
		}
	}
	return err
}

// skipNumbers raises every counter above what may have been handed out: by the
// number given, and above what the present database says, if it can.
func skipNumbers(restoring, present string, skip int64) (err error) {
	used := lastNumbers(present)
	conn, err := openFile(restoring)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	err = sqlitex.ExecuteTransient(conn, "UPDATE order_counters SET last_number = last_number + ?", &sqlitex.ExecOptions{Args: []any{skip}})
	for store, last := range used {
		if err == nil {
			err = sqlitex.ExecuteTransient(conn, "UPDATE order_counters SET last_number = max(last_number, ?) WHERE store = ?",
				&sqlitex.ExecOptions{Args: []any{int64(last), int64(store)}})
		}
	}
	if err != nil {
		return fmt.Errorf("skip numbers: %w", err)
	}
	return nil
}

// lastNumbers is empty for a database that is not there or cannot be read.
func lastNumbers(path string) map[order.StoreNumber]order.Number {
	last := map[order.StoreNumber]order.Number{}
	if _, err := os.Stat(path); err != nil {
		return last
	}
	conn, err := openFile(path)
	if err != nil {
		return last
	}
	_ = sqlitex.ExecuteTransient(conn, "SELECT store, last_number FROM order_counters", &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		last[order.StoreNumber(s.ColumnInt64(0))] = order.Number(s.ColumnInt64(1))
		return nil
	}})
	_ = conn.Close()
	return last
}
