package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"entrepot/internal/admin"
)

// adminServer answers those who run the service.
type adminServer struct {
	listener net.Listener
	http     *http.Server
	serving  atomic.Bool // the API answers
}

// pinger is a database that can be asked whether it answers.
type pinger interface {
	Ping(ctx context.Context) error
}

var errNotServing = errors.New("starting or stopping")

// The limits of the admin address. To a profile net/http/pprof gives the time
// that its request asks for, too.
const (
	adminWriteTimeout   = 2 * time.Minute
	adminMaxConnections = 64
)

// listenAdmin opens the admin address; nil when there is none.
func listenAdmin(ctx context.Context, addr string, database pinger, s *server) (*adminServer, error) {
	if addr == "" {
		return nil, nil
	}
	listener, err := listenFor(ctx, "--admin-addr", addr)
	if err != nil {
		return nil, fmt.Errorf("open the admin address: %w", err)
	}
	a := &adminServer{}
	ready := func(ctx context.Context) error {
		if !a.serving.Load() {
			return errNotServing
		}
		return database.Ping(ctx)
	}
	limit := newGate(adminMaxConnections)
	a.listener = limit.listener(listener)
	a.http = &http.Server{
		Handler:           admin.New(admin.Config{Ready: ready, Metrics: s.recorder.Handler(), Sandbox: s.playground.levers(s.service, s.log)}),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: adminWriteTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, ConnState: limit.connState,
		ErrorLog: httpErrors(s.log),
	}
	if !onLoopback(listener.Addr()) {
		s.log.Warn("the admin address has no credentials and is open to more than this machine", "addr", listener.Addr().String())
	}
	s.ready.Admin = "http://" + listener.Addr().String()
	s.log.Info("serving health, metrics and profiles", "url", s.ready.Admin)
	return a, nil
}

func onLoopback(addr net.Addr) bool {
	a, err := netip.ParseAddrPort(addr.String())
	return err == nil && a.Addr().Unmap().IsLoopback()
}

func (a *adminServer) serve() error {
	if err := a.http.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("the admin address: %w", err)
	}
	return nil
}

// close ends it at once: nobody waits for a scrape of a service that has
// stopped.
func (a *adminServer) close() { _ = a.http.Close() }
