package metrics

import (
	"errors"
	"time"

	"entrepot/internal/fault"
)

// Transactions observe those of a database that nodes share.
type Transactions struct{ m *Metrics }

// Transactions is the pgdb.Observer.
func (m *Metrics) Transactions() Transactions { return Transactions{m} }

// Wrote implements pgdb.Observer.
func (t Transactions) Wrote(took time.Duration, err error) {
	outcome := outcomeOf(err)
	t.m.transactions.WithLabelValues(outcome).Inc()
	if outcome == committed {
		t.m.commit.Observe(took.Seconds())
	}
}

// deadlockDetected is PostgreSQL's SQLSTATE for it.
const deadlockDetected = "40P01"

// Retried implements pgdb.Observer.
func (t Transactions) Retried(err error) {
	var server interface{ SQLState() string }
	reason := connection
	switch isServers := errors.As(err, &server); {
	case isServers && server.SQLState() == deadlockDetected:
		reason = deadlock
	case fault.Is(err, fault.Conflict):
		reason = serialization
	}
	t.m.retries.WithLabelValues(reason).Inc()
}

// Settled counts what became of a COMMIT whose answer was late or did not
// come.
func (m *Metrics) Settled(err error) {
	outcome := undone
	var nobodyKnows interface{ OutcomeUnknown() bool }
	switch {
	case err == nil:
		outcome = committed
	case errors.As(err, &nobodyKnows):
		outcome = unknown
	}
	m.late.WithLabelValues(outcome).Inc()
}
