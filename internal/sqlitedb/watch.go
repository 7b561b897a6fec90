package sqlitedb

import (
	"context"
	"time"
)

// Observer is told of the writer's work, for metrics. It is called between two
// transactions, so it must be quick.
type Observer interface {
	// Wrote tells of a transaction: how many changes shared it, how long it
	// took with its commit, and why it failed. A change that fails alone, for
	// a reason of its own, fails its transaction.
	Wrote(changes int, took time.Duration, err error)
}

// unobserved is the Observer of those who want none.
type unobserved struct{}

func (unobserved) Wrote(int, time.Duration, error) {}

// Waiting is how many changes wait for the writer.
func (db *DB) Waiting() int { return len(db.writer.jobs) }

// Ping is nil when the database is in its place and answers. A disk that hangs
// makes it hang.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.place.check(); err != nil {
		return err
	}
	return db.Read(ctx, func(conn *Conn) error { return exec(conn, "SELECT count(*) FROM sqlite_schema") })
}
