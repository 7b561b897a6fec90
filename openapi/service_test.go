package openapi_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/api"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
	"entrepot/internal/wire"
)

// The store of the document's examples.
const (
	store  = 999
	secret = "5f0c2f3e-1d84-4a6b-9b1e-7c2d3e4f5a6b"
	wrong  = "5f0c2f3e-1d84-4a6b-9b1e-7c2d3e4f5a6c"
)

// shop is the real service behind a socket, with a recorder in front.
type shop struct {
	t        *testing.T
	service  *order.Service
	storage  order.Storage
	recorder *recorder
	mishap   atomic.Pointer[mishap]
	examples map[string][]example // of the document, by path
	url      string
}

// setup is what a shop may do otherwise.
type setup struct {
	quota order.CartQuota
	rate  float64
}

// open starts a service over an empty database.
func open(t *testing.T, with setup, r *recorder) *shop {
	t.Helper()
	engine := r.engine
	if engine.Open == nil {
		engine = engines.SQLite(t)
	}
	s := &shop{t: t, recorder: r}
	s.goWrong(mishap{})
	s.storage = &faulty{engine.Open(t), &s.mishap}
	s.service = order.NewService(order.Config{
		Storage: s.storage, Codec: wire.Codec{}, Quota: with.quota,
		NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) },
	})
	server := httptest.NewServer(api.New(api.Config{
		Service: s.service, SpoolDir: t.TempDir(), CartRate: with.rate, Log: slog.New(slog.DiscardHandler),
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// addStore adds a store with the examples' secret.
func (s *shop) addStore(number order.StoreNumber, loading bool) {
	s.t.Helper()
	r := order.NewStoreRequest{Number: number, Name: "Example", Secret: secret, Loading: loading}
	if _, err := s.service.AddStore(s.t.Context(), r); err != nil {
		s.t.Fatal(err)
	}
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

// plainOrder is an order with little in it.
func plainOrder(id, status string, keys ...string) string {
	return fmt.Sprintf(`{"orderId":%q,"orderStatus":%q,"orderDate":1420072394000%s}`, id, status, strings.Join(append([]string{""}, keys...), ","))
}

// send posts a body and answers the exchange.
func (s *shop) send(path, body string, headers ...string) *exchange {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		q.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.client().Do(q)
	if err != nil {
		s.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body) // the recorder has it
	_ = resp.Body.Close()
	return s.recorder.last()
}

// ask sends keys besides the store's credentials.
func (s *shop) ask(path, keys string) *exchange {
	s.t.Helper()
	return s.send(path, credentials(keys))
}

func credentials(keys string) string {
	return fmt.Sprintf(`{"store":%d,"secret":%q,%s}`, store, secret, keys)
}

func (s *shop) client() *http.Client { return &http.Client{Transport: s.recorder} }
