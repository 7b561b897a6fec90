package metrics

import (
	"strconv"
	"time"
)

// Answered implements api.Observer.
func (m *Metrics) Answered(endpoint, outcome string, status int, took time.Duration) {
	m.requests.WithLabelValues(endpoint, outcome, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(endpoint).Observe(took.Seconds())
}

// WrongSecret implements api.Observer.
func (m *Metrics) WrongSecret(tooMany bool) {
	answer := plainly
	if tooMany {
		answer = refused
	}
	m.secrets.WithLabelValues(answer).Inc()
}

// Wrote implements sqlitedb.Observer.
func (m *Metrics) Wrote(changes int, took time.Duration, err error) {
	outcome := outcomeOf(err)
	m.transactions.WithLabelValues(outcome).Inc()
	if outcome == committed {
		m.batch.Observe(float64(changes))
		m.commit.Observe(took.Seconds())
	}
}

// Counted takes a count of the orders by status. statuses are all that there
// are, so that one without orders shows zero.
func (m *Metrics) Counted(statuses []string, counts map[string]int64, at time.Time) {
	for _, status := range statuses {
		m.orders.WithLabelValues(status).Set(float64(counts[status]))
	}
	m.ordersCounted.Set(float64(at.UnixMilli()) / 1000)
}

// Reloaded tells of a certificate that was loaded, and when it expires, or
// that could not be.
func (m *Metrics) Reloaded(expires time.Time, err error) {
	if err != nil {
		m.reloads.WithLabelValues(failed).Inc()
		return
	}
	m.reloads.WithLabelValues(ok).Inc()
	m.certificate.Set(float64(expires.Unix()))
}
