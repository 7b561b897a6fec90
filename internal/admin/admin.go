// Package admin serves those who run the service, on an address of its own:
// whether it lives and is ready, its metrics and its profiles. It has no
// credentials, so that address belongs on the loopback or a closed network.
package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/pprof"
	"time"
)

// Config is what the handler shows.
type Config struct {
	// Ready is nil when the service can do its work.
	Ready func(context.Context) error
	// ReadyTimeout is how long Ready may take; zero means DefaultReadyTimeout.
	ReadyTimeout time.Duration
	// Metrics answers /metrics.
	Metrics http.Handler
	// Sandbox answers /sandbox/; nil for none.
	Sandbox http.Handler
}

// DefaultReadyTimeout is when a database counts as not answering.
const DefaultReadyTimeout = time.Second

// New makes the handler.
func New(c Config) http.Handler {
	if c.ReadyTimeout == 0 {
		c.ReadyTimeout = DefaultReadyTimeout
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.Handle("GET /readyz", newProbe(c.Ready, c.ReadyTimeout))
	mux.Handle("GET /metrics", c.Metrics)
	if c.Sandbox != nil {
		mux.Handle("/sandbox/", c.Sandbox)
	}
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

func say(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // who asked may have gone
}

// probe asks whether the service is ready, once at a time: questions to a disk
// that hangs must not pile up.
type probe struct {
	ready   func(context.Context) error
	timeout time.Duration
	asking  chan struct{}
}

func newProbe(ready func(context.Context) error, timeout time.Duration) *probe {
	return &probe{ready: ready, timeout: timeout, asking: make(chan struct{}, 1)}
}

func (p *probe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := p.ask(r.Context()); err != nil {
		say(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
		return
	}
	say(w, http.StatusOK, "ready")
}

var errHangs = errors.New("the database does not answer in time")

// ask answers within the time-out even when the question itself does not end.
func (p *probe) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	select {
	case p.asking <- struct{}{}:
	case <-ctx.Done(): // an earlier question hangs
		return errHangs
	}
	answer := make(chan error, 1)
	go func() {
		defer func() { <-p.asking }()
		answer <- p.ready(ctx)
	}()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return errHangs
	}
}
