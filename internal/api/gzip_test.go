package api_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/api"
	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

const (
	gzipStore  = 999
	gzipSecret = "11111111-89ab-4cde-8f01-23456789abcd"
	// What fits into memory, and what is spooled to a file.
	shortList = 500
	longList  = 5_000
)

// watched is an Observer that remembers.
type watched struct {
	mu      sync.Mutex
	answers []string
	secrets map[bool]int
}

func (w *watched) Answered(endpoint, outcome string, status int, _ time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers = append(w.answers, fmt.Sprint(endpoint, " ", outcome, " ", status))
}

func (w *watched) WrongSecret(refused bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.secrets == nil {
		w.secrets = map[bool]int{}
	}
	w.secrets[refused]++
}

// packing is an API over a store with so many orders.
func packing(t *testing.T, orders int, c api.Config) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "entrepot.db")
	storage, err := sqlite.Open(t.Context(), file, sqlite.Options{Synchronous: "OFF"}) // durability is tested elsewhere
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = storage.Close() })
	c.Service = order.NewService(order.Config{Storage: storage, Codec: wire.Codec{}})
	if _, err := c.Service.AddStore(t.Context(), order.NewStoreRequest{Number: gzipStore, Secret: gzipSecret}); err != nil {
		t.Fatal(err)
	}
	seedOrders(t, file, orders)
	c.SpoolDir = t.TempDir()
	server := httptest.NewServer(api.New(c))
	t.Cleanup(server.Close)
	return server.URL
}

// seedOrders writes rows that lists read.
func seedOrders(t *testing.T, file string, n int) {
	t.Helper()
	conn, err := zombiezen.OpenConn(file, zombiezen.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	err = sqlitex.Execute(conn, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO orders (store, number, placed_at, test, status, status_at, document)
		SELECT 999, i, 1700000000000 + i, 0, 'IGLOBAL_ORDER_IN_PROCESS', 1700000000000 + i, i FROM n`,
		&sqlitex.ExecOptions{Args: []any{n}})
	if err = errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
}

const allOrders = `{"store":999,"secret":"` + gzipSecret + `","sinceDate":"20200101","statuses":true}`

// head is that of an answer.
type head struct {
	http.Header
	length int64 // -1 without a Content-Length
}

// list asks for all orders, and leaves the answer as it came.
func list(t *testing.T, url string, acceptEncoding ...string) (head, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/orderNumbers", strings.NewReader(allOrders))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header["Accept-Encoding"] = acceptEncoding
	client := http.Client{Transport: &http.Transport{DisableCompression: true}}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return head{resp.Header, resp.ContentLength}, body
}

func unpacked(t *testing.T, body []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestGzip(t *testing.T) {
	tests := []struct {
		name   string
		orders int
		vary   bool
		length bool // a packed answer has a Content-Length
	}{
		{"one packet", 3, false, true},
		{"in memory", shortList, true, true},
		{"spooled", longList, true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			url := packing(t, test.orders, api.Config{})
			h, plain := list(t, url, "identity")
			if h.length != int64(len(plain)) || h.Get("Content-Encoding") != "" {
				t.Errorf("plain: Content-Length %d for %d bytes, %v", h.length, len(plain), h.Header)
			}
			if n := strings.Count(string(plain), `"orderId"`) + strings.Count(string(plain), `"id"`); n < test.orders {
				t.Fatalf("the list has %d orders, want %d: %.200s", n, test.orders, plain)
			}
			varies(t, h, test.vary)
			for range 2 { // the second packer has been used before
				h, packed := list(t, url, "gzip")
				varies(t, h, test.vary)
				if !test.vary {
					if !bytes.Equal(packed, plain) {
						t.Errorf("a small answer was changed: %q", packed)
					}
					continue
				}
				if !bytes.Equal(unpacked(t, packed), plain) || len(packed) > len(plain)/2 {
					t.Errorf("%d bytes packed as %d are not what they were", len(plain), len(packed))
				}
				if has := h.length >= 0; has != test.length {
					t.Errorf("Content-Length %d", h.length)
				}
			}
		})
	}
}

func varies(t *testing.T, h head, want bool) {
	t.Helper()
	if got := h.Get("Vary") == "Accept-Encoding"; got != want {
		t.Errorf("Vary is %q", h.Get("Vary"))
	}
}

func TestAcceptEncoding(t *testing.T) {
	url := packing(t, shortList, api.Config{})
	tests := []struct {
		sent []string
		gzip bool
	}{
		{nil, false},
		{[]string{""}, false},
		{[]string{"gzip"}, true},
		{[]string{"GZip"}, true},
		{[]string{"x-gzip"}, true},
		{[]string{"gzip, deflate, br"}, true},
		{[]string{"br", "gzip"}, true},
		{[]string{"gzip;q=0"}, false},
		{[]string{"gzip; q=0.000"}, false},
		{[]string{"gzip;q=0.001"}, true},
		{[]string{"gzip;q=0.5, identity"}, false},
		{[]string{"gzip;q=0.5, identity;q=0.2"}, true},
		{[]string{"identity;q=0, gzip"}, true},
		{[]string{"gzip;q=nan"}, false},
		{[]string{"*"}, false},
		{[]string{"deflate, br"}, false},
		{[]string{"notgzip"}, false},
	}
	for _, test := range tests {
		t.Run(strings.Join(test.sent, " and "), func(t *testing.T) {
			h, _ := list(t, url, test.sent...)
			if got := h.Get("Content-Encoding") == "gzip"; got != test.gzip {
				t.Errorf("gzip is %t, want %t", got, test.gzip)
			}
		})
	}
}

func TestObserver(t *testing.T) {
	seen := &watched{}
	url := packing(t, 3, api.Config{Observer: seen})
	list(t, url)
	post := func(path, body string) {
		resp, err := http.Post(url+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	post("/nowhere", "")
	post("/v2/orderDetail", "{")
	for range 32 {
		post("/v1/orderNumbers", `{"store":999,"secret":"wrong","sinceOrderId":1}`)
	}
	want := []string{"orderNumbers ok 200", "none Not Found 404", "v2/orderDetail unparsable 400", "orderNumbers credentials 200"}
	if diff := cmp.Diff(want, seen.answers[:4]); diff != "" {
		t.Error(diff)
	}
	if last := seen.answers[len(seen.answers)-1]; last != "orderNumbers Too Many Requests 429" {
		t.Errorf("the last answer is %q", last)
	}
	if diff := cmp.Diff(map[bool]int{false: 30, true: 2}, seen.secrets); diff != "" {
		t.Error(diff)
	}
}
