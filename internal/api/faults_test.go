package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
)

// cause is what lies behind a fault; no client may ever read it.
const cause = "disk 7 in rack 3 is on fire"

// faults are failures for which no endpoint has a text of its own.
func faults() map[string]error {
	list := map[string]error{
		"a plain error":     errors.New(cause),
		"a code of no text": fault.New("a code of tomorrow", cause),
	}
	for _, code := range []fault.Code{
		fault.Internal, fault.Unavailable, fault.Unsupported, fault.Exists, fault.Expired, fault.Duplicate,
	} {
		list[string(code)] = fmt.Errorf("in the storage: %w", fault.Wrap(code, "words for people", errors.New(cause)))
	}
	return list
}

// faulty checks the answer to a request that met a fault, and its line in the
// log: one, with the id that the client was told, and the cause.
func (f *fixture) faulty(t *testing.T, got answer, status int, text string) {
	t.Helper()
	got.want(t, status, text)
	got.whole(t, jsonType)
	if strings.Contains(got.body+fmt.Sprint(got.header), "on fire") {
		t.Errorf("the cause is shown: %s", got.body)
	}
	id := got.header.Get("X-Request-Id")
	f.log.wait(t, "id", id)
	lines := f.log.with("id", id)
	if len(lines) != 1 || lines[0]["level"] != "ERROR" || !strings.Contains(fmt.Sprint(lines[0]["cause"]), cause) {
		t.Errorf("logged %v", lines)
	}
}

func TestServerFaults(t *testing.T) {
	f, d := startDouble(t)
	f.place()
	for name, err := range faults() {
		for _, e := range endpoints {
			t.Run(name+e.path, func(t *testing.T) {
				d.misbehave(misbehaviour{view: func() error { return err }})
				f.faulty(t, f.ask(e.path, e.request), e.faultStatus, e.fault)
				if e.writes {
					d.misbehave(misbehaviour{tx: func() error { return err }})
					f.faulty(t, f.ask(e.path, e.request), e.faultStatus, e.fault)
				}
			})
		}
	}
	d.misbehave(misbehaviour{})
	if got := f.ask("/v2/orderDetail", `"orderId":1`); got.status != http.StatusOK {
		t.Errorf("after the faults: %d %s", got.status, got.body)
	}
}

// A race that is lost has a text at one endpoint and is a fault at the others.
func TestConflict(t *testing.T) {
	f, d := startDouble(t)
	f.place()
	d.misbehave(misbehaviour{tx: func() error { return fault.Wrap(fault.Conflict, "lost", errors.New(cause)) }})
	for _, e := range endpoints {
		switch {
		case e.path == "/v1/updateVendorOrderStatus":
			f.ask(e.path, e.request).want(t, http.StatusOK, "Could not update order status to status: VENDOR_SHIPMENT_READY")
		case e.writes:
			f.faulty(t, f.ask(e.path, e.request), e.faultStatus, e.fault)
		}
	}
}

// A write that the service cannot do must not be answered with success.
func TestFaultInAWriteChangesNothing(t *testing.T) { engines.Each(t, testFaultInAWriteChangesNothing) }

func testFaultInAWriteChangesNothing(t *testing.T, e engines.Engine) {
	f, d := startDouble(t, on(e))
	f.place()
	before := f.ask("/v2/orderDetail", `"orderId":1`).body
	d.misbehave(misbehaviour{tx: func() error { return fault.New(fault.Unavailable, cause) }})
	for _, e := range endpoints {
		if e.writes {
			f.ask(e.path, e.request)
		}
	}
	d.misbehave(misbehaviour{})
	if after := f.ask("/v2/orderDetail", `"orderId":1`).body; after != before {
		t.Errorf("%s\nbecame\n%s", before, after)
	}
}

// unreadable is a view in which orders are found, but cannot be read.
type unreadable struct {
	order.View
	err error
}

func (u unreadable) Detail(order.ID) (order.Head, order.Document, error) {
	return order.Head{}, order.Document{}, u.err
}

func TestReferenceThatCannotBeRead(t *testing.T) {
	f, d := startDouble(t)
	cart := f.ask("/v1/createTempCart", oneItem+`,"referenceId":70001`)
	f.placeCart(cart, checkout)
	for _, code := range []fault.Code{fault.Unavailable, fault.Internal, fault.NotFound} {
		d.misbehave(misbehaviour{wrap: func(v order.View) order.View {
			return unreadable{v, fault.Wrap(code, "words", errors.New(cause))}
		}})
		const text = "Could not retrieve order with referenceId: 70001"
		f.faulty(t, f.ask("/v1/orderDetail", `"referenceId":"70001"`), http.StatusOK, text)
		f.faulty(t, f.ask("/v2/orderDetail", `"referenceId":70001`), http.StatusBadRequest, text)
	}
}

// What is kept in a form of tomorrow is a fault, not half an order.
func TestDocumentThatIsNotKnown(t *testing.T) { engines.Each(t, testDocumentThatIsNotKnown) }

func testDocumentThatIsNotKnown(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	f.place()
	f.exec("UPDATE order_documents SET format = 99")
	got := f.ask("/v2/orderDetail", `"orderId":1`)
	got.want(t, http.StatusInternalServerError, "Could not process order details")
}

func TestPanics(t *testing.T) {
	f, d := startDouble(t)
	f.place()
	for _, e := range endpoints {
		d.misbehave(misbehaviour{view: func() error { panic(cause) }})
		got := f.ask(e.path, e.request)
		got.want(t, e.faultStatus, e.fault)
		got.whole(t, jsonType)
		f.panicked(t, got.header.Get("X-Request-Id"))
		d.misbehave(misbehaviour{})
		if got := f.ask(e.path, "").body; strings.Contains(got, e.fault) {
			t.Errorf("after a panic: %s", got)
		}
	}
}

// panicked looks for the two lines of a panic: where it was, and what was
// answered.
func (f *fixture) panicked(t *testing.T, id string) {
	t.Helper()
	lines := f.log.waitFor(t, 2, "id", id)
	if len(lines) != 2 || lines[0]["msg"] != "panic" || !strings.Contains(fmt.Sprint(lines[0]["stack"]), "ServeHTTP") {
		t.Errorf("logged %v", lines)
		return
	}
	if lines[1]["level"] != "ERROR" || !strings.Contains(fmt.Sprint(lines[1]["cause"]), cause) {
		t.Errorf("logged %v", lines[1])
	}
}

// panicking is a view that panics while it is read.
type panicking struct{ order.View }

func (panicking) Head(order.ID) (order.Head, error) { panic(cause) }

func (panicking) Detail(order.ID) (order.Head, order.Document, error) { panic(cause) }

// Panics in the middle of a view take no connection of the database with them,
// however many there are.
func TestManyPanicsInAView(t *testing.T) { engines.Each(t, testManyPanicsInAView) }

func testManyPanicsInAView(t *testing.T, e engines.Engine) {
	f, d := startDouble(t, on(e))
	f.place()
	d.misbehave(misbehaviour{wrap: func(v order.View) order.View { return panicking{v} }})
	for range 50 {
		f.ask("/v2/orderDetail", `"orderId":1`).want(t, http.StatusInternalServerError, "Could not process order details")
	}
	d.misbehave(misbehaviour{})
	if got := f.ask("/v2/orderDetail", `"orderId":1`); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
}
