package admin_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"entrepot/internal/admin"
)

func get(t *testing.T, h http.Handler, method, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Code, w.Body.String()
}

var metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("the metrics")) })

func TestPages(t *testing.T) {
	h := admin.New(admin.Config{Ready: func(context.Context) error { return nil }, Metrics: metrics})
	tests := []struct {
		method, path string
		status       int
		text         string
	}{
		{"GET", "/healthz", 200, "ok\n"},
		{"GET", "/readyz", 200, "ready\n"},
		{"GET", "/metrics", 200, "the metrics"},
		{"GET", "/debug/pprof/", 200, "goroutine"},
		{"GET", "/debug/pprof/goroutine?debug=1", 200, "goroutine profile"},
		{"GET", "/debug/pprof/cmdline", 200, ""},
		{"POST", "/healthz", 405, ""},
		{"GET", "/v1/orderNumbers", 404, ""},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			status, text := get(t, h, test.method, test.path)
			if status != test.status || !strings.Contains(text, test.text) {
				t.Errorf("%d %.200q, want %d and %q", status, text, test.status, test.text)
			}
		})
	}
}

func TestNotReadySaysWhy(t *testing.T) {
	h := admin.New(admin.Config{Ready: func(context.Context) error { return errors.New("the disk is full") }, Metrics: metrics})
	if status, text := get(t, h, "GET", "/readyz"); status != 503 || !strings.Contains(text, "the disk is full") {
		t.Errorf("%d %q", status, text)
	}
	if status, _ := get(t, h, "GET", "/healthz"); status != 200 {
		t.Errorf("/healthz answers %d: it is about the process", status)
	}
}

// TestReadyHangs asks while the database hangs: every question is answered,
// only one reaches the database, and all is well once it answers again.
func TestReadyHangs(t *testing.T) {
	hangs := make(chan struct{})
	asked := make(chan struct{}, 10)
	h := admin.New(admin.Config{
		ReadyTimeout: 10 * time.Millisecond, Metrics: metrics,
		Ready: func(context.Context) error { // as a disk does, it ignores the context
			asked <- struct{}{}
			<-hangs
			return nil
		},
	})
	for range 3 {
		if status, text := get(t, h, "GET", "/readyz"); status != 503 || !strings.Contains(text, "in time") {
			t.Errorf("%d %q", status, text)
		}
	}
	if n := len(asked); n != 1 {
		t.Errorf("the database was asked %d times while it hung", n)
	}
	close(hangs)
	for { // until the hanging question has gone
		if status, _ := get(t, h, "GET", "/readyz"); status == 200 {
			break
		}
		if t.Context().Err() != nil {
			t.Fatal("never ready again")
		}
	}
}
