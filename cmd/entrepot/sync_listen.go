package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"entrepot/client"
	"entrepot/internal/admin"
	"entrepot/internal/merchantsync"
	"entrepot/internal/metrics"
)

// ImportNow imports for the success page.
func (d *syncDaemon) ImportNow(ctx context.Context, number int64) error {
	err := d.daemon.ImportNow(ctx, number)
	switch {
	case err == nil:
		d.metrics.PageImport(metrics.PageImported)
		d.wake()
	case isError[*client.NotFoundError](err):
		d.metrics.PageImport(metrics.PageMissing)
	default:
		d.metrics.PageImport(metrics.PageFailed)
	}
	return err
}

// highest is the highest number in the tables.
func (d *syncDaemon) highest(ctx context.Context) (number int64, err error) {
	err = d.ledger.View(ctx, func(v merchantsync.View) error {
		cursor, err := v.Cursor()
		number = cursor.Number
		return err
	})
	return number, err
}

func idle(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// openPage listens for shoppers; without an address it does nothing.
func (d *syncDaemon) openPage(ctx context.Context) (func(context.Context) error, error) {
	if d.Listen == "" {
		return idle, nil
	}
	page, err := merchantsync.NewPage(d, merchantsync.PageOptions{
		Store: d.store, Redirect: d.SuccessPage, ShopName: d.ShopName, Highest: d.highest, Log: d.log,
	})
	if err != nil {
		return nil, withHint(fmt.Errorf("--success-page: %w", err), "shoppers are sent there with ?orderId=999-17, such as https://shop.example.com/thanks")
	}
	listener, err := listenFor(ctx, "--listen", d.Listen)
	if err != nil {
		return nil, fmt.Errorf("open the success page's address: %w", err)
	}
	d.pageURL = "http://" + listener.Addr().String()
	d.log.Info("serving the success page", "url", d.pageURL)
	return func(ctx context.Context) error {
		var queue sync.WaitGroup
		queue.Go(func() { page.Run(ctx) })
		defer queue.Wait()
		return serveUntil(ctx, listener, page, d.log)
	}, nil
}

// openAdmin listens for those who run the daemon.
func (d *syncDaemon) openAdmin(ctx context.Context) (func(context.Context) error, error) {
	if d.AdminAddr == "" {
		return idle, nil
	}
	listener, err := listenFor(ctx, "--admin-addr", d.AdminAddr)
	if err != nil {
		return nil, fmt.Errorf("open the admin address: %w", err)
	}
	if !onLoopback(listener.Addr()) {
		d.log.Warn("the admin address has no credentials and is open to more than this machine", "addr", listener.Addr().String())
	}
	d.log.Info("serving health and metrics", "url", "http://"+listener.Addr().String())
	handler := admin.New(admin.Config{Ready: d.ready, Metrics: d.metrics.Handler(d.gauges)})
	return func(ctx context.Context) error { return serveUntil(ctx, listener, handler, d.log) }, nil
}

// ready is nil when the tables can be read.
func (d *syncDaemon) ready(ctx context.Context) error {
	_, err := d.highest(ctx)
	return err
}

// gauges are what is in the tables, by the names that metrics have for it.
func (d *syncDaemon) gauges(ctx context.Context) (g metrics.SyncGauges, err error) {
	err = d.ledger.View(ctx, func(v merchantsync.View) error {
		t, err := v.Tally(time.Now())
		g = metrics.SyncGauges{
			Orders:   map[string]int64{"ready": t.Ready, "held": t.Held, "cancelled": t.Cancelled},
			Followed: t.Followed, Troubles: t.Troubles, Reports: map[string]int64{}, Behind: t.Behind, Waiting: t.Waiting,
		}
		for state, n := range t.Reports {
			g.Reports[string(state)] = n
		}
		return err
	})
	return g, err
}

// serveUntil serves until ctx ends, and finishes what has begun.
func serveUntil(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	h := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: adminWriteTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: httpErrors(log),
	}
	limit := newGate(defaultMaxConnections)
	h.ConnState = limit.connState
	failed := make(chan error, 1)
	go func() { failed <- h.Serve(limit.listener(listener)) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), defaultStopTimeout)
	defer cancel()
	if h.Shutdown(stopping) != nil {
		return h.Close() // who has not finished by then is cut off
	}
	return nil
}
