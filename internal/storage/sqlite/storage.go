// Package sqlite keeps stores, carts and orders in one SQLite file.
package sqlite

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
)

// ApplicationID marks the files of the service: "entp".
const ApplicationID = 0x656e7470

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations are the numbered steps of the schema.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Storage implements order.Storage.
type Storage struct {
	db  *sqlitedb.DB
	key order.SecretKey
}

var _ order.Storage = (*Storage)(nil)

// Options say how to open a file; the zero value is what a service wants.
type Options struct {
	Synchronous sqlitedb.Synchronous // empty means SyncFull
	Observer    sqlitedb.Observer    // of the writer; nil for none
}

// Open opens a file, makes it where there is none, and brings its schema up to
// date. The fault Unsupported says that the file is not for this program.
func Open(ctx context.Context, path string, o Options) (*Storage, error) {
	db, err := sqlitedb.Open(ctx, sqlitedb.Options{
		Path: path, Migrations: Migrations(), ApplicationID: ApplicationID, Synchronous: o.Synchronous,
		Observer: o.Observer,
	})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	s := &Storage{db: db}
	err = db.Read(ctx, func(conn *sqlitedb.Conn) error {
		q := query(conn, "SELECT secret_key FROM installation")
		return q.one(func(r row) { s.key = r.bytes(0) })
	})
	if err != nil {
		return nil, fmt.Errorf("load the installation's key: %w", err)
	}
	return s, nil
}

// Ping is nil when the database is in its place and answers.
func (s *Storage) Ping(ctx context.Context) error { return s.db.Ping(ctx) }

// Waiting is how many changes wait for the writer.
func (s *Storage) Waiting() int { return s.db.Waiting() }

// Close waits for what is under way and closes the file.
func (s *Storage) Close() error { return s.db.Close() }

// SecretKey implements order.Storage.
func (s *Storage) SecretKey() order.SecretKey { return s.key }

// View implements order.Storage.
func (s *Storage) View(ctx context.Context, fn func(order.View) error) error {
	return s.db.Read(ctx, func(conn *sqlitedb.Conn) error { return fn(view{ctx, conn}) })
}

// InTx implements order.Storage.
func (s *Storage) InTx(ctx context.Context, fn func(order.Tx) error) error {
	return s.db.Write(ctx, func(conn *sqlitedb.Conn) error {
		// Once begun, a change is not given up half-way.
		return fn(tx{view{context.WithoutCancel(ctx), conn}})
	})
}

// view reads on one connection, in the transaction that is open on it.
type view struct {
	ctx  context.Context
	conn *sqlitedb.Conn
}

// tx writes besides.
type tx struct{ view }

var errNotFound = fault.New(fault.NotFound, "there is no such order, cart or store")
