package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"entrepot/client"
	"entrepot/client/clienttest"
)

// recorder keeps what a client does instead of waiting, and what it tells.
type recorder struct {
	mu       sync.Mutex
	waits    []time.Duration
	attempts []client.Attempt
}

func (r *recorder) options() client.Options {
	return client.Options{
		Sleep: func(ctx context.Context, d time.Duration) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.waits = append(r.waits, d)
			return ctx.Err()
		},
		Jitter: func() float64 { return 0.5 },
		Observe: func(a client.Attempt) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.attempts = append(r.attempts, a)
		},
	}
}

func start(t *testing.T) *clienttest.Server {
	t.Helper()
	server := clienttest.NewServer()
	t.Cleanup(server.Close)
	return server
}

func wantAs[T error](t *testing.T, err error) (found T) {
	t.Helper()
	found, ok := errors.AsType[T](err)
	if !ok {
		t.Fatalf("%v (%T) is no %T", err, err, found)
	}
	if _, ok := errors.AsType[*client.Error](err); !ok {
		t.Errorf("%v does not say what was asked", err)
	}
	return found
}

func wantIs[T error](t *testing.T, err error) {
	t.Helper()
	_ = wantAs[T](t, err)
}

func TestRetriesUntilItSucceeds(t *testing.T) {
	for name, fault := range map[string]clienttest.Fault{
		"500": clienttest.InternalError(), "502 page": clienttest.WebPage(502), "429": clienttest.Throttled(0),
		"lost request": clienttest.LostRequest(), "lost answer": clienttest.LostAnswer(), "cut off": clienttest.CutOff(40),
	} {
		server, rec := start(t), &recorder{}
		c, id := server.Client(rec.options()), server.Add(client.Order{ReferenceID: "r"})
		for what, do := range map[string]func() error{
			"Order": func() error { _, err := c.Order(t.Context(), id); return err },
			"OrderNumbers": func() error {
				_, err := list(t.Context(), c, client.OrderNumbersQuery{SinceDate: time.Unix(0, 0)})
				return err
			},
			"UpdateMerchantOrderID": func() error { return c.UpdateMerchantOrderID(t.Context(), id, "17") },
			"SetTracking":           func() error { return c.SetTracking(t.Context(), id, "a", "b") },
			"UpdateStatus":          func() error { return c.UpdateStatus(t.Context(), id, client.VendorPreparingOrder) },
		} {
			server.Fail(3, fault)
			*rec = recorder{}
			if err := do(); err != nil {
				t.Errorf("%s, %s: %v", name, what, err)
			}
			// Three pauses, doubling, half of each from the jitter's 0.5.
			if fmt.Sprint(rec.waits) != "[187.5ms 375ms 750ms]" || len(rec.attempts) != 4 || rec.attempts[3].Class != "ok" {
				t.Errorf("%s, %s: waits %v, attempts %+v", name, what, rec.waits, rec.attempts)
			}
		}
		if o, _ := server.Order(id); o.TrackingNumber != "a,b" || o.MerchantOrderID != "17" || o.Status != client.VendorPreparingOrder {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func list(ctx context.Context, c *client.Client, q client.OrderNumbersQuery) (all []client.OrderNumber, err error) {
	for n, err := range c.OrderNumbers(ctx, q) {
		if err != nil {
			return all, err
		}
		all = append(all, n)
	}
	return all, nil
}

func TestRetriesAreBounded(t *testing.T) {
	server, rec := start(t), &recorder{}
	id := server.Add(client.Order{})
	o := rec.options()
	o.Retry = client.Retry{Attempts: 8, MinWait: time.Second, MaxWait: 3 * time.Second}
	server.Fail(100, clienttest.InternalError())
	_, err := server.Client(o).Order(t.Context(), id)
	wantIs[*client.ServerFaultError](t, err)
	if e := wantAs[*client.Error](t, err); e.Attempts != 8 || e.Status != 500 || !strings.HasPrefix(e.RequestID, "test-") || e.Endpoint != "v2/orderDetail" {
		t.Errorf("%+v", e)
	}
	if fmt.Sprint(rec.waits) != "[750ms 1.5s 2.25s 2.25s 2.25s 2.25s 2.25s]" {
		t.Errorf("waits %v", rec.waits)
	}
	if got := len(server.Requests()); got != 8 {
		t.Errorf("%d requests", got)
	}
}

func TestRefusalsAreNotRetried(t *testing.T) {
	server, rec := start(t), &recorder{}
	c := server.Client(rec.options())
	_, err := c.Order(t.Context(), "999-5")
	if notFound := wantAs[*client.NotFoundError](t, err); notFound.Value != "999-5" || client.Temporary(err) {
		t.Error(err)
	}
	server.Fail(1, clienttest.WebPage(200))
	_, err = c.Order(t.Context(), "999-5")
	page := wantAs[*client.NotAPIError](t, err)
	if page.Status != 200 || !strings.HasPrefix(page.ContentType, "text/html") || !strings.Contains(page.Excerpt, "Maintenance") || !client.Temporary(err) {
		t.Errorf("%+v", page)
	}
	if len(rec.waits) > 0 || len(server.Requests()) != 2 {
		t.Errorf("%v, %d requests", rec.waits, len(server.Requests()))
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	server, rec := start(t), &recorder{}
	c, id := server.Client(rec.options()), server.Add(client.Order{})
	server.Fail(1, clienttest.Throttled(7*time.Second))
	if _, err := c.Order(t.Context(), id); err != nil || len(rec.waits) != 1 || rec.waits[0] != 7*time.Second {
		t.Errorf("%v %v", err, rec.waits)
	}
	// Longer than is worth waiting for: back to the caller at once.
	server.Fail(1, clienttest.Throttled(61*time.Second))
	_, err := c.Order(t.Context(), id)
	if throttled := wantAs[*client.ThrottledError](t, err); throttled.RetryAfter != 61*time.Second || len(rec.waits) != 1 || !client.Temporary(err) {
		t.Errorf("%+v %v", throttled, rec.waits)
	}
}

// A change whose answer was lost has succeeded when it is found done.
func TestRetriedStatusThatIsThere(t *testing.T) {
	server, rec := start(t), &recorder{}
	c, id := server.Client(rec.options()), server.Add(client.Order{})
	server.Fail(1, clienttest.LostAnswer())
	if err := c.UpdateStatus(t.Context(), id, client.VendorShipmentReady); err != nil {
		t.Error(err)
	}
	if len(rec.attempts) != 2 || rec.attempts[1].Err != nil {
		t.Errorf("%+v", rec.attempts)
	}
	// On a first try it is what it says, and so it is after tries that did nothing.
	err := c.UpdateStatus(t.Context(), id, client.VendorShipmentReady)
	if there := wantAs[*client.AlreadyThereError](t, err); there.OrderID != id || there.Status != client.VendorShipmentReady {
		t.Errorf("%+v", there)
	}
	server.Fail(2, clienttest.Throttled(0))
	wantIs[*client.AlreadyThereError](t, c.UpdateStatus(t.Context(), id, client.VendorShipmentReady))
}

func TestCartIsNotRepeated(t *testing.T) {
	cart := client.Cart{Items: []client.CartItem{{Description: "Tent", Quantity: 1, UnitPrice: "199.00"}}}
	for name, fault := range map[string]clienttest.Fault{
		"500": clienttest.InternalError(), "lost answer": clienttest.LostAnswer(), "lost request": clienttest.LostRequest(), "503": clienttest.WebPage(503),
	} {
		server, rec := start(t), &recorder{}
		server.Fail(1, fault)
		if _, err := server.Client(rec.options()).CreateTempCart(t.Context(), cart); err == nil || len(server.Requests()) != 1 {
			t.Errorf("%s: %v after %d requests", name, err, len(server.Requests()))
		}
	}
	server, rec := start(t), &recorder{}
	server.Fail(2, clienttest.Throttled(0))
	if id, err := server.Client(rec.options()).CreateTempCart(t.Context(), cart); err != nil || len(id) != 36 {
		t.Errorf("429 says that it was not taken: %v", err)
	}
	server.Close()
	_, err := server.Client(rec.options()).CreateTempCart(t.Context(), cart)
	if e := wantAs[*client.Error](t, err); e.Attempts != 4 || !client.Temporary(err) {
		t.Errorf("without a connection nothing was sent: %+v", e)
	}
}

// A list is begun again only while nobody has seen an order of it.
func TestListThatBreaksOff(t *testing.T) {
	server, rec := start(t), &recorder{}
	for range 500 {
		server.Add(client.Order{})
	}
	c, q := server.Client(rec.options()), client.OrderNumbersQuery{SinceDate: time.Unix(0, 0), Statuses: true}
	server.Fail(2, clienttest.CutOff(60))
	if all, err := list(t.Context(), c, q); err != nil || len(all) != 500 || len(rec.waits) != 2 {
		t.Errorf("%d orders, %v, %v", len(all), err, rec.waits)
	}
	server.Fail(1, clienttest.CutOff(60_000))
	all, err := list(t.Context(), c, q)
	broken := wantAs[*client.BrokenListError](t, err)
	if len(all) == 0 || int64(len(all)) != broken.Orders || len(rec.waits) != 2 || !client.Temporary(err) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d orders, %v, %v", len(all), err, rec.waits)
	}
}

func TestListsThatAreNotLists(t *testing.T) {
	for _, body := range []string{"", "<html></html>", "[]", "null", "{}", `{"order":{}}`, "OK"} {
		server, rec := start(t), &recorder{}
		server.Fail(1, clienttest.Answer(200, "text/plain", body))
		_, err := list(t.Context(), server.Client(rec.options()), client.OrderNumbersQuery{MissingMerchantOrderID: true})
		if e := wantAs[*client.NotAPIError](t, err); e.Status != 200 || e.ContentType != "text/plain" || len(rec.waits) > 0 {
			t.Errorf("%q: %+v", body, e)
		}
	}
	server, rec := start(t), &recorder{}
	server.Fail(1, clienttest.Answer(200, "application/json", `{"error":"Could not process order details."}`))
	if _, err := list(t.Context(), server.Client(rec.options()), client.OrderNumbersQuery{MissingMerchantOrderID: true}); err != nil || len(rec.waits) != 1 {
		t.Errorf("a fault that version 1 tells with 200 is repeated: %v", err)
	}
}

func TestCounts(t *testing.T) {
	server := start(t)
	server.Add(client.Order{TestOrder: true})
	server.Add(client.Order{})
	server.Add(client.Order{})
	for _, since := range []time.Time{time.Unix(0, 0), time.Now().AddDate(1, 0, 0)} {
		var told []client.Counts
		q := client.OrderNumbersQuery{SinceDate: since, Counts: func(c client.Counts) { told = append(told, c) }}
		all, err := list(t.Context(), server.Client(client.Options{}), q)
		want := client.Counts{Total: int64(len(all)), Live: int64(len(all)) * 2 / 3, Test: int64(len(all)) / 3}
		if err != nil || len(told) != 1 || told[0] != want {
			t.Errorf("%v %v", told, err)
		}
	}
}

func TestStringIDs(t *testing.T) {
	server := start(t)
	server.StringIDs(true)
	server.OnlyV1(true)
	id := server.Add(client.Order{TestOrder: true, Items: []client.Item{{Description: "Tent \"x\"", Quantity: 2, UnitPrice: "199.00"}}})
	c := server.Client(client.Options{Version: client.V1})
	all, err := list(t.Context(), c, client.OrderNumbersQuery{SinceDate: time.Unix(0, 0), Statuses: true})
	if err != nil || len(all) != 1 || all[0].ID != id || !all[0].TestOrder || all[0].StatusDate.IsZero() {
		t.Errorf("%+v %v", all, err)
	}
	o, err := c.Order(t.Context(), id)
	if err != nil || o.ItemsTotal != "398.00" || !o.TestOrder || o.Items[0].Quantity != 2 || !strings.Contains(string(o.Raw), `"398.00"`) {
		t.Errorf("%+v %v", o, err)
	}
	_, err = server.Client(client.Options{}).Order(t.Context(), id)
	if e := wantAs[*client.NotAPIError](t, err); e.Status != 404 {
		t.Error(err)
	}
}
