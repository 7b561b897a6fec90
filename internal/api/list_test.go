package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
)

// list is an answer of orderNumbers.
type list struct {
	TotalCount, OrderCount, TestOrderCount int
	Orders                                 []struct {
		TestOrder       bool
		ID              string
		Timestamp       string
		MerchantOrderID *string
		OrderStatus     string
	}
}

// list reads a list and holds it to what is true of every list.
func (a answer) list() (l list, err error) {
	if err := json.Unmarshal([]byte(a.body), &l); err != nil || !strings.HasPrefix(a.body, `{"totalCount":`) {
		return l, fmt.Errorf("%.200s: %w", a.body, err)
	}
	live, test, last := 0, 0, order.Number(0)
	for _, o := range l.Orders {
		id, err := order.ParseID(o.ID)
		if err != nil || id.Store != store || id.Number <= last {
			return l, fmt.Errorf("%s comes after %d", o.ID, last)
		}
		last = id.Number
		if o.TestOrder {
			test++
		} else {
			live++
		}
	}
	if l.OrderCount != live || l.TestOrderCount != test || l.TotalCount != live+test {
		return l, fmt.Errorf("counts %d, %d, %d of %d live and %d test orders", l.TotalCount, l.OrderCount, l.TestOrderCount, live, test)
	}
	return l, nil
}

