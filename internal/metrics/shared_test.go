package metrics_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"entrepot/internal/fault"
	"entrepot/internal/metrics"
	"entrepot/internal/pgdb"
)

func newShared() *metrics.Metrics {
	return metrics.New("1.2.3", metrics.Gauges{
		Connections: func() int { return 3 }, MaxConnections: 10,
		Database: func() (used, limit int) { return 4, 20 },
	})
}

// exercisedShared are metrics of a shared database to which everything has
// happened once.
func exercisedShared() *metrics.Metrics {
	m := newShared()
	failure := func(state string) error {
		return fault.Wrap(fault.Conflict, "another transaction was in the way", fmt.Errorf("insert: %w", &pgconn.PgError{Code: state}))
	}
	var seen pgdb.Observer = m.Transactions()
	seen.Retried(failure("40001"))
	seen.Retried(failure("40001"))
	seen.Retried(failure("40P01"))
	seen.Retried(fault.Wrap(fault.Unavailable, "the connection was lost", io.EOF))
	seen.Wrote(time.Millisecond, nil)
	seen.Wrote(time.Millisecond, fault.New(fault.NotFound, "no order"))
	seen.Wrote(time.Millisecond, pgdb.OutcomeUnknown(io.EOF))
	m.Settled(nil)
	m.Settled(nil)
	m.Settled(errors.New("it is not there"))
	m.Settled(fmt.Errorf("looking it up: %w", pgdb.OutcomeUnknown(io.EOF)))
	m.Counted([]string{"HELD", "READY"}, map[string]int64{"READY": 12}, time.Unix(1_700_000_000, 0))
	return m
}

// all are the metrics of both kinds of database.
func all(t *testing.T) map[string]family {
	t.Helper()
	found := families(scrape(t, exercisedShared()))
	maps.Copy(found, families(scrape(t, exercised())))
	return found
}

func TestShared(t *testing.T) {
	text := scrape(t, exercisedShared())
	for _, line := range []string{
		`entrepot_db_retries_total{reason="serialization"} 2`,
		`entrepot_db_retries_total{reason="deadlock"} 1`,
		`entrepot_db_retries_total{reason="connection"} 1`,
		`entrepot_writer_transactions_total{outcome="committed"} 1`,
		`entrepot_writer_transactions_total{outcome="undone"} 1`,
		`entrepot_writer_transactions_total{outcome="failed"} 1`,
		`entrepot_writer_transaction_seconds_count 1`,
		`entrepot_db_late_commits_total{outcome="committed"} 2`,
		`entrepot_db_late_commits_total{outcome="undone"} 1`,
		`entrepot_db_late_commits_total{outcome="unknown"} 1`,
		`entrepot_db_connections 4`,
		`entrepot_db_connections_max 20`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
}

// TestNothingOfTheOther: a database shows no figures that mean nothing there.
func TestNothingOfTheOther(t *testing.T) {
	for _, test := range []struct {
		kind string
		m    *metrics.Metrics
		not  []string
	}{
		{"a shared database", newShared(), []string{"entrepot_writer_waiting_changes", "entrepot_writer_batch_changes"}},
		{"a database of one writer", exercised(), []string{"entrepot_db_"}},
	} {
		text := scrape(t, test.m)
		for _, name := range test.not {
			if strings.Contains(text, "\n"+name) {
				t.Errorf("%s shows %s", test.kind, name)
			}
		}
	}
	if text := scrape(t, newShared()); !strings.Contains(text, "\n"+`entrepot_db_late_commits_total{outcome="unknown"} 0`+"\n") {
		t.Error("what alerts look at does not begin at zero")
	}
}
