package api

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
)

// fewCarts lets a store hold four carts and an address two.
func fewCarts(s *setup) {
	behindProxy(s)
	s.api.CartRate = 1000
	s.quota = order.CartQuota{PerStore: order.CartUsage{Carts: 4, Bytes: 1 << 20}, PerAddress: order.CartUsage{Carts: 2, Bytes: 1 << 20}}
}

func (a answer) usedUp(t testing.TB, about string) {
	t.Helper()
	a.slowed(t, int(quotaRetry.Seconds()))
	if !strings.Contains(a.text(t), about) {
		t.Errorf("%q says nothing about the %s", a.text(t), about)
	}
}

func TestCartQuota(t *testing.T) { engines.Each(t, testCartQuota) }

func testCartQuota(t *testing.T, e engines.Engine) {
	f := start(t, on(e), fewCarts)
	f.addStore(1000)
	const here, there = "192.0.2.1", "192.0.2.2"
	first := f.sendCart(here, store)
	f.sendCart(here, store).cartID(t)
	f.sendCart(here, store).usedUp(t, "address")
	f.sendCart(here, 1000).cartID(t)
	f.sendCart(there, store).cartID(t)
	f.ask("/v1/createTempCart", oneItem).cartID(t) // the secret lifts the address's quota, not the store's
	f.ask("/v1/createTempCart", oneItem).usedUp(t, "store")
	f.sendCart(there, store).usedUp(t, "store")

	f.placeCart(first, checkout) // a cart that became an order waits no more
	f.sendCart(here, store).cartID(t)
	f.sendCart(here, store).usedUp(t, "store")
}

func TestPurgingFreesTheQuota(t *testing.T) { engines.Each(t, testPurgingFreesTheQuota) }

func testPurgingFreesTheQuota(t *testing.T, e engines.Engine) {
	f := start(t, on(e), fewCarts)
	const here = "192.0.2.1"
	f.sendCart(here, store).cartID(t)
	f.sendCart(here, store).cartID(t)
	f.clock.pass(order.DefaultCartLifetime)
	f.sendCart(here, store).usedUp(t, "address") // nobody has swept yet
	f.clock.pass(time.Millisecond)
	if n, err := f.service.PurgeCarts(t.Context()); n != 2 || err != nil {
		t.Fatalf("%d purged, %v", n, err)
	}
	f.sendCart(here, store).cartID(t)
	f.sendCart(here, store).cartID(t)
	f.sendCart(here, store).usedUp(t, "address")
}

func TestCartQuotaInBytes(t *testing.T) { engines.Each(t, testCartQuotaInBytes) }

func testCartQuotaInBytes(t *testing.T, e engines.Engine) {
	f := start(t, on(e), fewCarts, func(s *setup) {
		s.quota.PerAddress = order.CartUsage{Carts: 100, Bytes: 5000}
	})
	long := fmt.Sprintf(`{"store":999,"misc1":%q,%s}`, strings.Repeat("x", 3000), oneItem)
	f.post("/v1/createTempCart", long).cartID(t)
	f.post("/v1/createTempCart", long).usedUp(t, "address")
	f.post("/v1/createTempCart", fmt.Sprintf(`{"store":999,%s}`, oneItem)).cartID(t) // a small one fits
	f.post("/v1/createTempCart", strings.Replace(long, "{", fmt.Sprintf(`{"secret":%q,`, secret), 1)).cartID(t)
}

// However many come at once, a quota is not exceeded by one.
func TestCartQuotaAtOnce(t *testing.T) { engines.Each(t, testCartQuotaAtOnce) }

func testCartQuotaAtOnce(t *testing.T, e engines.Engine) {
	f := start(t, on(e), func(s *setup) {
		s.api.CartRate = 1000
		s.quota = order.CartQuota{PerStore: order.CartUsage{Carts: 100, Bytes: 1 << 20}, PerAddress: order.CartUsage{Carts: 10, Bytes: 1 << 20}}
	})
	statuses := make(chan int, 40)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 5 {
				got, err := f.try(http.MethodPost, "/v1/createTempCart", strings.NewReader(fmt.Sprintf(`{"store":999,%s}`, oneItem)))
				if err != nil {
					t.Error(err)
				}
				statuses <- got.status
			}
		})
	}
	all.Wait()
	close(statuses)
	counts := map[int]int{}
	for status := range statuses {
		counts[status]++
	}
	if counts[http.StatusOK] != 10 || counts[http.StatusTooManyRequests] != 30 {
		t.Errorf("%v, want 10 taken and 30 refused", counts)
	}
}

// Behind a proxy that is not trusted, everybody is one address.
func TestQuotaIgnoresASpoofedHeader(t *testing.T) {
	f := start(t, fewCarts, func(s *setup) { s.api.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	f.sendCart("192.0.2.1", store).cartID(t)
	f.sendCart("192.0.2.2", store).cartID(t)
	f.sendCart("192.0.2.3", store).usedUp(t, "address")
}

func (f *fixture) configure(change func(*order.Store)) {
	f.t.Helper()
	if err := f.service.ConfigureStore(f.t.Context(), store, change); err != nil {
		f.t.Fatal(err)
	}
}

func TestStoreThatRequiresTheSecret(t *testing.T) { engines.Each(t, testStoreThatRequiresTheSecret) }

func testStoreThatRequiresTheSecret(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	f.configure(func(s *order.Store) { s.Settings.RequireSecretForCarts = true })
	f.sendCart("", store).want(t, http.StatusOK, "Invalid security credentials")
	f.post("/v1/createTempCart", fmt.Sprintf(`{"store":999,"secret":" ",%s}`, oneItem)).want(t, http.StatusOK, "Invalid security credentials")
	f.ask("/v1/createTempCart", oneItem).cartID(t)
}

func TestClosedStore(t *testing.T) { engines.Each(t, testClosedStore) }

func testClosedStore(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	number := f.place()
	f.configure(func(s *order.Store) { s.State = order.StoreClosed })
	f.sendCart("", store).want(t, http.StatusOK, "store: store 999 is closed and takes no carts")
	if got := f.ask("/v2/orderDetail", fmt.Sprintf(`"orderId":%d`, number)); got.status != http.StatusOK {
		t.Errorf("its orders: %d %s", got.status, got.body)
	}
}

// A cart that adds up to more than can be counted is refused when it comes,
// not when its shopper has paid.
func TestCartThatIsWorthTooMuch(t *testing.T) {
	f := start(t)
	got := f.ask("/v1/createTempCart", `"items":[{"description":"D","quantity":1000000000,"unitPrice":"9999999"}]`)
	got.want(t, http.StatusOK, "items: add up to more than this service counts")
}
