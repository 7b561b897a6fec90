package merchantsync_test

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"entrepot/client"
	"entrepot/client/clienttest"
	"entrepot/internal/merchantsync"
)

// For a month nobody answers. Orders are placed and moved all the same.
func TestMonthOfOutage(t *testing.T) {
	s := newScene(t)
	s.place(30, time.Hour)
	s.server.SetStatus("999-1001", client.FraudReview)
	s.pass()
	s.wants("30|30", allOrders)
	for range 30 {
		s.down = true
		s.place(10, 144*time.Minute)
		if run, err := s.daemon.Pass(t.Context()); err == nil || run.Imported > 0 {
			t.Fatalf("a pass without a service: %+v, %v", run, err)
		}
	}
	s.server.SetStatus("999-1001", client.OrderCancelled)
	s.down = false
	s.start(nil)
	s.pass()
	s.wants("330|330", allOrders)
	s.wants("cancelled", "SELECT standing FROM entrepot_orders WHERE number = 1001")
}

// The lists by the cursor leave an order out that was placed early in an
// outage. The other net reaches over the whole of it.
func TestNetReachesOverAnOutage(t *testing.T) {
	s := newScene(t)
	s.place(20, time.Hour)
	s.start(func(a merchantsync.API) merchantsync.API { return hiding{a, first + 20} })
	s.pass()
	for range 30 {
		s.down = true
		s.place(4, 6*time.Hour)
		if _, err := s.daemon.Pass(t.Context()); err == nil {
			t.Fatal("a pass without a service succeeds")
		}
	}
	s.down = false
	s.pass()
	s.wants("140|140", allOrders)
}

// hiding leaves an order out of the lists by the cursor.
type hiding struct {
	merchantsync.API
	number int64
}

func (h hiding) OrderNumbers(ctx context.Context, q client.OrderNumbersQuery) iter.Seq2[client.OrderNumber, error] {
	return func(yield func(client.OrderNumber, error) bool) {
		for n, err := range h.API.OrderNumbers(ctx, q) {
			if err == nil && n.ID.Number() == h.number && q.SinceOrderID != "" {
				continue
			}
			if !yield(n, err) {
				return
			}
		}
	}
}

// A server that has forgotten its old orders knows neither the cursor nor what
// is below it.
func TestServerForgetsTheCursor(t *testing.T) {
	s := newScene(t)
	s.place(30, time.Hour)
	s.pass()
	s.server = s.newServer()
	s.now = s.now.Add(time.Hour)
	s.server.Add(client.Order{ID: "999-1031"})
	s.place(9, time.Hour)
	s.start(nil)
	if run := s.pass(); run.Imported != 10 || run.Cursor != 1040 {
		t.Errorf("the pass is %+v, want 10 orders imported up to 1040", run)
	}
	s.wants("40|40", allOrders)
}

// A cursor at an order that could never be fetched has no date to go by.
func TestForgottenCursorWithoutADate(t *testing.T) {
	s := newScene(t)
	s.place(1, time.Hour)
	s.start(func(a merchantsync.API) merchantsync.API { return unreadable{a} })
	s.pass()
	s.wants("0|0", allOrders)
	s.wants("1001|", "SELECT cursor_number, coalesce(cursor_placed_at, '') FROM entrepot_sync")
	s.server = s.newServer()
	s.server.Add(client.Order{ID: "999-1002"})
	s.start(nil)
	s.passes(1, time.Hour)
	s.wants("1|1", allOrders)
}

type unreadable struct{ merchantsync.API }

func (unreadable) Order(context.Context, client.OrderID) (*client.Order, error) {
	return nil, &client.Error{Err: &client.ServerFaultError{Status: 500}}
}

// restored is a scene whose server came back from a copy without its five
// newest orders, and has given three of their numbers again.
func restored(t *testing.T) *scene {
	s := newScene(t)
	s.place(20, time.Hour)
	s.pass()
	old := s.server
	s.server = s.newServer()
	for number := int64(first); number < first+15; number++ {
		o, _ := old.Order(client.MakeOrderID(clienttest.DefaultStore, number))
		s.server.Add(o)
	}
	s.start(nil)
	s.passes(1, time.Hour)
	s.wants("20|20", allOrders)
	s.now = s.now.Add(time.Hour)
	for range 3 {
		s.now = s.now.Add(time.Minute)
		s.server.Add(client.Order{ShipTo: client.Address{Name: "Another Person"}})
	}
	return s
}

