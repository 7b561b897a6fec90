package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
	"entrepot/internal/wire"
)

// The store of most tests.
const (
	store  = 999
	secret = "01234567-89ab-4cde-8f01-23456789abcd"
	wrong  = "01234567-89ab-4cde-8f01-23456789abce"
)

// fixture is a store, and an API over it on a real socket.
type fixture struct {
	t       *testing.T
	storage *engines.Database
	service *order.Service
	api     *API
	clock   *clock
	log     *logged
	url     string
	client  *http.Client
}

// setup changes what a fixture is made of.
type setup struct {
	engine  func(testing.TB) *engines.Database
	api     Config
	wrap    func(order.Storage) order.Storage // puts a double between the service and the database
	quota   order.CartQuota
	timeout time.Duration // of the server's writes
	listen  func(net.Listener) net.Listener
}

// on has a fixture use an engine; without it it is SQLite.
func on(e engines.Engine) func(*setup) { return func(s *setup) { s.engine = e.Open } }

func start(t *testing.T, change ...func(*setup)) *fixture {
	t.Helper()
	f := &fixture{t: t, clock: newClock(), log: &logged{more: make(chan struct{})}, client: &http.Client{Transport: &http.Transport{DisableCompression: true}}}
	s := setup{engine: engines.SQLite(t).Open, wrap: func(s order.Storage) order.Storage { return s }, listen: func(l net.Listener) net.Listener { return l }}
	for _, c := range change {
		c(&s)
	}
	f.storage = s.engine(t)
	f.addStore(store)
	f.service = f.newService(s.wrap(f.storage), s.quota)
	s.api.Service, s.api.Clock, s.api.Log = f.service, f.clock.Now, slog.New(slog.NewJSONHandler(f.log, nil))
	if s.api.SpoolDir == "" {
		s.api.SpoolDir = t.TempDir()
	}
	f.api = New(s.api)
	f.serve(f.api, s)
	return f
}

func (f *fixture) newService(storage order.Storage, quota order.CartQuota) *order.Service {
	return order.NewService(order.Config{
		Storage: storage, Codec: wire.Codec{}, Clock: f.clock.Now, Quota: quota,
		NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) },
	})
}

func (f *fixture) addStore(number order.StoreNumber) {
	f.t.Helper()
	service := f.newService(f.storage, order.CartQuota{})
	if _, err := service.AddStore(f.t.Context(), order.NewStoreRequest{Number: number, Name: "Shop", Secret: secret}); err != nil {
		f.t.Fatal(err)
	}
}

// serve runs a handler on a socket until the test ends.
func (f *fixture) serve(h http.Handler, s setup) {
	f.t.Helper()
	listener, err := new(net.ListenConfig).Listen(f.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		f.t.Fatal(err)
	}
	server := &http.Server{Handler: h, WriteTimeout: s.timeout, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0), ReadHeaderTimeout: patience}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(s.listen(listener)) }()
	f.url = "http://" + listener.Addr().String()
	f.t.Cleanup(func() {
		f.client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			f.t.Errorf("a handler does not end: %v", err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			f.t.Error(err)
		}
	})
}

// exec changes the database behind everybody's back.
func (f *fixture) exec(script string) {
	f.t.Helper()
	f.storage.Exec(f.t, script)
}

// answer is what a client got.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request. Headers are pairs of name and value; an empty value
// takes a header away.
func (f *fixture) do(method, path string, body io.Reader, headers ...string) answer {
	f.t.Helper()
	got, err := f.try(method, path, body, headers...)
	if err != nil {
		f.t.Fatal(err)
	}
	return got
}

func (f *fixture) try(method, path string, body io.Reader, headers ...string) (answer, error) {
	r, err := http.NewRequestWithContext(context.Background(), method, f.url+path, body)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	resp, err := f.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(text)}, err
}

func (f *fixture) post(path, body string, headers ...string) answer {
	f.t.Helper()
	return f.do(http.MethodPost, path, strings.NewReader(body), headers...)
}

// ask posts keys besides the right credentials.
func (f *fixture) ask(path, keys string) answer {
	f.t.Helper()
	return f.post(path, credentials(keys))
}

func credentials(keys string) string {
	return strings.TrimSuffix(fmt.Sprintf(`{"store":%d,"secret":%q,%s`, store, secret, keys), ",") + "}"
}

// text is what stands under error or success.
func (a answer) text(t testing.TB) string {
	t.Helper()
	var said map[string]string
	if err := json.Unmarshal([]byte(a.body), &said); err != nil || len(said) != 1 {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return said["error"] + said["success"]
}

func (a answer) want(t testing.TB, status int, text string) {
	t.Helper()
	if got := a.text(t); a.status != status || got != text {
		t.Errorf("%d %q, want %d %q", a.status, got, status, text)
	}
}

// whole checks what every answer carries.
func (a answer) whole(t testing.TB, contentType string) {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != contentType {
		t.Errorf("Content-Type %q, want %q", got, contentType)
	}
	if got := a.header.Get("Content-Length"); got != strconv.Itoa(len(a.body)) {
		t.Errorf("Content-Length %s of %d bytes", got, len(a.body))
	}
	if len(a.header.Get("X-Request-Id")) != 16 {
		t.Errorf("X-Request-Id %q", a.header.Get("X-Request-Id"))
	}
	if contentType == jsonType && !json.Valid([]byte(a.body)) {
		t.Errorf("no JSON: %s", a.body)
	}
}

var carts atomic.Int64

const oneItem = `"items":[{"description":"Tent","quantity":1,"unitPrice":10}]`

// checkout is the least that an order needs besides its cart.
var checkout = order.Checkout{ShipTo: order.Address{Name: "A. Person", Address1: "1 Road", City: "Town", CountryCode: "CA", CountryName: "Canada"}}

// place makes an order and answers its number.
func (f *fixture) place(change ...func(*order.Checkout)) order.Number {
	f.t.Helper()
	c := checkout
	for _, fn := range change {
		fn(&c)
	}
	cart := f.ask("/v1/createTempCart", fmt.Sprintf(`%s,"referenceId":"ref-%d"`, oneItem, carts.Add(1)))
	return f.placeCart(cart, c)
}

func (f *fixture) placeCart(cart answer, c order.Checkout) order.Number {
	f.t.Helper()
	placed, err := f.service.Place(f.t.Context(), cart.cartID(f.t), c, order.Why{Actor: "test"})
	if err != nil {
		f.t.Fatal(err)
	}
	return placed.ID.Number
}

func (a answer) cartID(t testing.TB) order.CartID {
	t.Helper()
	var cart struct{ TempCartUUID order.CartID }
	if err := json.NewDecoder(bytes.NewReader([]byte(a.body))).Decode(&cart); err != nil || cart.TempCartUUID == "" {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return cart.TempCartUUID
}
