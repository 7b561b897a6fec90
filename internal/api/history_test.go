package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
)

func (f *fixture) history(number order.Number) (changes []order.Change) {
	f.t.Helper()
	err := f.service.Operate(f.t.Context(), store, func(r order.Reader) (err error) {
		changes, err = r.History(number)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return changes
}

// Every change says who made it, by which request, and what it changed.
func TestChangesAreInTheHistory(t *testing.T) { engines.Each(t, testChangesAreInTheHistory) }

func testChangesAreInTheHistory(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	number := f.place()
	requests := []string{
		f.ask("/v1/updateVendorOrderStatus", `"orderId":1,"orderStatus":"VENDOR_LABELS_PRINTED"`).header.Get("X-Request-Id"),
		f.ask("/v1/updateMerchantOrderId", `"orderId":1,"merchantOrderId":"12-34567"`).header.Get("X-Request-Id"),
		f.ask("/v2/setShipmentTracking", `"orderId":1,"trackingList":[{"number":"1Z1"},{"number":"1Z2"},{"number":"1Z1"}]`).header.Get("X-Request-Id"),
	}
	// What changes nothing leaves no trace.
	f.ask("/v1/updateMerchantOrderId", `"orderId":1,"merchantOrderId":"12-34567"`)
	f.ask("/v2/setShipmentTracking", `"orderId":1,"trackingList":[{"number":"1Z2"}]`)
	f.ask("/v1/updateVendorOrderStatus", `"orderId":1,"orderStatus":"VENDOR_LABELS_PRINTED_DATE"`)

	want := []order.Change{
		{Seq: 1, Kind: order.ChangePlaced, To: "IGLOBAL_ORDER_IN_PROCESS", Actor: "test"},
		{Seq: 2, Kind: order.ChangeStatus, From: "IGLOBAL_ORDER_IN_PROCESS", To: "VENDOR_LABELS_PRINTED_DATE", Actor: shop, Reason: "updateVendorOrderStatus, request " + requests[0]},
		{Seq: 3, Kind: order.ChangeMerchantOrderID, To: "12-34567", Actor: shop, Reason: "updateMerchantOrderId, request " + requests[1]},
		{Seq: 4, Kind: order.ChangeTracking, To: "1Z1,1Z2", Actor: shop, Reason: "setShipmentTracking, request " + requests[2]},
	}
	got := f.history(number)
	for i := range got {
		got[i].At = want[min(i, len(want)-1)].At
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}

// Updates of one order at the same time: each that was answered with success
// is in the history once, and every entry begins where the one before ended.
func TestUpdatesAtOnce(t *testing.T) { engines.Each(t, testUpdatesAtOnce) }

func testUpdatesAtOnce(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	number := f.place()
	statuses := []string{"VENDOR_PREPARING_ORDER", "VENDOR_SHIPMENT_READY", "VENDOR_LABELS_PRINTED_DATE"}
	var done sync.Map // the id of every request that was answered with success
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			for n := range 10 {
				path, keys := "/v1/updateVendorOrderStatus", fmt.Sprintf(`"orderId":1,"orderStatus":%q`, statuses[(i+n)%3])
				if i%2 == 1 {
					path, keys = "/v1/updateMerchantOrderId", fmt.Sprintf(`"orderId":1,"merchantOrderId":"%d-%d"`, i, n)
				}
				got, err := f.try(http.MethodPost, path, strings.NewReader(credentials(keys)))
				if err != nil {
					t.Error(err)
					return
				}
				if strings.Contains(got.body, `"success"`) {
					done.Store(got.header.Get("X-Request-Id"), true)
				}
			}
		})
	}
	all.Wait()
	f.checkHistory(t, number, &done)
}

func (f *fixture) checkHistory(t *testing.T, number order.Number, done *sync.Map) {
	t.Helper()
	changes := f.history(number)
	last := map[order.ChangeKind]string{order.ChangeStatus: changes[0].To}
	for i, c := range changes {
		if c.Seq != int64(i)+1 {
			t.Fatalf("entry %d has the number %d", i, c.Seq)
		}
		if i == 0 {
			continue
		}
		if c.From != last[c.Kind] {
			t.Errorf("entry %d goes from %s, the one before went to %s", i, c.From, last[c.Kind])
		}
		last[c.Kind] = c.To
		_, id, _ := strings.Cut(c.Reason, "request ")
		if _, known := done.LoadAndDelete(id); !known {
			t.Errorf("entry %d is of request %s, which was answered with an error, or is there twice", i, id)
		}
	}
	done.Range(func(id, _ any) bool {
		t.Errorf("request %s was answered with success, but is not in the history", id)
		return true
	})
	detail := f.ask("/v2/orderDetail", `"orderId":1`).body
	for _, now := range []string{`"orderStatus":"` + last[order.ChangeStatus] + `"`, `"merchantOrderId":"` + last[order.ChangeMerchantOrderID] + `"`} {
		if !strings.Contains(detail, now) {
			t.Errorf("the order does not say %s", now)
		}
	}
}
