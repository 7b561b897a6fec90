package pgdb

import "time"

// Observer is told of transactions, for metrics. It may be called from many
// goroutines at once, and must be quick.
type Observer interface {
	// Retried tells that a transaction is run again, and the error of the run
	// that failed: a serialization failure, a deadlock or a lost connection. Of
	// a migration, also that a table was in use.
	Retried(err error)
	// Wrote tells of a transaction with all its runs: how long it took with
	// its COMMIT, and why it failed.
	Wrote(took time.Duration, err error)
}

// unobserved is the Observer of those who want none.
type unobserved struct{}

func (unobserved) Retried(error)              {}
func (unobserved) Wrote(time.Duration, error) {}
