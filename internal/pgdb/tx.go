package pgdb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/sethvargo/go-retry"

	"entrepot/internal/fault"
)

// InTx runs fn in a transaction. When it returns nil everything fn did is
// committed; after an error nothing is, unless it is an OutcomeUnknownError.
//
// fn is run again after a serialization failure, a deadlock, or a connection
// that was lost before COMMIT: it must have no effect but on tx, and return
// the errors of tx, wrapped or not. When retries are used up the fault is
// Conflict, or Unavailable for lost connections.
//
// A ctx that ends before COMMIT rolls back. From then on it has no effect:
// cancelling the wait for a synchronous standby would commit on the primary
// alone. COMMIT has CommitTimeout instead, after which its outcome is unknown.
func (db *DB) InTx(ctx context.Context, fn func(tx pgx.Tx) error) error {
	begun := time.Now()
	var last error
	err := retry.Do(ctx, db.backoff(), func(ctx context.Context) error {
		if last != nil {
			db.options.Observer.Retried(last)
		}
		again := false
		again, last = db.attempt(ctx, fn)
		if again {
			return retry.RetryableError(last)
		}
		return last
	})
	db.options.Observer.Wrote(time.Since(begun), err)
	return err
}

// The waits between the runs of a transaction are drawn from below these.
const (
	firstBackoff   = 5 * time.Millisecond
	longestBackoff = 250 * time.Millisecond
)

func (db *DB) backoff() retry.Backoff {
	b := retry.WithCappedDuration(longestBackoff, retry.NewExponential(firstBackoff))
	return retry.WithMaxRetries(uint64(db.options.Retries), retry.WithFullJitter(b)) //nolint:gosec // not negative
}

// attempt runs fn and COMMIT once. Only after an error that leaves nothing
// behind may it be run again.
func (db *DB) attempt(ctx context.Context, fn func(pgx.Tx) error) (again bool, err error) {
	conn, err := db.acquire(ctx)
	if err != nil {
		return false, classify(err)
	}
	defer db.release(conn)
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: db.options.Isolation})
	if err != nil {
		return lost(ctx, conn), classify(err)
	}
	defer rollback(tx)
	if err := fn(tx); err != nil {
		return retryable(err) || lost(ctx, conn), classify(err)
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if conn.Conn().IsClosed() { // fn has ignored it
		return true, fault.New(fault.Unavailable, lostConnection)
	}
	err = commit(ctx, conn.Conn(), tx, db.options.CommitTimeout)
	return retryable(err), classify(err)
}

// lost reports whether the connection broke without our doing.
func lost(ctx context.Context, conn *pgxpool.Conn) bool {
	return ctx.Err() == nil && conn.Conn().IsClosed()
}

// rollbackTimeout is how long a rollback may take before the connection is
// closed, which rolls back, too.
const rollbackTimeout = 500 * time.Millisecond

// rollback ends a transaction that has not ended. Its failure closes the
// connection.
func rollback(tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
	defer cancel()
	_ = tx.Rollback(ctx)
}
