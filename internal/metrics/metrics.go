// Package metrics counts what the service does, for Prometheus.
package metrics

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"entrepot/internal/fault"
)

// Metrics are all that is counted. It observes the API and the database's
// writer.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	secrets  *prometheus.CounterVec

	transactions *prometheus.CounterVec
	batch        prometheus.Histogram
	commit       prometheus.Histogram
	retries      *prometheus.CounterVec
	late         *prometheus.CounterVec

	orders        *prometheus.GaugeVec
	ordersCounted prometheus.Gauge
	reloads       *prometheus.CounterVec
	certificate   prometheus.Gauge
}

// Gauges are asked at every scrape, so they must be quick.
type Gauges struct {
	Connections func() int // that are open
	// MaxConnections is how many may be open.
	MaxConnections int

	// One of these two: a database has one writer, or many nodes share it.
	Waiting  func() int               // changes that wait for the writer
	Database func() (used, limit int) // connections to the database
}

// New makes the metrics of a program of a version.
func New(version string, g Gauges) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: counters("requests_total", "Requests by endpoint, outcome (ok, the key of an error text, or what HTTP calls it) and HTTP status.", "endpoint", "outcome", "status"),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "request_duration_seconds", Help: "Time from a request's head to its answer's end.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60},
		}, []string{"endpoint"}),
		secrets:      counters("wrong_secrets_total", "Wrong secrets, answered plainly or refused for their number.", "answer"),
		transactions: counters("writer_transactions_total", "Transactions that write to the database: committed, undone for a reason of the change's own, or failed.", "outcome"),
		batch: histogram("writer_batch_changes", "Changes that shared a committed transaction.",
			prometheus.ExponentialBuckets(1, 2, 9)),
		commit: histogram("writer_transaction_seconds", "Time of a committed transaction, the disk's included.",
			prometheus.ExponentialBuckets(.0005, 2, 14)),
		retries:       counters("db_retries_total", "Transactions that were run again, by reason: serialization, deadlock or connection.", "reason"),
		late:          counters("db_late_commits_total", "COMMITs without an answer, or none while a client waited, by what became of them: committed, undone or unknown.", "outcome"),
		orders:        prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: "orders", Help: "Orders by status, at the last count."}, []string{"status"}),
		ordersCounted: gauge("orders_counted_timestamp_seconds", "When the orders were last counted."),
		reloads:       counters("tls_reloads_total", "Loads of the certificate, the first included.", "outcome"),
		certificate:   gauge("tls_certificate_expiry_timestamp_seconds", "When the served certificate expires; 0 without TLS."),
	}
	m.registry.MustRegister(
		m.requests, m.duration, m.secrets, m.transactions, m.commit, m.orders, m.ordersCounted, m.reloads, m.certificate,
		asked("connections", "Open connections of the API.", g.Connections),
		asked("connections_max", "Connections of the API that may be open.", func() int { return g.MaxConnections }),
		buildInfo(version), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	m.registry.MustRegister(m.ofDatabase(g)...)
	m.begin()
	return m
}

// ofDatabase is what makes sense for this kind of database only.
func (m *Metrics) ofDatabase(g Gauges) []prometheus.Collector {
	if g.Database == nil {
		return []prometheus.Collector{m.batch, asked("writer_waiting_changes", "Changes that wait for the database's writer.", g.Waiting)}
	}
	return []prometheus.Collector{
		m.retries, m.late,
		asked("db_connections", "Connections to the database in use.", func() int { used, _ := g.Database(); return used }),
		asked("db_connections_max", "Connections to the database that may be in use.", func() int { _, limit := g.Database(); return limit }),
	}
}

const namespace = "entrepot"

// begin shows at zero what alerts look at: a counter that appears with its
// first event has no increase.
func (m *Metrics) begin() {
	for _, answer := range []string{plainly, refused} {
		m.secrets.WithLabelValues(answer)
	}
	for _, outcome := range []string{committed, undone, failed} {
		m.transactions.WithLabelValues(outcome)
	}
	for _, outcome := range []string{ok, failed} {
		m.reloads.WithLabelValues(outcome)
	}
	for _, reason := range []string{serialization, deadlock, connection} {
		m.retries.WithLabelValues(reason)
	}
	for _, outcome := range []string{committed, undone, unknown} {
		m.late.WithLabelValues(outcome)
	}
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets})
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help})
}

func asked(name, help string, value func() int) prometheus.GaugeFunc {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help},
		func() float64 { return float64(value()) })
}

func buildInfo(version string) prometheus.Collector {
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "Always 1; the labels say which program this is.",
	}, []string{"version", "goversion"})
	goversion := "unknown"
	if b, ok := debug.ReadBuildInfo(); ok {
		goversion = b.GoVersion
	}
	info.WithLabelValues(version, goversion).Set(1)
	return info
}

// Handler answers Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, MaxRequestsInFlight: 4, Timeout: scrapeTimeout})
}

const scrapeTimeout = 10 * time.Second

// The values of the labels answer and outcome.
const (
	plainly   = "plainly"
	refused   = "refused"
	ok        = "ok"
	committed = "committed"
	undone    = "undone"
	failed    = "failed"
	unknown   = "unknown"
)

// The values of the label reason.
const (
	serialization = "serialization"
	deadlock      = "deadlock"
	connection    = "connection"
)

// outcomeOf tells what the disk or the program did wrong from what a change
// did.
func outcomeOf(err error) string {
	switch {
	case err == nil:
		return committed
	case fault.Is(err, fault.Internal), fault.Is(err, fault.Unavailable), errors.Is(err, context.DeadlineExceeded):
		return failed
	}
	return undone
}
