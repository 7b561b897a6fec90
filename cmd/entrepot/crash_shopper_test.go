package main_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"zombiezen.com/go/sqlite"
)

// shopper sends carts to the service and has them placed by a second process.
type shopper struct {
	carts  *cartBook
	place  []string // the command, but for the cart
	random *rand.Rand
	tally  *tally
}

// run goes on until the service is gone.
func (s *shopper) run(alive context.Context, t *testing.T, to shop) {
	for {
		a, err := to.post(t.Context(), cartPath, cartKeys)
		if err != nil {
			s.tally.count("carts unanswered")
			return
		}
		if a.body.CartUUID == "" {
			t.Errorf("createTempCart: %s", a.text)
			return
		}
		s.carts.add(a.body.CartUUID)
		s.tally.count("acknowledged")
		if s.random.IntN(3) > 0 {
			s.placeOne(alive, t)
		}
	}
}

// placeOne places a cart that may have come in any life of the service. The
// command is killed when alive ends.
func (s *shopper) placeOne(alive context.Context, t *testing.T) {
	cart := s.carts.take(s.random)
	if cart == "" {
		return
	}
	cmd := exec.CommandContext(alive, s.place[0], append(s.place[1:len(s.place):len(s.place)], cart)...)
	var stderr strings.Builder
	cmd.Stderr, cmd.Env = &stderr, environment()
	out, err := cmd.Output()
	switch {
	case err == nil:
		s.carts.placed(cart, strings.TrimSpace(string(out)))
		s.tally.count("acknowledged")
	case alive.Err() != nil || strings.Contains(stderr.String(), "another process holds the database"):
		s.tally.count("orders unanswered")
	default:
		t.Errorf("%s: %v\n%s", cmd, err, &stderr)
	}
}

// cartBook is what shoppers were told of their carts.
type cartBook struct {
	mu    sync.Mutex
	life  int
	carts map[string]*knownCart
}

type knownCart struct {
	born   int    // the life of the service in which it was answered
	order  string // once it was answered, or seen
	asked  bool   // somebody has begun to place it
	placed int    // how many were told the order's id
}

func newCartBook() *cartBook { return &cartBook{carts: map[string]*knownCart{}} }

func (b *cartBook) add(cart string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.carts[cart] = &knownCart{born: b.life}
}

// take picks a cart at random; most of those of earlier lives are taken, and
// now and then one that is an order already.
func (b *cartBook) take(random *rand.Rand) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, c := range b.carts { // in an order that changes each time
		if c.order == "" || random.IntN(10) == 0 {
			c.asked = true
			return id
		}
	}
	return ""
}

func (b *cartBook) placed(cart, order string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.carts[cart]
	if c.order == "" {
		c.order = order
	}
	if c.order != order { // one cart, two orders: verify will not find this one
		c.order += " and " + order
	}
	c.placed++
}

// orders is how many carts have become one.
func (b *cartBook) orders() (n int) {
	for _, c := range b.carts {
		if c.order != "" {
			n++
		}
	}
	return n
}

// verify holds every cart that was answered to what its shopper knows; stored
// says what order each cart has become.
func (b *cartBook) verify(stored map[string]string, c *tally) (wrong []string) {
	for id, cart := range b.carts {
		order, there := stored[id]
		switch {
		case !there || (cart.order != "" && order != cart.order) || (order != "" && !cart.asked):
			c.count("lost")
			wrong = append(wrong, fmt.Sprintf("lost: cart %s is order %q (there: %t), want %+v", id, order, there, *cart))
		case cart.order == "" && order != "":
			c.count("orders unanswered, and placed")
		case order != "" && cart.placed == 1 && cart.born < b.life:
			c.count("carts placed in a later life")
			c.count("orders placed")
		case order != "" && cart.placed == 1:
			c.count("orders placed")
		}
		cart.order, cart.placed = order, 0
	}
	b.life++
	return wrong
}

// readCarts answers the order that each cart has become, "" while it waits.
func readCarts(t *testing.T, path string) map[string]string {
	carts := map[string]string{}
	query := `SELECT lower(hex(c.id)), o.store || '-' || o.number FROM carts c LEFT JOIN orders o ON o.cart = c.id`
	readRows(t, path, query, func(row *sqlite.Stmt) {
		h := row.ColumnText(0)
		carts[fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])] = row.ColumnText(1)
	})
	return carts
}
