package api

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"entrepot/internal/order"
)

// behindProxy lets a test be any address.
func behindProxy(s *setup) {
	s.api.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

// guess sends a secret from an address to a store.
func (f *fixture) guess(address string, number int, guessed string) answer {
	f.t.Helper()
	body := fmt.Sprintf(`{"store":%d,"secret":%q,"sinceDate":"20150101"}`, number, guessed)
	return f.post("/v1/orderNumbers", body, "X-Forwarded-For", address)
}

func (a answer) slowed(t testing.TB, seconds int) {
	t.Helper()
	a.refused(t, http.StatusTooManyRequests)
	if got := a.header.Get("Retry-After"); got != strconv.Itoa(seconds) {
		t.Errorf("Retry-After %q, want %d", got, seconds)
	}
}

func (a answer) served(t testing.TB) {
	t.Helper()
	if a.status != http.StatusOK || !strings.HasPrefix(a.body, `{"totalCount":`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestGuessing(t *testing.T) {
	f := start(t, behindProxy)
	f.addStore(1000)
	const here, there = "192.0.2.7", "192.0.2.8"
	const invalid = "Invalid security credentials"
	for range freeGuesses {
		f.guess(here, store, wrong).want(t, http.StatusOK, invalid)
	}
	f.clock.pass(400 * time.Millisecond)
	f.guess(here, store, wrong).slowed(t, 60)
	f.guess(here, store, wrong+" ").slowed(t, 60)
	f.guess(here, store, secret).served(t) // always
	f.guess(here, store, wrong).slowed(t, 60)

	f.guess(there, store, wrong).want(t, http.StatusOK, invalid)
	f.guess(here, 1000, wrong).want(t, http.StatusOK, invalid)
	f.guess(here, 1001, wrong).want(t, http.StatusOK, invalid) // nobody's store

	f.clock.pass(30 * time.Second)
	f.guess(here, store, wrong).slowed(t, 30)
	f.guess(here, store, secret).served(t)
	f.clock.pass(29*time.Second + 599*time.Millisecond)
	f.guess(here, store, wrong).slowed(t, 1)
	f.clock.pass(time.Millisecond) // the minute is over
	for range freeGuesses {
		f.guess(here, store, wrong).want(t, http.StatusOK, invalid)
	}
	f.guess(here, store, wrong).slowed(t, 60)
	f.guess(here, store, secret).served(t)
}

// Guesses count together at all endpoints, v2's with 400, and an unknown store
// is treated like a known one.
func TestGuessingAnywhere(t *testing.T) {
	for _, number := range []int{store, 12345} {
		f := start(t, behindProxy)
		body := fmt.Sprintf(`{"store":%d,"secret":%q}`, number, wrong)
		for i := range freeGuesses {
			e := endpoints[i%len(endpoints)]
			f.post(e.path, body).want(t, business(e.version), "Invalid security credentials")
		}
		for _, e := range endpoints {
			f.post(e.path, body).slowed(t, 60)
		}
	}
}

// A missing secret is no guess, and neither is a store that is none.
func TestNoGuess(t *testing.T) {
	f := start(t)
	for range freeGuesses + 5 {
		f.guess("", store, " ").want(t, http.StatusOK, "Invalid security credentials")
		f.post("/v2/orderDetail", fmt.Sprintf(`{"store":"abc","secret":%q}`, wrong)).want(t, http.StatusBadRequest, "Invalid security credentials")
	}
	f.guess("", store, wrong).want(t, http.StatusOK, "Invalid security credentials")
}

// Guessers that come at once share what is free, exactly.
func TestGuessesAtOnce(t *testing.T) {
	g := newGuesses(newClock().Now)
	var plain sync.Map
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 20 {
				if g.wrong(guessKey{store: store}) == 0 {
					plain.Store([2]int{i, n}, true)
				}
			}
		})
	}
	all.Wait()
	count := 0
	plain.Range(func(_, _ any) bool { count++; return true })
	if count != freeGuesses {
		t.Errorf("%d were answered plainly, want %d", count, freeGuesses)
	}
}

func addressNumber(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{198, byte(i >> 16), byte(i >> 8), byte(i)})
}

