package sandbox_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/order"
	"entrepot/internal/sandbox"
	"entrepot/internal/storage/storagetest/engines"
	"entrepot/internal/wire"
)

const (
	testStore order.StoreNumber = 1000
	liveStore order.StoreNumber = 1001
	demoStore order.StoreNumber = 999
	secret                      = "22222222-89ab-4cde-8f01-23456789abcd"
)

var now = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

func newService(t *testing.T, e engines.Engine) *order.Service {
	t.Helper()
	s := order.NewService(order.Config{
		Storage: e.Open(t), Codec: wire.Codec{}, Clock: func() time.Time { return now },
		NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) },
	})
	for number, test := range map[order.StoreNumber]bool{testStore: true, liveStore: false, demoStore: false} {
		if _, err := s.AddStore(t.Context(), order.NewStoreRequest{Number: number, Test: test, Secret: secret}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// call sends a request to the handler, as a CI job does.
func call(t *testing.T, h http.Handler, method, path, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, strings.TrimSpace(w.Body.String())
}

type step struct {
	method, path, body string
	status             int
	says               string
}

func (s step) take(t *testing.T, h http.Handler) {
	t.Helper()
	status, says := call(t, h, s.method, s.path, s.body)
	if status != s.status || !strings.Contains(says, s.says) {
		t.Errorf("%s %s %s: %d %s, want %d with %s", s.method, s.path, s.body, status, says, s.status, s.says)
	}
	if !json.Valid([]byte(says)) {
		t.Errorf("%s %s: %q is no JSON", s.method, s.path, says)
	}
}

func handler(t *testing.T, e engines.Engine, faults *sandbox.Faults) (http.Handler, *order.Service) {
	t.Helper()
	service := newService(t, e)
	return sandbox.NewHandler(sandbox.Levers{Service: service, Demo: demoStore}, faults, slog.New(slog.DiscardHandler)), service
}

func TestLevers(t *testing.T) { engines.Each(t, testLevers) }

func testLevers(t *testing.T, e engines.Engine) {
	h, _ := handler(t, e, nil)
	for _, s := range []step{
		{"POST", "/sandbox/orders", `{"store": "1000"}`, 200, `{"orderId":"1000-1","again":false}`},
		{"POST", "/sandbox/orders", `{"storeId": 1000, "fraudReview": true}`, 200, `{"orderId":"1000-2","again":false}`},
		{"POST", "/sandbox/orders", `{"store": 999, "items": [{"description": "Mug", "quantity": 2, "unitPrice": "12.50"}]}`, 200, `"999-1"`},
		{"POST", "/sandbox/orders/1000-2/hold", ``, 200, `{"orderId":"1000-2","from":"IGLOBAL_FRAUD_REVIEW","to":"IGLOBAL_ORDER_ON_HOLD"}`},
		{"POST", "/sandbox/orders/1000-2/release", `{}`, 200, `"to":"IGLOBAL_FRAUD_REVIEW"`},
		{"POST", "/sandbox/orders/1000-2/pass-review", ``, 200, `"to":"IGLOBAL_ORDER_IN_PROCESS"`},
		{"POST", "/sandbox/orders/1000-2/fail-review", ``, 409, `"error":"order 1000-2 is in a status from which fail-review does not lead"`},
		{"POST", "/sandbox/orders", `{"store": 1000, "fraudReview": true}`, 200, `"1000-3"`},
		{"POST", "/sandbox/orders/1000-3/fail-review", ``, 200, `"to":"IGLOBAL_ORDER_CANCELLED"`},
		{"POST", "/sandbox/orders/1000-99/hold", ``, 404, `there is no order 1000-99`},
		{"POST", "/sandbox/orders/1000-1/explode", ``, 404, `there is no lever explode`},
		{"POST", "/sandbox/orders/seven/hold", ``, 400, `is not an order id`},
		{"POST", "/sandbox/orders", `{}`, 400, `store is required`},
		{"POST", "/sandbox/orders", `[]`, 400, `not one JSON object`},
		{"POST", "/sandbox/orders", `{"store": 5}`, 404, `there is no store 5`},
		{"POST", "/sandbox/orders", `{"store": 1000, "items": [{"description": "Mug", "quantity": 0, "unitPrice": 1}]}`, 400, `items[0].quantity`},
		{"POST", "/sandbox/orders", `{"store": 1000, "countryCode": "Canada"}`, 400, `countryCode`},
		{"POST", "/sandbox/orders", `{"store": 1000, "date": "yesterday"}`, 400, `date is no time`},
		{"POST", "/sandbox/orders", `{"store": 1000, "tempCartUUID": "7"}`, 400, `tempCartUUID is no UUID`},
		{"POST", "/sandbox/carts/7/expire", ``, 400, `names no cart`},
		{"POST", "/sandbox/faults", `{"kind": "slow"}`, 403, `only the demo`},
		{"GET", "/sandbox/faults", ``, 403, `only the demo`},
		{"DELETE", "/sandbox/faults", ``, 403, `only the demo`},
	} {
		s.take(t, h)
	}
}

// TestLiveStores sees that nothing moves a store that real shoppers use.
func TestLiveStores(t *testing.T) { engines.Each(t, testLiveStores) }

func testLiveStores(t *testing.T, e engines.Engine) {
	h, service := handler(t, e, nil)
	live, err := service.Store(t.Context(), liveStore)
	if err != nil {
		t.Fatal(err)
	}
	contents := &order.CartContents{Items: []order.Item{{Description: "Mug", Quantity: 1, UnitPrice: 100, WeightUnits: "LB"}}}
	cart, err := service.CreateCart(t.Context(), live, order.CartSender{}, contents)
	if err != nil {
		t.Fatal(err)
	}
	const says = "store 1001 is no test store"
	for _, s := range []step{
		{"POST", "/sandbox/orders", `{"store": 1001}`, 403, says},
		{"POST", "/sandbox/orders", `{"store": 1001, "tempCartUUID": "` + string(cart) + `"}`, 403, says},
		{"POST", "/sandbox/orders", `{"store": 1000, "tempCartUUID": "` + string(cart) + `"}`, 404, "store 1000 has no cart"},
		{"POST", "/sandbox/orders/1001-1/hold", ``, 403, says},
		{"POST", "/sandbox/carts/" + string(cart) + "/expire", ``, 403, says},
	} {
		s.take(t, h)
	}
	if waits, err := service.Cart(t.Context(), cart); err != nil || waits.ID != cart {
		t.Errorf("the cart: %v, %v", waits, err)
	}
}

func TestCarts(t *testing.T) { engines.Each(t, testCarts) }

func testCarts(t *testing.T, e engines.Engine) {
	h, service := handler(t, e, nil)
	store, err := service.Store(t.Context(), testStore)
	if err != nil {
		t.Fatal(err)
	}
	newCart := func() string {
		contents := &order.CartContents{ReferenceID: "q", Items: []order.Item{{Description: "Mug", Quantity: 1, UnitPrice: 100, WeightUnits: "LB"}}}
		cart, err := service.CreateCart(t.Context(), store, order.CartSender{}, contents)
		if err != nil {
			t.Fatal(err)
		}
		return string(cart)
	}
	placed, lapses := newCart(), newCart()
	for _, s := range []step{
		{"POST", "/sandbox/orders", `{"store": 1000, "tempCartUUID": "` + strings.ToUpper(placed) + `"}`, 200, `{"orderId":"1000-1","again":false}`},
		{"POST", "/sandbox/orders", `{"store": 1000, "tempCartUUID": "` + placed + `"}`, 200, `{"orderId":"1000-1","again":true}`},
		{"POST", "/sandbox/carts/" + placed + "/expire", ``, 404, "no such cart waits"},
		{"POST", "/sandbox/carts/" + lapses + "/expire", ``, 200, `{"expired":1}`},
		{"POST", "/sandbox/carts/" + lapses + "/expire", ``, 404, "no such cart waits"},
		{"POST", "/sandbox/orders", `{"store": 1000, "tempCartUUID": "` + lapses + `"}`, 404, "has no cart"},
	} {
		s.take(t, h)
	}
}

// TestPast sees that numbers and dates stay in one order (docs/adr/0014).
func TestPast(t *testing.T) { engines.Each(t, testPast) }

func testPast(t *testing.T, e engines.Engine) {
	h, service := handler(t, e, nil)
	for _, s := range []step{
		{"POST", "/sandbox/orders", `{"store": 1000, "date": "2029-12-01"}`, 200, `"1000-1"`},
		{"POST", "/sandbox/orders", `{"store": 1000, "date": "2029-11-30T23:59:59.999Z"}`, 400, "date lies before the store's last order, of 2029-12-01T00:00:00.000Z"},
		{"POST", "/sandbox/orders", `{"store": 1000, "date": "20291201"}`, 200, `"1000-2"`},
		{"POST", "/sandbox/orders", `{"store": 1000, "date": "2029-12-02T10:00:00+02:00"}`, 200, `"1000-3"`},
		{"POST", "/sandbox/orders", `{"store": 1000, "date": "2030-01-02T03:04:06Z"}`, 400, "date has not come yet"},
		{"POST", "/sandbox/orders", `{"store": 1000}`, 200, `"1000-4"`},
		{"POST", "/sandbox/orders", `{"store": 1000, "date": "2029-12-03"}`, 400, "date lies before"},
	} {
		s.take(t, h)
	}
	want := []time.Time{
		time.Date(2029, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2029, 12, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2029, 12, 2, 8, 0, 0, 0, time.UTC), now,
	}
	i := 0
	err := service.Heads(t.Context(), order.HeadQuery{Store: testStore}, func(head *order.Head) error {
		if i >= len(want) || head.Number != order.Number(i+1) || !head.PlacedAt.Equal(want[i]) || !head.StatusAt.Equal(want[i]) || !head.Test {
			t.Errorf("order %d: %+v", i, head)
		}
		i++
		return nil
	})
	if err != nil || i != len(want) {
		t.Errorf("%d orders, %v", i, err)
	}
	for from, number := range map[time.Time]int{want[0]: 4, want[2]: 2, want[3]: 1} {
		listed := 0
		err := service.Operate(t.Context(), testStore, func(r order.Reader) error {
			return r.List(order.ListQuery{PlacedFrom: from}, func(*order.Listed) error { listed++; return nil })
		})
		if err != nil || listed != number {
			t.Errorf("from %s: %d orders, %v, want %d", from, listed, err, number)
		}
	}
}

// TestWebPages sees that no page in a browser on this machine pulls a lever.
func TestWebPages(t *testing.T) {
	h, _ := handler(t, engines.SQLite(t), new(sandbox.Faults))
	for name, header := range map[string][2]string{
		"a form": {"Content-Type", "text/plain"}, "another origin": {"Origin", "https://evil.example.net"}, "another site": {"Sec-Fetch-Site", "cross-site"},
	} {
		for _, method := range []string{"POST", "DELETE"} {
			if name == "a form" && method == "DELETE" {
				continue // no form sends it
			}
			r := httptest.NewRequestWithContext(t.Context(), method, "/sandbox/faults", strings.NewReader(`{"kind": "slow"}`))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set(header[0], header[1])
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != http.StatusForbidden && w.Code != http.StatusUnsupportedMediaType {
				t.Errorf("%s, %s: %d %s", name, method, w.Code, w.Body)
			}
		}
	}
	if _, says := call(t, h, "GET", "/sandbox/faults", ""); says != `{"faults":[]}` {
		t.Errorf("faults were set: %s", says)
	}
}
