// Package sqlitedb opens SQLite files, migrates them, and runs reads and
// durable writes on them. It knows nothing of what is in them.
//
// A file is read by a pool of connections with cached statements and written
// by one connection, which commits the changes that wait for it together: one
// fdatasync then serves them all. Other processes may open the same file for
// short writes of their own.
package sqlitedb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/fault"
)

// Options say what file to open, and how.
type Options struct {
	Path       string
	Migrations fs.FS // numbered .sql files of goose
	// ApplicationID marks a file as this program's; the first migration sets
	// it by PRAGMA application_id.
	ApplicationID int32
	// Prefix begins the names of this program's tables in a file that is
	// shared with others, such as daemon_. Their tables are none of our
	// business then, and ApplicationID is not looked at.
	Prefix string

	Readers     int           // connections that read; zero picks by the number of processors
	BusyTimeout time.Duration // how long to wait for another process's write; zero means DefaultBusyTimeout
	Synchronous Synchronous   // empty means SyncFull
	Observer    Observer      // nil for none
}

// Synchronous is the pragma of that name: when a commit waits for the disk.
type Synchronous string

// Only under SyncFull does success mean that it is on disk.
const (
	SyncFull   Synchronous = "FULL"
	SyncNormal Synchronous = "NORMAL" // the last commits may be lost with the power: for files under construction
	SyncOff    Synchronous = "OFF"    // for tests of the promise, which have to see themselves fail
)

// DefaultBusyTimeout is how long a write waits for a writer in another
// process. Clients get the server-fault text after it.
const DefaultBusyTimeout = 2 * time.Second

// DB is an open file.
type DB struct {
	options Options
	place   place
	readers *readers
	writer  *writer
}

// Open opens a file, makes it where there is none, and brings its schema up
// to date. The fault Unsupported says that the file is another program's, or a
// newer one's.
func Open(ctx context.Context, o Options) (*DB, error) {
	o = o.withDefaults()
	if err := create(o.Path); err != nil {
		return nil, err
	}
	if err := ensureSchema(ctx, o); err != nil {
		return nil, err
	}
	place, err := placeOf(o.Path)
	if err != nil {
		return nil, err
	}
	conn, err := connect(o)
	if err != nil {
		return nil, err
	}
	db := &DB{options: o, place: place, writer: newWriter(conn, place, o.Observer)}
	db.readers = newReaders(o.Readers, db.openReader)
	return db, nil
}

func (o Options) withDefaults() Options {
	if o.Readers == 0 {
		o.Readers = max(8, 4*runtime.GOMAXPROCS(0))
	}
	if o.BusyTimeout == 0 {
		o.BusyTimeout = DefaultBusyTimeout
	}
	if o.Synchronous == "" {
		o.Synchronous = SyncFull
	}
	if o.Observer == nil {
		o.Observer = unobserved{}
	}
	return o
}

// create makes the file before SQLite does, because SQLite gives the files
// beside it the mode that it has.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the database: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the path is the operator's own setting
	if err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	return f.Close()
}

func connect(o Options) (*Conn, error) {
	conn, err := sqlite.OpenConn(o.Path, sqlite.OpenReadWrite|sqlite.OpenWAL)
	if err != nil {
		return nil, classify(err)
	}
	conn.SetBusyTimeout(o.BusyTimeout)
	// No memory-mapped file: an I/O error on a mapped page would end the
	// process instead of failing one request (docs/adr/0002).
	pragmas := []string{
		"foreign_keys = ON",
		"trusted_schema = OFF",
		"secure_delete = ON", // what is dropped is overwritten; see Scrub for the rest
		"mmap_size = 0",
		"temp_store = MEMORY",
		"cache_size = -4096",
		"journal_size_limit = 67108864",
		"synchronous = " + string(o.Synchronous),
	}
	for _, pragma := range pragmas {
		if err := sqlitex.ExecuteTransient(conn, "PRAGMA "+pragma, nil); err != nil {
			return nil, errors.Join(classify(err), conn.Close())
		}
	}
	return &Conn{Conn: conn, statements: map[string]*sqlite.Stmt{}}, nil
}

// Read runs fn on one consistent state of the database. fn should be quick.
func (db *DB) Read(ctx context.Context, fn func(*Conn) error) error {
	conn, err := db.readers.take(ctx)
	if err != nil {
		return err
	}
	defer db.readers.put(conn)
	return inTransaction(conn, "BEGIN", fn)
}

func (db *DB) openReader() (*Conn, error) {
	conn, err := connect(db.options)
	if err != nil {
		return nil, err
	}
	if err := db.place.check(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// Write runs fn in a transaction, alone among all writers. When it returns nil
// everything fn did is on disk; otherwise nothing is. fn may be run again. A
// ctx that ends before fn begins prevents it; later it has no effect.
func (db *DB) Write(ctx context.Context, fn func(*Conn) error) error {
	return db.writer.do(ctx, fn)
}

var errClosed = fault.New(fault.Unavailable, "the database is closed")

// Close waits for what is under way and closes the file.
func (db *DB) Close() error {
	return errors.Join(db.writer.close(), db.readers.close())
}

// inTransaction runs fn between the begin statement and COMMIT, or ROLLBACK
// when it fails or panics.
func inTransaction(conn *Conn, begin string, fn func(*Conn) error) (err error) {
	if err := exec(conn, begin); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done || err != nil {
			rollback(conn)
		}
	}()
	err = classify(fn(conn))
	done = true
	if err != nil {
		return err
	}
	return exec(conn, "COMMIT")
}

// rollback ends a transaction, unless SQLite has done so itself. Its own
// failure leaves the connection in the transaction, which is looked at before
// the connection is used again.
func rollback(conn *Conn) {
	if !conn.AutocommitEnabled() {
		_ = exec(conn, "ROLLBACK")
	}
}

func exec(conn *Conn, query string) error {
	stmt, err := conn.Prepare(query)
	if err != nil {
		return classify(err)
	}
	if _, err = stmt.Step(); err == nil {
		err = stmt.Reset()
	}
	return classify(err)
}

// classify gives an error of SQLite a fault code. Errors that have one, and
// those of others, stay as they are.
func classify(err error) error {
	if _, classified := errors.AsType[*fault.Error](err); err == nil || classified {
		return err
	}
	code := sqlite.ErrCode(err)
	if code == sqlite.ResultIOErrSHMSize { // so SQLite calls a disk without room for the index of its log
		code = sqlite.ResultFull
	}
	switch code.ToPrimary() {
	case sqlite.ResultBusy, sqlite.ResultLocked:
		return fault.Wrap(fault.Unavailable, "another process holds the database", err)
	case sqlite.ResultFull:
		return fault.Wrap(fault.Unavailable, "the disk of the database is full", err)
	case sqlite.ResultIOErr, sqlite.ResultCantOpen, sqlite.ResultReadOnly, sqlite.ResultPerm:
		return fault.Wrap(fault.Unavailable, "the database cannot be read or written", err)
	case sqlite.ResultNotADB:
		return fault.Wrap(fault.Unsupported, "the file is no SQLite database", err)
	case sqlite.ResultCorrupt:
		return fault.Wrap(fault.Internal, "the database is damaged", err)
	}
	return err
}
