package merchantsync_test

import (
	"context"
	"testing"
	"time"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

// One answer that is older than the tables is a cache's. When it is told again
// and again for more than an hour, the service means it.
func TestStateFromBefore(t *testing.T) {
	s := newScene(t)
	s.place(1, time.Hour)
	s.server.SetStatus("999-1001", client.OrderOnHold)
	s.pass()
	s.server.Change("999-1001", func(o *client.Order) {
		o.Status, o.StatusDate = client.OrderInProcess, o.StatusDate.Add(-time.Minute)
		o.StatusDateString = client.FormatTime(o.StatusDate)
	})
	s.passes(5, 5*time.Minute)
	s.wants("IGLOBAL_ORDER_ON_HOLD|held", "SELECT status, standing FROM entrepot_orders")
	s.passes(10, time.Hour)
	s.wants("IGLOBAL_ORDER_IN_PROCESS|ready", "SELECT status, standing FROM entrepot_orders")
	s.wants("imported\nreleased", "SELECT kind FROM entrepot_changes ORDER BY seq")
	s.wants("0", "SELECT count(*) FROM entrepot_troubles")
}

// A cache serves an outdated detail after a list has told that the order has
// moved on. It is asked again soon, and not in hours.
func TestListIsNewerThanTheDetail(t *testing.T) {
	s := newScene(t)
	s.place(3, time.Hour)
	s.pass()
	outdated, _ := s.server.Order("999-1002")
	cached := &caching{order: &outdated}
	s.start(func(a merchantsync.API) merchantsync.API { cached.API = a; return cached })
	s.passes(40, 24*time.Hour)
	s.server.SetStatus("999-1002", client.OrderCancelled)
	s.passes(2, time.Minute)
	s.wants("ready", "SELECT standing FROM entrepot_orders WHERE number = 1002")
	cached.order = nil
	s.passes(1, 2*time.Minute)
	s.wants("cancelled", "SELECT standing FROM entrepot_orders WHERE number = 1002")
}

// caching answers an old order.
type caching struct {
	merchantsync.API
	order *client.Order
}

func (c *caching) Order(ctx context.Context, id client.OrderID) (*client.Order, error) {
	o, err := c.API.Order(ctx, id)
	if c.order == nil || err != nil || id != c.order.ID {
		return o, err
	}
	raw, err := c.order.Answer()
	if err != nil {
		return nil, err
	}
	return client.DecodeOrder(raw)
}

// Notes and tracking numbers are in no list.
func TestNotesAndTrackingComeInTime(t *testing.T) {
	s := newScene(t)
	s.place(50, time.Minute)
	s.pass()
	s.passes(2, 3*time.Hour)
	s.server.Change("999-1001", func(o *client.Order) {
		o.Notes = append(o.Notes, client.Note{Note: "call before delivery"})
		o.TrackingNumber = "T-1"
	})
	s.passes(4, 25*time.Hour)
	s.wants("call before delivery", "SELECT note FROM entrepot_order_notes")
	s.wants("T-1", "SELECT tracking_number FROM entrepot_order_tracking")
}

// What the service took is in the tables after the same pass, and when an
// outdated answer comes first, soon after.
func TestReportsShowInTheTables(t *testing.T) {
	s := newScene(t)
	s.place(1, time.Minute)
	s.server.SetStatus("999-1001", client.VendorEndOfDayComplete) // nobody follows it any more
	s.pass()
	outdated, _ := s.server.Order("999-1001")
	const tables = "SELECT coalesce(merchant_order_id, ''), coalesce(tracking, '') FROM entrepot_orders"
	s.sql("INSERT INTO entrepot_reports (order_id, kind, value) VALUES ('999-1001', 'merchant_order_id', 'A')")
	s.pass()
	s.wants("A|", tables)
	cached := &caching{order: &outdated}
	cached.order.MerchantOrderID = "A"
	s.start(func(a merchantsync.API) merchantsync.API { cached.API = a; return cached })
	s.sql("INSERT INTO entrepot_reports (order_id, kind, value) VALUES ('999-1001', 'merchant_order_id', 'B'), ('999-1001', 'tracking', 'T-1, T-2')")
	if run := s.pass(); run.Reported != 2 || run.Failed != 0 {
		t.Errorf("the pass is %+v, want two reports and no failure", run)
	}
	s.wants("A|", tables)
	cached.order = nil
	s.passes(1, 2*time.Minute)
	s.wants("B|T-1,T-2", tables)
	s.wants("0", "SELECT count(*) FROM entrepot_troubles")
}

// A status that cannot be set yet keeps nothing else back.
func TestHeldStatusKeepsNothingElseBack(t *testing.T) {
	s := newScene(t)
	s.place(1, time.Minute)
	s.server.SetStatus("999-1001", client.OrderOnHold)
	s.pass()
	s.sql(`INSERT INTO entrepot_reports (order_id, kind, value) VALUES ('999-1001', 'status', 'VENDOR_PREPARING_ORDER'),
		('999-1001', 'status', 'VENDOR_SHIPMENT_READY'), ('999-1001', 'tracking', 'T-1'), ('999-1001', 'merchant_order_id', 'A')`)
	s.passes(2, time.Hour)
	s.wants("pending\npending\ntaken\ntaken", "SELECT state FROM entrepot_reports ORDER BY id")
	s.server.SetStatus("999-1001", client.OrderInProcess)
	s.passes(1, 2*time.Hour)
	s.wants("taken\ntaken\ntaken\ntaken", "SELECT state FROM entrepot_reports ORDER BY id")
	s.wants("VENDOR_SHIPMENT_READY", "SELECT status FROM entrepot_orders")
}
