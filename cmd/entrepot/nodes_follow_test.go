//go:build unix

package main_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"entrepot/internal/api"
	"entrepot/internal/checkout"
	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/testkit"
	"entrepot/internal/wire"
)

const (
	sellers   = 9
	followers = 4
	skew      = 7 * time.Minute
)

// market is what is sold on nodes of one database, and who follows.
type market struct {
	shop
	urls      []string
	followers []*follower

	mu     sync.Mutex
	carts  map[int64]string // by the order's number
	wrong  []string
	missed []string
}

// openMarket starts three processes, and two nodes in this one, whose clocks
// go wrong.
func openMarket(t *testing.T, d testkit.PostgresDatabase) *market {
	t.Helper()
	m := &market{shop: prepare(t, d), carts: map[int64]string{}}
	m.urls = append(urlsOf(startNodes(t, d, 3)), skewedNode(t, d, skew), skewedNode(t, d, -skew))
	for range followers {
		m.followers = append(m.followers, newFollower(m.shop))
	}
	return m
}

// skewedNode is a node whose clock is wrong.
func skewedNode(t *testing.T, d testkit.PostgresDatabase, by time.Duration) (url string) {
	t.Helper()
	storage, err := postgres.Open(t.Context(), postgres.Options{Options: pgdb.Options{URL: d.URL, PasswordFile: d.PasswordFile}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = storage.Close() })
	service := order.NewService(order.Config{
		Storage: storage, Codec: wire.Codec{}, Clock: func() time.Time { return time.Now().Add(by) },
		NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) },
	})
	pages := checkout.New(checkout.Config{Service: service, Log: slog.New(slog.DiscardHandler)})
	requests := api.New(api.Config{Service: service})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if checkout.Serves(r) {
			pages.ServeHTTP(w, r)
		} else {
			requests.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// run sells until it is enough, and lets all who follow come to the end.
func (m *market) run(t *testing.T, enough func() bool) {
	t.Helper()
	selling, stop := context.WithCancel(t.Context())
	defer stop()
	var sold, followed sync.WaitGroup
	for who := range sellers {
		sold.Go(func() { m.sell(selling, t.Context(), who) })
	}
	ended := make(chan struct{})
	for _, f := range m.followers {
		followed.Go(func() { m.follow(t.Context(), f, ended) })
	}
	eventually(t, "orders", func() bool { return enough() || m.failed() })
	stop()
	sold.Wait()
	close(ended)
	followed.Wait()
}

func (m *market) any() shop { return m.at(m.urls[rand.IntN(len(m.urls))]) }

func (m *market) complain(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wrong = append(m.wrong, fmt.Sprintf(format, args...))
}

func (m *market) failed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.wrong) > 0
}

func (m *market) orders() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.carts)
}

// sell sends carts and makes orders of them, each at any node.
func (m *market) sell(selling, ctx context.Context, who int) {
	for n := 0; selling.Err() == nil; n++ {
		cart, err := m.any().sendCart(ctx, fmt.Sprintf("%d-%d", who, n))
		if err != nil {
			m.complain("a cart: %v", err)
			return
		}
		presses := 1
		if n%4 == 0 {
			presses = 2
		}
		number, ok := m.press(ctx, cart, presses)
		if !ok || (n%3 == 0 && !m.update(ctx, number)) {
			return
		}
	}
}

