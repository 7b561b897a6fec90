package merchantsync_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"time"

	"entrepot/client"
	"entrepot/client/clienttest"
	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
	"entrepot/internal/sqlitedb"
)

// scene is a daemon with its tables and a server in memory, whose time is the
// test's.
type scene struct {
	t      *testing.T
	now    time.Time
	server *clienttest.Server
	tables *ledger.Ledger
	shop   shopDatabase
	daemon *merchantsync.Daemon
	log    bytes.Buffer
	down   bool // nobody answers
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{t: t, now: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
	s.server = s.newServer()
	o := engines["sqlite"](t)
	o.Store, o.Synchronous, o.Clock = clienttest.DefaultStore, sqlitedb.SyncOff, s.clock
	s.shop = shopDatabase{Options: o}
	t.Cleanup(s.shop.close)
	tables, err := ledger.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tables.Close(); err != nil {
			t.Error(err)
		}
	})
	s.tables = tables
	s.start(nil)
	return s
}

func (s *scene) clock() time.Time { return s.now }

func (s *scene) newServer() *clienttest.Server {
	server := clienttest.NewServer()
	server.SetClock(s.clock)
	s.t.Cleanup(server.Close)
	return server
}

// start begins a new daemon.
func (s *scene) start(wrap func(merchantsync.API) merchantsync.API) {
	var api merchantsync.API = line{s.server.Client(client.Options{Clock: s.clock, Sleep: briefly}), s}
	if wrap != nil {
		api = wrap(api)
	}
	s.daemon = merchantsync.New(api, s.tables, merchantsync.Options{
		Store: clienttest.DefaultStore, Overlap: 10, Clock: s.clock, Sleep: briefly,
		Jitter: func() float64 { return 0 }, Log: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
}

// line is to the server, and may be down.
type line struct {
	merchantsync.API
	*scene
}

var errDown = &client.Error{Err: errors.New("connection refused")}

func (l line) OrderNumbers(ctx context.Context, q client.OrderNumbersQuery) iter.Seq2[client.OrderNumber, error] {
	if l.down {
		return func(yield func(client.OrderNumber, error) bool) { yield(client.OrderNumber{}, errDown) }
	}
	return l.API.OrderNumbers(ctx, q)
}

func (l line) Order(ctx context.Context, id client.OrderID) (*client.Order, error) {
	if l.down {
		return nil, errDown
	}
	return l.API.Order(ctx, id)
}

// pass makes a pass that must succeed.
func (s *scene) pass() merchantsync.Run {
	s.t.Helper()
	run, err := s.daemon.Pass(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return run
}

// passes makes some, so long after each other.
func (s *scene) passes(n int, apart time.Duration) {
	s.t.Helper()
	for range n {
		s.now = s.now.Add(apart)
		s.pass()
	}
}

// place adds so many orders, so long after each other.
func (s *scene) place(n int, apart time.Duration) {
	for range n {
		s.now = s.now.Add(apart)
		s.server.Add(client.Order{ShipTo: client.Address{Name: "Sample Person"}})
	}
}

func (s *scene) sql(format string, args ...any) string {
	s.t.Helper()
	var lines []string
	for _, r := range s.shop.query(s.t, fmt.Sprintf(format, args...)) {
		lines = append(lines, strings.Join(r, "|"))
	}
	return strings.Join(lines, "\n")
}

// wants fails unless a query answers this.
func (s *scene) wants(want, format string, args ...any) {
	s.t.Helper()
	if got := s.sql(format, args...); got != want {
		s.t.Errorf("%s\nanswers %q, want %q", fmt.Sprintf(format, args...), got, want)
	}
}

const (
	first     = 1001 // the number of the first order of a server in memory
	allOrders = "SELECT count(*), count(DISTINCT number) FROM entrepot_orders"
)
