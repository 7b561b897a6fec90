// Package pgdb opens PostgreSQL databases, migrates them, and runs reads and
// transactions on them. It knows nothing of what is in them.
//
// What a transaction did is known for certain, or said to be unknown: COMMIT is
// never cancelled, and a connection that is lost during COMMIT is an
// OutcomeUnknownError, which the caller settles by reading what happened.
//
// The SQL here is what PostgreSQL shares with the databases that speak its
// protocol. Only Migrate and TryLock use advisory locks, which some of them
// lack.
package pgdb

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"entrepot/internal/fault"
)

// DB is an open database.
type DB struct {
	options  Options
	pool     *pgxpool.Pool
	doubting atomic.Bool
}

// Open connects to a database and checks that its schema is one that this
// program may use; it changes nothing, see Migrate. The fault Unsupported says
// that the database is another program's or a newer one's, or, with ErrBehind,
// that it has to be migrated; the fault Unavailable that it cannot be reached
// or refuses the connection, with one of ErrRefused, ErrUnknownHost,
// ErrUnreachable and ErrNoDatabase where it is known why.
func Open(ctx context.Context, o Options) (*DB, error) {
	o = o.withDefaults()
	if err := usable(ctx, o); err != nil {
		return nil, err
	}
	pool, err := newPool(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open the pool: %w", classify(err))
	}
	return &DB{options: o, pool: pool}, nil
}

// usable is nil when this program may use the schema as it is.
func usable(ctx context.Context, o Options) error {
	latest, err := newest(o.Migrations)
	if err != nil {
		return err
	}
	s, err := readSupported(ctx, o, latest)
	if err == nil && s.Version < latest {
		err = behind(s, latest)
	}
	return err
}

// Read runs fn on one consistent state of the database. It is run once. ctx
// bounds the wait for it to begin, and nothing else.
func (db *DB) Read(ctx context.Context, fn func(pgx.Tx) error) error {
	conn, err := db.acquire(ctx)
	if err != nil {
		return classify(err)
	}
	defer db.release(conn)
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return classify(err)
	}
	defer rollback(tx)
	return classify(fn(tx))
}

// Ping is nil when the database answers.
func (db *DB) Ping(ctx context.Context) error {
	conn, err := db.acquire(ctx)
	if err != nil {
		return classify(err)
	}
	defer db.release(conn)
	return classify(conn.Ping(ctx))
}

var errSucceeded = fault.New(fault.Unavailable, "another server has taken over")

// PingServer is Ping for somebody who waits on a connection of the pool. Where
// the URL asks for the one server that takes writes, and that is another by
// now, nothing more is to be expected of the connection's.
func (db *DB) PingServer(ctx context.Context, waiting *pgx.Conn) error {
	conn, err := db.acquire(ctx)
	if err != nil {
		return classify(err)
	}
	defer db.release(conn)
	if conn.Conn().Config().ValidateConnect != nil && server(conn.Conn()) != server(waiting) {
		return errSucceeded
	}
	return classify(conn.Ping(ctx))
}

func server(conn *pgx.Conn) string { return conn.PgConn().Conn().RemoteAddr().String() }

// Connections are how many connections are in use, and how many there may be.
func (db *DB) Connections() (used, limit int) {
	stat := db.pool.Stat()
	return int(stat.AcquiredConns()), int(stat.MaxConns())
}

// Close waits for what is under way and closes all connections.
func (db *DB) Close() { db.pool.Close() }
