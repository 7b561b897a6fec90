package postgres

import (
	"cmp"
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/pgdb"
)

// session is an open transaction. Writes are not sent at once but with the
// next question, or at the end, all in one go: they cost no round trip each,
// and the locks that a transaction holds are held the shorter. So the fault of
// a write comes later than the call, but before COMMIT.
type session struct {
	ctx     context.Context
	tx      pgx.Tx
	waiting *pgx.Batch
	locks   bool // whether what is read is locked
	wrote   bool
	failed  error                                                             // of a transaction: what it cannot be committed after
	watch   func(context.Context, *pgx.Conn) (_ context.Context, stop func()) // of a view: bounds a question; nil for none

	store *storeDates       // of a view: came with the store that it read last
	cart  *order.CartRecord // of a transaction: the cart that it locked last
}

func newSession(ctx context.Context, tx pgx.Tx, locks bool) *session {
	return &session{ctx: ctx, tx: tx, waiting: &pgx.Batch{}, locks: locks}
}

// send sends what waits and looks at the answers, in order, up to the first
// error.
func (s *session) send() error {
	if s.waiting.Len() == 0 {
		return nil
	}
	batch := s.waiting
	s.waiting = &pgx.Batch{}
	err := refusal(s.ask(batch))
	if s.locks && s.failed == nil {
		s.failed = err
	}
	return err
}

func (s *session) ask(batch *pgx.Batch) error {
	ctx, stop := s.ctx, func() {}
	if s.watch != nil {
		ctx, stop = s.watch(ctx, s.tx.Conn())
	}
	defer stop()
	return orAway(ctx, s.tx.SendBatch(ctx, batch).Close())
}

// finish sends what waits. A write that failed fails the transaction, even if
// it was a later question that got its error, and made light of it.
func (s *session) finish() error {
	err := s.send()
	return cmp.Or(s.failed, err)
}

const notInRepertoire = "22021" // SQLSTATE: a text that is not UTF-8, or holds a NUL

// refusal gives what the database does not take its fault.
func refusal(err error) error {
	if _, taken := pgdb.UniqueViolation(err); taken {
		return fault.Wrap(fault.Exists, "it exists already", err)
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == notInRepertoire {
		return fault.Wrap(fault.Invalid, "a text is not UTF-8, or holds a NUL character", err)
	}
	return err
}

// later queues a question, whose rows fn is given once it is sent.
func (s *session) later(fn func(pgx.Rows) error, sql string, args ...any) {
	s.waiting.Queue(sql, args...).Query(fn)
}

// each calls fn for every row, with what is waiting sent before.
func (s *session) each(fn func(pgx.Rows) error, sql string, args ...any) error {
	s.later(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := fn(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}, sql, args...)
	return s.send()
}

// one scans the first row; NotFound when there is none.
func (s *session) one(to []any, sql string, args ...any) error {
	found := false
	err := s.each(func(rows pgx.Rows) error {
		found = true
		return rows.Scan(to...)
	}, sql, args...)
	if err == nil && !found {
		return errNotFound
	}
	return err
}

// write queues a statement.
func (s *session) write(sql string, args ...any) {
	s.wrote = true
	s.waiting.Queue(sql, args...)
}

// update queues a statement that must change a row; otherwise the error is
// missing.
func (s *session) update(missing error, sql string, args ...any) {
	s.wrote = true
	s.waiting.Queue(sql, args...).Exec(func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() == 0 {
			return missing
		}
		return nil
	})
}

// changed sends a statement and answers how many rows it changed.
func (s *session) changed(sql string, args ...any) (n int, err error) {
	s.wrote = true
	s.waiting.Queue(sql, args...).Exec(func(tag pgconn.CommandTag) error {
		n = int(tag.RowsAffected())
		return nil
	})
	return n, s.send()
}

// locking is the statement with a lock on the rows of a table, in a
// transaction that writes. Two do not get it at once, but it keeps nobody from
// adding rows that refer to it.
func (s *session) locking(sql, table string) string {
	if s.locks {
		return sql + " FOR NO KEY UPDATE OF " + table
	}
	return sql
}

// planAnew has what follows in the transaction planned for the values at hand.
// PostgreSQL otherwise keeps a plan for all values, made for a store of average
// size, and a walk through a large one would sort it for each page.
func (s *session) planAnew() { s.later(nothing, "SET LOCAL plan_cache_mode = force_custom_plan") }

// nothing takes no rows.
func nothing(rows pgx.Rows) error {
	rows.Close()
	return rows.Err()
}
