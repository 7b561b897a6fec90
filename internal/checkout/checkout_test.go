package checkout_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"entrepot/internal/checkout"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
	"entrepot/internal/wire"
	"github.com/google/uuid"
)

const (
	testStore  order.StoreNumber = 1000
	otherStore order.StoreNumber = 1001 // a test store, too
	liveStore  order.StoreNumber = 1002
	secret                       = "22222222-89ab-4cde-8f01-23456789abcd"
	shopOrigin                   = "https://shop.example.com"
)

// world is a service with its checkout on a socket.
type world struct {
	service *order.Service
	url     string
	client  *http.Client
	log     *strings.Builder

	mu  sync.Mutex
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOn(t, engines.SQLite(t))
}

func newWorldOn(t *testing.T, e engines.Engine) *world {
	t.Helper()
	storage := e.Open(t)
	w := &world{now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), log: new(strings.Builder)}
	w.service = order.NewService(order.Config{
		Storage: storage, Codec: wire.Codec{}, Clock: w.clock,
		NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) },
	})
	for number, test := range map[order.StoreNumber]bool{testStore: true, otherStore: true, liveStore: false} {
		request := order.NewStoreRequest{Number: number, Name: "Sample shop", Test: test, Secret: secret}
		if _, err := w.service.AddStore(t.Context(), request); err != nil {
			t.Fatal(err)
		}
	}
	w.allow(t, shopOrigin)
	log := slog.New(slog.NewTextHandler(w.log, nil))
	server := httptest.NewServer(checkout.New(checkout.Config{Service: w.service, Log: log}))
	t.Cleanup(server.Close)
	w.url, w.client = server.URL, &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{MaxIdleConnsPerHost: 1},
	}
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) allow(t *testing.T, origins string) {
	t.Helper()
	allowed, err := order.ParseOrigins(origins)
	if err != nil {
		t.Fatal(err)
	}
	err = w.service.ConfigureStore(t.Context(), testStore, func(s *order.Store) { s.Settings.AllowedOrigins = allowed })
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) cart(t *testing.T, store order.StoreNumber, back string) string {
	t.Helper()
	contents := &order.CartContents{
		ReferenceID: "quote-7", ConfirmationURL: back, DomesticCharge: 250,
		Items: []order.Item{
			{Description: "Tent <b>", Quantity: 2, UnitPrice: 19900, WeightUnits: "LB"},
			{Description: "Coupon", Quantity: 1, UnitPrice: -500, WeightUnits: "LB"},
		},
	}
	s, err := w.service.Store(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	id, err := w.service.CreateCart(t.Context(), s, order.CartSender{}, contents)
	if err != nil {
		t.Fatal(err)
	}
	return string(id)
}

// page is what a browser got.
type page struct {
	status int
	header http.Header
	text   string
}

func (w *world) send(ctx context.Context, method, path string, form url.Values, origin string) (page, error) {
	request, err := http.NewRequestWithContext(ctx, method, w.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return page{}, err
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if origin != "" {
		request.Header.Set("Origin", origin)
	}
	response, err := w.client.Do(request)
	if err != nil {
		return page{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return page{response.StatusCode, response.Header, string(text)}, err
}

func (w *world) get(t interface {
	Fatal(...any)
	Context() context.Context
}, query url.Values,
) page {
	p, err := w.send(t.Context(), http.MethodGet, "/?"+query.Encode(), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) press(t *testing.T, form url.Values) page {
	t.Helper()
	p, err := w.send(t.Context(), http.MethodPost, "/checkout", form, w.url)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// filled is a form that is in order.
func filled(cart string) url.Values {
	return url.Values{
		"store": {testStore.String()}, "tempCartUUID": {cart},
		"customerName": {"Ann Example"}, "customerAddress1": {"1 Example Street"}, "customerCity": {"Toronto"}, "customerCountry": {"CA"},
		"shipping": {"express"}, "card": {"4111 1111 1111 1111"},
	}
}

func with(form url.Values, key, value string) url.Values {
	form.Set(key, value)
	return form
}

func (w *world) numbers(t *testing.T, store order.StoreNumber) (list []order.Number) {
	t.Helper()
	err := w.service.Heads(t.Context(), order.HeadQuery{Store: store}, func(h *order.Head) error {
		list = append(list, h.Number)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (w *world) order(t *testing.T, n order.Number) (o order.Order) {
	t.Helper()
	err := w.service.Operate(t.Context(), testStore, func(r order.Reader) (err error) {
		o, err = r.Order(n)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}