const anothers = "SELECT count(*) FROM entrepot_orders WHERE ship_name = 'Another Person'"

// What is in the tables stays, and it is said that there is something else.
func TestRestoredServerGivesNumbersAgain(t *testing.T) {
	s := restored(t)
	if run := s.pass(); run.Failed != 5 || run.Imported+run.Changed != 0 {
		t.Errorf("the pass is %+v, want 3 orders that are others now, and 2 that are gone", run)
	}
	s.wants("0", anothers)
	s.wants("1016\n1017\n1018", "SELECT number FROM entrepot_troubles WHERE reason LIKE 'the service has another order under this number%%' ORDER BY number")
	if got := strings.Count(s.log.String(), "level=ERROR"); got != 3 {
		t.Errorf("%d errors in the log, want 3:\n%s", got, s.log.String())
	}
	s.passes(20, 8*time.Hour)
	s.wants("0", anothers)
	s.wants("20", "SELECT count(*) FROM entrepot_changes")
}

// Orders that follow are imported, and so are the others once the shop has put
// its own away.
func TestRestoredServerGoesOn(t *testing.T) {
	s := restored(t)
	s.pass()
	s.place(4, time.Minute)
	s.passes(1, time.Minute)
	s.wants("22|22", allOrders) // 1019 and 1020 were there before
	s.wants("5", "SELECT count(*) FROM entrepot_troubles")
	s.sql("PRAGMA foreign_keys = ON")
	s.sql("DELETE FROM entrepot_orders WHERE number BETWEEN 1016 AND 1020")
	s.passes(1, 2*time.Hour)
	s.wants("22|22", allOrders)
	s.wants("3", anothers)
	s.wants("0", "SELECT count(*) FROM entrepot_troubles")
	s.wants("5", "SELECT count(*) FROM (SELECT number FROM entrepot_changes WHERE kind = 'imported' AND number BETWEEN 1016 AND 1020)")
}

// What the shop says is of the order that it knows, not of the other one.
func TestNothingIsReportedOfAnotherOrder(t *testing.T) {
	s := restored(t)
	s.sql("INSERT INTO entrepot_reports (order_id, kind, value) VALUES ('999-1016', 'merchant_order_id', 'MINE'), ('999-1001', 'merchant_order_id', 'FIRST')")
	s.passes(3, 2*time.Hour)
	s.wants("999-1001|taken|\n999-1016|pending|not sent: the service has another order",
		"SELECT order_id, state, substr(coalesce(reason, ''), 1, 39) FROM entrepot_reports ORDER BY order_id")
	if o, _ := s.server.Order("999-1016"); o.MerchantOrderID != "" {
		t.Errorf("the other order has the shop's id %s", o.MerchantOrderID)
	}
}

// A server that lost an order which the shop has says so.
func TestLostOrderIsTold(t *testing.T) {
	s := newScene(t)
	s.place(20, time.Hour)
	s.server.SetStatus("999-1020", client.OrderOnHold)
	s.pass()
	old := s.server
	s.server = s.newServer()
	for number := int64(first); number < first+19; number++ {
		o, _ := old.Order(client.MakeOrderID(clienttest.DefaultStore, number))
		s.server.Add(o)
	}
	s.start(nil)
	s.passes(3, 2*time.Hour)
	s.wants("1020|3", "SELECT number, attempts FROM entrepot_troubles")
	s.wants("held", "SELECT standing FROM entrepot_orders WHERE number = 1020")
	o, _ := old.Order("999-1020")
	s.server.Add(o)
	s.passes(1, 2*time.Hour)
	s.wants("0", "SELECT count(*) FROM entrepot_troubles")
	s.wants("1", "SELECT count(*) FROM entrepot_changes WHERE number = 1020")
}
