package main

import (
	"context"
	"path/filepath"

	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/storage/sqlite"
)

// engine keeps the databases of bench-scale.
type engine interface {
	title() string
	// about are the settings that matter, as rows of a table.
	about() [][2]string
	// add makes an empty database, or a copy of another.
	add(ctx context.Context, name string, of *target) (target, error)
	// session is a connection on which orders are copied.
	session(ctx context.Context, t target) (session, error)
	// dialect is what its SQL says in words of its own.
	dialect() []string
	// settle tells its planner what there is, and leaves nothing to be done
	// later; compact leaves no room that nothing is in.
	settle() []string
	compact() string
	// footprint is what a database takes on disk.
	footprint(ctx context.Context, t target, orders int) (footprint, error)
	// processes are those of a server besides the service; none when there is
	// no such server.
	processes() []int
	// close ends it. It answers where the databases are that are kept.
	close(keep bool) (kept string, err error)
}

// session runs SQL.
type session interface {
	// transact runs statements in one transaction.
	transact(ctx context.Context, script string) error
	// alone runs a statement that wants to be in none.
	alone(ctx context.Context, statement string) error
	// documents fills the table of the template's documents.
	documents(ctx context.Context, documents []order.Document) error
	close() error
}

// target is a database.
type target struct {
	Name string
	// The folder of a SQLite database, or
	Folder string
	// of PostgreSQL
	URL, PasswordFile string
}

type closableStorage interface {
	order.Storage
	Close() error
}

// open opens it as storage, which is not durable while it is being made.
func (t target) open(ctx context.Context) (closableStorage, error) {
	if t.URL == "" {
		return sqlite.Open(ctx, t.path(), sqlite.Options{Synchronous: sqlitedb.SyncNormal})
	}
	return postgres.Open(ctx, t.options())
}

func (t target) options() postgres.Options {
	return postgres.Options{Options: pgdb.Options{URL: t.URL, PasswordFile: t.PasswordFile}}
}

func (t target) path() string { return filepath.Join(t.Folder, databaseFile) }

// flags tell the program about it.
func (t target) flags() []string {
	if t.URL == "" {
		return []string{"--data", t.Folder}
	}
	return []string{"--db", t.URL, "--db-password-file", t.PasswordFile}
}

// footprint is what a database takes on disk, in bytes.
type footprint struct {
	total  int64
	pieces []piece // empty where looking would take too long
}

// piece is a table or an index.
type piece struct {
	name  string
	index bool
	bytes int64
}

func (f footprint) of(name string) int64 {
	for _, p := range f.pieces {
		if p.name == name {
			return p.bytes
		}
	}
	return 0
}
