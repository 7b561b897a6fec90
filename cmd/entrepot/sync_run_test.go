package main_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

const onceAYear = "0 0 1 1 *"

// TestSyncSuccessPage sees that a shopper who lands brings the order in at
// once, and what the daemon says of its health.
func TestSyncSuccessPage(t *testing.T) {
	s, service := served(t, 30)
	m := newMerchant(t, s)
	p := m.start(t, "--cron", onceAYear, "--listen", "127.0.0.1:0", "--success-page", "https://shop.example.com/thanks?lang=en", "--admin-addr", "127.0.0.1:0")
	eventually(t, "the first pass", func() bool { return m.count(t, countOrders) == 30 })
	number := place(t, s, dataOf(service))
	status, location, _ := get(t, fmt.Sprintf("%s/?orderId=999-%d", p.url, number))
	if want := fmt.Sprintf("https://shop.example.com/thanks?lang=en&orderId=999-%d", number); status != http.StatusSeeOther || location != want {
		t.Errorf("the page answers %d and leads to %s, want %s", status, location, want)
	}
	eventually(t, "the shopper's order", func() bool { return m.count(t, countOrders) == 31 })
	admin := adminOf(t, p)
	if status, _, text := get(t, admin+"/readyz"); status != http.StatusOK {
		t.Errorf("/readyz: %d %s", status, text)
	}
	eventually(t, "the page's import is counted", func() bool {
		_, _, text := get(t, admin+"/metrics")
		return strings.Contains(text, "\nentrepot_sync_page_imports_total{outcome=\"ok\"} 1\n")
	})
	_, _, text := get(t, admin+"/metrics")
	for _, line := range []string{
		`entrepot_sync_orders{standing="ready"} 31`, `entrepot_sync_orders_total{outcome="imported"} 30`,
		`entrepot_sync_runs_total{outcome="ok"} 1`, `entrepot_sync_runs_total{outcome="failed"} 0`,
		`entrepot_sync_requests_total{endpoint="v2/orderDetail",outcome="ok"} 31`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
	p.stop(t)
	m.whole(t, 31)
}

// TestSyncReportsBack sees what the shop says arrive at the service: in a
// file, in a row of its database, and as the answer to a webhook.
func TestSyncReportsBack(t *testing.T) {
	s, _ := served(t, 3)
	m := newMerchant(t, s)
	var mu sync.Mutex
	keys := map[string]int{}
	webhook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		keys[r.Header.Get("Idempotency-Key")]++
		_, _ = fmt.Fprintf(w, `{"merchantOrderId": "SHOP-%d"}`, len(keys))
	}))
	t.Cleanup(webhook.Close)
	reports := m.file("reports.csv")
	p := m.start(t, "--webhook", webhook.URL, "--reports", reports)
	eventually(t, "the webhook's ids", func() bool {
		return strings.HasPrefix(s.detail(t, 1).MerchantOrderID, "SHOP-") && strings.HasPrefix(s.detail(t, 3).MerchantOrderID, "SHOP-")
	})
	writeFile(t, reports+".new", "order_id,kind,value\n999-1,status,VENDOR_PREPARING_ORDER\n999-1,status,NO_SUCH_STATUS\n")
	if err := os.Rename(reports+".new", reports); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the file's status", func() bool { return s.detail(t, 1).Status == "VENDOR_PREPARING_ORDER" })
	conn := openFile(t, m.db)
	execute(t, conn, "INSERT INTO entrepot_reports (order_id, kind, value) VALUES ('999-2', 'tracking', '1Z0001,1Z0002')")
	closeFile(t, conn)
	eventually(t, "the row's tracking", func() bool { return s.detail(t, 2).Tracking == "1Z0001,1Z0002" })
	eventually(t, "the refusal", func() bool {
		return m.count(t, "SELECT count(*) FROM entrepot_reports WHERE state = 'refused' AND reason LIKE '%NO_SUCH_STATUS%'") == 1
	})
	// The tables have what the service has now, tracking and all.
	eventually(t, "the tracking comes back", func() bool { return m.count(t, "SELECT count(*) FROM entrepot_order_tracking") == 2 })
	p.stop(t)
	m.whole(t, 3)
}

// TestSyncKilled kills a daemon in its first import, and starts another.
func TestSyncKilled(t *testing.T) {
	const orders = 900
	s, _ := served(t, orders)
	between := newMiddle(t, s, nil)
	m := newMerchant(t, shop{url: between.url, store: s.store, secret: s.secret})
	between.hold.Store(500) // in the third batch
	lines := m.file("changes.jsonl")
	p := m.start(t, "--jsonl", lines)
	<-between.held
	eventually(t, "the batches before", func() bool { return m.count(t, countOrders) == 400 })
	p.kill()
	between.hold.Store(0)
	p = m.start(t, "--jsonl", lines)
	eventually(t, "the rest", func() bool { return m.count(t, countOrders) == orders })
	eventually(t, "the file", func() bool { return len(linesOf(t, lines)) == orders })
	p.stop(t)
	m.whole(t, orders)
	all := linesOf(t, lines)
	for i, line := range all {
		if !strings.HasPrefix(line, fmt.Sprintf(`{"key":"999-%d","sequence":%d,"kind":"imported","orderId":"999-%d",`, i+1, i+1, i+1)) {
			t.Fatalf("line %d is %.100s", i, line)
		}
	}
	if asked := between.details.Load(); asked > 2*orders {
		t.Errorf("%d requests for %d orders", asked, orders)
	}
}

