package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"entrepot/internal/api"
	pages "entrepot/internal/console"
	"entrepot/internal/order"
)

// server is the HTTP side of a running service. Zero values work, but for
// service and log.
type server struct {
	service   *order.Service
	chores    *order.Service // does what goes on beside the requests; nil means service
	log       *slog.Logger
	api       api.Config
	readyFile string
	ready     readiness
	onReady   func(url string)

	console bool        // serve it beside the API
	demo    *pages.Demo // nil for none

	playground playground

	tls         *certificates // nil for plain HTTP
	hangups     <-chan os.Signal
	gate        *gate
	stopTimeout time.Duration
	recorder    recorder // nil for none
	admin       *adminServer
}

// readiness is what the ready file holds.
type readiness struct {
	URL    string `json:"url"`
	PID    int    `json:"pid"`
	Store  int64  `json:"store,omitempty"`
	Secret string `json:"secret,omitempty"`
	Admin  string `json:"adminUrl,omitempty"`
}

// The limits of a server among strangers (docs/operating.md has them all).
// Lists are longer than WriteTimeout and bound each write by themselves.
const (
	headerTimeout         = 10 * time.Second // of a TLS handshake, too
	readTimeout           = 30 * time.Second
	idleTimeout           = 2 * time.Minute
	maxHeader             = 64 << 10
	defaultMaxConnections = 1024
	defaultStopTimeout    = 20 * time.Second
	purgeInterval         = time.Minute
)

// gcPercent lets the heap, which is a few megabytes, grow to some more before
// it is cleared: otherwise a fifth of the processor goes into clearing it.
const gcPercent = 400

// run serves on the listener until the context ends, then finishes what has
// begun.
func (s server) run(ctx context.Context, listener net.Listener) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	s = s.withDefaults()
	h := s.httpServer()
	failed := make(chan error, 2)
	go func() { failed <- s.serveOn(h, s.gate.listener(listener)) }()
	if s.admin != nil {
		go func() { failed <- s.admin.serve() }()
		defer s.admin.close()
	}
	stopTasks := s.startTasks(ctx)
	defer stopTasks()
	if err := s.announce(listener.Addr()); err != nil {
		return errors.Join(err, h.Close())
	}
	select {
	case err := <-failed:
		s.withdraw()
		return errors.Join(fmt.Errorf("serve: %w", err), h.Close())
	case <-ctx.Done():
	}
	return s.shutdown(h)
}

func (s server) withDefaults() server {
	s.api.Service, s.api.Log = s.service, s.log
	if s.gate == nil {
		s.gate = newGate(defaultMaxConnections)
	}
	if s.stopTimeout == 0 {
		s.stopTimeout = defaultStopTimeout
	}
	return s
}

func (s server) httpServer() *http.Server {
	h := &http.Server{
		Handler:           s.playground.around(s.handler(), s.service, s.log),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout,
		WriteTimeout: api.DefaultWriteTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ConnState: s.gate.connState,
		Protocols: new(http.Protocols),
		ErrorLog:  httpErrors(s.log),
		// OPTIONS * is answered like any other address that there is not.
		DisableGeneralOptionsHandler: true,
	}
	// One request at a time on a connection, so that the limit of connections
	// is the limit of requests, and of the memory that their bodies take.
	h.Protocols.SetHTTP1(true)
	if s.tls != nil {
		h.TLSConfig = s.tls.config()
	}
	return h
}

func (s server) serveOn(h *http.Server, listener net.Listener) error {
	if s.tls != nil {
		return h.ServeTLS(listener, "", "")
	}
	return h.Serve(listener)
}

// startTasks begins what goes on beside the requests; stop ends it.
func (s server) startTasks(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	tasks := []func(context.Context){s.purge, s.retain, s.obeyHangups}
	if s.recorder != nil {
		tasks = append(tasks, s.countOrders)
	}
	var running sync.WaitGroup
	for _, task := range tasks {
		running.Go(func() { task(ctx) })
	}
	return func() {
		cancel()
		running.Wait()
	}
}

// shutdown takes no more requests and waits for those that have begun.
func (s server) shutdown(h *http.Server) error {
	s.log.Info("stopping", "open", s.gate.open())
	s.withdraw()
	ctx, cancel := context.WithTimeout(context.Background(), s.stopTimeout)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil {
		s.log.Warn("clients did not finish in time and were cut off", "after", s.stopTimeout, "open", s.gate.open())
		return h.Close()
	}
	s.log.Info("stopped")
	return nil
}

func (s server) url(addr net.Addr) string {
	if s.tls != nil {
		return "https://" + addr.String()
	}
	return "http://" + addr.String()
}

// announce tells everybody who waits that the service answers. The ready file
// is written under another name first, so that it appears whole.
func (s server) announce(addr net.Addr) error {
	s.ready.URL, s.ready.PID = s.url(addr), os.Getpid()
	if s.onReady != nil {
		s.onReady(s.ready.URL)
	}
	if s.readyFile != "" {
		body, err := json.Marshal(s.ready)
		if err != nil {
			return fmt.Errorf("describe the service: %w", err)
		}
		if err := writeWhole(s.readyFile, append(body, '\n')); err != nil {
			return err
		}
	}
	if s.admin != nil {
		s.admin.serving.Store(true)
	}
	return tellManager("READY=1")
}

// withdraw tells them that it soon does not.
func (s server) withdraw() {
	if s.admin != nil {
		s.admin.serving.Store(false)
	}
	if s.readyFile != "" {
		_ = os.Remove(s.readyFile)
	}
	if err := tellManager("STOPPING=1"); err != nil {
		s.log.Warn("the service manager was not told of the stop", "cause", err.Error())
	}
}

// writeWhole makes a file appear at once, readable by its owner only.
func writeWhole(path string, body []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(body)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}

// gate bounds how many connections are open. Its listener takes a slot for
// each, and connState, a hook of net/http, gives it back.
type gate struct {
	slots chan struct{}
	count atomic.Int64
}

func newGate(limit int) *gate { return &gate{slots: make(chan struct{}, limit)} }

func (g *gate) limit() int { return cap(g.slots) }
func (g *gate) open() int  { return int(g.count.Load()) }

func (g *gate) connState(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		g.count.Add(1)
	case http.StateClosed, http.StateHijacked:
		g.count.Add(-1)
		<-g.slots
	}
}

func (g *gate) listener(l net.Listener) net.Listener {
	return &gateListener{Listener: l, gate: g, closed: make(chan struct{})}
}

// gateListener leaves the connections as they are: net/http sends files
// through them in ways that a wrapper would hide.
type gateListener struct {
	net.Listener
	gate   *gate
	once   sync.Once
	closed chan struct{}
}

func (l *gateListener) Accept() (net.Conn, error) {
	select {
	case l.gate.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.gate.slots
	}
	return conn, err
}

func (l *gateListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}
