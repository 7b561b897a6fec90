package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// WithPatience is the same storage for callers who are not to wait for a
// database that is away: see Options.Patience. The original is what is closed.
func (s *Storage) WithPatience(patience time.Duration) *Storage {
	patient := *s
	patient.options.Patience = patience
	return &patient
}

var (
	errAway = fault.New(fault.Unavailable, "the database does not answer")
	errLate = fault.New(fault.Unavailable, "the answer to COMMIT is late: whether the change is made is not known yet")
)

// limit bounds a transaction up to its COMMIT.
func (o Options) limit() time.Duration {
	if o.Patience > 0 {
		return min(o.Patience, o.Timeout)
	}
	return o.Timeout
}

// InTx implements order.Storage. A transaction that is known to have been
// rolled back for no fault of its own is run again, one whose COMMIT got no
// answer only when it has been looked up and is not there.
//
// A caller whose patience ends is told so. Before COMMIT the transaction ends
// with it; a COMMIT goes on to its own end, which Close waits for.
func (s *Storage) InTx(ctx context.Context, fn func(order.Tx) error) error {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.limit())
	w := &writing{Storage: s, fn: fn, line: s.lines.take(), stopWaiting: context.AfterFunc(ctx, cancel)}
	if s.options.Patience == 0 {
		defer cancel()
		return w.do(ctx, limited)
	}
	result := make(chan error, 1)
	s.lines.patient.Go(func() {
		defer cancel()
		result <- w.do(ctx, limited)
	})
	if there, err := awaited(result, limited.Done()); there {
		return err
	}
	if w.leave() {
		return errLate
	}
	return <-result // at once: nothing before COMMIT outlives limited
}

// awaited is the result, if it is there when the wait ends. The wait ends with
// the transaction, too: then both are there at once.
func awaited(result <-chan error, ended <-chan struct{}) (there bool, err error) {
	select {
	case err = <-result:
		return true, err
	case <-ended:
	}
	select {
	case err = <-result:
		return true, err
	default:
		return false, nil
	}
}

// leave says whether the caller has to go without knowing the outcome. fn is
// not at work then, and is not run again: that would begin with a context that
// has ended.
func (w *writing) leave() bool {
	w.running.Lock()
	defer w.running.Unlock()
	w.left = w.sent
	return w.left
}

// do runs the transaction to its end.
func (w *writing) do(ctx, limited context.Context) error {
	err := w.run(limited)
	w.stopWaiting()
	if w.line != nil {
		w.lines.give(w.line)
	}
	w.tellLate(err)
	switch {
	case err == nil:
		return nil
	case !w.begun && ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(fault.Unavailable, "the database took too long", err)
	}
	return err
}

// tellLate counts what became of a transaction after its caller had left.
func (w *writing) tellLate(err error) {
	w.running.Lock()
	defer w.running.Unlock()
	if w.left && !w.told {
		w.options.Settled(err)
	}
}

// patient is a context for the beginning of a view.
func (s *Storage) patient(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.options.Patience == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, s.options.Patience, errAway)
}

// watched is a context for one question of a view on a connection. It ends when there is no answer for a while, unless the
// server says that it is at work on it: a page of a long list may take longer
// than the patience of one who waits.
func (s *Storage) watched(ctx context.Context, asked *pgx.Conn) (_ context.Context, stop func()) {
	if s.options.Patience == 0 {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	backend, server := asked.PgConn().PID(), addressOf(asked)
	wait := s.options.Patience * 3 / 4
	timer := time.AfterFunc(wait, func() {
		for s.works(ctx, backend, server, s.options.Patience-wait) {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return
			}
		}
		cancel(errAway)
	})
	return ctx, func() {
		timer.Stop()
		cancel(nil)
	}
}

// atWork asks another connection of the same server: the line of the one that
// we wait for may be dead, and then its backend is idle; or another server may
// have taken over, which knows nothing of it.
const atWork = `SELECT EXISTS (SELECT 1 FROM pg_stat_activity
	WHERE pid = $1 AND datname = current_database() AND usename = current_user AND state = 'active')`

func (s *Storage) works(ctx context.Context, backend uint32, server string, within time.Duration) (does bool) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	err := s.db.Read(ctx, func(tx pgx.Tx) error {
		if addressOf(tx.Conn()) != server {
			return nil
		}
		return tx.QueryRow(ctx, atWork, int64(backend)).Scan(&does)
	})
	return err == nil && does
}

func addressOf(conn *pgx.Conn) string { return conn.PgConn().Conn().RemoteAddr().String() }

// orAway is errAway for an error that comes from the end of our patience.
func orAway(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errAway) {
		return errAway
	}
	return err
}