func linesOf(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Clean(file))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(strings.Lines(string(text)))
}

// TestSyncStoppedInItsFirstImport sends SIGTERM while requests hang.
func TestSyncStoppedInItsFirstImport(t *testing.T) {
	const orders = 500
	s, _ := served(t, orders)
	between := newMiddle(t, s, nil)
	m := newMerchant(t, shop{url: between.url, store: s.store, secret: s.secret})
	between.hold.Store(300)
	p := m.start(t)
	<-between.held
	eventually(t, "the batch before", func() bool { return m.count(t, countOrders) == 200 })
	p.stop(t)
	if _, err := os.Stat(p.ready); err == nil {
		t.Error("the ready file is still there")
	}
	between.hold.Store(0)
	if r := m.sync(t, "once"); r.code != 0 || !strings.HasPrefix(r.stdout, "300 orders imported, ") {
		t.Errorf("the next run: %+v", r)
	}
	m.whole(t, orders)
}

// TestSyncOnceInterrupted ends the scheduled job in its first import.
func TestSyncOnceInterrupted(t *testing.T) {
	s, _ := served(t, 500)
	between := newMiddle(t, s, nil)
	m := newMerchant(t, shop{url: between.url, store: s.store, secret: s.secret})
	between.hold.Store(300)
	cmd := exec.CommandContext(t.Context(), program(t), append([]string{"sync", "once"}, m.flags()...)...)
	stderr := new(output)
	cmd.Stderr, cmd.Env = stderr, environment()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-between.held
	eventually(t, "the batch before", func() bool { return m.count(t, countOrders) == 200 })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	if cmd.ProcessState.ExitCode() != 1 || stderr.String() != "entrepot: error: interrupted\n" {
		t.Errorf("%v, standard error %q", err, stderr)
	}
}

// TestSyncSecretRotated changes the store's secret under a running daemon.
func TestSyncSecretRotated(t *testing.T) {
	s, service := served(t, 30)
	m := newMerchant(t, s)
	p := m.start(t)
	eventually(t, "the first pass", func() bool { return m.count(t, countOrders) == 30 })
	fresh := m.file("fresh.txt")
	writeFile(t, fresh, "5b0f6d6e-6b1c-4c0e-9c43-0d3ad2d3a002\n")
	for _, args := range [][]string{{"rotate-secret", "999", "--secret-file", fresh}, {"remove-secret", "999"}} {
		if r := command(t, append(append([]string{"store"}, args...), "--data", dataOf(service))...); r.code != 0 {
			t.Fatalf("store %v: %+v", args, r)
		}
	}
	eventually(t, "status says so", func() bool {
		r := command(t, "sync", "status", "--store", "999", "--db", m.db)
		return r.code == 1 && strings.Contains(r.stdout, "Invalid security credentials")
	})
	p.alive(t)
	if err := os.Rename(fresh, m.secretFile); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new secret is used", func() bool { return command(t, "sync", "status", "--store", "999", "--db", m.db).code == 0 })
	p.stop(t)
}

// TestSyncOfNewerTables sees that an older program leaves tables alone.
func TestSyncOfNewerTables(t *testing.T) {
	s, _ := served(t, 3)
	m := newMerchant(t, s)
	if r := m.sync(t, "once"); r.code != 0 {
		t.Fatalf("once: %+v", r)
	}
	conn := openFile(t, m.db)
	execute(t, conn, "UPDATE entrepot_schema_info SET version = 99, oldest_program = 99")
	closeFile(t, conn)
	for _, name := range []string{"once", "verify", "run"} {
		m.sync(t, name).refused(t, "has schema 99")
	}
	command(t, "sync", "status", "--store", "999", "--db", m.db).refused(t, "has schema 99")
	conn = openFile(t, m.db)
	execute(t, conn, "UPDATE entrepot_schema_info SET version = 1, oldest_program = 1")
	closeFile(t, conn)
	m.whole(t, 3)
}

// TestSyncOnceOfWhatCannotBeFetched sees that the scheduled job says so, and
// that the next one goes on.
func TestSyncOnceOfWhatCannotBeFetched(t *testing.T) {
	s, _ := served(t, 2)
	var broken atomic.Bool
	broken.Store(true)
	between := newMiddle(t, s, &broken)
	m := newMerchant(t, shop{url: between.url, store: s.store, secret: s.secret})
	m.sync(t, "once").refused(t, "2 orders could not be fetched")
	if r := command(t, "sync", "status", "--store", "999", "--db", m.db); r.code != 1 || !strings.Contains(r.stdout, "not fetched  2 orders") {
		t.Errorf("status: %+v", r)
	}
	broken.Store(false)
	conn := openFile(t, m.db)
	execute(t, conn, "UPDATE entrepot_troubles SET retry_at = NULL") // their wait is over
	closeFile(t, conn)
	if r := m.sync(t, "once"); r.code != 0 || !strings.HasPrefix(r.stdout, "2 orders imported, ") {
		t.Errorf("the next run: %+v", r)
	}
	m.whole(t, 2)
}
