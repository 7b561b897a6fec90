package openapi_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"entrepot/internal/conformance"
	"entrepot/internal/demo"
	"entrepot/internal/order"
)

const move = "/v1/updateVendorOrderStatus"

// record has the service answer everything that it can answer.
func record(t *testing.T, c *check) []*exchange {
	t.Helper()
	r := newRecorder()
	t.Cleanup(r.CloseIdleConnections)
	conform(t, r)
	s := exampleShop(t, r, c.description)
	runExamples(t, s)
	refusals(s)
	for _, status := range []string{"VENDOR_PREPARING_ORDER", "VENDOR_SHIPMENT_READY"} { // one of them moves the order
		s.examples[move] = append(s.examples[move], example{path: move, body: credentials(`"orderId":99962,"orderStatus":"` + status + `"`)})
	}
	others(s)
	probeTypes(s, c.documented.features)
	serverFaults(s)
	states(t, r)
	limits(t, r)
	return r.traffic
}

// conform runs the conformance table.
func conform(t *testing.T, r *recorder) {
	t.Helper()
	const other = 998
	const next = "d1b6c7e0-3a94-4f25-9e8d-7c5b4a392817"
	s := open(t, setup{}, r)
	midnight := time.Now().UTC().Truncate(24 * time.Hour)
	for _, o := range []demo.Options{
		{Store: store, Secret: secret, Orders: 300, Seed: 1, Now: midnight},
		{Store: other, Secret: wrong, Orders: 460, Seed: 2, Now: midnight},
	} {
		if err := demo.Populate(t.Context(), s.storage, o); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.service.RotateSecret(t.Context(), store, next); err != nil {
		t.Fatal(err)
	}
	err := s.service.ConfigureStore(t.Context(), other, func(o *order.Store) { o.Settings.RequireSecretForCarts = true })
	if err != nil {
		t.Fatal(err)
	}
	report, err := conformance.Run(t.Context(), conformance.Target{
		URL: s.url, Store: store, Secret: secret, NextSecret: next, OtherStore: other, OtherSecret: wrong, OtherCartSecret: true,
		Write: true, Place: s.place, Client: s.client(),
	}, conformance.NoWait())
	if err != nil {
		t.Fatal(err)
	}
	if report.Failed() || report.Count(conformance.NotShown) > 0 {
		t.Error("the service does not hold the contract; see the tests of internal/conformance")
	}
}

// place makes an order of a cart.
func (s *shop) place(ctx context.Context, cart string) (string, error) {
	checkout := order.Checkout{
		ShipTo: order.Address{Name: "Conformance Example", Address1: "1 Example Street", City: "Exampleton", CountryCode: "CA", CountryName: "Canada"},
		Test:   true,
	}
	placed, err := s.service.Place(ctx, order.CartID(cart), checkout, order.Why{Actor: "test"})
	return placed.ID.String(), err
}

// exampleShop has the orders that the examples are about.
func exampleShop(t *testing.T, r *recorder, d *description) *shop {
	t.Helper()
	s := open(t, setup{}, r)
	s.examples = map[string][]example{}
	for _, path := range d.operations() {
		s.examples[path] = d.examples(path)
	}
	s.addStore(store, true)
	s.take(exampleOrders(t)...)
	if err := s.service.OpenStore(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	return s
}

// exampleOrders are one with everything, those that examples change, two with
// the same reference, and one with keys that only another server knows and
// without what no order of our own lacks.
func exampleOrders(t *testing.T) []string {
	t.Helper()
	full, err := os.ReadFile("../internal/wire/testdata/detail_everything.json")
	if err != nil {
		t.Fatal(err)
	}
	const inProcess = "IGLOBAL_ORDER_IN_PROCESS"
	lines := []string{strings.ReplaceAll(string(full), "\n", " ")}
	for _, number := range []int{90, 91, 92, 93, 94, 81, 82, 83, 84, 85, 86, 61, 62} {
		lines = append(lines, plainOrder(fmt.Sprintf("999-999%d", number), inProcess))
	}
	return append(
		lines,
		plainOrder("999-99971", inProcess, `"referenceId":"twice"`),
		plainOrder("999-99972", inProcess, `"referenceId":"twice"`),
		`{"beside":1,"order":`+plainOrder(
			"999-99973", "IGLOBAL_LABELS_PROCESSING", `"loyaltyPoints":7`,
			`"items":[{"quantity":1,"unitPrice":1,"bin":"A7"}]`,
			`"notes":[{"dateCreated":1420072394000,"mood":"good"}]`,
			`"promoCode":{"amount":5,"campaign":"spring"}`,
			`"dutyTaxesBreakdown":{"duty":1,"carbonTax":2}`,
			`"paymentProcessing":{"paymentGateway":"shop","wallet":"none"}`,
		)+"}",
	)
}

// runExamples sends every example of the document. The service takes them all.
func runExamples(t *testing.T, s *shop) {
	t.Helper()
	for _, path := range sorted(s.examples) {
		for _, e := range s.examples[path] {
			if x := s.send(path, e.body); !x.taken() {
				t.Errorf("the example %s is refused: %v", e.name, x)
			}
		}
	}
	s.send("/v1/magento-region", `{"country":"CA","region":"Nowhere"}`)
}

// others are requests that are taken, and that no other test sends.
func others(s *shop) {
	s.ask("/v2/orderDetail", `"orderId":"999-99973"`).foreign = true
	s.ask("/v1/orderDetail", `"orderId":"999-99973"`).foreign = true
	for path := range endpoints {
		list := s.examples[path]
		s.send(path, list[max(0, len(list)-2)].with("ours", 1))
		renamed := list[len(list)-1].object()
		delete(renamed, "store")
		renamed["storeId"] = store
		s.send(path, encode(renamed))
	}
	s.ask("/v1/createTempCart", `"items":[{"description":"Tent","quantity":1,"unitPrice":1,"ours":1}]`)
	s.ask("/v2/setShipmentTracking", `"orderId":99991,"trackingList":[{"number":"1Z","ours":1}]`)
}
