package pgdb

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// restedAfter is how long a connection may lie idle before it is asked
	// whether it still lives.
	restedAfter = time.Second
	// pingTimeout is when a connection that is asked counts as dead.
	pingTimeout = 500 * time.Millisecond
)

// newPool makes a pool that leaves it to us to look after its connections: one
// that pgx finds dead would keep its place for as long as pgx takes leave of it.
func newPool(ctx context.Context, o Options) (*pgxpool.Pool, error) {
	config, err := o.poolConfig()
	if err != nil {
		return nil, err
	}
	config.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
	config.BeforeClose = closeConn
	return pgxpool.NewWithConfig(ctx, config)
}

// acquire takes a connection out of the pool, one that answers if it has lain
// there for long.
func (db *DB) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	for {
		conn, err := db.pool.Acquire(ctx)
		if err != nil {
			return nil, err
		}
		if !rested(conn) || lives(ctx, conn) {
			return conn, nil
		}
		db.release(conn)
	}
}

func rested(conn *pgxpool.Conn) bool {
	since := linkOf(conn).released
	return !since.IsZero() && time.Since(since) > restedAfter
}

// lives asks a connection; one that does not answer is closed.
func lives(ctx context.Context, conn *pgxpool.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if conn.Ping(ctx) == nil {
		return true
	}
	closeConn(conn.Conn())
	return false
}

// release gives a connection back. One that is closed leaves the pool at once,
// and has the others looked at: pgx takes up to 15 seconds to take leave of a
// server that hangs, and a pool full of those would serve nobody.
func (db *DB) release(conn *pgxpool.Conn) {
	if conn.Conn().IsClosed() {
		conn.Hijack()
		db.doubt()
		return
	}
	linkOf(conn).released = time.Now()
	conn.Release()
}

// doubt asks all idle connections whether they live: where one was lost, others
// have been, and each would cost somebody a wait.
func (db *DB) doubt() {
	if !db.doubting.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer db.doubting.Store(false)
		var asked sync.WaitGroup
		for _, conn := range db.pool.AcquireAllIdle(context.Background()) {
			asked.Go(func() {
				if !lives(context.Background(), conn) {
					conn.Hijack()
					return
				}
				conn.Release()
			})
		}
		asked.Wait()
	}()
}

func linkOf(conn *pgxpool.Conn) *link { return conn.Conn().PgConn().CustomData()[linkKey].(*link) }

// A line that is cut says nothing. The system finds out within about
// lineTimeout: by asking when it is idle, and by the answers that do not come.
const lineTimeout = 10 * time.Second

func dialer() *net.Dialer {
	return &net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: lineTimeout / 2, Interval: lineTimeout / 4, Count: 2},
		Control:         boundUnanswered,
	}
}

// closing is how long the server is given to hear that we leave.
const closing = time.Second

func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	_ = conn.Close(ctx)
}
