package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"entrepot/internal/api"
	"entrepot/internal/order"
)

// serveFlags are what demo and serve share.
type serveFlags struct {
	Addr      string `help:"Address to listen on; port 0 picks a free one." default:"${addr}" placeholder:"HOST:PORT"`
	ReadyFile string `help:"File that appears, whole, once the service answers: JSON with url and pid." placeholder:"FILE" type:"path"`
}

// clearReadyFile removes what a service that was killed has left behind,
// before anybody takes it for this one's.
func (f serveFlags) clearReadyFile() error {
	if err := os.Remove(f.ReadyFile); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove an old ready file: %w", err)
	}
	return nil
}

// defaultAddr is the loopback: what listens elsewhere is asked for.
const defaultAddr = "127.0.0.1:8999"

type serveCommand struct {
	serveFlags
	dataFlag
	TrustedProxies []netip.Prefix `help:"Networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8." placeholder:"CIDR"`
	CartRate       float64        `help:"Carts a second that an address may send a store without its secret." default:"30"`
}

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context, con console) (err error) {
	unlock, err := lockForServing(c.dataFlag)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := c.clearReadyFile(); err != nil {
		return err
	}
	storage, err := openStorage(ctx, c.dataFlag, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	listener, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(con.Err, nil))
	s := server{
		service: newService(storage), log: log, readyFile: c.ReadyFile,
		api: api.Config{TrustedProxies: c.TrustedProxies, CartRate: c.CartRate, SpoolDir: c.Data},
	}
	log.Info("serving", "url", "http://"+listener.Addr().String(), "data", c.Data, "version", version)
	return s.run(ctx, listener)
}

// listen opens the socket, and says what to do when it cannot.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, withHint(err, "something listens there already; choose another with --addr, or let --addr 127.0.0.1:0 pick one")
	}
	return listener, err
}

// server is the HTTP side of a running service.
type server struct {
	service   *order.Service
	log       *slog.Logger
	api       api.Config
	readyFile string
	ready     readiness
	onReady   func(url string)
}

// readiness is what the ready file holds.
type readiness struct {
	URL    string `json:"url"`
	PID    int    `json:"pid"`
	Store  int64  `json:"store,omitempty"`
	Secret string `json:"secret,omitempty"`
}

// The time-outs of a server among strangers. Lists are longer than WriteTimeout
// and bound each write by themselves.
const (
	headerTimeout   = 10 * time.Second
	readTimeout     = 30 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 20 * time.Second
	maxHeader       = 64 << 10
	purgeInterval   = time.Minute
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
	s.api.Service, s.api.Log = s.service, s.log
	h := &http.Server{
		Handler:           api.New(s.api),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout,
		WriteTimeout: api.DefaultWriteTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug), // what clients do wrong below HTTP
	}
	failed := make(chan error, 1)
	go func() { failed <- h.Serve(listener) }()
	if err := s.announce(listener.Addr()); err != nil {
		return errors.Join(err, h.Close())
	}
	defer s.withdraw()
	background, stop := context.WithCancel(ctx)
	defer stop()
	go s.purge(background)
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	return s.shutdown(h)
}

func (s server) shutdown(h *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil {
		s.log.Warn("clients did not finish in time and were cut off", "after", shutdownTimeout)
		return h.Close()
	}
	return nil
}

// announce writes the ready file under another name first, so that it appears
// whole.
func (s server) announce(addr net.Addr) error {
	s.ready.URL, s.ready.PID = "http://"+addr.String(), os.Getpid()
	if s.onReady != nil {
		s.onReady(s.ready.URL)
	}
	if s.readyFile == "" {
		return nil
	}
	body, err := json.Marshal(s.ready)
	if err != nil {
		return fmt.Errorf("describe the service: %w", err)
	}
	return writeWhole(s.readyFile, append(body, '\n'))
}

func (s server) withdraw() {
	if s.readyFile != "" {
		_ = os.Remove(s.readyFile)
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

// purge drops lapsed carts every so often.
func (s server) purge(ctx context.Context) {
	ticker := time.NewTicker(purgeInterval)
	defer ticker.Stop()
	for {
		n, err := s.service.PurgeCarts(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.log.Error("purging lapsed carts failed; it is tried again", "cause", err.Error())
		case n > 0:
			s.log.Info("purged lapsed carts", "carts", n)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
