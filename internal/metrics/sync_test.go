package metrics_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"entrepot/internal/metrics"
)

func readGauges(context.Context) (metrics.SyncGauges, error) {
	return metrics.SyncGauges{
		Orders: map[string]int64{"ready": 7, "held": 2}, Followed: 3, Troubles: 4,
		Reports: map[string]int64{"pending": 5, "refused": 1},
		Behind:  map[string]int64{"csv": 6}, Waiting: map[string]int64{"webhook": 8},
	}, nil
}

// exercisedSync are metrics of a daemon to which everything has happened once.
func exercisedSync() *metrics.Sync {
	m := metrics.NewSync("1.2.3")
	m.Attempt("v2/orderDetail", "ok", 3*time.Millisecond)
	m.Attempt("v2/orderDetail", "server", time.Second)
	m.Passed(metrics.Pass{Ended: time.Unix(1_700_000_000, 0), Took: time.Second, OK: true, Imported: 10, Changed: 5, Failed: 1, Reported: 4, Refused: 2})
	m.Passed(metrics.Pass{Ended: time.Unix(1_800_000_000, 0), Took: time.Minute})
	m.PageImport(metrics.PageImported)
	m.PageImport(metrics.PageMissing)
	m.PageImport(metrics.PageFailed)
	return m
}

func scrapeSync(t *testing.T, m *metrics.Sync, read func(context.Context) (metrics.SyncGauges, error)) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler(read).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func hasLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
}

func TestSyncMetrics(t *testing.T) {
	text := scrapeSync(t, exercisedSync(), readGauges)
	hasLines(t, text,
		`entrepot_sync_requests_total{endpoint="v2/orderDetail",outcome="ok"} 1`,
		`entrepot_sync_requests_total{endpoint="v2/orderDetail",outcome="server"} 1`,
		`entrepot_sync_request_duration_seconds_count{endpoint="v2/orderDetail"} 2`,
		`entrepot_sync_runs_total{outcome="ok"} 1`,
		`entrepot_sync_runs_total{outcome="failed"} 1`,
		`entrepot_sync_run_seconds_sum 61`,
		`entrepot_sync_last_good_run_timestamp_seconds 1.7e+09`,
		`entrepot_sync_orders_total{outcome="imported"} 10`,
		`entrepot_sync_orders_total{outcome="changed"} 5`,
		`entrepot_sync_orders_total{outcome="failed"} 1`,
		`entrepot_sync_reports_total{outcome="taken"} 4`,
		`entrepot_sync_reports_total{outcome="refused"} 2`,
		`entrepot_sync_page_imports_total{outcome="ok"} 1`,
		`entrepot_sync_page_imports_total{outcome="missing"} 1`,
		`entrepot_sync_page_imports_total{outcome="failed"} 1`,
		`entrepot_sync_orders{standing="ready"} 7`,
		`entrepot_sync_followed_orders 3`,
		`entrepot_sync_troubles 4`,
		`entrepot_sync_reports{state="refused"} 1`,
		`entrepot_sync_destination_behind_changes{destination="csv"} 6`,
		`entrepot_sync_destination_waiting_changes{destination="webhook"} 8`,
	)
	if !strings.Contains(text, `version="1.2.3"`) {
		t.Error("there is no version")
	}
}

// TestSyncZeros sees that what alerts look at is there before anything
// happens.
func TestSyncZeros(t *testing.T) {
	hasLines(t, scrapeSync(t, metrics.NewSync(""), readGauges),
		`entrepot_sync_runs_total{outcome="failed"} 0`,
		`entrepot_sync_reports_total{outcome="refused"} 0`,
		`entrepot_sync_page_imports_total{outcome="failed"} 0`,
		`entrepot_sync_last_good_run_timestamp_seconds 0`,
	)
}

// TestSyncUnreadable sees that the counters are answered when the tables
// cannot be.
func TestSyncUnreadable(t *testing.T) {
	text := scrapeSync(t, exercisedSync(), func(context.Context) (metrics.SyncGauges, error) {
		return metrics.SyncGauges{}, errors.New("the database is away")
	})
	hasLines(t, text, `entrepot_sync_runs_total{outcome="ok"} 1`)
	if strings.Contains(text, "\nentrepot_sync_troubles ") {
		t.Error("there are gauges of tables that could not be read")
	}
}

// TestSyncDocumented sees that every metric of the daemon stands in its manual.
func TestSyncDocumented(t *testing.T) {
	manual, err := os.ReadFile("../../docs/sync.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for name := range families(scrapeSync(t, exercisedSync(), readGauges)) {
		part := strings.HasSuffix(name, "_bucket") || strings.HasSuffix(name, "_sum") || strings.HasSuffix(name, "_count")
		if !strings.HasPrefix(name, "entrepot_sync_") || part {
			continue
		}
		seen++
		if !strings.Contains(string(manual), "`"+name+"`") {
			t.Errorf("docs/sync.md does not name %s", name)
		}
	}
	if seen < 14 {
		t.Errorf("only %d metrics were found", seen)
	}
}

// TestSyncAlerts sees that every alert of the daemon asks for what there is,
// and that its manual says what to do about each.
func TestSyncAlerts(t *testing.T) {
	body, err := os.ReadFile("../../deploy/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	manual, err := os.ReadFile("../../docs/sync.md")
	if err != nil {
		t.Fatal(err)
	}
	var r rules
	if err := yaml.Unmarshal(body, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Groups) != 2 || len(r.Groups[1].Rules) < 5 {
		t.Fatalf("the file holds %d groups", len(r.Groups))
	}
	have := families(scrapeSync(t, exercisedSync(), readGauges))
	for _, rule := range r.Groups[1].Rules {
		for _, problem := range unknown(rule.Expr, have) {
			t.Errorf("%s: %s", rule.Alert, problem)
		}
		if rule.Annotations.Summary == "" || !strings.Contains(string(manual), "`"+rule.Alert+"`") {
			t.Errorf("%s has no summary, or is not in docs/sync.md", rule.Alert)
		}
	}
}
