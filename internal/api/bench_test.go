package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/demo"
	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

// BenchmarkRequests asks the handler itself, without a network: what of the
// bench's figures is ours. docs/performance.md has what it has shown.
func BenchmarkRequests(b *testing.B) {
	const orders = 20_000
	a := benchAPI(b, orders)
	for _, kind := range []struct {
		name, path string
		keys       func(i int) string
	}{
		{"orderDetail", "/v2/orderDetail", func(i int) string { return fmt.Sprintf(`"orderId":%d`, 1+i*7919%orders) }},
		{"orderNumbers-10", "/v1/orderNumbers", func(int) string { return fmt.Sprintf(`"sinceOrderId":%d`, orders-10) }},
		{"orderNumbers-1000", "/v1/orderNumbers", func(int) string { return fmt.Sprintf(`"sinceOrderId":%d`, orders-1000) }},
		{"orderNumbers-20000", "/v1/orderNumbers", func(int) string { return `"sinceDate":"20000101"` }},
		{"orderNumbers-1000-statuses", "/v1/orderNumbers", func(int) string { return fmt.Sprintf(`"sinceOrderId":%d,"statuses":1`, orders-1000) }},
		{"updateMerchantOrderId", "/v1/updateMerchantOrderId", func(i int) string {
			return fmt.Sprintf(`"orderId":%d,"merchantOrderId":"M-%d"`, 1+i*7919%orders, i)
		}},
	} {
		b.Run(kind.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				w := discarded{header: http.Header{}}
				r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, kind.path, strings.NewReader(credentials(kind.keys(i))))
				if err != nil {
					b.Fatal(err)
				}
				r.Header.Set("Content-Type", "application/json")
				a.ServeHTTP(&w, r)
				if w.status != http.StatusOK || strings.HasPrefix(w.begins, `{"error"`) {
					b.Fatalf("status %d: %s", w.status, w.begins)
				}
			}
		})
	}
}

// benchAPI is an API over orders of the demo, on disk as in earnest.
func benchAPI(b *testing.B, orders int) *API {
	b.Helper()
	storage, err := sqlite.Open(b.Context(), b.TempDir()+"/entrepot.db", sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = storage.Close() })
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := demo.Populate(b.Context(), storage, demo.Options{Store: store, Secret: secret, Orders: orders, Seed: 1, Now: now}); err != nil {
		b.Fatal(err)
	}
	service := order.NewService(order.Config{
		Storage: storage, Codec: wire.Codec{},
		NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) },
	})
	return New(Config{Service: service, SpoolDir: b.TempDir()})
}

// discarded is an answer that nobody reads.
type discarded struct {
	header http.Header
	status int
	begins string
}

func (d *discarded) Header() http.Header              { return d.header }
func (d *discarded) WriteHeader(status int)           { d.status = status }
func (d *discarded) SetWriteDeadline(time.Time) error { return nil }

func (d *discarded) Write(p []byte) (int, error) {
	if d.begins == "" {
		d.begins = string(p[:min(len(p), 80)])
	}
	return len(p), nil
}