func (a answer) consistent(t testing.TB) list {
	t.Helper()
	l, err := a.list()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// seed makes orders 1 to count behind the service's back, ten a second, every
// tenth a test order, every third with a merchant order id.
func (f *fixture) seed(count int) {
	f.t.Helper()
	at := func(i int) time.Time { return f.clock.Now().Add(time.Duration(i) * 100 * time.Millisecond) }
	err := f.storage.InTx(f.t.Context(), func(tx order.Tx) error {
		for i := 1; i <= count; i++ {
			h := order.Head{
				ID: order.ID{Store: store, Number: order.Number(i)}, PlacedAt: at(i), StatusAt: at(i), Test: i%10 == 0,
				State: order.State{Status: order.InProcess},
			}
			if i%3 == 0 {
				h.MerchantOrderID = fmt.Sprintf("M-%d", i)
			}
			if err := tx.InsertOrder(h, order.Document{Format: 1, Body: []byte("{}")}); err != nil {
				return err
			}
		}
		return tx.SetCounter(store, order.Counter{Last: order.Number(count), PlacedAt: at(count)})
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

func TestLists(t *testing.T) { engines.Each(t, testLists) }

func testLists(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	f.seed(5000) // a list of them with statuses does not fit into one block
	tests := []struct {
		keys  string
		count int
	}{
		{`"sinceDate":"20150101"`, 5000},
		{`"sinceDate":20150101,"statuses":null`, 5000},
		{`"sinceOrderId":4000`, 1000},
		{`"sinceOrderId":"999-4000","statuses":false`, 1000},
		{`"sinceOrderId":5000`, 0},
		{`"sinceDate":"20150102"`, 0},
		{`"sinceDate":"20141231","throughDate":"20150101"`, 5000},
		{`"sinceDate":"20140101","throughDate":"20141231","statuses":1`, 0},
		{`"missingMerchantOrderId":true`, 3334},
		{`"missingMerchantOrderId":true,"statuses":1`, 3334},
		{`"missingMerchantOrderId":true,"sinceOrderId":3`, 3332},
		{`"missingMerchantOrderId":"1","sinceOrderId":3,"statuses":1`, 3332},
	}
	for _, tt := range tests {
		got := f.ask("/v1/orderNumbers", tt.keys)
		got.whole(t, jsonType)
		l := got.consistent(t)
		if l.TotalCount != tt.count || l.TestOrderCount != testOrders(l) {
			t.Errorf("%s: %d orders, want %d", tt.keys, l.TotalCount, tt.count)
		}
		if strings.Contains(tt.keys, "statuses") != strings.Contains(got.body, `"orderStatus"`) && tt.count > 0 {
			t.Errorf("%s: %.200s", tt.keys, got.body)
		}
	}
}

func testOrders(l list) (count int) {
	for _, o := range l.Orders {
		if strings.HasSuffix(o.ID, "0") {
			count++
		}
	}
	return count
}

func TestUnmerchantedWindow(t *testing.T) { engines.Each(t, testUnmerchantedWindow) }

func testUnmerchantedWindow(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	f.place()
	f.clock.pass(14 * 24 * 3600e9)
	if l := f.ask("/v1/orderNumbers", `"missingMerchantOrderId":true`).consistent(t); l.TotalCount != 1 {
		t.Errorf("after 14 days: %d orders", l.TotalCount)
	}
	f.clock.pass(1e6)
	if l := f.ask("/v1/orderNumbers", `"missingMerchantOrderId":true`).consistent(t); l.TotalCount != 0 {
		t.Errorf("after 14 days and a millisecond: %d orders", l.TotalCount)
	}
	if l := f.ask("/v1/orderNumbers", `"missingMerchantOrderId":true,"sinceDate":"20150101"`).consistent(t); l.TotalCount != 1 {
		t.Errorf("with a range of its own: %d orders", l.TotalCount)
	}
	if l := f.ask("/v1/orderNumbers", `"missingMerchantOrderId":true,"sinceDate":"00010101"`).consistent(t); l.TotalCount != 1 {
		t.Errorf("since the year 1: %d orders", l.TotalCount)
	}
}

// A list is one state of the store, whatever changes meanwhile.
func TestListsWhileOrdersChange(t *testing.T) { engines.Each(t, testListsWhileOrdersChange) }

func testListsWhileOrdersChange(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	f.seed(600)
	stop := make(chan struct{})
	var writers, readers sync.WaitGroup
	for i := range 3 {
		writers.Go(func() { f.changeOrders(i, stop) })
	}
	for i := range 3 {
		keys := []string{`"missingMerchantOrderId":true,"statuses":1`, `"sinceOrderId":1,"statuses":1`, `"missingMerchantOrderId":true`}[i]
		readers.Go(func() {
			for range 40 {
				got, err := f.try(http.MethodPost, "/v1/orderNumbers", strings.NewReader(credentials(keys)))
				l, wrong := got.list()
				if err = errors.Join(err, wrong); err != nil {
					t.Error(err)
					return
				}
				if i == 0 && !l.unmerchanted() {
					t.Error("an order with a merchant order id is listed among those without")
				}
			}
		})
	}
	readers.Wait()
	close(stop)
	writers.Wait()
	if changes := len(f.history(300)) + len(f.history(301)) + len(f.history(302)); changes == 0 {
		t.Error("nothing changed meanwhile: the test shows nothing")
	}
}

// changeOrders goes over the orders from the middle on and changes one after
// the other.
func (f *fixture) changeOrders(writer int, stop <-chan struct{}) {
	for n := writer; ; n += 3 {
		select {
		case <-stop:
			return
		default:
		}
		number := 300 + n%300
		keys := fmt.Sprintf(`"orderId":%d,"merchantOrderId":"m-%d"`, number, n)
		path := "/v1/updateMerchantOrderId"
		if n%2 == 1 {
			keys, path = fmt.Sprintf(`"orderId":%d,"orderStatus":"VENDOR_PREPARING_ORDER"`, number), "/v1/updateVendorOrderStatus"
		}
		if _, err := f.try(http.MethodPost, path, strings.NewReader(credentials(keys))); err != nil {
			f.t.Error(err)
		}
	}
}

func (l list) unmerchanted() bool {
	for _, o := range l.Orders {
		if o.MerchantOrderID != nil {
			return false
		}
	}
	return true
}

// breaking is a view whose lists fail after some orders.
type breaking struct {
	order.View
	after int
}

func (b *breaking) List(q order.ListQuery, yield func(*order.Listed) error) error {
	return b.View.List(q, func(l *order.Listed) error {
		if b.after--; b.after < 0 {
			return fault.Wrap(fault.Unavailable, "words", errors.New(cause))
		}
		return yield(l)
	})
}

// A fault in the middle of a list is answered as one: nothing of the list was
// sent yet.
func TestFaultInTheMiddleOfAList(t *testing.T) { engines.Each(t, testFaultInTheMiddleOfAList) }

func testFaultInTheMiddleOfAList(t *testing.T, e engines.Engine) {
	f, d := startDouble(t, on(e))
	f.seed(6000)
	for _, after := range []int{0, 1, 100, 5999} {
		d.misbehave(misbehaviour{wrap: func(v order.View) order.View { return &breaking{v, after} }})
		f.faulty(t, f.ask("/v1/orderNumbers", `"sinceDate":"20150101"`), http.StatusOK, "Could not process order details.")
	}
	d.misbehave(misbehaviour{})
	if l := f.ask("/v1/orderNumbers", `"sinceDate":"20150101"`).consistent(t); l.TotalCount != 6000 {
		t.Errorf("afterwards: %d orders", l.TotalCount)
	}
}

// A list that is too long for memory, with nowhere to put it, is a fault, too.
// Short lists do without.
func TestNoRoomForAList(t *testing.T) {
	f := start(t, func(s *setup) { s.api.SpoolDir = filepath.Join(t.TempDir(), "gone") })
	f.seed(6000)
	got := f.ask("/v1/orderNumbers", `"sinceDate":"20150101"`)
	got.want(t, http.StatusOK, "Could not process order details.")
	line := f.log.wait(t, "id", got.header.Get("X-Request-Id"))
	if line["level"] != "ERROR" || !strings.Contains(fmt.Sprint(line["cause"]), "gone") {
		t.Errorf("logged %v", line)
	}
	f.ask("/v1/orderNumbers", `"sinceOrderId":5000`).consistent(t)
}

// The file of a long list has no name: nothing is left of it, not even after a
// crash.
func TestListsLeaveNoFiles(t *testing.T) {
	dir := t.TempDir()
	f := start(t, func(s *setup) { s.api.SpoolDir = dir })
	f.seed(6000)
	f.ask("/v1/orderNumbers", `"sinceDate":"20150101"`).consistent(t)
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}
