package pgdb_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/fault"
	"entrepot/internal/pgdb"
	"entrepot/internal/testkit"
)

// meeting makes each of so many transactions wait, in its first run, for the
// others.
func meeting(n int) (arrive func()) {
	var group sync.WaitGroup
	group.Add(n)
	return func() { group.Done(); group.Wait() }
}

// both runs two transactions at once; fn is told which one it is of, and first
// in the first run only.
func both(t *testing.T, db *pgdb.DB, fn func(tx pgx.Tx, who int, first bool) error) {
	t.Helper()
	var group sync.WaitGroup
	for who := range 2 {
		group.Go(func() {
			runs := 0
			err := db.InTx(t.Context(), func(tx pgx.Tx) error {
				runs++
				return fn(tx, who, runs == 1)
			})
			if err != nil {
				t.Errorf("transaction %d after %d runs: %v", who, runs, err)
			}
		})
	}
	group.Wait()
}

func TestSerializationFailuresAreRetried(t *testing.T) {
	o, seen := database(t), &counter{}
	o.Isolation, o.Observer = pgx.Serializable, seen
	db := open(t, o)
	script(t, db, "INSERT INTO t (k, v) VALUES (1, 0)")
	arrive := meeting(2)
	both(t, db, func(tx pgx.Tx, _ int, first bool) error {
		var v int
		if err := tx.QueryRow(t.Context(), "SELECT v FROM t WHERE k = 1").Scan(&v); err != nil {
			return err
		}
		if first {
			arrive() // both have read before either writes
		}
		_, err := tx.Exec(t.Context(), "UPDATE t SET v = $1 WHERE k = 1", v+1)
		return err
	})
	if v := number(t, db, "SELECT v FROM t WHERE k = 1"); v != 2 {
		t.Errorf("two increments make %d", v)
	}
	if seen.retried.Load() == 0 || seen.wrote.Load() != 3 || seen.failed.Load() != 0 {
		t.Errorf("%d retries, %d transactions, %d failed", seen.retried.Load(), seen.wrote.Load(), seen.failed.Load())
	}
	seen.wantOnly(t, "40001")
}

// TestCommitIsRetried is a write skew, which PostgreSQL finds at COMMIT.
func TestCommitIsRetried(t *testing.T) {
	o, seen := database(t), &counter{}
	o.Isolation, o.Observer = pgx.Serializable, seen
	db := open(t, o)
	arrive := meeting(2)
	both(t, db, func(tx pgx.Tx, who int, first bool) error {
		var n int
		if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM t").Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			if err := insert(t, who)(tx); err != nil {
				return err
			}
		}
		if first {
			arrive()
		}
		return nil
	})
	if n := count(t, db); n != 1 || seen.retried.Load() != 1 {
		t.Errorf("%d rows where only the first should insert, %d retries", n, seen.retried.Load())
	}
	seen.wantOnly(t, "40001")
}

func TestDeadlocksAreRetried(t *testing.T) {
	server := testkit.Postgres(t)
	d := server.Database(t)
	server.Exec(t, "ALTER ROLE "+d.User+" SET deadlock_timeout = '10ms'")
	o, seen := on(d), &counter{}
	o.Observer = seen
	db := open(t, o)
	script(t, db, "INSERT INTO t (k, v) VALUES (0, 0), (1, 0)")
	arrive := meeting(2)
	both(t, db, func(tx pgx.Tx, who int, first bool) error {
		for i := range 2 {
			if _, err := tx.Exec(t.Context(), "UPDATE t SET v = v + 1 WHERE k = $1", (who+i)%2); err != nil {
				return err
			}
			if first && i == 0 {
				arrive() // each has what the other wants next
			}
		}
		return nil
	})
	if v := number(t, db, "SELECT sum(v) FROM t"); v != 4 || seen.retried.Load() == 0 {
		t.Errorf("four increments make %d, with %d retries", v, seen.retried.Load())
	}
	seen.wantOnly(t, "40P01")
}

