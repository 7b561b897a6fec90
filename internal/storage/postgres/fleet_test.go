package postgres_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"entrepot/internal/api"
	"entrepot/internal/order"
	"entrepot/internal/sandbox"
	"entrepot/internal/wire"
)

const fleetSecret = "5f0c6a52-8e1b-4f0e-9d6c-3f1a2b7c8d9e"

// node is a program that serves, over HTTP. Whoever wants to end it takes it
// from the balancer first, as operators do: it waits for mu, which requests
// hold.
type node struct {
	mu     sync.RWMutex
	server *httptest.Server
	end    func()
}

// start begins to serve a storage.
func (n *node) start(t *testing.T, storage interface {
	order.Storage
	Close() error
},
) {
	t.Helper()
	service := order.NewService(order.Config{
		Storage: storage, Codec: wire.Codec{},
		NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) },
	})
	log := slog.New(slog.DiscardHandler)
	mux := http.NewServeMux()
	mux.Handle("/", api.New(api.Config{Service: service, SpoolDir: t.TempDir(), Log: log}))
	mux.Handle("/sandbox/", sandbox.NewHandler(sandbox.Levers{Service: service}, nil, log))
	n.server = httptest.NewServer(mux)
	n.end = sync.OnceFunc(func() {
		n.server.Close()
		if err := storage.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(n.end)
}

// fleet is nodes with a balancer in front.
type fleet []*node

func newFleet(size int) (f fleet) {
	for range size {
		f = append(f, new(node))
	}
	return f
}

// ask posts to a node that is up; an error is what no client may see.
func (f fleet) ask(ctx context.Context, path, keys string) (string, error) {
	n := f.pick()
	defer n.mu.RUnlock()
	body := `{"store":999,"secret":"` + fleetSecret + `",` + keys + "}"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, n.server.URL+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := n.server.Client().Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode != http.StatusOK || strings.HasPrefix(string(text), `{"error"`)) {
		err = fmt.Errorf("%s %s: %d %s", path, keys, response.StatusCode, text)
	}
	return string(text), err
}

func (f fleet) pick() *node {
	for i := rand.IntN(len(f)); ; i++ {
		if n := f[i%len(f)]; n.mu.TryRLock() {
			return n
		}
	}
}

// replace ends a node once its requests are answered, and starts another
// program in its place.
func (f fleet) replace(t *testing.T, i int, start func(*node)) {
	t.Helper()
	f[i].mu.Lock()
	defer f[i].mu.Unlock()
	f[i].end()
	start(f[i])
}

// load is what shops and shoppers do to a fleet, until stop. The first request
// that fails ends it.
type load struct {
	fleet   fleet
	ctx     context.Context // of the requests
	workers sync.WaitGroup
	cursor  string // of the poller

	mu      sync.Mutex
	changed *sync.Cond
	details map[string]string // of the orders that were placed, by id
	seen    map[string]bool   // by the poller
	stopped bool
	failed  error
	broken  chan struct{} // closed with the first request that fails
}

func startLoad(t *testing.T, f fleet, shoppers int) *load {
	l := &load{fleet: f, ctx: t.Context(), cursor: `"sinceDate":"20150101"`, details: map[string]string{}, seen: map[string]bool{}, broken: make(chan struct{})}
	l.changed = sync.NewCond(&l.mu)
	for range shoppers {
		l.workers.Go(func() { l.repeat(l.shop) })
	}
	l.workers.Go(func() { l.repeat(l.poll) })
	return l
}

func (l *load) repeat(step func() error) {
	for l.goesOn() {
		if err := step(); err != nil {
			l.fail(err)
		}
	}
}

func (l *load) goesOn() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.stopped && l.failed == nil
}

func (l *load) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil {
		l.failed = err
		close(l.broken)
	}
	l.changed.Broadcast()
}

// shop sends a cart, checks out, and has the merchant handle the order, each
// time on some node.
func (l *load) shop() error {
	var cart struct{ TempCartUUID string }
	if err := l.askFor(&cart, "/v1/createTempCart", `"items":[{"description":"Tent","quantity":1,"unitPrice":10}]`); err != nil {
		return err
	}
	var placed struct{ OrderID string }
	if err := l.askFor(&placed, "/sandbox/orders", `"tempCartUUID":"`+cart.TempCartUUID+`"`); err != nil {
		return err
	}
	of := `"orderId":"` + placed.OrderID + `"`
	for path, keys := range map[string]string{
		"/v1/updateMerchantOrderId":   `"merchantOrderId":"M-` + placed.OrderID + `"`,
		"/v1/updateVendorOrderStatus": `"orderStatus":"VENDOR_PREPARING_ORDER"`,
		"/v2/setShipmentTracking":     `"trackingList":[{"number":"1Z-` + placed.OrderID + `"}]`,
	} {
		if _, err := l.fleet.ask(l.ctx, path, of+","+keys); err != nil {
			return err
		}
	}
	return l.remember(placed.OrderID)
}

func (l *load) askFor(to any, path, keys string) error {
	text, err := l.fleet.ask(l.ctx, path, keys)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), to)
}

func (l *load) detail(id string) (string, error) {
	return l.fleet.ask(l.ctx, "/v2/orderDetail", `"orderId":"`+id+`"`)
}

// remember keeps what an order is like, of which nothing changes any more.
func (l *load) remember(id string) error {
	text, err := l.detail(id)
	if err != nil || !strings.Contains(text, "1Z-"+id) || !strings.Contains(text, "M-"+id) || !strings.Contains(text, "VENDOR_PREPARING_ORDER") {
		return fmt.Errorf("order %s is told as %s: %w", id, text, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, twice := l.details[id]; twice {
		return fmt.Errorf("two orders are %s", id)
	}
	l.details[id] = text
	l.changed.Broadcast()
	return nil
}

// poll follows the orders as a shop does.
func (l *load) poll() error {
	var list struct{ Orders []struct{ ID string } }
	if err := l.askFor(&list, "/v1/orderNumbers", l.cursor); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, o := range list.Orders {
		l.seen[o.ID] = true
		l.cursor = `"sinceOrderId":"` + o.ID + `"`
	}
	return nil
}

// more waits until so many more orders were placed.
func (l *load) more(t *testing.T, orders int) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for want := len(l.details) + orders; len(l.details) < want && l.failed == nil; {
		l.changed.Wait()
	}
	if l.failed != nil {
		t.Fatalf("a request failed: %v", l.failed)
	}
}

// stop ends it; everything must be there, as it was, and seen.
func (l *load) stop(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	l.stopped = true
	l.mu.Unlock()
	l.workers.Wait()
	if err := cmp.Or(l.failed, l.poll()); err != nil {
		t.Fatalf("a request failed: %v", err)
	}
	for id, was := range l.details {
		if is, err := l.detail(id); err != nil || is != was {
			t.Errorf("order %s is told as %s (%v)\nand was %s", id, is, err, was)
		}
		if !l.seen[id] {
			t.Errorf("order %s was never listed", id)
		}
	}
	t.Logf("%d orders", len(l.details))
}
