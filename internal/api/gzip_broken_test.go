package api_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"entrepot/internal/api"
	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

// hangUp is a client's connection that fails after so many bytes.
type hangUp struct {
	http.ResponseWriter
	left int
}

func (h *hangUp) Unwrap() http.ResponseWriter { return h.ResponseWriter }

var errHungUp = &net.OpError{Op: "write", Err: errors.New("hung up")}

func (h *hangUp) Write(p []byte) (int, error) {
	if h.left < len(p) {
		return 0, errHungUp
	}
	h.left -= len(p)
	return h.ResponseWriter.Write(p)
}

// TestBrokenOffGzip cuts a packed list short at many places: whoever reads it
// must notice, from HTTP as well as from gzip alone.
func TestBrokenOffGzip(t *testing.T) {
	seen := &watched{}
	url := packing(t, longList, api.Config{})
	_, packed := list(t, url, "gzip")
	handler := breaking(t, seen)
	for cut := 0; cut < len(packed)-1; cut += len(packed) / 7 {
		handler.left = cut
		body, err := rawList(t, handler.url)
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut after %d bytes: HTTP says %v", cut, err)
		}
		if r, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
			if _, err = io.ReadAll(r); err == nil {
				t.Errorf("cut after %d bytes: the gzip looks whole", cut)
			}
		}
	}
	for _, a := range seen.answers {
		if a != "orderNumbers broken off 200" {
			t.Errorf("observed %q", a)
		}
	}
	if len(seen.answers) < 7 {
		t.Errorf("observed %d answers", len(seen.answers))
	}
}

type breakingServer struct {
	url  string
	left int
}

func breaking(t *testing.T, seen *watched) *breakingServer {
	t.Helper()
	file := filepath.Join(t.TempDir(), "entrepot.db")
	storage, err := sqlite.Open(t.Context(), file, sqlite.Options{Synchronous: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = storage.Close() })
	service := order.NewService(order.Config{Storage: storage, Codec: wire.Codec{}})
	if _, err := service.AddStore(t.Context(), order.NewStoreRequest{Number: gzipStore, Secret: gzipSecret}); err != nil {
		t.Fatal(err)
	}
	seedOrders(t, file, longList)
	inner := api.New(api.Config{Service: service, SpoolDir: t.TempDir(), Observer: seen})
	b := &breakingServer{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(&hangUp{w, b.left}, r)
	}))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

// rawList reads a packed list without help: the body that came, and how it
// ended.
func rawList(t *testing.T, url string) ([]byte, error) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = fmt.Fprintf(conn, "POST /v1/orderNumbers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(allOrders), allOrders)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	return io.ReadAll(resp.Body)
}
