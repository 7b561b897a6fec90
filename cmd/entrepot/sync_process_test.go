package main_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// merchant is a shop that syncs: what it asks, and where it keeps the answers.
type merchant struct {
	shop
	dir, secretFile, db string
}

func newMerchant(t *testing.T, s shop) merchant {
	t.Helper()
	m := merchant{shop: s, dir: t.TempDir()}
	m.secretFile, m.db = m.file("secret.txt"), m.file("orders.db")
	writeFile(t, m.secretFile, s.secret+"\n")
	return m
}

func (m merchant) file(name string) string { return filepath.Join(m.dir, name) }

// flags are what every command that asks the service needs.
func (m merchant) flags(more ...string) []string {
	return append([]string{
		"--url", m.url, "--store", strconv.FormatInt(m.store, 10), "--secret-file", m.secretFile, "--db", m.db,
	}, more...)
}

// start begins a daemon; its pass comes once a second unless more says else.
func (m merchant) start(t *testing.T, more ...string) *process {
	t.Helper()
	args := append([]string{"sync", "run"}, m.flags(append([]string{"--every", "1s"}, more...)...)...)
	p := launch(t, exec.CommandContext(t.Context(), program(t), args...))
	p.await(t)
	return p
}

func (m merchant) sync(t *testing.T, name string, more ...string) result {
	t.Helper()
	return command(t, append([]string{"sync", name}, m.flags(more...)...)...)
}

// count is the number that a query answers; 0 before there are tables.
func (m merchant) count(t *testing.T, query string) int64 {
	t.Helper()
	conn := openFile(t, m.db)
	defer closeFile(t, conn)
	if len(column(t, conn, "SELECT name FROM sqlite_schema WHERE name = 'entrepot_runs'")) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(column(t, conn, query)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const countOrders = "SELECT count(*) FROM entrepot_orders"

// whole fails unless every order is in the tables as it is at the service,
// and was brought in once.
func (m merchant) whole(t *testing.T, orders int64) {
	t.Helper()
	if r := m.sync(t, "verify", "--since-date", "2020-01-01"); r.code != 0 || !strings.Contains(r.stderr, fmt.Sprintf("%d orders compared, 0 differ", orders)) {
		t.Errorf("verify: %+v", r)
	}
	if n := m.count(t, countOrders); n != orders {
		t.Errorf("%d orders in the tables, want %d", n, orders)
	}
	if n := m.count(t, "SELECT count(*) FROM entrepot_changes WHERE kind = 'imported'"); n != orders {
		t.Errorf("%d imports, want one of each order, %d", n, orders)
	}
}

// place has a shopper check out, and answers the order's number.
func place(t *testing.T, s shop, data string) int64 {
	t.Helper()
	cart := s.ask(t, cartPath, cartKeys).body.CartUUID
	r := command(t, "order", "place", "--data", data, "--cart", cart, "--details", checkoutFile(t))
	_, number, _ := strings.Cut(strings.TrimSpace(r.stdout), "-")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		t.Fatalf("order place: %+v", r)
	}
	return n
}

// adminOf is the admin address in a daemon's log.
func adminOf(t *testing.T, p *process) string {
	t.Helper()
	found := regexp.MustCompile(`health and metrics","url":"([^"]*)"`).FindStringSubmatch(p.stderr.String())
	if found == nil {
		t.Fatalf("no admin address in\n%s", p.stderr)
	}
	return found[1]
}

// get answers the status, the place to go to, and the text.
func get(t *testing.T, address string) (status int, location, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true // a connection that waits for its next request holds up the end of a server
	response, err := clients.Transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer closeFile(t, response.Body)
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("Location"), string(body)
}

// middle stands between the merchant and the service.
type middle struct {
	url     string
	details atomic.Int64 // requests for orders
	hold    atomic.Int64 // from this request on, orders are not answered; 0 for never
	held    chan struct{}
}

// newMiddle also breaks answers about orders as long as broken says so; nil
// for never.
func newMiddle(t *testing.T, s shop, broken *atomic.Bool) *middle {
	t.Helper()
	target, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	m := &middle{held: make(chan struct{}, 1000)}
	proxy := httputil.NewSingleHostReverseProxy(target)
	if broken != nil {
		proxy.ModifyResponse = cutting(broken) //nolint:bodyclose // the proxy closes what it passes on
	}
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hold := m.hold.Load(); r.URL.Path == detailPath && m.details.Add(1) > hold && hold > 0 {
			m.held <- struct{}{}
			select {
			case <-ctx.Done():
			case <-r.Context().Done():
			}
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	m.url = server.URL
	t.Cleanup(func() { cancel(); server.Close() })
	return m
}
