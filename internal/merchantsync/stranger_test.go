package merchantsync_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"entrepot/client"
	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
	"entrepot/internal/sqlitedb"
)

func millisOf(text string) int64 {
	t, err := time.Parse("2006-01-02 15:04:05", text)
	if err != nil {
		panic(err) // a defect of the test
	}
	return t.UnixMilli()
}

// strangers are servers that have little in common.
var strangers = map[string]habits{
	"as in the examples":             {},
	"bare numbers":                   {bareIDs: true},
	"everything is text":             {bareIDs: true, textual: true, extra: true},
	"keys that nobody knows":         {extra: true},
	"no milliseconds":                {noMillis: true},
	"lists without statuses":         {noStatuses: true},
	"lists out of order, with twins": {unsorted: true},
	"missing keys":                   {sparse: true},
	"all of it":                      {true, true, true, true, true, true, true},
}

// The daemon does its work with any server of the contract.
func TestAgainstStrangers(t *testing.T) {
	for name, h := range strangers {
		t.Run(name, func(t *testing.T) { meet(t, newStranger(t, h)) })
	}
}

const noon = "2026-03-01 12:00:00.0"

func meet(t *testing.T, s *stranger) {
	for i := range 40 {
		at := fmt.Sprintf("2026-03-01 10:%02d:00.25", i)
		s.orders = append(s.orders, &strangerOrder{
			number: 501 + 3*i, placed: at, status: "IGLOBAL_ORDER_IN_PROCESS", since: at, gross: "25.00", test: i == 7,
		})
	}
	s.orders[3].status, s.orders[4].status, s.orders[5].status = "IGLOBAL_FRAUD_REVIEW", "CARRIER_LOST_IT", "IGLOBAL_ORDER_CANCELLED"
	v := sceneWith(t, s)
	v.pass()
	v.wants("40|40", allOrders)
	v.wants("held|2\nready|37\ncancelled|1", "SELECT standing, count(*) FROM entrepot_orders GROUP BY standing ORDER BY max(number) = 516, standing")
	v.wants("522", "SELECT number FROM entrepot_orders WHERE test = 1")
	v.wants("2026-03-01T10:39:00.250Z|2026-03-01T10:39:00.250Z|25.00", "SELECT placed_at, status_at, grand_total FROM entrepot_orders WHERE number = 618")

	s.mu.Lock()
	s.orders[3].status, s.orders[3].since = "IGLOBAL_ORDER_IN_PROCESS", noon
	s.orders[4].status, s.orders[4].since = "IGLOBAL_ORDER_CANCELLED", noon
	s.orders[9].note = "call first"
	s.orders = append(s.orders, &strangerOrder{number: 700, placed: noon, status: "IGLOBAL_ORDER_IN_PROCESS", since: noon, gross: "1.10"})
	s.mu.Unlock()
	v.shop.query(t, `INSERT INTO entrepot_reports (order_id, kind, value) VALUES
		('77-501', 'merchant_order_id', 'M-1'), ('77-501', 'status', 'VENDOR_SHIPMENT_READY'), ('77-501', 'tracking', 'T-1')`)
	for range 6 {
		v.now = v.now.Add(7 * time.Hour)
		v.pass()
	}
	v.wants("41|41", allOrders)
	v.wants("ready|released\ncancelled|cancelled", `SELECT o.standing, c.kind FROM entrepot_orders AS o JOIN entrepot_changes AS c ON c.number = o.number
		WHERE o.number IN (510, 513) AND c.kind <> 'imported' ORDER BY o.number`)
	v.wants("call first", "SELECT note FROM entrepot_order_notes")
	v.wants("M-1|T-1|VENDOR_SHIPMENT_READY", "SELECT merchant_order_id, tracking, status FROM entrepot_orders WHERE number = 501")
	v.wants("41", "SELECT count(*) FROM entrepot_changes WHERE kind = 'imported'")
	v.wants("0", "SELECT count(*) FROM entrepot_troubles")
	slices.Sort(s.taken)
	if want := []string{"M-1", "T-1", "VENDOR_SHIPMENT_READY"}; !slices.Equal(s.taken, want) {
		t.Errorf("the server took %q, want %q", s.taken, want)
	}
	compared, err := v.daemon.Verify(t.Context(), v.now.AddDate(0, -1, 0), v.now, func(d merchantsync.Difference) {
		t.Errorf("verify: order %d differs: %+v, %+v", d.Number, d.Here, d.There)
	})
	if err != nil || compared != 41 {
		t.Errorf("%d orders compared, want 41: %v", compared, err)
	}
	v.forgets(s)
}

// forgets takes the server's old orders away: it knows the cursor no more.
func (s *scene) forgets(from *stranger) {
	s.t.Helper()
	from.mu.Lock()
	from.orders = []*strangerOrder{{number: 900, placed: "2026-03-03 01:00:00.0", status: "IGLOBAL_ORDER_IN_PROCESS", since: "2026-03-03 01:00:00.0", gross: "1.10"}}
	from.mu.Unlock()
	s.now = s.now.Add(time.Second)
	s.pass()
	s.wants("42|42", allOrders)
}

// sceneWith is a scene with a stranger.
func sceneWith(t *testing.T, server *stranger) *scene {
	t.Helper()
	s := &scene{t: t, now: time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)}
	o := engines["sqlite"](t)
	o.Store, o.Synchronous, o.Clock = strangerStore, sqlitedb.SyncOff, s.clock
	s.shop = shopDatabase{Options: o}
	t.Cleanup(s.shop.close)
	tables, err := ledger.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tables.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := client.New(server.URL, strangerStore, strangerSecret, client.Options{Clock: s.clock, Sleep: briefly})
	if err != nil {
		t.Fatal(err)
	}
	s.daemon = merchantsync.New(c, tables, merchantsync.Options{
		Store: strangerStore, Overlap: 10, Clock: s.clock, Sleep: briefly, Jitter: func() float64 { return 0 },
	})
	return s
}
