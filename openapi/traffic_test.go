package openapi_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"entrepot/internal/storage/storagetest/engines"
)

// exchange is a request to the service and its answer, unpacked.
type exchange struct {
	method, path string
	sent         []byte
	status       int
	header       http.Header
	answer       []byte
	foreign      bool // about an order with keys that only another server knows

	request, reply func() (any, error) // what was sent and answered, parsed once
}

// String is for messages.
func (x *exchange) String() string {
	return fmt.Sprintf("%s %s %s: %d %s", x.method, x.path, shorten(x.sent), x.status, shorten(x.answer))
}

func shorten(b []byte) []byte { return b[:min(len(b), 300)] }

// recorder is a transport that keeps what goes over it.
type recorder struct {
	http.Transport
	engine  engines.Engine // that the shops behind it run on; SQLite when there is none
	mu      sync.Mutex
	traffic []*exchange
}

// newRecorder asks for gzip only where a request says so.
func newRecorder() *recorder { return &recorder{Transport: http.Transport{DisableCompression: true}} }

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(q *http.Request) (*http.Response, error) {
	x := &exchange{method: q.Method, path: q.URL.Path}
	if q.Body != nil {
		sent, err := io.ReadAll(q.Body)
		if err != nil {
			return nil, fmt.Errorf("read request: %w", err)
		}
		x.sent, q.Body = sent, io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := r.Transport.RoundTrip(q)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	packed, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(packed))
	x.status, x.header = resp.StatusCode, resp.Header.Clone()
	x.answer, err = unpacked(resp.Header, packed)
	r.keep(x)
	return resp, err
}

func (r *recorder) keep(x *exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	x.request = sync.OnceValues(func() (any, error) {
		request, err := jsonschema.UnmarshalJSON(bytes.NewReader(x.sent))
		return withoutNUL(request), err
	})
	x.reply = sync.OnceValues(func() (any, error) { return jsonschema.UnmarshalJSON(bytes.NewReader(x.answer)) })
	r.traffic = append(r.traffic, x)
}

func unpacked(h http.Header, body []byte) ([]byte, error) {
	if h.Get("Content-Encoding") != "gzip" {
		return body, nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("unpack answer: %w", err)
	}
	return io.ReadAll(reader)
}

func (r *recorder) last() *exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.traffic[len(r.traffic)-1]
}
