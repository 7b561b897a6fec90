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
		err = skipNumbers(restoring, to, o.SetAside, o.SkipNumbers)
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
		return Counts{}, fmt.Errorf("%s cannot be restored: %w", from, err)
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
	for _, suffix := range suffixes {
		if e := os.Remove(path + suffix); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("clear away what is half done: %w", e))
		}
	}
	return err
}

// skipNumbers raises every counter above what may have been handed out: by the
// number given, and above what the present database says, if it can.
func skipNumbers(restoring, present, kept string, skip int64) (err error) {
	used := lastNumbers(present, kept)
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
	return numbersLeft(conn)
}

// numbersLeft is the fault Invalid where a counter went over the end of its
// numbers: SQLite goes on with an inexact one.
func numbersLeft(conn *sqlite.Conn) error {
	left := true
	err := sqlitex.ExecuteTransient(conn, "SELECT 1 FROM order_counters WHERE "+inexactCounter, &sqlitex.ExecOptions{ResultFunc: func(*sqlite.Stmt) error {
		left = false
		return nil
	}})
	if err != nil {
		return fmt.Errorf("look at the counters: %w", err)
	}
	if !left {
		return fault.New(fault.Invalid, "skipping that many numbers leaves none")
	}
	return nil
}

// lastNumbers is empty for a database that is not there or cannot be read. One
// that can be read is made whole under the name that it is kept by, so that it
// can be restored in its turn.
func lastNumbers(path, kept string) map[order.StoreNumber]order.Number {
	last := map[order.StoreNumber]order.Number{}
	if _, err := os.Stat(path); err != nil {
		return last
	}
	if readCounters(path, last) == nil && kept != "" {
		_ = readCounters(kept, map[order.StoreNumber]order.Number{}) // closing it empties its log
	}
	return last
}

func readCounters(path string, into map[order.StoreNumber]order.Number) (err error) {
	conn, err := openFile(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	err = sqlitex.ExecuteTransient(conn, "SELECT store, last_number FROM order_counters", &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		into[order.StoreNumber(s.ColumnInt64(0))] = order.Number(s.ColumnInt64(1))
		return nil
	}})
	if err != nil {
		return fmt.Errorf("read the counters of %s: %w", path, err)
	}
	return nil
}
