package api

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"entrepot/internal/order"
)

const (
	freeGuesses = 30 // wrong secrets that are answered plainly within guessWindow
	guessWindow = time.Minute
	// maxTracked bounds what a flood of addresses and store numbers can make
	// a limit remember.
	maxTracked = 100_000
)

// guessKey is who guesses at whose secret.
type guessKey struct {
	address netip.Addr
	store   order.StoreNumber
}

// guesses counts wrong secrets, in windows that begin with the first one.
type guesses struct {
	clock func() time.Time
	mu    sync.Mutex
	seen  map[guessKey]guessCount
}

type guessCount struct {
	wrong int
	ends  time.Time
}

func newGuesses(clock func() time.Time) *guesses {
	return &guesses{clock: clock, seen: map[guessKey]guessCount{}}
}

// wrong counts a wrong secret and says how long to wait before the next; zero
// when it may be answered plainly.
func (g *guesses) wrong(key guessKey) (wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock()
	count, known := g.seen[key]
	if !now.Before(count.ends) {
		count = guessCount{ends: now.Add(guessWindow)}
	}
	if !known && !g.makeRoom(now) {
		return guessWindow // only wrong secrets are refused, so this locks nobody out
	}
	count.wrong++
	g.seen[key] = count
	if count.wrong > freeGuesses {
		return count.ends.Sub(now)
	}
	return 0
}

func (g *guesses) makeRoom(now time.Time) bool {
	if len(g.seen) < maxTracked {
		return true
	}
	for key, count := range g.seen {
		if !now.Before(count.ends) {
			delete(g.seen, key)
		}
	}
	return len(g.seen) < maxTracked
}

// DefaultCartRate is how many carts a second an address may send a store
// without its secret. A shop's server sends all its shoppers' carts from one
// address.
const DefaultCartRate = 30.0

const (
	burstSeconds = 10 // how many seconds' worth may come at once
	storeShare   = 4  // a store takes as much as so many addresses
)

// cartRates bounds how fast carts come in without a secret.
type cartRates struct {
	clock   func() time.Time
	rate    float64
	mu      sync.Mutex
	buckets map[guessKey]*rate.Limiter // the zero address stands for the whole store
}

func newCartRates(perSecond float64, clock func() time.Time) *cartRates {
	return &cartRates{clock: clock, rate: perSecond, buckets: map[guessKey]*rate.Limiter{}}
}

// admit takes one cart, or says how long to wait.
func (c *cartRates) admit(address netip.Addr, store order.StoreNumber) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	whole := c.bucket(guessKey{store: store}, c.rate*storeShare, now)
	own := c.bucket(guessKey{address, store}, c.rate, now)
	if own.TokensAt(now) >= 1 && whole.TokensAt(now) >= 1 {
		own.AllowN(now, 1)
		whole.AllowN(now, 1)
		return nil
	}
	return &refusal{http.StatusTooManyRequests, "Too many carts at once for this store. Slow down, or send the store's secret.", time.Second}
}

func (c *cartRates) bucket(key guessKey, perSecond float64, now time.Time) *rate.Limiter {
	b := c.buckets[key]
	if b == nil {
		c.makeRoom(now)
		b = rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond*burstSeconds)))
		c.buckets[key] = b
	}
	return b
}

// makeRoom forgets those who may send as much as newcomers anyway and, in a
// flood, whom it meets first.
func (c *cartRates) makeRoom(now time.Time) {
	if len(c.buckets) < maxTracked {
		return
	}
	for key, b := range c.buckets {
		if b.TokensAt(now) >= float64(b.Burst()) {
			delete(c.buckets, key)
		}
	}
	for key := range c.buckets {
		if len(c.buckets) < maxTracked {
			return
		}
		delete(c.buckets, key)
	}
}
