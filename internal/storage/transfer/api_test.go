package transfer_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"entrepot/internal/api"
	"entrepot/internal/order"
)

// answer is all that a client sees, but for the id of the request.
type answer struct {
	status int
	header string
	body   string
}

type asker struct {
	*testing.T
	url   string
	clock *atomic.Int64
}

// ask is a client of a storage whose clock, and whose ids of new carts, are
// those of every other one with the same seed.
func ask(t *testing.T, storage order.Storage, at int64) asker {
	t.Helper()
	w := newWorld(storage, 77)
	w.millis.Store(at)
	server := httptest.NewServer(api.New(api.Config{Service: w.Service, Log: slog.New(slog.DiscardHandler), SpoolDir: t.TempDir(), Clock: w.now}))
	t.Cleanup(server.Close)
	return asker{t, server.URL, &w.millis}
}

// perRequest is long enough for one who guesses to be let try again.
const perRequest = 60_000

func (a asker) post(path, body string) answer {
	a.Helper()
	a.clock.Add(perRequest)
	response, err := http.Post(a.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		a.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		a.Fatal(err)
	}
	response.Header.Del("X-Request-Id")
	response.Header.Del("Date")
	return answer{response.StatusCode, fmt.Sprint(response.Header), string(text)}
}

// request is a path and a body.
type request struct{ path, body string }

// reads asks for everything that can be asked of the orders, with right and
// wrong secrets.
func reads(w *world) (all []request) {
	add := func(path, format string, args ...any) { all = append(all, request{path, fmt.Sprintf(format, args...)}) }
	for _, store := range []order.StoreNumber{shop, other, sandbox, loading, 5} {
		for _, given := range []string{secret, newerSecret, "5f0c6a52-8e1b-4f0e-9d6c-3f1a2b7c8d9f", ""} {
			for _, rest := range []string{
				``, `,"sinceOrderId":7`, `,"sinceOrderId":"1000-3"`, `,"sinceDate":"20260301"`, `,"throughDate":"20260301"`,
				`,"sinceDate":"20250101","throughDate":"20260228"`, `,"sinceOrderId":1`, `,"sinceDate":"20200101","excludeTestOrders":true`,
			} {
				add("/v1/orderNumbers", `{"store":%d,"secret":%q%s}`, store, given, rest)
			}
			add("/v1/orderDetail", `{"store":%d,"secret":%q,"orderId":3}`, store, given)
			add("/v2/orderDetail", `{"store":%d,"secret":%q,"orderId":"1000-3"}`, store, given)
		}
		for reference := range 25 {
			add("/v1/orderDetail", `{"store":%d,"secret":%q,"referenceId":"cart-%d"}`, store, secret, reference)
		}
	}
	for _, id := range append(w.everyOrder(), order.ID{Store: shop, Number: 100_000}) {
		for version := 1; version <= 2; version++ {
			add(fmt.Sprintf("/v%d/orderDetail", version), `{"store":%d,"secret":%q,"orderId":%q}`, id.Store, secret, id)
		}
	}
	return all
}

// everyOrder are the ids of all orders, imported ones included.
func (w *world) everyOrder() []order.ID {
	all := slices.Clone(w.orders)
	for n := range 40 {
		all = append(all, order.ID{Store: loading, Number: imported(n)})
	}
	return all
}

// writes change what is there: after a copy they have the same effect.
func writes(w *world) (all []request) {
	add := func(path, format string, args ...any) { all = append(all, request{path, fmt.Sprintf(format, args...)}) }
	for i, id := range w.orders {
		who := fmt.Sprintf(`"store":%d,"secret":%q,"orderId":%q`, id.Store, secret, id)
		add("/v1/updateMerchantOrderId", `{%s,"merchantOrderId":"new-%d"}`, who, i)
		add("/v1/updateVendorOrderStatus", `{%s,"orderStatus":%q}`, who, order.VendorStatuses()[i%len(order.VendorStatuses())])
		add("/v2/setShipmentTracking", `{%s,"trackingList":[{"number":"1Z%d"},{"number":"again"}]}`, who, i)
		cart := `"items":[{"description":"Enamel mug","quantity":2,"unitPrice":"12.50"}]`
		add("/v1/createTempCart", `{"storeId":%d,"store":%d,%s}`, id.Store, id.Store, cart)
		add("/v1/createTempCart", `{"storeId":%d,"store":%d,"secret":%q,%s}`, id.Store, id.Store, secret, cart)
	}
	add("/v1/createTempCart", `{"store":%d,"items":[{"description":"Mug","quantity":1,"unitPrice":1}]}`, loading)
	return all
}

// TestAnswersAreTheSame asks a file and its copy the same, before and after
// both were changed in the same way.
func TestAnswersAreTheSame(t *testing.T) {
	w, _ := populated(t, 8, 300)
	to, _ := database(t)
	mustCopy(t, w.storage, to)
	at := w.millis.Add(60_000)
	before, after := ask(t, w.storage, at), ask(t, to, at)
	counts := map[string]int{}
	for _, list := range [][]request{reads(w), writes(w), reads(w)} {
		for _, r := range list {
			was, is := before.post(r.path, r.body), after.post(r.path, r.body)
			if was != is {
				t.Fatalf("%s %s\nanswers of the file %+v\nof its copy        %+v", r.path, r.body, was, is)
			}
			kind := "done"
			switch {
			case strings.Contains(was.body, "Invalid security credentials"):
				kind = "refused"
			case was.status != http.StatusOK || strings.Contains(was.body, `"error"`):
				kind = "failed"
			}
			counts[r.path+" "+kind]++
		}
	}
	for _, want := range []string{
		"/v1/orderNumbers done", "/v1/orderDetail done", "/v2/orderDetail done", "/v1/updateMerchantOrderId done", "/v1/createTempCart done",
		"/v1/updateVendorOrderStatus done", "/v2/setShipmentTracking done", "/v1/orderNumbers refused", "/v1/orderDetail refused",
		"/v2/orderDetail refused", "/v1/orderDetail failed", "/v1/updateVendorOrderStatus failed",
	} {
		if counts[want] < 10 {
			t.Errorf("%d answers of %s: the test asks too little: %v", counts[want], want, counts)
		}
	}
}

// TestNumbersGoOn places orders on both sides: numbers, dates, quotas and
// carts go on where they were.
func TestNumbersGoOn(t *testing.T) {
	w, path := populated(t, 9, 400)
	to, d := database(t)
	mustCopy(t, w.storage, to)
	at := w.millis.Add(1)
	for _, storage := range []order.Storage{w.storage, to} {
		next := newWorld(storage, 10)
		next.millis.Store(at)
		next.orders, next.carts = append([]order.ID(nil), w.orders...), append([]order.CartID(nil), w.carts...)
		if err := next.live(t.Context(), 200); err != nil {
			t.Fatal(err)
		}
		if err := next.OpenStore(t.Context(), loading); err != nil {
			t.Fatal(err)
		}
		if _, err := next.EraseDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		next.millis.Add(45 * 60 * 60 * 1000)
		if _, err := next.PurgeCarts(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wantSameTables(t, path, d)
}
