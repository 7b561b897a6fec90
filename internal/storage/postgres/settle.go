package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/sethvargo/go-retry"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/pgdb"
)

// A line is a row of the table commits, which one transaction of this process
// uses at a time. The transaction writes its number there; when its COMMIT got
// no answer, the row tells what became of it.
type line struct {
	number int64
	last   int64 // of its transactions
}

// lines are those of this process: as many as there were transactions at once.
type lines struct {
	process pgtype.UUID
	mu      sync.Mutex
	free    []*line
	made    int64
	patient sync.WaitGroup // transactions whose callers may have left
}

func newLines() *lines {
	return &lines{process: pgtype.UUID{Bytes: uuid.New(), Valid: true}}
}

func (l *lines) take() *line {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.free); n > 0 {
		last := l.free[n-1]
		l.free = l.free[:n-1]
		return last
	}
	l.made++
	return &line{number: l.made}
}

func (l *lines) give(back *line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = append(l.free, back)
}

// writing is a transaction with all its runs.
type writing struct {
	*Storage
	fn          func(order.Tx) error
	line        *line // nil when its row may still be in use
	begun       bool
	stopWaiting func() bool // from then on the end of the caller's context has no effect
	wrote       bool
	told        bool // the observer, of what was looked up

	running sync.Mutex // held while fn is at work
	sent    bool       // fn has ended well, so that COMMIT follows
	left    bool       // the caller waits no longer
}

// commitRuns is how many COMMITs of one transaction may be lost.
const commitRuns = 3

func (w *writing) run(ctx context.Context) error {
	for runs := 1; ; runs++ {
		w.line.last++
		err := w.db.InTx(ctx, func(tx pgx.Tx) error { return w.once(ctx, tx) })
		if _, unknown := errors.AsType[*pgdb.OutcomeUnknownError](err); !unknown {
			return err
		}
		if !w.wrote { // what it has read was true all the same
			return nil
		}
		committed, settleErr := w.settle(w.line)
		w.tell(committed, settleErr)
		switch {
		case settleErr != nil:
			w.line = nil
			return fmt.Errorf("%w; looking it up: %v", err, settleErr) //nolint:errorlint // the first is what counts
		case committed:
			return nil
		case runs == commitRuns:
			return errLostCommit
		}
	}
}

var errLostCommit = fault.New(fault.Unavailable, "the connection was lost before COMMIT, again and again")

// tell tells the observer what became of a COMMIT that got no answer.
func (w *writing) tell(committed bool, err error) {
	w.told = true
	switch {
	case err != nil:
		w.options.Settled(pgdb.OutcomeUnknown(err))
	case committed:
		w.options.Settled(nil)
	default:
		w.options.Settled(errLostCommit)
	}
}

// once is one run up to COMMIT.
func (w *writing) once(ctx context.Context, dbTx pgx.Tx) error {
	w.running.Lock()
	defer w.running.Unlock()
	err := w.upToCommit(ctx, dbTx)
	w.sent = err == nil
	return err
}

func (w *writing) upToCommit(ctx context.Context, dbTx pgx.Tx) error {
	if !w.begun && !w.stopWaiting() {
		return context.Canceled
	}
	w.begun = true
	t := tx{view{newSession(ctx, dbTx, true)}}
	if err := w.fn(t); err != nil {
		return err
	}
	if w.wrote = t.wrote; w.wrote {
		t.write(useLine, w.lines.process, w.line.number, w.line.last)
	}
	return t.finish()
}

const (
	useLine = `INSERT INTO commits (process, line, last) VALUES ($1, $2, $3)
		ON CONFLICT (process, line) DO UPDATE SET last = excluded.last`
	// It waits for the transaction to end, if it has not yet, and writes.
	readLine = `INSERT INTO commits (process, line, last) VALUES ($1, $2, 0)
		ON CONFLICT (process, line) DO UPDATE SET last = commits.last RETURNING last`
	forgetLines = "DELETE FROM commits WHERE process = $1"
)

// The waits between looks are drawn from below these.
const (
	firstLook   = 20 * time.Millisecond
	longestLook = 500 * time.Millisecond
)

// settle says whether the line's last transaction was committed. It answers
// only when its own COMMIT was answered: that comes later in the log, so what
// waits for a standby does so for both.
func (s *Storage) settle(l *line) (committed bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), s.options.SettleTimeout)
	defer cancel()
	waits := retry.WithFullJitter(retry.WithCappedDuration(longestLook, retry.NewExponential(firstLook)))
	err = retry.Do(ctx, waits, func(ctx context.Context) error {
		err := s.db.InTx(ctx, func(tx pgx.Tx) error {
			var last int64
			err := tx.QueryRow(ctx, readLine, s.lines.process, l.number).Scan(&last)
			committed = last == l.last
			return err
		})
		return retry.RetryableError(err)
	})
	return committed, err
}

// forgetting bounds how long Close waits for a database that is away.
const forgetting = time.Second

// forgetLines drops the process's rows, for tidiness.
func (s *Storage) forgetLines() {
	ctx, cancel := context.WithTimeout(context.Background(), forgetting)
	defer cancel()
	_ = s.db.InTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, forgetLines, s.lines.process)
		return err
	})
}
