package openapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// mishap is what goes wrong in the storage. What is nil works.
type mishap struct {
	view, tx   error
	unreadable error // orders are found, but cannot be read
}

func (s *shop) goWrong(m mishap) { s.mishap.Store(&m) }

// faulty is a storage in which things go wrong.
type faulty struct {
	order.Storage
	now *atomic.Pointer[mishap]
}

func (f *faulty) View(ctx context.Context, fn func(order.View) error) error {
	m := f.now.Load()
	if m.view != nil {
		return m.view
	}
	return f.Storage.View(ctx, func(v order.View) error {
		if m.unreadable != nil {
			v = unreadable{v, m.unreadable}
		}
		return fn(v)
	})
}

func (f *faulty) InTx(ctx context.Context, fn func(order.Tx) error) error {
	if m := f.now.Load(); m.tx != nil {
		return m.tx
	}
	return f.Storage.InTx(ctx, fn)
}

type unreadable struct {
	order.View
	err error
}

func (u unreadable) Detail(order.ID) (order.Head, order.Document, error) {
	return order.Head{}, order.Document{}, u.err
}

// serverFaults sends to every endpoint while the database is away, and to some
// while it fails in a way of its own.
func serverFaults(s *shop) {
	away := fault.New(fault.Unavailable, "the database is away")
	s.goWrong(mishap{view: away, tx: away})
	for path := range endpoints {
		s.send(path, s.examples[path][0].body)
	}
	s.goWrong(mishap{tx: fault.New(fault.Conflict, "lost")})
	s.ask(move, `"orderId":99961,"orderStatus":"VENDOR_PREPARING_ORDER"`)
	s.goWrong(mishap{unreadable: errors.New("a page is torn")})
	s.ask("/v1/orderDetail", `"referenceId":"70001"`)
	s.ask("/v2/orderDetail", `"referenceId":"70001"`)
	s.goWrong(mishap{})
}

// limits uses every limit up. Each needs a service of its own.
func limits(t *testing.T, r *recorder) {
	cart := fmt.Sprintf(`{"store":%d,"items":[{"description":"Tent","quantity":1,"unitPrice":1}]}`, store)
	one, many := order.CartUsage{Carts: 1, Bytes: 1 << 20}, order.CartUsage{Carts: 99, Bytes: 1 << 20}
	for _, with := range []setup{
		{rate: 0.001},
		{quota: order.CartQuota{PerStore: one, PerAddress: many}},
		{quota: order.CartQuota{PerStore: many, PerAddress: one}},
	} {
		s := open(t, with, r)
		s.addStore(store, false)
		s.send("/v1/createTempCart", cart)
		s.send("/v1/createTempCart", cart)
	}
	s := open(t, setup{}, r)
	s.addStore(store, false)
	guess := fmt.Sprintf(`{"store":%d,"secret":%q}`, store, wrong)
	for range 30 {
		s.send("/v1/orderNumbers", guess)
	}
	for path := range endpoints {
		s.send(path, guess)
	}
}

// states sends to a store that is being loaded, and to one that is closed.
func states(t *testing.T, r *recorder) {
	s := open(t, setup{}, r)
	s.addStore(store, true)
	const items = `"items":[{"description":"Tent","quantity":1,"unitPrice":1}]`
	s.ask("/v1/createTempCart", items)
	s.ask("/v1/orderNumbers", `"sinceDate":"20150101"`)
	if err := s.service.OpenStore(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	err := s.service.ConfigureStore(t.Context(), store, func(o *order.Store) { o.State = order.StoreClosed })
	if err != nil {
		t.Fatal(err)
	}
	s.ask("/v1/createTempCart", items)
}

// example is a request of the document.
type example struct{ path, name, body string }

// examples are the requests that the document shows of a path.
func (d *description) examples(path string) (list []example) {
	const requests = "requestBody"
	all := at(d.root, "paths", path, "post", requests, "content", "application/json", "examples")
	for _, name := range sorted(all) {
		body, err := json.Marshal(find(all, name, "value"))
		if err != nil {
			panic(err) // it was read from JSON
		}
		list = append(list, example{path, name, string(body)})
	}
	return list
}

// refusals are requests that are refused for reasons that no case of the
// conformance table has.
func refusals(s *shop) {
	item := func(keys string) {
		s.ask("/v1/createTempCart", `"items":[{"description":"Tent","quantity":1,"unitPrice":1,`+keys+`}]`)
	}
	for _, keys := range []string{
		`"sku":["A"]`, `"sku":true`, `"weight":"heavy"`, `"weight":-1`, `"weight":"-1"`, `"weightUnits":"stone"`, `"weightUnits":["LB"]`,
		`"countryOfOrigin":"Italy"`, `"countryOfOrigin":5`, `"itemNonShippable":"perhaps"`, `"itemNonShippable":2`, `"itemNonShippable":[]`,
		`"quantity":4000000000`, `"quantity":"4000000000"`, `"unitPrice":1e400`, `"unitPrice":"10000000000000.01"`, `"unitPrice":9999999999999,"quantity":9`,
	} {
		item(keys)
	}
	s.ask("/v1/createTempCart", `"items":{"0":{}}`)
	s.ask("/v1/createTempCart", `"domesticShippingCharge":-1,"items":[{"description":"Tent","quantity":1,"unitPrice":1}]`)
	s.ask("/v1/orderNumbers", `"missingMerchantOrderId":"perhaps"`)
	s.ask("/v1/updateMerchantOrderId", `"orderId":99991,"merchantOrderId":["A"]`)
	s.ask("/v1/updateMerchantOrderId", `"orderId":99991,"merchantOrderId":"`+strings.Repeat("9", 256)+`"`)
	for _, list := range []string{
		`"1Z"`, `{"number":"1Z"}`, `["1Z"]`, `[{"number":["1Z"]}]`, `[{"number":","}]`, `[{"number":null}]`, `[{"number":"` + strings.Repeat("9", 101) + `"}]`,
		`[{"number":"` + numbers(1001) + `"}]`,
	} {
		s.ask("/v2/setShipmentTracking", `"orderId":99991,"trackingList":`+list)
	}
	for _, path := range []string{"/v1/orderDetail", "/v2/orderDetail"} {
		s.ask(path, `"referenceId":"twice"`)
		// long enough to be packed
		s.send(path, fmt.Sprintf(`{"store":%d,"secret":%q,"orderId":%q}`, store, secret, strings.Repeat("x", 2000)), "Accept-Encoding", "gzip")
	}
}

// numbers are so many tracking numbers in one text.
func numbers(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint(i)
	}
	return strings.Join(list, ",")
}