// A flood of addresses and stores is remembered up to a bound; what is beyond
// it is slowed, but those who are known keep their own count, and the flood is
// forgotten when its minute is over.
func TestFloodOfGuessers(t *testing.T) {
	c := newClock()
	g := newGuesses(c.Now)
	known := guessKey{addressNumber(1), store}
	for range freeGuesses {
		g.wrong(known)
	}
	for i := range maxTracked - 1 {
		if wait := g.wrong(guessKey{addressNumber(i), order.StoreNumber(i)}); wait != 0 {
			t.Fatalf("guesser %d waits %s", i, wait)
		}
	}
	for i := range 20 {
		if wait := g.wrong(guessKey{addressNumber(i), 7_000_000}); wait != guessWindow {
			t.Fatalf("a guesser beyond the bound waits %s", wait)
		}
	}
	if wait := g.wrong(known); wait != guessWindow {
		t.Errorf("the known one waits %s", wait)
	}
	if len(g.seen) != maxTracked {
		t.Errorf("%d are remembered, want %d", len(g.seen), maxTracked)
	}
	c.pass(guessWindow)
	if wait := g.wrong(guessKey{addressNumber(5), 7_000_001}); wait != 0 || len(g.seen) != 1 {
		t.Errorf("after the flood: wait %s, %d remembered", wait, len(g.seen))
	}
}

func TestFloodOfCarts(t *testing.T) {
	clock := newClock()
	c := newCartRates(1_000_000, clock.Now)
	for i := range maxTracked + 5 {
		if err := c.admit(addressNumber(i), store); err != nil {
			t.Fatalf("sender %d: %v", i, err)
		}
	}
	if len(c.buckets) > maxTracked {
		t.Errorf("%d are remembered", len(c.buckets))
	}
	clock.pass(time.Hour) // all may send as much as newcomers again
	if err := c.admit(addressNumber(maxTracked+5), store); err != nil || len(c.buckets) > 2 {
		t.Errorf("after the flood: %v, %d remembered", err, len(c.buckets))
	}
}

// sendCart sends a cart without a secret.
func (f *fixture) sendCart(address string, number int) answer {
	f.t.Helper()
	return f.post("/v1/createTempCart", fmt.Sprintf(`{"store":%d,%s}`, number, oneItem), "X-Forwarded-For", address)
}

func TestCartRate(t *testing.T) {
	f := start(t, behindProxy, func(s *setup) { s.api.CartRate = 1 })
	f.addStore(1000)
	const burst = burstSeconds
	for _, address := range []string{"192.0.2.1", "192.0.2.2"} {
		for range burst {
			f.sendCart(address, store).cartID(t)
		}
		f.sendCart(address, store).slowed(t, 1)
	}
	f.ask("/v1/createTempCart", oneItem).cartID(t) // the secret lifts the limit
	f.sendCart("192.0.2.1", 1000).cartID(t)        // another store
	f.clock.pass(time.Second)
	f.sendCart("192.0.2.1", store).cartID(t)
	f.sendCart("192.0.2.1", store).slowed(t, 1)

	// A store takes as much as storeShare addresses.
	left := storeShare*burst - (2*burst + 1) + storeShare // and what came back within the second
	for i := range left {
		f.sendCart(fmt.Sprintf("192.0.2.%d", 10+i/burst), store).cartID(t)
	}
	f.sendCart("192.0.2.99", store).slowed(t, 1)
	f.sendCart("192.0.2.99", 1000).cartID(t)
	f.ask("/v1/createTempCart", oneItem).cartID(t)
}

// A shop that forgot its secret must learn that it is wrong, not be let in
// like one without.
func TestCartWithAWrongSecret(t *testing.T) {
	f := start(t)
	body := fmt.Sprintf(`{"store":999,"secret":%q,%s}`, wrong, oneItem)
	f.post("/v1/createTempCart", body).want(t, http.StatusOK, "Invalid security credentials")
	for _, missing := range []string{`null`, `false`, `""`, `"  "`} {
		f.post("/v1/createTempCart", fmt.Sprintf(`{"store":999,"secret":%s,%s}`, missing, oneItem)).cartID(t)
	}
}
