package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/api"
	"entrepot/internal/order"
)

const (
	stopStore  = 999
	stopSecret = "22222222-89ab-4cde-8f01-23456789abcd"
	// waitLimit bounds what tests wait for; nothing should come near it.
	waitLimit = time.Minute
)

// running is a server within the test's own process.
type running struct {
	addr  string
	ready string // the ready file
	file  string // the database
	log   *syncBuffer
	stop  func()
	ended chan error
}

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// runServer starts a server over a store with so many orders.
func runServer(t *testing.T, orders int, change ...func(*server)) *running {
	t.Helper()
	return runServerOn(t, func(l net.Listener) net.Listener { return l }, orders, change...)
}

// runServerOn is runServer on another kind of listener.
func runServerOn(t *testing.T, wrap func(net.Listener) net.Listener, orders int, change ...func(*server)) *running {
	t.Helper()
	data := dataFlag{Data: t.TempDir()}
	storage, err := openStorage(t.Context(), data, true)
	if err != nil {
		t.Fatal(err)
	}
	r := &running{ready: filepath.Join(data.Data, "ready.json"), file: data.path(), log: &syncBuffer{}, ended: make(chan error, 1)}
	s := server{
		service: newService(storage), log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		readyFile: r.ready, api: api.Config{SpoolDir: data.Data},
	}
	if _, err := s.service.AddStore(t.Context(), order.NewStoreRequest{Number: stopStore, Secret: stopSecret}); err != nil {
		t.Fatal(err)
	}
	addOrders(t, data.path(), orders)
	for _, c := range change {
		c(&s)
	}
	listener, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = listener.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { r.ended <- errors.Join(s.run(ctx, wrap(listener)), storage.Close()) }()
	t.Cleanup(stop)
	until(t, "the server is ready", func() bool { _, err := os.Stat(r.ready); return err == nil })
	return r
}

func addOrders(t *testing.T, file string, n int) {
	t.Helper()
	conn, err := zombiezen.OpenConn(file, zombiezen.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	err = sqlitex.Execute(conn, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
		INSERT INTO orders (store, number, placed_at, test, status, status_at, document)
		SELECT 999, i, 1700000000000 + i, 0, 'IGLOBAL_ORDER_IN_PROCESS', 1700000000000 + i, i FROM n WHERE i <= ?1`,
		&sqlitex.ExecOptions{Args: []any{n}})
	if err = errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(waitLimit); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// wait answers how the server has ended.
func (r *running) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.ended:
		return err
	case <-time.After(waitLimit):
		t.Fatalf("the server does not end\n%s", r.log)
		return nil
	}
}

func (r *running) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(waitLimit)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func (r *running) refuses() bool {
	conn, err := net.DialTimeout("tcp", r.addr, waitLimit)
	if err == nil {
		_ = conn.Close()
	}
	return err != nil
}

const listKeys = `{"store":999,"secret":"` + stopSecret + `","sinceDate":"20200101","statuses":true}`

func requestHead(extra string) string {
	return fmt.Sprintf("POST /v1/orderNumbers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n", len(listKeys), extra)
}

// beginRequest sends the head of a request, and waits until the server asks
// for the body: then the request has begun.
func (r *running) beginRequest(t *testing.T) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn := r.dial(t)
	reader := bufio.NewReader(conn)
	if _, err := io.WriteString(conn, requestHead("Expect: 100-continue\r\n")); err != nil {
		t.Fatal(err)
	}
	line, err := reader.ReadString('\n')
	if err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := reader.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return conn, reader
}

func readAnswer(t *testing.T, r *bufio.Reader) (status int, text string) {
	t.Helper()
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// TestMaxConnections lets in as many as may be, the next when one has gone,
// and gives every slot back.
func TestMaxConnections(t *testing.T) {
	g := newGate(2)
	r := runServer(t, 3, func(s *server) { s.gate = g })
	first, second := r.dial(t), r.dial(t)
	until(t, "both are in", func() bool { return g.open() == 2 })
	third := r.dial(t) // the system takes it, the service does not
	if _, err := io.WriteString(third, requestHead("")+listKeys); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(second, requestHead("")+listKeys); err != nil {
		t.Fatal(err)
	}
	if _, body := readAnswer(t, bufio.NewReader(second)); !strings.Contains(body, `"totalCount":3`) {
		t.Errorf("who is in is not answered: %s", body)
	}
	if n := g.open(); n != 2 {
		t.Errorf("%d connections are open, 2 may be", n)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, body := readAnswer(t, bufio.NewReader(third)); !strings.Contains(body, `"totalCount":3`) {
		t.Errorf("the next is not answered: %s", body)
	}
	r.stop()
	if err := r.wait(t); err != nil {
		t.Error(err)
	}
	until(t, "all slots are back", func() bool { return g.open() == 0 && len(g.slots) == 0 })
}

// TestStopWhileFull ends a service that lets nobody in at the moment.
func TestStopWhileFull(t *testing.T) {
	g := newGate(1)
	r := runServer(t, 1, func(s *server) { s.gate, s.stopTimeout = g, 20*time.Millisecond })
	r.beginRequest(t)
	r.stop()
	if err := r.wait(t); err != nil {
		t.Error(err)
	}
}

// TestServerLimits sees that nothing is unbounded.
func TestServerLimits(t *testing.T) {
	h := server{log: slog.New(slog.DiscardHandler)}.withDefaults().httpServer()
	for name, limit := range map[string]time.Duration{
		"ReadHeaderTimeout": h.ReadHeaderTimeout, "ReadTimeout": h.ReadTimeout,
		"WriteTimeout": h.WriteTimeout, "IdleTimeout": h.IdleTimeout,
	} {
		if limit <= 0 || limit > 10*time.Minute {
			t.Errorf("%s is %s", name, limit)
		}
	}
	r := runServer(t, 1)
	conn := r.dial(t)
	// net/http adds 4 KiB to the limit.
	if _, err := io.WriteString(conn, requestHead("X-Long: "+strings.Repeat("x", maxHeader+8<<10)+"\r\n")); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a head of %d bytes is answered with %d", maxHeader, resp.StatusCode)
	}
}
