package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"entrepot/client"
	"entrepot/client/clienttest"
)

func TestContextEndsEverything(t *testing.T) {
	for name, do := range map[string]func(context.Context, *client.Client) error{
		"Order": func(ctx context.Context, c *client.Client) error { _, err := c.Order(ctx, "999-1"); return err },
		"OrderNumbers": func(ctx context.Context, c *client.Client) error {
			_, err := list(ctx, c, client.OrderNumbersQuery{SinceOrderID: "1"})
			return err
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		url := answering(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body) // so that the client's end is seen
			cancel()
			<-r.Context().Done()
		})
		if err := do(ctx, newClient(t, url, client.Options{})); !errors.Is(err, context.Canceled) || client.Temporary(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// In a pause, what went wrong before is told, too.
	server := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	c := server.Client(client.Options{Retry: client.Retry{MinWait: time.Hour, MaxWait: time.Hour}, Observe: func(client.Attempt) { cancel() }})
	server.Fail(1, clienttest.InternalError())
	_, err := c.Order(ctx, "999-1")
	wantIs[*client.ServerFaultError](t, err)
	if !errors.Is(err, context.Canceled) || client.Temporary(err) {
		t.Error(err)
	}
}

func TestServersThatAreSilent(t *testing.T) {
	server, rec := start(t), &recorder{}
	id := server.Add(client.Order{})
	o := rec.options()
	o.Timeout, o.HeaderTimeout = 20*time.Millisecond, 20*time.Millisecond
	o.Retry.Attempts = 2
	server.Fail(4, clienttest.Hang())
	_, err := server.Client(o).Order(t.Context(), id)
	if !errors.Is(err, os.ErrDeadlineExceeded) || !client.Temporary(err) || len(rec.waits) != 1 {
		t.Errorf("%v %v", err, rec.waits)
	}
	_, err = list(t.Context(), server.Client(o), client.OrderNumbersQuery{SinceOrderID: id})
	if !errors.Is(err, os.ErrDeadlineExceeded) || !client.Temporary(err) || len(rec.waits) != 2 {
		t.Errorf("%v %v", err, rec.waits)
	}
}

// answering is a server with one way of answering.
func answering(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

func newClient(t *testing.T, url string, o client.Options) *client.Client {
	t.Helper()
	c, err := client.New(url, 999, clienttest.DefaultSecret, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const oneOrder = `{"totalCount":2,"orders":[{"id":"999-1","testOrder":false,"timestamp":"2015-01-01 00:33:14.0"}`

func TestListThatFallsSilent(t *testing.T) {
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, oneOrder+",")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	all, err := list(t.Context(), newClient(t, url, client.Options{IdleTimeout: 20 * time.Millisecond}), client.OrderNumbersQuery{SinceOrderID: "1"})
	wantIs[*client.BrokenListError](t, err)
	if len(all) != 1 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v %v", all, err)
	}
}

// Leaving the loop ends the request at the server, too.
func TestLeavingTheLoop(t *testing.T) {
	gone := make(chan struct{})
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, oneOrder+",")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	})
	rec := &recorder{}
	for n, err := range newClient(t, url, rec.options()).OrderNumbers(t.Context(), client.OrderNumbersQuery{SinceOrderID: "1"}) {
		if err != nil || n.ID != "999-1" {
			t.Fatal(n, err)
		}
		break
	}
	<-gone
	if len(rec.attempts) != 1 || rec.attempts[0].Err != nil {
		t.Errorf("%+v", rec.attempts)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := answering(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("followed to %s", r.URL) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		url := answering(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere+"/v2/orderDetail?secret="+clienttest.DefaultSecret, status)
		})
		_, err := newClient(t, url, client.Options{}).Order(t.Context(), "1")
		e := wantAs[*client.NotAPIError](t, err)
		if e.Status != status || !strings.Contains(e.Reason, elsewhere) || strings.Contains(err.Error(), clienttest.DefaultSecret) {
			t.Errorf("%+v", e)
		}
	}
}

func TestAnswersAreBounded(t *testing.T) {
	url := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(bytes.Repeat([]byte(" "), 3000))
	})
	_, err := newClient(t, url, client.Options{MaxAnswer: 2000}).Order(t.Context(), "1")
	if e := wantAs[*client.NotAPIError](t, err); !strings.Contains(e.Reason, "more than 2000 bytes") {
		t.Errorf("%+v", e)
	}
}

func TestWhatIsSent(t *testing.T) {
	server := start(t)
	id := server.Add(client.Order{})
	c := server.Client(client.Options{UserAgent: "shop/2.0", RequestID: func() string { return "mine" }})
	if err := c.SetTracking(t.Context(), id, "1Z"); err != nil {
		t.Fatal(err)
	}
	r := server.Requests()[0]
	for name, want := range map[string]string{
		"User-Agent": "shop/2.0 entrepot-client/1", "X-Request-Id": "mine", "Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "gzip",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if r.Keys["trackingList"] != `[{"number":"1Z"}]` || r.Keys["store"] != "999" || r.Keys["orderId"] != `"`+string(id)+`"` {
		t.Errorf("%v", r.Keys)
	}
	if _, err := c.CreateTempCart(t.Context(), client.Cart{Items: []client.CartItem{{Description: "x", Quantity: 1, UnitPrice: "oops"}}}); err == nil || len(server.Requests()) != 1 {
		t.Errorf("an amount that is none was sent: %v", err)
	}
}

func TestNewLooksAtItsArguments(t *testing.T) {
	for _, url := range []string{"", "x", "ftp://example.com", "http://", "://", "http://user:pass@example.com", "http://example.com/?a=b", "http://example.com/#x", "http://[::1", "http://ex ample.com:pass"} {
		if _, err := client.New(url, 999, "s", client.Options{}); err == nil || strings.Contains(err.Error(), "pass@") || strings.Contains(err.Error(), ":pass") {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := client.New("http://example.com", 0, "s", client.Options{}); err == nil {
		t.Error("store 0")
	}
	c, err := client.New("https://example.com/api/", 999, "", client.Options{})
	if err != nil || c.Store() != 999 || c.String() != "client of store 999 at https://example.com/api" {
		t.Errorf("%v %v", c, err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		if got := fmt.Sprintf(verb, *c); got != c.String() {
			t.Errorf("%s: %s", verb, got)
		}
	}
}

func TestNothingStaysBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	func() {
		server := clienttest.NewServer()
		defer server.Close()
		for range 200 {
			server.Add(client.Order{})
		}
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		rec := &recorder{}
		o := rec.options()
		o.Transport, o.Timeout = transport, 50*time.Millisecond
		c := server.Client(o)
		for i := range 50 {
			server.Fail(1, []clienttest.Fault{clienttest.CutOff(i * 100), clienttest.LostRequest(), clienttest.InternalError(), clienttest.WebPage(200)}[i%4])
			for _, err := range c.OrderNumbers(t.Context(), client.OrderNumbersQuery{SinceDate: time.Unix(0, 0)}) {
				if err != nil || i%3 == 0 {
					break
				}
			}
			_, _ = c.Order(t.Context(), "999-1001")
		}
	}()
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
		<-time.After(10 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
}

func TestManyAtOnce(t *testing.T) {
	server, rec := start(t), &recorder{}
	c, id := server.Client(rec.options()), server.Add(client.Order{})
	server.Fail(20, clienttest.LostAnswer())
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 5 {
				if _, err := c.Order(t.Context(), id); err != nil && !client.Temporary(err) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
