package metrics_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/metrics"
)

// exercised are metrics to which everything has happened once.
func exercised() *metrics.Metrics {
	m := metrics.New("1.2.3", metrics.Gauges{
		Waiting: func() int { return 7 }, Connections: func() int { return 3 }, MaxConnections: 10,
	})
	m.Answered("v2/orderDetail", "ok", 200, 3*time.Millisecond)
	m.Answered("v2/orderDetail", "server fault", 500, time.Second)
	m.WrongSecret(false)
	m.WrongSecret(true)
	m.WrongSecret(true)
	m.Wrote(5, time.Millisecond, nil)
	m.Wrote(1, time.Millisecond, fault.New(fault.NotFound, "no order"))
	m.Wrote(2, time.Millisecond, fault.New(fault.Unavailable, "the disk is full"))
	m.Wrote(1, time.Millisecond, errors.New("a defect"))
	m.Counted([]string{"HELD", "READY"}, map[string]int64{"READY": 12}, time.Unix(1_700_000_000, 0))
	m.Reloaded(time.Unix(1_800_000_000, 0), nil)
	m.Reloaded(time.Time{}, errors.New("broken"))
	return m
}

func scrape(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestMetrics(t *testing.T) {
	text := scrape(t, exercised())
	for _, line := range []string{
		`entrepot_requests_total{endpoint="v2/orderDetail",outcome="ok",status="200"} 1`,
		`entrepot_requests_total{endpoint="v2/orderDetail",outcome="server fault",status="500"} 1`,
		`entrepot_request_duration_seconds_bucket{endpoint="v2/orderDetail",le="0.005"} 1`,
		`entrepot_request_duration_seconds_count{endpoint="v2/orderDetail"} 2`,
		`entrepot_wrong_secrets_total{answer="plainly"} 1`,
		`entrepot_wrong_secrets_total{answer="refused"} 2`,
		`entrepot_writer_transactions_total{outcome="committed"} 1`,
		`entrepot_writer_transactions_total{outcome="undone"} 1`,
		`entrepot_writer_transactions_total{outcome="failed"} 2`,
		`entrepot_writer_batch_changes_sum 5`,
		`entrepot_writer_batch_changes_count 1`,
		`entrepot_writer_waiting_changes 7`,
		`entrepot_connections 3`,
		`entrepot_connections_max 10`,
		`entrepot_orders{status="READY"} 12`,
		`entrepot_orders{status="HELD"} 0`,
		`entrepot_orders_counted_timestamp_seconds 1.7e+09`,
		`entrepot_tls_reloads_total{outcome="failed"} 1`,
		`entrepot_tls_certificate_expiry_timestamp_seconds 1.8e+09`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
	if !strings.Contains(text, `version="1.2.3"`) {
		t.Error("there is no version")
	}
}

// TestZeros sees that what alerts look at is there before anything happens.
func TestZeros(t *testing.T) {
	none := func() int { return 0 }
	text := scrape(t, metrics.New("", metrics.Gauges{Waiting: none, Connections: none}))
	for _, line := range []string{
		`entrepot_writer_transactions_total{outcome="failed"} 0`,
		`entrepot_tls_reloads_total{outcome="failed"} 0`,
		`entrepot_wrong_secrets_total{answer="refused"} 0`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
}

// TestDocumented sees that every metric of ours stands in the manual.
func TestDocumented(t *testing.T) {
	manual, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range all(t) {
		part := strings.HasSuffix(name, "_bucket") || strings.HasSuffix(name, "_sum") || strings.HasSuffix(name, "_count")
		if strings.HasPrefix(name, "entrepot_") && !part && !strings.Contains(string(manual), "`"+name+"`") {
			t.Errorf("docs/operating.md does not name %s", name)
		}
	}
}
