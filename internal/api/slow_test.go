package api

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"entrepot/internal/storage/storagetest/engines"
	"entrepot/internal/wire"
)

// narrow is a listener whose connections hold little: what a client does not
// read soon keeps the server waiting.
type narrow struct{ net.Listener }

const narrowBuffer = 16 << 10

func (n narrow) Accept() (net.Conn, error) {
	conn, err := n.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return conn, conn.(*net.TCPConn).SetWriteBuffer(narrowBuffer)
}

// withTimeout makes a server of which each write has so long.
func withTimeout(timeout time.Duration) func(*setup) {
	return func(s *setup) {
		s.timeout, s.api.WriteTimeout = timeout, timeout
		s.listen = func(l net.Listener) net.Listener { return narrow{l} }
	}
}

// begun is an answer of which the head has been read.
type begun struct {
	net.Conn
	header http.Header
	body   io.Reader
	length int64
}

// slowClient asks for a list and reads the beginning of the answer.
func (f *fixture) slowClient(keys string) begun {
	f.t.Helper()
	conn := f.raw()
	if err := conn.(*net.TCPConn).SetReadBuffer(narrowBuffer); err != nil {
		f.t.Fatal(err)
	}
	body := credentials(keys)
	begin(f.t, conn, "/v1/orderNumbers", int64(len(body)), body)
	resp, err := http.ReadResponse(bufio.NewReaderSize(conn, 512), nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		f.t.Fatalf("%v, %v", resp, err)
	}
	f.t.Cleanup(func() { _ = resp.Body.Close() })
	return begun{conn, resp.Header, resp.Body, resp.ContentLength}
}

// A list that waits for its client keeps no old state of the database alive.
func TestWaitingListLeavesTheDatabaseFree(t *testing.T) {
	engines.Each(t, testWaitingListLeavesTheDatabaseFree)
}

func testWaitingListLeavesTheDatabaseFree(t *testing.T, e engines.Engine) {
	const orders = 6000
	f := start(t, on(e), withTimeout(patience))
	f.seed(orders)
	resp := f.slowClient(`"sinceDate":"20150101","statuses":1`)
	f.exec("UPDATE orders SET merchant_order_id = 'later'")
	if f.storage.OldStateIsRead(t) {
		t.Error("somebody reads an old state")
	}
	if len(f.log.with("endpoint", "orderNumbers")) != 0 {
		t.Error("the server did not wait for its client: the test shows nothing")
	}
	text, err := io.ReadAll(resp.body)
	if err != nil {
		t.Fatal(err)
	}
	got := answer{http.StatusOK, resp.header, string(text)}
	if l := got.consistent(t); l.TotalCount != orders || strings.Contains(got.body, "later") {
		t.Errorf("%d orders, want the %d that there were, as they were", l.TotalCount, orders)
	}
}

// A long list reaches a client that takes longer for it than a write may take,
// as long as it keeps reading.
func TestSlowClientGetsItsList(t *testing.T) {
	const (
		orders  = 30_000
		timeout = 3 * time.Second
		steps   = 50
		pause   = 80 * time.Millisecond // all of them together are longer than the time-out
	)
	f := start(t, withTimeout(timeout))
	f.seed(orders)
	resp := f.slowClient(`"sinceDate":"20150101","statuses":1`)
	var text strings.Builder
	for i := range steps {
		if _, err := io.CopyN(&text, resp.body, resp.length/steps); err != nil {
			t.Fatalf("after %d of %d bytes: %v", text.Len(), resp.length, err)
		}
		if i == steps-5 && len(f.log.with("endpoint", "orderNumbers")) != 0 {
			t.Error("the server was done long before its client: the test shows nothing")
		}
		time.Sleep(pause) // this client is slow
	}
	if _, err := io.Copy(&text, resp.body); err != nil {
		t.Fatal(err)
	}
	if l := (answer{http.StatusOK, resp.header, text.String()}).consistent(t); l.TotalCount != orders {
		t.Errorf("%d orders, want %d", l.TotalCount, orders)
	}
	if line := f.log.wait(t, "endpoint", "orderNumbers"); line["outcome"] != "ok" {
		t.Errorf("logged %v", line)
	}
}

