package sqlitedb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/fault"
	"entrepot/internal/sqlitedb"
)

const applicationID = 77

var migrations = fstest.MapFS{
	"00001_first.sql": {Data: []byte(`-- +goose Up
PRAGMA application_id = 77;
CREATE TABLE schema_info (one INTEGER PRIMARY KEY, version INTEGER, oldest_program INTEGER);
INSERT INTO schema_info VALUES (1, 1, 1);
CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT);
-- +goose Down
SELECT 1;
`)},
}

var second = &fstest.MapFile{Data: []byte(`-- +goose Up
UPDATE schema_info SET version = 2, oldest_program = 2;
ALTER TABLE t ADD COLUMN w TEXT;
-- +goose Down
SELECT 1;
`)}

func options(path string) sqlitedb.Options {
	return sqlitedb.Options{Path: path, Migrations: migrations, ApplicationID: applicationID}
}

func open(t *testing.T, o sqlitedb.Options) *sqlitedb.DB {
	t.Helper()
	db, err := sqlitedb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func insert(k int, v string) func(*sqlitedb.Conn) error {
	return func(conn *sqlitedb.Conn) error {
		return sqlitex.Execute(conn.Conn, "INSERT INTO t (k, v) VALUES (?, ?)", &sqlitex.ExecOptions{Args: []any{k, v}})
	}
}

func count(t *testing.T, db *sqlitedb.DB) (n int) {
	t.Helper()
	err := db.Read(t.Context(), func(conn *sqlitedb.Conn) error {
		return sqlitex.Execute(conn.Conn, "SELECT count(*) FROM t", &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
			n = stmt.ColumnInt(0)
			return nil
		}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var errOnPurpose = errors.New("on purpose")

// holdWriter keeps the writer busy until release is called, so that what is
// sent meanwhile becomes one batch.
func holdWriter(t *testing.T, db *sqlitedb.DB) (release func()) {
	t.Helper()
	began, end, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- db.Write(context.Background(), func(*sqlitedb.Conn) error {
			close(began)
			<-end
			return nil
		})
	}()
	<-began
	return func() {
		close(end)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// writeTogether sends changes while the writer is held and answers what each
// was told.
func writeTogether(t *testing.T, db *sqlitedb.DB, changes ...func(*sqlitedb.Conn) error) []error {
	t.Helper()
	release := holdWriter(t, db)
	results := make([]error, len(changes))
	var group sync.WaitGroup
	for i, change := range changes {
		group.Go(func() { results[i] = db.Write(context.Background(), change) })
	}
	sqlitedb.WaitForQueue(db, len(changes))
	release()
	group.Wait()
	return results
}

func TestBatch(t *testing.T) {
	db := open(t, options(filepath.Join(t.TempDir(), "x.db")))
	commits := sqlitedb.Commits(db)
	results := writeTogether(
		t, db, insert(1, "a"), insert(2, "b"),
		func(conn *sqlitedb.Conn) error { return errors.Join(insert(3, "undone")(conn), errOnPurpose) },
		func(conn *sqlitedb.Conn) error {
			if err := insert(4, "undone")(conn); err != nil {
				return err
			}
			panic("on purpose")
		},
		insert(5, "c"), insert(1, "taken"), // one of the two with key 1 fails
	)
	failed := 0
	for i, err := range results {
		if err != nil {
			failed++
		}
		switch i {
		case 2:
			if !errors.Is(err, errOnPurpose) {
				t.Errorf("a change's own error became %v", err)
			}
		case 3:
			if !fault.Is(err, fault.Internal) || !strings.Contains(err.Error(), "on purpose") {
				t.Errorf("a panic became %v", err)
			}
		case 1, 4:
			if err != nil {
				t.Errorf("change %d failed with its neighbours: %v", i, err)
			}
		}
	}
	if n := count(t, db); failed != 3 || n != 3 {
		t.Errorf("%d changes failed and %d rows are there; want 3 and 3", failed, n)
	}
	if c := sqlitedb.Commits(db) - commits; c != 2 {
		t.Errorf("%d commits; want one for the change that held the writer and one for all others", c)
	}
}

// TestFullDisk gives the file a size that it must not outgrow, which SQLite
// reports as it does a full disk.
func TestFullDisk(t *testing.T) {
	db := open(t, options(filepath.Join(t.TempDir(), "x.db")))
	err := db.Write(t.Context(), func(conn *sqlitedb.Conn) error {
		return sqlitex.ExecuteTransient(conn.Conn, "PRAGMA max_page_count = 60", nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("x", 1<<20)
	results := writeTogether(t, db, insert(1, "a"), insert(2, large), insert(3, "b"))
	for i, err := range results {
		if full := fault.Is(err, fault.Unavailable); full != (i == 1) || (err != nil) != (i == 1) {
			t.Errorf("change %d: %v", i, err)
		}
	}
	if n := count(t, db); n != 2 {
		t.Errorf("%d rows; want the two that had room", n)
	}
}

func TestContexts(t *testing.T) {
	db := open(t, options(filepath.Join(t.TempDir(), "x.db")))
	release := holdWriter(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { result <- db.Write(ctx, insert(1, "given up")) }()
	sqlitedb.WaitForQueue(db, 1)
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("a change that was given up in the queue: %v", err)
	}
	release()
	if n := count(t, db); n != 0 {
		t.Error("a change that was given up in the queue was made all the same")
	}
	ctx, cancel = context.WithCancel(t.Context())
	err := db.Write(ctx, func(conn *sqlitedb.Conn) error {
		cancel()
		return insert(2, "begun")(conn)
	})
	if n := count(t, db); err != nil || n != 1 {
		t.Errorf("a change that had begun when its context ended: %v, %d rows", err, n)
	}
	short, cancel := context.WithCancel(t.Context())
	cancel()
	busy := sqlitedb.TakeAllReaders(db)
	if err := db.Read(short, func(*sqlitedb.Conn) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting for a reader: %v", err)
	}
	busy()
}

func TestSecondWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	o := options(path)
	o.BusyTimeout = time.Millisecond
	db, beside := open(t, o), open(t, o)
	release := holdWriter(t, beside)
	if err := db.Write(t.Context(), insert(1, "locked out")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("while another holds the file: %v", err)
	}
	if n := count(t, db); n != 0 {
		t.Error("readers are kept waiting, or see what is not there")
	}
	release()
	if err := db.Write(t.Context(), insert(1, "afterwards")); err != nil {
		t.Errorf("after the other has let go: %v", err)
	}
	if n := count(t, beside); n != 1 {
		t.Error("what one wrote the other does not see at once")
	}
}

func TestClose(t *testing.T) {
	db, err := sqlitedb.Open(t.Context(), options(filepath.Join(t.TempDir(), "x.db")))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"write": db.Write(t.Context(), insert(1, "late")),
		"read":  db.Read(t.Context(), func(*sqlitedb.Conn) error { return nil }),
	} {
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s after closing: %v", name, err)
		}
	}
}

func TestReaderRecovers(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "x.db"))
	o.Readers = 1
	db := open(t, o)
	for range 3 {
		if err := db.Read(t.Context(), func(*sqlitedb.Conn) error { return errOnPurpose }); !errors.Is(err, errOnPurpose) {
			t.Fatal(err)
		}
		func() {
			defer func() { _ = recover() }()
			_ = db.Read(t.Context(), func(*sqlitedb.Conn) error { panic("on purpose") })
		}()
	}
	if n := count(t, db); n != 0 {
		t.Error("the only reader is lost")
	}
}

func TestSchema(t *testing.T) {
	newer := fstest.MapFS{"00001_first.sql": migrations["00001_first.sql"], "00002_second.sql": second}
	tests := []struct {
		name    string
		prepare func(t *testing.T, path string)
		want    fault.Code // of opening with the first migration only
		says    string
	}{
		{"no file", func(*testing.T, string) {}, "", ""},
		{"an empty file", func(t *testing.T, path string) { write(t, path, "") }, "", ""},
		{"no database", func(t *testing.T, path string) { write(t, path, strings.Repeat("no database ", 1000)) }, fault.Unsupported, "no SQLite database"},
		{"another program's", func(t *testing.T, path string) {
			script(t, path, "CREATE TABLE theirs (a); PRAGMA application_id = 5;")
		}, fault.Unsupported, "another program"},
		{"nobody's tables", func(t *testing.T, path string) { script(t, path, "CREATE TABLE theirs (a);") }, fault.Unsupported, "another program"},
		{"a newer schema that is too new", func(t *testing.T, path string) { migrate(t, path, newer) }, fault.Unsupported, "has schema 2, which a program of schema 2 or newer may use; this one has schema 1"},
		{"a newer schema that older programs may use", func(t *testing.T, path string) {
			migrate(t, path, newer)
			script(t, path, "UPDATE schema_info SET oldest_program = 1;")
		}, "", ""},
		{"a start that was cut short after goose's own table", func(t *testing.T, path string) {
			script(t, path, "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now'))); INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1);")
		}, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x # 1%.db") // a name that a URI would misread
			test.prepare(t, path)
			before, _ := os.ReadFile(path) //nolint:gosec // the test's own file
			db, err := sqlitedb.Open(t.Context(), options(path))
			if test.want != "" {
				after, _ := os.ReadFile(path) //nolint:gosec // the test's own file
				if !fault.Is(err, test.want) || !strings.Contains(err.Error(), test.says) || string(before) != string(after) {
					t.Errorf("got %v (file unchanged: %t), want %s saying %q", err, string(before) == string(after), test.want, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			if err := db.Write(t.Context(), insert(1, "a")); err != nil {
				t.Error(err)
			}
			if info, err := os.Stat(path); test.name == "no file" && err == nil && info.Mode().Perm() != 0o600 {
				t.Errorf("the file has mode %v", info.Mode())
			}
		})
	}
}

// TestMigrateRace opens a new file from many sides at once.
func TestMigrateRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			db, err := sqlitedb.Open(t.Context(), options(path))
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Write(t.Context(), insert(i, "a")); err != nil {
				t.Error(err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := count(t, open(t, options(path))); n != 8 {
		t.Errorf("%d rows of 8", n)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func script(t *testing.T, path, sql string) {
	t.Helper()
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sqlitex.ExecuteScript(conn, sql, nil), conn.Close()); err != nil {
		t.Fatal(err)
	}
}

func migrate(t *testing.T, path string, steps fstest.MapFS) {
	t.Helper()
	o := options(path)
	o.Migrations = steps
	db, err := sqlitedb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(fmt.Errorf("close: %w", err))
	}
}

// TestPrefix keeps the tables of two programs in a file that is a third one's.
func TestPrefix(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shared.db")
	db := open(t, sqlitedb.Options{Path: file, ApplicationID: 5, Migrations: fstest.MapFS{"00001_theirs.sql": {Data: []byte(`-- +goose Up
PRAGMA application_id = 5;
CREATE TABLE schema_info (one INTEGER PRIMARY KEY, version INTEGER, oldest_program INTEGER);
INSERT INTO schema_info VALUES (1, 9, 9);
CREATE TABLE b_taken (a INTEGER);
`)}}})
	shared := func(prefix string) sqlitedb.Options {
		return sqlitedb.Options{Path: file, Prefix: prefix, Migrations: fstest.MapFS{"00001_ours.sql": {Data: []byte(strings.ReplaceAll(`-- +goose Up
CREATE TABLE PREFIXschema_info (one INTEGER PRIMARY KEY, version INTEGER, oldest_program INTEGER);
INSERT INTO PREFIXschema_info VALUES (1, 1, 1);
CREATE TABLE PREFIXt (k INTEGER PRIMARY KEY);
`, "PREFIX", prefix))}}}
	}
	for range 2 { // to be made, and as it was left
		for _, prefix := range []string{"a_", "ax"} { // in a pattern, _ could stand for the x
			if err := open(t, shared(prefix)).Ping(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := sqlitedb.Open(t.Context(), shared("b_")); !fault.Is(err, fault.Unsupported) {
		t.Errorf("tables of ours that are not: %v", err)
	}
	if s, err := sqlitedb.Inspect(shared("c_")); err != nil || s != (sqlitedb.Schema{}) {
		t.Errorf("tables that are still to be made: %+v, %v", s, err)
	}
	if s, err := sqlitedb.ReadSchema(file, 5); err != nil || s.Version != 9 {
		t.Errorf("the file's own: %+v, %v", s, err)
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}
