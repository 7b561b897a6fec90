package ledger

import (
	"context"
	"time"
)

// engine is an open database.
type engine interface {
	read(ctx context.Context, fn func(conn) error) error
	write(ctx context.Context, fn func(conn) error) error
	// lock takes the lock of a store, or is errLocked.
	lock(ctx context.Context, store int64) (held, error)
	close() error
}

// held is a lock that is held.
type held interface {
	check(ctx context.Context) error // nil while it is
	release() error
}

// conn runs statements in a transaction. Parameters are $1, $2 …; their types
// are int64, string, bool, time.Time, []byte, and nil for NULL.
type conn interface {
	query(each func(row) error, sql string, args ...any) error
	// lookUp runs a query that answers one row at most for each of many
	// numbers: $1 is the store, $2 the number.
	lookUp(each func(row), sql string, store int64, numbers []int64) error
	exec(sql string, args ...any) (changed int64, err error)
	// execEach runs a statement for each of many arguments.
	execEach(sql string, args [][]any) error
	// insert adds rows to a table, in their order, as its statement says.
	insert(into *table, rows [][]any) (added int64, err error)
}

// row is a row of an answer; columns count from zero. NULL is "", zero, false
// or nil.
type row interface {
	whole(i int) int64
	text(i int) string
	flag(i int) bool
	moment(i int) time.Time
	blob(i int) []byte
}

// one runs a query that answers a row or none.
func one(c conn, each func(row), sql string, args ...any) (found bool, err error) {
	err = c.query(func(r row) error {
		each(r)
		found = true
		return nil
	}, sql, args...)
	return found, err
}

// all runs a query and collects its rows.
func all[T any](c conn, read func(row) T, sql string, args ...any) (list []T, err error) {
	err = c.query(func(r row) error {
		list = append(list, read(r))
		return nil
	}, sql, args...)
	return list, err
}