// A client that stops reading is cut off after the time-out, and what it has
// by then does not look like a whole answer.
func TestClientThatStopsReading(t *testing.T) {
	f := start(t, withTimeout(200*time.Millisecond))
	f.seed(6000)
	for i, keys := range []string{`"sinceDate":"20150101","statuses":1`, `"sinceDate":"20150101"`} {
		resp := f.slowClient(keys)
		line := f.log.waitFor(t, i+1, "outcome", "broken off")[i]
		if line["level"] != "INFO" || line["status"] != 200.0 || line["cause"] != nil {
			t.Errorf("logged %v", line)
		}
		got, err := io.ReadAll(resp.body)
		if err == nil || int64(len(got)) >= resp.length {
			t.Errorf("%d of %d bytes came, and then %v", len(got), resp.length, err)
		}
	}
	f.ask("/v1/orderNumbers", `"sinceOrderId":5990`).consistent(t)
}

// Clients that hang up in the middle of their lists take nothing with them.
func TestClientsThatHangUp(t *testing.T) { engines.Each(t, testClientsThatHangUp) }

func testClientsThatHangUp(t *testing.T, e engines.Engine) {
	f := start(t, on(e), withTimeout(patience))
	f.seed(6000)
	clients := 3 * cap(New(Config{}).lists)
	for range clients {
		conn := f.slowClient(`"sinceDate":"20150101","statuses":1`)
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	f.log.waitFor(t, clients, "outcome", "broken off")
	f.ask("/v1/orderNumbers", `"sinceOrderId":5990`).consistent(t)
}

// A list cannot be taken for whole when the file in which it waits is damaged;
// that is a fault of the server, and in its log.
func TestFaultWhileAListIsSent(t *testing.T) {
	f := start(t)
	a := New(Config{Service: f.service, Log: slog.New(slog.NewJSONHandler(f.log, nil))})
	f.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := a.newExchange(w, r)
		defer a.finish(x)
		x.endpoint = a.routes[r.URL.Path]
		list := damagedSpool(t)
		defer list.close()
		_ = a.sendList(x, wire.Counts{Live: 1}, list)
	}), setup{listen: func(l net.Listener) net.Listener { return l }})
	resp := f.slowClient("")
	got, err := io.ReadAll(resp.body)
	if err == nil || int64(len(got)) >= resp.length {
		t.Errorf("%d of %d bytes came, and then %v", len(got), resp.length, err)
	}
	line := f.log.wait(t, "outcome", "broken off")
	if line["level"] != "ERROR" || !strings.Contains(fmt.Sprint(line["cause"]), "reread a long list") {
		t.Errorf("logged %v", line)
	}
}

// damagedSpool is a long list of whose file the second half is gone.
func damagedSpool(t *testing.T) *spool {
	list := newSpool(t.TempDir())
	for list.size < 3*spoolBlock {
		*list.block = append(*list.block, `,{}`...)
		if err := list.settle(1024); err != nil {
			t.Error(err)
		}
	}
	if err := list.file.Truncate(list.size / 2); err != nil {
		t.Error(err)
	}
	return list
}

// A panic in the middle of an answer breaks it off, and is logged.
func TestPanicInTheMiddleOfAnAnswer(t *testing.T) {
	f := start(t)
	a := New(Config{Service: f.service, Log: slog.New(slog.NewJSONHandler(f.log, nil))})
	f.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := a.newExchange(w, r)
		defer a.finish(x)
		x.endpoint = a.routes[r.URL.Path]
		x.header(http.StatusOK, jsonType, 1000)
		_, _ = w.Write([]byte(`{"totalCount":`))
		panic(cause)
	}), setup{listen: func(l net.Listener) net.Listener { return l }})
	if got, err := f.try(http.MethodPost, "/v1/orderNumbers", strings.NewReader(`{}`)); err == nil {
		t.Errorf("%d %s", got.status, got.body)
	}
	line := f.log.wait(t, "msg", "request")
	if line["outcome"] != "broken off" || line["level"] != "ERROR" || !strings.Contains(fmt.Sprint(line["cause"]), cause) {
		t.Errorf("logged %v", line)
	}
}
