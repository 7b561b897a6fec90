package conformance_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"entrepot/client"
	"entrepot/internal/fault"
	"entrepot/internal/order"
)

func TestClientTellsCredentials(t *testing.T) {
	t.Parallel()
	bothVersions(t, func(t *testing.T, _ shop, _ *faulty, o client.Options, url string) {
		wrong := newClient(t, url, store, "00000000-0000-4000-8000-000000000000", o)
		for round := range 5 { // 35 guesses: the last are throttled
			for what, err := range everyEndpoint(t.Context(), wrong, "1") {
				if round < 4 {
					wantError(t, what, err, func(*client.InvalidCredentialsError) bool { return true })
				}
			}
		}
		for what, err := range everyEndpoint(t.Context(), wrong, "1") {
			wantError(t, what, err, func(e *client.ThrottledError) bool { return e.RetryAfter > 0 && e.RetryAfter <= time.Minute })
		}
		none := newClient(t, url, store, "", o)
		for what, err := range everyEndpoint(t.Context(), none, "1") {
			if what != "CreateTempCart" {
				wantError(t, what, err, func(*client.InvalidCredentialsError) bool { return true })
			} else if err != nil {
				t.Errorf("a cart needs no secret: %v", err)
			}
		}
	})
}

func TestClientTellsWhatIsNotThere(t *testing.T) {
	t.Parallel()
	bothVersions(t, func(t *testing.T, _ shop, _ *faulty, o client.Options, url string) {
		c := newClient(t, url, store, secret, o)
		for what, err := range everyEndpoint(t.Context(), c, "999-4000000000") {
			want := client.NotFoundError{Key: "orderId", Value: "999-4000000000"}
			switch what {
			case "CreateTempCart":
				continue
			case "OrderByReference":
				want = client.NotFoundError{Key: "referenceId", Value: "x"}
			case "OrderNumbers":
				want.Key = "sinceOrderId"
			}
			wantError(t, what, err, func(e *client.NotFoundError) bool { return *e == want })
		}
		for _, id := range []client.OrderID{"x", "998-1", "0", "999-"} {
			for what, err := range everyEndpoint(t.Context(), c, id) {
				if what != "CreateTempCart" && what != "OrderByReference" {
					wantError(t, what, err, func(e *client.InvalidOrderIDError) bool { return e.Value == string(id) })
				}
			}
		}
	})
}

func TestClientTellsRefusals(t *testing.T) {
	t.Parallel()
	bothVersions(t, func(t *testing.T, s shop, f *faulty, o client.Options, url string) {
		ctx, c := t.Context(), newClient(t, url, store, secret, o)
		id := placedOrder(t, s, c, "twice")
		placedOrder(t, s, c, "twice")
		_, err := c.OrderByReference(ctx, "twice")
		wantError(t, "twice", err, func(e *client.DuplicateReferenceError) bool { return e.ReferenceID == "twice" })

		move := func(status client.Status) error { return c.UpdateStatus(ctx, id, status) }
		wantError(t, "no status", move("NO_STATUS"), func(e *client.InvalidStatusError) bool { return e.Status == "NO_STATUS" && !e.System })
		wantError(t, "the system's", move(client.OrderOnHold), func(e *client.InvalidStatusError) bool { return e.Status == client.OrderOnHold && e.System })
		lost := error(fault.New(fault.Conflict, "lost"))
		f.tx.Store(&lost)
		wantError(t, "race", move(client.VendorShipmentReady), func(e *client.ConflictError) bool { return e.Status == client.VendorShipmentReady })
		f.tx.Store(nil)
		if err := move(client.VendorCancellationRequest); err != nil {
			t.Fatal(err)
		}
		wantError(t, "there", move(client.VendorCancellationRequest), func(e *client.AlreadyThereError) bool {
			return *e == client.AlreadyThereError{OrderID: id, Status: client.VendorCancellationRequest}
		})
		wantError(t, "locked", move(client.VendorShipmentReady), func(e *client.LockedError) bool {
			return *e == client.LockedError{OrderID: id, From: client.VendorCancellationRequest, To: client.VendorShipmentReady}
		})
		grant(t, s, id)
		wantError(t, "cancelled", move(client.VendorShipmentReady), func(e *client.LockedError) bool {
			return *e == client.LockedError{OrderID: id, From: client.OrderCancelled, To: client.VendorShipmentReady}
		})
	})
}

func grant(t *testing.T, s shop, id client.OrderID) {
	t.Helper()
	parsed, err := order.ParseID(string(id))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Move(t.Context(), parsed, order.GrantCancellation, order.Why{Actor: "test"}); err != nil {
		t.Fatal(err)
	}
}