// TestManyIncrements is the two above, without help.
func TestManyIncrements(t *testing.T) {
	o, seen := database(t), &counter{}
	o.Isolation, o.Observer, o.Retries = pgx.RepeatableRead, seen, 100
	db := open(t, o)
	script(t, db, "INSERT INTO t (k, v) VALUES (1, 0)")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 10 {
				err := db.InTx(t.Context(), func(tx pgx.Tx) error {
					_, err := tx.Exec(t.Context(), "UPDATE t SET v = v + 1 WHERE k = 1")
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if v := number(t, db, "SELECT v FROM t WHERE k = 1"); v != 80 {
		t.Errorf("80 increments make %d, with %d retries", v, seen.retried.Load())
	}
}

func TestRetriesAreBounded(t *testing.T) {
	o, seen := database(t), &counter{}
	o.Retries, o.Observer = 3, seen
	db := open(t, o)
	runs := 0
	err := db.InTx(t.Context(), func(tx pgx.Tx) error {
		runs++
		_, err := tx.Exec(t.Context(), "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
		return err
	})
	if !fault.Is(err, fault.Conflict) || runs != 4 || seen.retried.Load() != 3 || seen.failed.Load() != 1 {
		t.Errorf("%v after %d runs, %d retries counted, %d failed", err, runs, seen.retried.Load(), seen.failed.Load())
	}
	o.Retries, runs = -1, 0
	_ = openAgain(t, o).InTx(t.Context(), func(tx pgx.Tx) error {
		runs++
		_, err := tx.Exec(t.Context(), "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$")
		return err
	})
	if runs != 1 {
		t.Errorf("%d runs where no retry is wanted", runs)
	}
}

func TestLostBeforeCommitIsRetried(t *testing.T) {
	o, seen := database(t), &counter{}
	o.Observer = seen
	db := open(t, o)
	runs := 0
	err := db.InTx(t.Context(), func(tx pgx.Tx) error {
		if runs++; runs == 1 {
			_, err := tx.Exec(t.Context(), "SELECT pg_terminate_backend(pg_backend_pid())")
			return err
		}
		return insert(t, 1)(tx)
	})
	if err != nil || runs != 2 || count(t, db) != 1 || seen.retried.Load() != 1 {
		t.Errorf("%v after %d runs", err, runs)
	}
}

func TestErrorsRollBack(t *testing.T) {
	o := database(t)
	o.Connections, o.StatementTimeout = 1, 300*time.Millisecond // what keeps its connection is noticed by the next one
	db := open(t, o)
	script(t, db, "INSERT INTO t (k, v) VALUES (1, 0)", "ALTER TABLE t ADD CONSTRAINT late UNIQUE (v) DEFERRABLE INITIALLY DEFERRED")
	onPurpose := errors.New("on purpose")
	ended, end := context.WithCancel(t.Context())
	tests := []struct {
		name string
		ctx  context.Context
		fn   func(pgx.Tx) error
		is   error
		code fault.Code
	}{
		{"an error of its own", t.Context(), func(pgx.Tx) error { return onPurpose }, onPurpose, fault.Internal},
		{"a key that is there", t.Context(), insert(t, 1), nil, fault.Conflict},
		{"a constraint at the end", t.Context(), func(pgx.Tx) error { return nil }, nil, fault.Conflict},
		{"a statement that takes too long", t.Context(), func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), "SELECT pg_sleep(60)")
			return err
		}, nil, fault.Unavailable},
		{"an error that is ignored", t.Context(), func(tx pgx.Tx) error {
			_, _ = tx.Exec(t.Context(), "SELECT * FROM there_is_none")
			return nil
		}, pgx.ErrTxCommitRollback, fault.Internal},
		{"a context that ends", ended, func(pgx.Tx) error { end(); return nil }, context.Canceled, fault.Internal},
		{"a context that has ended", ended, func(pgx.Tx) error { t.Error("was run"); return nil }, context.Canceled, fault.Internal},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := db.InTx(test.ctx, func(tx pgx.Tx) error {
				if _, err := tx.Exec(t.Context(), "INSERT INTO t (k, v) VALUES (9, 0)"); err != nil {
					return err
				}
				return test.fn(tx)
			})
			_, unknown := errors.AsType[*pgdb.OutcomeUnknownError](err)
			if !fault.Is(err, test.code) || (test.is != nil && !errors.Is(err, test.is)) || unknown {
				t.Errorf("%v; want %s, %v", err, test.code, test.is)
			}
			if n := count(t, db); n != 1 {
				t.Errorf("%d rows; want the one from before", n)
			}
		})
	}
	func() {
		defer func() { _ = recover() }()
		_ = db.InTx(t.Context(), func(pgx.Tx) error { panic("on purpose") })
	}()
	if n := count(t, db); n != 1 {
		t.Errorf("%d rows after a panic", n)
	}
}

func TestErrorsKeepTheConnection(t *testing.T) {
	o := database(t)
	o.Connections = 1
	db := open(t, o)
	before := number(t, db, "SELECT pg_backend_pid()")
	_ = db.InTx(t.Context(), func(tx pgx.Tx) error { return errors.Join(insert(t, 1)(tx), insert(t, 1)(tx)) })
	if after := number(t, db, "SELECT pg_backend_pid()"); after != before {
		t.Error("it was closed")
	}
}

func TestUniqueViolation(t *testing.T) {
	db := open(t, database(t))
	script(t, db, "INSERT INTO t (k, v) VALUES (1, 0)")
	constraint, ok := pgdb.UniqueViolation(db.InTx(t.Context(), insert(t, 1)))
	if constraint != "t_pkey" || !ok {
		t.Errorf("%q, %t", constraint, ok)
	}
	if _, ok := pgdb.UniqueViolation(context.Canceled); ok {
		t.Error("any error is taken for one")
	}
}

func TestReadSeesOneState(t *testing.T) {
	db := open(t, database(t))
	err := db.Read(t.Context(), func(tx pgx.Tx) error {
		var before, after int
		err := tx.QueryRow(t.Context(), "SELECT count(*) FROM t").Scan(&before)
		script(t, db, "INSERT INTO t (k, v) VALUES (1, 0)")
		err = errors.Join(err, tx.QueryRow(t.Context(), "SELECT count(*) FROM t").Scan(&after))
		if before != 0 || after != 0 {
			t.Errorf("%d rows, then %d", before, after)
		}
		return err
	})
	if n := count(t, db); err != nil || n != 1 {
		t.Errorf("%d rows afterwards, %v", n, err)
	}
	if err := db.Read(t.Context(), insert(t, 2)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a write in Read: %v", err)
	}
}
