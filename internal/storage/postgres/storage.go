// Package postgres keeps stores, carts and orders in a PostgreSQL database,
// which any number of nodes may share.
//
// Transactions are READ COMMITTED. What one reads to decide what it writes, it
// locks: so writers of one store's numbers, of one order, of one cart come one
// after the other, and nobody fails because of others.
package postgres

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/pgdb"
)

// Application marks the tables of the service.
const Application = "entrepot"

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
	db      *pgdb.DB
	key     order.SecretKey
	options Options
	lines   *lines
}

var _ order.Storage = (*Storage)(nil)

// Options say what database to open, and how. Migrations, Application and
// Isolation are this package's to choose.
type Options struct {
	pgdb.Options

	// Timeout bounds a transaction with all its runs up to its COMMIT, the wait
	// for a connection included; zero means DefaultTimeout.
	Timeout time.Duration
	// Patience is how long a caller waits for a database that is away; zero
	// means as long as it takes. It bounds a transaction up to its COMMIT, the
	// wait for an answer to COMMIT, the wait for a view to begin, and about that
	// for an answer to each of its questions. The fault is Unavailable. What
	// became of a COMMIT is not known by then; it ends by itself.
	Patience time.Duration
	// SettleTimeout bounds how long one looks for what became of a COMMIT that
	// got no answer; zero means DefaultSettleTimeout.
	SettleTimeout time.Duration
	// Settled is told what became of a transaction whose COMMIT got no answer,
	// or none while its caller waited: nil when it is committed, otherwise why
	// it is not, or a pgdb.OutcomeUnknownError when nobody knows. For metrics;
	// nil for nobody.
	Settled func(error)
}

// The defaults.
const (
	DefaultTimeout       = time.Minute
	DefaultSettleTimeout = 10 * time.Second
)

func (o Options) complete() Options {
	o.Migrations, o.Application, o.Isolation = Migrations(), Application, pgx.ReadCommitted
	// TestPlans sees that the hot paths have one good plan; others ask for more
	// with planAnew. For large tables the server would plan lists each time.
	o.PlanOnce = true
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	o.SettleTimeout = cmp.Or(o.SettleTimeout, DefaultSettleTimeout)
	if o.Settled == nil {
		o.Settled = func(error) {}
	}
	return o
}

// Migrate brings the schema up to date; see pgdb.Migrate.
func Migrate(ctx context.Context, o Options) error {
	return pgdb.Migrate(ctx, o.complete().Options)
}

// Upgrade is Migrate, and says from which schema to which; see pgdb.Upgrade.
func Upgrade(ctx context.Context, o Options) (from, to int64, err error) {
	return pgdb.Upgrade(ctx, o.complete().Options)
}

// Open opens a database whose schema is up to date; see pgdb.Open.
func Open(ctx context.Context, o Options) (*Storage, error) {
	o = o.complete()
	db, err := pgdb.Open(ctx, o.Options)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	s := &Storage{db: db, options: o, lines: newLines()}
	err = s.db.Read(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, "SELECT secret_key FROM installation").Scan(&s.key)
	})
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("load the installation's key: %w", err)
	}
	return s, nil
}

// Ping is nil when the database answers.
func (s *Storage) Ping(ctx context.Context) error { return s.db.Ping(ctx) }

// Connections are how many connections are in use, and how many there may be.
func (s *Storage) Connections() (used, limit int) { return s.db.Connections() }

// Close waits for what is under way and closes all connections.
func (s *Storage) Close() error {
	s.lines.patient.Wait()
	s.forgetLines()
	s.db.Close()
	return nil
}

// SecretKey implements order.Storage.
func (s *Storage) SecretKey() order.SecretKey { return s.key }

// viewRuns is how often a view is begun at most: after a failover, the first
// use of a connection tells that it is of no use.
const viewRuns = 10

// View implements order.Storage.
func (s *Storage) View(ctx context.Context, fn func(order.View) error) (err error) {
	waiting, cancel := s.patient(ctx)
	defer cancel()
	for range viewRuns {
		begun := false
		err = s.db.Read(waiting, func(tx pgx.Tx) error {
			begun = true
			return fn(view{s.asking(ctx, tx)})
		})
		if begun {
			return err
		}
		if !fault.Is(err, fault.Unavailable) || errors.Is(err, pgdb.ErrUnreachable) {
			break
		}
	}
	return orAway(waiting, err)
}

// asking is a session that reads.
func (s *Storage) asking(ctx context.Context, tx pgx.Tx) *session {
	reads := newSession(ctx, tx, false)
	reads.watch = s.watched
	return reads
}

// view reads in a transaction.
type view struct{ *session }

// tx writes besides.
type tx struct{ view }

var errNotFound = fault.New(fault.NotFound, "there is no such order, cart or store")