func TestClientTellsBadRequests(t *testing.T) {
	t.Parallel()
	bothVersions(t, func(t *testing.T, s shop, _ *faulty, o client.Options, url string) {
		ctx, c := t.Context(), newClient(t, url, store, secret, o)
		day := time.Date(2015, 1, 2, 0, 0, 0, 0, time.UTC)
		field := func(want string) func(*client.InvalidRequestError) bool {
			return func(e *client.InvalidRequestError) bool { return e.Field == want && e.Text != "" }
		}
		_, err := c.Order(ctx, "")
		wantError(t, "no id", err, field(""))
		wantError(t, "no range", lastError(ctx, c, client.OrderNumbersQuery{}), field(""))
		wantError(t, "both", lastError(ctx, c, client.OrderNumbersQuery{SinceOrderID: "1", SinceDate: day}), field(""))
		wantError(t, "through alone", lastError(ctx, c, client.OrderNumbersQuery{ThroughDate: day}), field("sinceDate"))
		wantError(t, "no id to move", c.UpdateStatus(ctx, "", client.VendorShipmentReady), field("orderId"))
		wantError(t, "no status", c.UpdateStatus(ctx, "1", ""), field("orderStatus"))
		wantError(t, "no merchant order id", c.UpdateMerchantOrderID(ctx, "1", " "), field("merchantOrderId"))
		wantError(t, "no tracking", c.SetTracking(ctx, "1"), field("trackingList"))
		id := placedOrder(t, s, c, "r")
		wantError(t, "blank tracking", c.SetTracking(ctx, id, "1Z", ""), field("trackingList[1].number"))
		bad := tent("r")
		bad.Items[0].Quantity = -1
		_, err = c.CreateTempCart(ctx, bad)
		wantError(t, "quantity", err, field("items[0].quantity"))
		_, err = c.CreateTempCart(ctx, client.Cart{})
		wantError(t, "no items", err, field("items"))
		huge := tent(strings.Repeat("x", 1<<20))
		_, err = c.CreateTempCart(ctx, huge)
		wantError(t, "413", err, field(""))
		wantError(t, "backwards", lastError(ctx, c, client.OrderNumbersQuery{SinceDate: day, ThroughDate: day.AddDate(0, 0, -1)}),
			func(e *client.InvalidDateError) bool { return e.Field == "throughDate" && e.Value == "20150101" })
		wantError(t, "the year 10000", lastError(ctx, c, client.OrderNumbersQuery{SinceDate: day.AddDate(9000, 0, 0)}),
			func(e *client.InvalidDateError) bool { return e.Field == "sinceDate" && e.Value == "110150102" })
	})
}

func TestClientTellsFaults(t *testing.T) {
	t.Parallel()
	bothVersions(t, func(t *testing.T, s shop, f *faulty, o client.Options, url string) {
		c := newClient(t, url, store, secret, o)
		broken := errors.New("the disk is gone")
		f.view.Store(&broken)
		for what, err := range everyEndpoint(t.Context(), c, "1") {
			wantError(t, what, err, func(e *client.ServerFaultError) bool { return strings.HasPrefix(e.Text, "Could not process ") })
			if !client.Temporary(err) {
				t.Errorf("%s: %v may be over later", what, err)
			}
		}
		f.view.Store(nil)

		if _, err := s.AddStore(t.Context(), order.NewStoreRequest{Number: 997, Secret: secret, Loading: true}); err != nil {
			t.Fatal(err)
		}
		loading := lastError(t.Context(), newClient(t, url, 997, secret, o), client.OrderNumbersQuery{MissingMerchantOrderID: true})
		wantError(t, "loading", loading, func(*client.StoreLoadingError) bool { return client.Temporary(loading) })

		for what, err := range everyEndpoint(t.Context(), newClient(t, url+"/shop", store, secret, o), "1") {
			wantError(t, what, err, func(e *client.NotAPIError) bool { return e.Status == http.StatusNotFound })
		}
	})
}

// A list that the service breaks off is none, packed or not.
func TestClientTellsBrokenLists(t *testing.T) {
	t.Parallel()
	for _, packed := range []bool{true, false} {
		s := open(t)
		url := serve(t, s, func(s *setup) { s.wrap = breakOff(3000) }).URL
		transport := &http.Transport{DisableCompression: !packed}
		t.Cleanup(transport.CloseIdleConnections)
		c := newClient(t, url, store, secret, client.Options{Transport: transport, Retry: client.Retry{Attempts: 1}})
		seen, last := int64(0), error(nil)
		for _, err := range c.OrderNumbers(t.Context(), client.OrderNumbersQuery{SinceDate: time.Unix(0, 0), Statuses: true}) {
			if last = err; err == nil {
				seen++
			}
		}
		wantError(t, "broken off", last, func(e *client.BrokenListError) bool { return e.Orders == seen && seen < orders })
	}
}

// breakOff ends connections after some bytes of an answer.
func breakOff(after int) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(&shortWriter{w, after}, r) })
	}
}

type shortWriter struct {
	http.ResponseWriter
	left int
}

func (w *shortWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *shortWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p[:min(len(p), w.left)])
	if w.left -= n; err == nil && n < len(p) {
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, err
}
