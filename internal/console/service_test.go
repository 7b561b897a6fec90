package console_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/api"
	"entrepot/internal/console"
	"entrepot/internal/demo"
	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
	"entrepot/internal/wire"
)

const (
	store  = 999
	secret = "5f0c2f3e-1d84-4a6b-9b1e-7c2d3e4f5a6b"
)

// shop is the real service with the console beside it, as demo serves it.
type shop struct {
	t       *testing.T
	url     string
	service *order.Service
	recent  *console.Recent
	log     *logged
	mishap  atomic.Int32
	instead atomic.Pointer[http.HandlerFunc] // of the API
}

// setup is what a shop may do otherwise.
type setup struct {
	engine engines.Engine // SQLite when there is none
	orders int
	demo   bool
	quota  order.CartQuota
	rate   float64
	state  order.StoreState
}

// What goes wrong in the storage.
const (
	nothing int32 = iota
	away
	conflict
	unreadable
)

func open(t *testing.T, with setup) *shop {
	t.Helper()
	if with.engine.Open == nil {
		with.engine = engines.SQLite(t)
	}
	storage := with.engine.Open(t)
	s := &shop{t: t, log: &logged{}}
	newID := func() order.CartID { return order.CartID(uuid.NewString()) }
	s.service = order.NewService(order.Config{Storage: &faulty{storage, &s.mishap}, Codec: wire.Codec{}, Quota: with.quota, NewCartID: newID})
	s.fill(storage, with)
	s.serve(with)
	return s
}

func (s *shop) fill(storage order.Storage, with setup) {
	s.t.Helper()
	var err error
	if with.orders > 0 {
		err = demo.Populate(s.t.Context(), storage, demo.Options{Store: store, Name: "Example", Secret: secret, Orders: with.orders, Seed: 1, Now: time.Now()})
	} else {
		_, err = s.service.AddStore(s.t.Context(), order.NewStoreRequest{Number: store, Name: "Example", Secret: secret, Loading: with.state == order.StoreLoading})
	}
	if err == nil && with.state == order.StoreClosed {
		err = s.service.ConfigureStore(s.t.Context(), store, func(o *order.Store) { o.State = order.StoreClosed })
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) serve(with setup) {
	s.t.Helper()
	exists := func(ctx context.Context, n order.StoreNumber) bool {
		_, err := s.service.Store(ctx, n)
		return err == nil
	}
	s.recent = console.NewRecent(exists, time.Now)
	logger := slog.New(slog.NewJSONHandler(s.log, nil))
	requests := api.New(api.Config{Service: s.service, SpoolDir: s.t.TempDir(), CartRate: with.rate, Log: logger, Recorder: recorded{s.recent}})
	c := console.Config{Service: s.service, Gate: requests, Recent: s.recent, Log: logger}
	if with.demo {
		c.Demo = &console.Demo{Store: store, Secret: secret}
	}
	pages, err := console.New(c)
	if err != nil {
		s.t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		instead := s.instead.Load()
		switch {
		case strings.HasPrefix(r.URL.Path, "/console") || r.URL.Path == "/":
			pages.ServeHTTP(w, r)
		case instead != nil:
			(*instead)(w, r)
		default:
			requests.ServeHTTP(w, r)
		}
	}))
	s.t.Cleanup(server.Close)
	s.url = server.URL
}

type recorded struct{ recent *console.Recent }

func (r recorded) Record(s api.Seen) { r.recent.Record(console.Request(s)) }

// post sends a body and answers the status and the answer's body.
func (s *shop) post(path, body string) (int, string) {
	s.t.Helper()
	return s.send(http.MethodPost, path, body, "application/json", "application/json")
}

func (s *shop) send(method, path, body, contentType, accept string) (int, string) {
	s.t.Helper()
	q, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	q.Header.Set("Content-Type", contentType)
	q.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

// take imports orders as lines of JSON.
func (s *shop) take(lines ...string) {
	s.t.Helper()
	var batch []order.Record
	for _, line := range lines {
		record, err := wire.DecodeRecord([]byte(line), 0)
		if err != nil {
			s.t.Fatal(err)
		}
		batch = append(batch, record)
	}
	verdicts, err := s.service.Import(order.Why{Actor: "test"}).Take(s.t.Context(), batch)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, v := range verdicts {
		if v.Refused != nil {
			s.t.Fatalf("%s: %v", lines[i], v.Refused)
		}
	}
}

// waiting are orders that a vendor may move.
func waiting(from int) (lines []string) {
	for i := range 8 {
		lines = append(lines, fmt.Sprintf(`{"orderId":"999-%d","orderStatus":"IGLOBAL_ORDER_IN_PROCESS","orderDate":1420072394000}`, from+i))
	}
	return lines
}

// standing are orders in every status, and two with one reference.
func standing(from int) (lines []string) {
	for i, status := range order.Statuses() {
		lines = append(lines, fmt.Sprintf(`{"orderId":"999-%d","orderStatus":%q,"orderDate":1420072394000,"referenceId":"r-%d"}`, from+i, status, i))
	}
	for i := range 2 {
		lines = append(lines, fmt.Sprintf(`{"orderId":"999-%d","orderStatus":"IGLOBAL_ORDER_IN_PROCESS","orderDate":1420072394000,"referenceId":"twice"}`, from+50+i))
	}
	return lines
}

// faulty is a storage in which things go wrong.
type faulty struct {
	order.Storage
	now *atomic.Int32
}

var errAway = fault.New(fault.Unavailable, "the database is away")

func (f *faulty) View(ctx context.Context, fn func(order.View) error) error {
	switch f.now.Load() {
	case away:
		return errAway
	case unreadable:
		return f.Storage.View(ctx, func(v order.View) error { return fn(torn{v}) })
	}
	return f.Storage.View(ctx, fn)
}

func (f *faulty) InTx(ctx context.Context, fn func(order.Tx) error) error {
	switch f.now.Load() {
	case away:
		return errAway
	case conflict:
		return fault.New(fault.Conflict, "lost")
	}
	return f.Storage.InTx(ctx, fn)
}

type torn struct{ order.View }

func (torn) Detail(order.ID) (order.Head, order.Document, error) {
	return order.Head{}, order.Document{}, errors.New("a page is torn")
}

// logged is what the service logs.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