// press presses the button, at several nodes at once.
func (m *market) press(ctx context.Context, cart string, times int) (number int64, ok bool) {
	var pressing sync.WaitGroup
	ids, errs := make([]string, times), make([]error, times)
	for i := range times {
		pressing.Go(func() { ids[i], errs[i] = m.any().press(ctx, cart) })
	}
	pressing.Wait()
	for i, id := range ids {
		var err error
		if number, err = m.number(id); errs[i] != nil || err != nil || id != ids[0] {
			m.complain("cart %s is order %q at one node and %q at another: %v %v", cart, ids[0], id, errs[i], err)
			return 0, false
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if other, taken := m.carts[number]; taken {
		m.wrong = append(m.wrong, fmt.Sprintf("number %d is of the carts %s and %s", number, other, cart))
	}
	m.carts[number] = cart
	return number, true
}

// update changes an order at one node, and looks at it at another.
func (m *market) update(ctx context.Context, number int64) bool {
	mark := fmt.Sprintf("M%d", number)
	err := m.any().update(ctx, merchantPath, fmt.Sprintf(`"orderId": %d, "merchantOrderId": %q`, number, mark))
	var a answer
	if err == nil {
		a, err = m.any().within(ctx, detailPath, fmt.Sprintf(`"orderId": %d`, number))
	}
	if err != nil || a.body.Order == nil || a.body.Order.MerchantOrderID != mark {
		m.complain("order %d does not have its new id: %v %s", number, err, a.text)
		return false
	}
	return true
}

// follow polls until everything is sold, and then once more, each time at any
// node.
func (m *market) follow(ctx context.Context, f *follower, ended <-chan struct{}) {
	for last := false; !last; {
		select {
		case <-ended:
			last = true
		default:
		}
		if err := f.poll(ctx, m.any().url); err != nil {
			m.complain("poll after %d: %v", f.cursor, err)
			return
		}
		m.mu.Lock()
		for number := range m.carts {
			if _, ok := f.seen[number]; !ok && (last || number < f.cursor) {
				m.missed = append(m.missed, fmt.Sprintf("order %d, after %d", number, f.cursor))
			}
		}
		m.mu.Unlock()
	}
}

// TestNodesFollowed: no order that a shop's cursor goes past is ever missed,
// whatever the nodes and their clocks, no number is used twice, and dates agree
// with numbers.
func TestNodesFollowed(t *testing.T) {
	const enough = 150
	m := openMarket(t, testkit.Postgres(t).Database(t))
	m.run(t, func() bool { return m.orders() >= enough })
	for _, wrong := range append(m.wrong, m.missed...) {
		t.Error(wrong)
	}
	for _, f := range m.followers {
		for _, wrong := range f.disorder {
			t.Error(wrong)
		}
		if len(f.seen) != m.orders() || f.cursor != int64(m.orders()) {
			t.Errorf("%d orders were seen, up to %d, and %d were placed", len(f.seen), f.cursor, m.orders())
		}
	}
	if f := m.followers[0]; !laterThan(f.timestamp, time.Now().UTC().Add(skew/2).Format(time.DateTime)) {
		t.Errorf("the last order is of %s: the clock that is fast was never asked", f.timestamp)
	}
	t.Logf("%d orders on %d nodes, two of which were %s wrong; %d followers", m.orders(), len(m.urls), skew, followers)
}

// sequence makes the database hand out numbers as programs often do: from a
// sequence, with nothing locked.
const sequence = `
CREATE SEQUENCE numbers;
ALTER TABLE order_counters RENAME TO counters_kept;
CREATE VIEW order_counters AS SELECT * FROM counters_kept;
CREATE FUNCTION take_number() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.last_number := nextval(''numbers''); RETURN NEW; END';
CREATE TRIGGER take_number INSTEAD OF UPDATE ON order_counters FOR EACH ROW EXECUTE FUNCTION take_number();
ALTER TABLE stores RENAME TO stores_kept;
CREATE VIEW stores AS WITH s AS MATERIALIZED (SELECT * FROM stores_kept) SELECT * FROM s`

// TestNodesFollowedCanFail runs the same on a sequence.
func TestNodesFollowedCanFail(t *testing.T) {
	d := testkit.Postgres(t).Database(t)
	m := openMarket(t, d)
	script(t, d, sequence)
	missed := func() int {
		m.mu.Lock()
		defer m.mu.Unlock()
		return len(m.missed)
	}
	m.run(t, func() bool { return missed() > 0 })
	for _, wrong := range m.wrong {
		t.Error(wrong)
	}
	if missed() == 0 {
		t.Error("nothing was missed: the test cannot fail")
	}
	t.Logf("%d orders; missed: %v", m.orders(), m.missed[:min(3, len(m.missed))])
}

// script runs what the program itself never would.
func script(t testing.TB, d testkit.PostgresDatabase, sql string) {
	t.Helper()
	conn := testkit.Session(t, d.URL, d.PasswordFile)
	if _, err := conn.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
}
