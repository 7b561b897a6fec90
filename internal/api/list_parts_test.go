package api

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
)

// expected is a list as it must be, of the numbers that seed and gap left.
func (f *fixture) expected(after, through int, there func(int) bool) string {
	begin := f.clock.Now()
	var b strings.Builder
	live, test := 0, 0
	for n := after + 1; n <= through; n++ {
		if !there(n) {
			continue
		}
		if live+test > 0 {
			b.WriteByte(',')
		}
		if n%10 == 0 {
			test++
		} else {
			live++
		}
		at := begin.Add(time.Duration(n) * 100 * time.Millisecond).Format("2006-01-02 15:04:05.0")
		fmt.Fprintf(&b, `{"testOrder":%t,"id":"999-%d","timestamp":"%s"}`, n%10 == 0, n, at)
	}
	return fmt.Sprintf(`{"totalCount":%d,"orderCount":%d,"testOrderCount":%d,"orders":[%s]}`, live+test, live, test, b.String())
}

// Lists are the same to the last byte, whatever parts of them are kept, where
// numbers are missing, and when parts make room for others.
func TestListsByParts(t *testing.T) {
	const count = 2000
	for _, room := range []int64{maxPartsFile, 40_000, 1} {
		f := start(t)
		f.api.parts.max = room
		f.seed(count)
		there := func(n int) bool { return n%7 != 3 && (n < 700 || n > 1100) }
		f.exec("DELETE FROM orders WHERE number % 7 = 3 OR number BETWEEN 700 AND 1100")
		random := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // the same every time
		for range 40 {
			after := 1 + random.IntN(count-1)
			if random.IntN(2) == 0 {
				after = max(1, after/partOrders*partOrders)
			}
			for !there(after) {
				after--
			}
			got := f.ask("/v1/orderNumbers", fmt.Sprintf(`"sinceOrderId":%d`, after))
			if want := f.expected(after, count, there); got.body != want {
				t.Fatalf("since %d: %d bytes, want %d: %.300s", after, len(got.body), len(want), got.body)
			}
		}
		if kept := len(f.api.parts.young.parts); (kept == 0) != (room == 1) {
			t.Errorf("with room for %d bytes %d parts are kept", room, kept)
		}
		if f.api.parts.young.size > room {
			t.Errorf("a file for %d bytes has %d", room, f.api.parts.young.size)
		}
	}
}

// Ranges of days begin and end within parts.
func TestListsByPartsOfDays(t *testing.T) {
	f := start(t)
	f.seed(2000)
	f.exec("UPDATE orders SET placed_at = placed_at + number * 600000") // ten minutes more apart: a day has 144
	all := f.ask("/v1/orderNumbers", `"sinceDate":"20150101"`).consistent(t)
	for range 2 {
		for day := range 15 {
			date := time.Date(2015, 1, 1+day, 0, 0, 0, 0, time.UTC)
			var want []string
			for _, o := range all.Orders {
				if strings.HasPrefix(o.Timestamp, date.Format("2006-01-02")) {
					want = append(want, o.ID)
				}
			}
			keys := fmt.Sprintf(`"sinceDate":"%[1]s","throughDate":"%[1]s"`, date.Format("20060102"))
			var got []string
			for _, o := range f.ask("/v1/orderNumbers", keys).consistent(t).Orders {
				got = append(got, o.ID)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want %v", date, got, want)
			}
		}
	}
}

// What another process writes, a list shows at once, however much of it is
// kept; and a change of an order shows in the lists that tell of it.
func TestPartsHideNothing(t *testing.T) {
	engines.Each(t, func(t *testing.T, e engines.Engine) { testPartsHideNothing(t, start(t, on(e))) })
}

func testPartsHideNothing(t *testing.T, f *fixture) {
	f.seed(300)
	service := f.newService(f.storage.Again(t), order.CartQuota{})
	f.clock.pass(time.Hour)
	for n := 301; n <= 400; n++ { // a part ends with 384
		cart := f.ask("/v1/createTempCart", oneItem)
		if _, err := service.Place(t.Context(), cart.cartID(t), checkout, order.Why{Actor: "test"}); err != nil {
			t.Fatal(err)
		}
		l := f.ask("/v1/orderNumbers", `"sinceOrderId":1`).consistent(t)
		if l.TotalCount != n-1 || l.Orders[n-2].ID != fmt.Sprintf("999-%d", n) {
			t.Fatalf("%d orders, ending with %s, after order %d", l.TotalCount, l.Orders[len(l.Orders)-1].ID, n)
		}
	}
	why := order.Why{Actor: "operator", Reason: "test"}
	if err := service.SetMerchantOrderID(t.Context(), order.ID{Store: store, Number: 7}, "M-7", why); err != nil {
		t.Fatal(err)
	}
	if body := f.ask("/v1/orderNumbers", `"sinceOrderId":1,"statuses":1`).body; !strings.Contains(body, `"M-7"`) {
		t.Error("a list with statuses does not show a change")
	}
	for _, o := range f.ask("/v1/orderNumbers", `"sinceDate":"20150101","missingMerchantOrderId":true`).consistent(t).Orders {
		if o.ID == "999-7" {
			t.Error("an order with a merchant order id is listed among those without")
		}
	}
}

// A store that is loading takes lower numbers: none of its lists is kept.
func TestPartsAreNotOfLoadingStores(t *testing.T) {
	f := start(t)
	f.seed(300)
	f.exec("UPDATE stores SET state = 'loading'; DELETE FROM orders WHERE number = 5")
	if got := f.ask("/v1/orderNumbers", `"sinceOrderId":1`); strings.Contains(got.body, `"orders"`) {
		t.Errorf("a store that is loading lists %.100s", got.body)
	}
	f.exec(`INSERT INTO orders (store, number, placed_at, test, status, status_at, document)
		SELECT store, 5, placed_at - 100, 0, status, status_at, 5 FROM orders WHERE number = 6; UPDATE stores SET state = 'open'`)
	if l := f.ask("/v1/orderNumbers", `"sinceOrderId":1`).consistent(t); l.TotalCount != 299 {
		t.Errorf("%d orders once it is open", l.TotalCount)
	}
}

// Numbers of another server may be few and far between, up to the last.
func TestPartsOfSparseNumbers(t *testing.T) {
	f := start(t)
	f.seed(4)
	f.exec(`UPDATE orders SET number = 5000000000 WHERE number = 2; UPDATE orders SET number = 9223372036854775806 WHERE number = 3;
		UPDATE orders SET number = 9223372036854775807 WHERE number = 4; UPDATE order_counters SET last_number = 9223372036854775807`)
	for range 2 {
		l := f.ask("/v1/orderNumbers", `"sinceDate":"20150101"`).consistent(t)
		if l.TotalCount != 4 || l.Orders[3].ID != "999-9223372036854775807" {
			t.Errorf("%+v", l)
		}
		l = f.ask("/v1/orderNumbers", `"sinceOrderId":"9223372036854775806"`).consistent(t)
		if l.TotalCount != 1 {
			t.Errorf("%+v", l)
		}
	}
}

// Where there is no room for parts, lists do without.
func TestNoRoomForParts(t *testing.T) {
	f := start(t, func(s *setup) { s.api.SpoolDir = filepath.Join(t.TempDir(), "gone") })
	f.seed(1000)
	for range 2 {
		want := f.expected(1, 1000, func(int) bool { return true })
		if got := f.ask("/v1/orderNumbers", `"sinceOrderId":1`); got.body != want {
			t.Errorf("%.300s", got.body)
		}
	}
}
