package metrics

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Sync counts what the merchant's daemon does.
type Sync struct {
	registry *prometheus.Registry
	asked    *prometheus.CounterVec
	took     *prometheus.HistogramVec
	passes   *prometheus.CounterVec
	orders   *prometheus.CounterVec
	reports  *prometheus.CounterVec
	pages    *prometheus.CounterVec
	lastGood prometheus.Gauge
	pass     prometheus.Histogram
}

// Pass is what a run of the daemon did.
type Pass struct {
	Ended                                        time.Time
	Took                                         time.Duration
	OK                                           bool
	Imported, Changed, Failed, Reported, Refused int64
}

// SyncGauges are what is in the shop's tables.
type SyncGauges struct {
	Orders   map[string]int64 // by standing
	Followed int64            // that may still move
	Troubles int64            // that could not be fetched yet
	Reports  map[string]int64 // by state
	Behind   map[string]int64 // changes that a destination was not given yet, by its name
	Waiting  map[string]int64 // changes that it did not take yet
}

// NewSync makes the metrics of a daemon of a version.
func NewSync(version string) *Sync {
	m := &Sync{
		registry: prometheus.NewRegistry(),
		asked:    counters("sync_requests_total", "Tries of requests to the service, by endpoint and outcome.", "endpoint", "outcome"),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "sync_request_duration_seconds", Help: "Time of a try of a request.",
			Buckets: prometheus.ExponentialBuckets(.002, 2, 14),
		}, []string{"endpoint"}),
		passes:   counters("sync_runs_total", "Runs, by outcome.", "outcome"),
		orders:   counters("sync_orders_total", "Orders that runs imported, found changed, or could not fetch.", "outcome"),
		reports:  counters("sync_reports_total", "Reports of the shop's that the service took or refused.", "outcome"),
		pages:    counters("sync_page_imports_total", "Orders that the success page asked for, by outcome.", "outcome"),
		lastGood: gauge("sync_last_good_run_timestamp_seconds", "When the last run that went through ended; 0 before."),
		pass:     histogram("sync_run_seconds", "Time of a run.", prometheus.ExponentialBuckets(.01, 3, 12)),
	}
	m.registry.MustRegister(m.asked, m.took, m.passes, m.orders, m.reports, m.pages, m.lastGood, m.pass,
		buildInfo(version), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.begin()
	return m
}

// begin shows at zero what alerts look at.
func (m *Sync) begin() {
	for _, outcome := range []string{ok, failed} {
		m.passes.WithLabelValues(outcome)
	}
	for _, outcome := range []string{PageImported, PageMissing, PageFailed} {
		m.pages.WithLabelValues(outcome)
	}
	for _, outcome := range []string{"imported", "changed", "failed"} {
		m.orders.WithLabelValues(outcome)
	}
	for _, outcome := range []string{"taken", "refused"} {
		m.reports.WithLabelValues(outcome)
	}
}

// Attempt counts a try of a request.
func (m *Sync) Attempt(endpoint, outcome string, took time.Duration) {
	m.asked.WithLabelValues(endpoint, outcome).Inc()
	m.took.WithLabelValues(endpoint).Observe(took.Seconds())
}

// Passed counts a run.
func (m *Sync) Passed(p Pass) {
	m.passes.WithLabelValues(okOrFailed(p.OK)).Inc()
	m.pass.Observe(p.Took.Seconds())
	m.orders.WithLabelValues("imported").Add(float64(p.Imported))
	m.orders.WithLabelValues("changed").Add(float64(p.Changed))
	m.orders.WithLabelValues("failed").Add(float64(p.Failed))
	m.reports.WithLabelValues("taken").Add(float64(p.Reported))
	m.reports.WithLabelValues("refused").Add(float64(p.Refused))
	if p.OK {
		m.lastGood.Set(float64(p.Ended.Unix()))
	}
}

// What becomes of an order that the success page asked for.
const (
	PageImported = ok
	PageMissing  = "missing" // there is no such order: somebody guessed, or it is not visible yet
	PageFailed   = failed
)

// PageImport counts an order that the success page asked for.
func (m *Sync) PageImport(outcome string) { m.pages.WithLabelValues(outcome).Inc() }

func okOrFailed(good bool) string {
	if good {
		return ok
	}
	return failed
}

// Handler answers scrapes; gauges are read at each of them. When they cannot
// be read, the counters are answered all the same.
func (m *Sync) Handler(read func(context.Context) (SyncGauges, error)) http.Handler {
	m.registry.MustRegister(&syncTables{read: read})
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// syncTables shows what is in the tables.
type syncTables struct {
	read func(context.Context) (SyncGauges, error)
}

var (
	tableOrders   = describe("sync_orders", "Orders in the tables, by standing.", "standing")
	tableFollowed = describe("sync_followed_orders", "Orders that may still move.")
	tableTroubles = describe("sync_troubles", "Orders that could not be fetched yet.")
	tableReports  = describe("sync_reports", "Reports of the shop's, by state.", "state")
	tableBehind   = describe("sync_destination_behind_changes", "Changes that a destination was not given yet.", "destination")
	tableWaiting  = describe("sync_destination_waiting_changes", "Changes that a destination did not take and that are tried again.", "destination")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
}

// Describe implements prometheus.Collector.
func (t *syncTables) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{tableOrders, tableFollowed, tableTroubles, tableReports, tableBehind, tableWaiting} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (t *syncTables) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	g, err := t.read(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(tableOrders, err)
		return
	}
	to <- prometheus.MustNewConstMetric(tableFollowed, prometheus.GaugeValue, float64(g.Followed))
	to <- prometheus.MustNewConstMetric(tableTroubles, prometheus.GaugeValue, float64(g.Troubles))
	for _, of := range []struct {
		desc   *prometheus.Desc
		values map[string]int64
	}{{tableOrders, g.Orders}, {tableReports, g.Reports}, {tableBehind, g.Behind}, {tableWaiting, g.Waiting}} {
		for label, n := range of.values {
			to <- prometheus.MustNewConstMetric(of.desc, prometheus.GaugeValue, float64(n), label)
		}
	}
}
