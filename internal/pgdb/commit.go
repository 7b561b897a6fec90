package pgdb

import (
	"cmp"
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"entrepot/internal/fault"
)

// OutcomeUnknownError says that COMMIT was sent and its answer did not come:
// the transaction is committed, or not, or will be within moments. Whoever
// wants to know reads what happened; nobody tries again blindly. Its fault is
// Unavailable.
type OutcomeUnknownError struct {
	cause error
}

// Error is what was seen instead of an answer.
func (e *OutcomeUnknownError) Error() string { return e.cause.Error() }

// Unwrap is what was seen instead of an answer.
func (e *OutcomeUnknownError) Unwrap() error { return e.cause }

// OutcomeUnknown says so to those who know no PostgreSQL.
func (e *OutcomeUnknownError) OutcomeUnknown() bool { return true }

// OutcomeUnknown makes an OutcomeUnknownError of what was seen.
func OutcomeUnknown(cause error) error {
	return fault.Wrap(fault.Unavailable, "it is unknown whether the transaction was committed", &OutcomeUnknownError{cause})
}

// link is the line to the server of one connection. It keeps the driver from
// sending a cancel request during COMMIT, which it does on a second line
// whenever the first one breaks.
type link struct {
	dial       pgconn.DialFunc
	committing atomic.Bool
	local      atomic.Bool // the server gave up waiting for its standby
	released   time.Time   // when it was last put back into the pool
}

const linkKey = "entrepot link"

var errCommitting = errors.New("a COMMIT is not cancelled")

// Dial is the DialFunc of one connection.
func (l *link) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if l.committing.Load() {
		return nil, errCommitting
	}
	return l.dial(ctx, network, addr)
}

// notice looks for the warning with which PostgreSQL answers a COMMIT whose
// wait for the standby was cancelled. Its text is translated; the function
// that it comes from is not.
func (l *link) notice(_ *pgconn.PgConn, n *pgconn.Notice) {
	if n.Routine == "SyncRepWaitForLSN" {
		l.local.Store(true)
	}
}

var (
	errCommitTimeout = errors.New("no answer to COMMIT in time")
	errOnlyLocal     = errors.New("the wait for the standby was cancelled by the server's operator")
)

// commit sends COMMIT and waits for the answer, whatever becomes of ctx.
func commit(ctx context.Context, conn *pgx.Conn, tx pgx.Tx, timeout time.Duration) error {
	line := conn.PgConn().CustomData()[linkKey].(*link)
	line.committing.Store(true)
	line.local.Store(false)
	timer := time.AfterFunc(timeout, func() { _ = conn.PgConn().Conn().Close() })
	err := tx.Commit(context.WithoutCancel(ctx))
	inTime := timer.Stop()
	if err == nil && !inTime { // answered at the last moment, and closed all the same
		_ = conn.Close(context.WithoutCancel(ctx))
	}
	if conn.IsClosed() { // the driver may still be about to cancel, so committing stays set
		return outcome(err, inTime, line.local.Load())
	}
	line.committing.Store(false)
	return outcome(err, inTime, line.local.Load())
}

// outcome tells what is known of a transaction from the answer to its COMMIT.
// It does not ask pgconn.SafeToRetry: of a line that breaks after COMMIT was
// sent, pgx 5.12 says that it is (docs/adr/0012).
func outcome(err error, inTime, local bool) error {
	switch {
	case err == nil && local:
		return OutcomeUnknown(errOnlyLocal)
	case err == nil, refused(err):
		return err
	case errors.Is(err, pgx.ErrTxCommitRollback):
		return fault.Wrap(fault.Internal, "the transaction was rolled back: an error of one of its statements was ignored", err)
	case !inTime:
		return OutcomeUnknown(errCommitTimeout)
	}
	return OutcomeUnknown(err)
}

// refused reports whether the server has answered COMMIT with an error that
// means ROLLBACK. A FATAL one ends the connection, perhaps after the commit.
func refused(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && cmp.Or(e.SeverityUnlocalized, e.Severity) == "ERROR" && e.Code != completionUnknown
}
