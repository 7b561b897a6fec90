package sqlitedb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/fault"
)

// CopyTo writes one consistent state of the database to a new file, whoever
// writes meanwhile. The copy has nothing in it that was deleted. It is on disk
// when CopyTo returns.
func CopyTo(ctx context.Context, from, to string) (err error) {
	// SQLite takes an empty file for a new one, and keeps its mode.
	if err := create(to); err != nil {
		return err
	}
	if err := os.Truncate(to, 0); err != nil {
		return fmt.Errorf("empty %s: %w", to, err)
	}
	conn, err := connect(Options{Path: from}.withDefaults())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	conn.SetInterrupt(ctx.Done())
	err = sqlitex.ExecuteTransient(conn.Conn, "VACUUM INTO ?", &sqlitex.ExecOptions{Args: []any{to}})
	if err != nil {
		return fmt.Errorf("copy the database: %w", classify(err))
	}
	return syncFile(to)
}

// MoveInto gives a finished file its name, for good.
func MoveInto(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("put %s in place: %w", to, err)
	}
	return syncFile(filepath.Dir(to))
}

func syncFile(path string) error {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("open to sync: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return nil
}

// signature begins every SQLite file.
const signature = "SQLite format 3\x00"

// LooksLikeDatabase is the fault Unsupported for a file that is no SQLite
// database, or one whose log lies beside it: the file alone is not the whole.
func LooksLikeDatabase(path string) error {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("open the backup: %w", err)
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, len(signature))
	if _, err := f.ReadAt(head, 0); err != nil || string(head) != signature {
		return fault.New(fault.Unsupported, path+" is no SQLite database")
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		return fault.New(fault.Unsupported, path+" has a log beside it: it is a database in use, not a backup")
	}
	return nil
}

// Verify reads a whole file that nobody writes: it must be of this program, of
// a schema that it knows, and without damage. The fault is Unsupported, or
// Internal for a damaged one.
func Verify(ctx context.Context, o Options) error {
	latest, err := newest(o.Migrations)
	if err != nil {
		return err
	}
	schema, err := supported(o, latest)
	switch {
	case err != nil:
		return err
	case schema.Version == 0:
		return fault.New(fault.Unsupported, o.Path+" is an empty database")
	}
	// On a connection that only reads, integrity_check does not look at CHECK
	// constraints. Nothing is written here.
	conn, err := sqlite.OpenConn(o.Path, sqlite.OpenReadWrite)
	if err != nil {
		return classify(err)
	}
	conn.SetInterrupt(ctx.Done())
	var problems []string
	err = Integrity(conn, func(problem string) { problems = append(problems, problem) })
	if err := errors.Join(err, conn.Close()); err != nil {
		return err
	}
	if len(problems) > 0 {
		return fault.New(fault.Internal, fmt.Sprintf("%s is damaged: %s", o.Path, strings.Join(problems[:min(3, len(problems))], "; ")))
	}
	return nil
}

// Integrity reads the whole file and calls yield for each defect of its form,
// and each row that refers to one that is not there.
func Integrity(conn *sqlite.Conn, yield func(problem string)) error {
	err := sqlitex.ExecuteTransient(conn, "PRAGMA integrity_check", &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		if text := s.ColumnText(0); text != "ok" {
			yield(text)
		}
		return nil
	}})
	if err != nil {
		return classify(err)
	}
	return classify(sqlitex.ExecuteTransient(conn, "PRAGMA foreign_key_check", &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		yield(fmt.Sprintf("a row of %s refers to one of %s that is not there", s.ColumnText(0), s.ColumnText(2)))
		return nil
	}}))
}

// files are the endings of the names of a database's files.
var files = []string{"", "-wal", "-shm"}

// Keep gives a database and its log a second name, under which they stay as
// they are whatever becomes of the first.
func Keep(path, as string) error {
	for _, suffix := range files {
		if err := os.Link(path+suffix, as+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("keep the present database: %w", err)
		}
	}
	return syncFile(filepath.Dir(as))
}

// Clear takes a database and its log away, the database first: without its log
// it would look like an older one.
func Clear(path string) error {
	for _, suffix := range files {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("clear the present database away: %w", err)
		}
	}
	return syncFile(filepath.Dir(path))
}

// Present reports whether there is a database, or a log that would be taken
// for that of whatever is put in its place.
func Present(path string) bool {
	for _, suffix := range files {
		if _, err := os.Lstat(path + suffix); !errors.Is(err, os.ErrNotExist) {
			return true
		}
	}
	return false
}
