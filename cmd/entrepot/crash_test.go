package main_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var crashSeed = flag.Uint64("crash-seed", 0, "what the kill test draws its moments from; 0 draws a new one")

const (
	crashKills    = 60
	startupKills  = 10 // of them, before the service is ready
	crashWriters  = 6
	ordersEach    = 4
	crashShoppers = 2
)

// One database lives through many kills. Whatever was answered with success
// must be there afterwards, and nothing half-done may show.
func TestNothingAnsweredIsLostWhenKilled(t *testing.T) {
	c := newCrash(t)
	for kill := range crashKills {
		if kill%(crashKills/startupKills) == 0 {
			c.dieAtStart(t)
		} else {
			c.live(t, 1+c.random.Int64N(150), kill%2 == 0)
		}
		if t.Failed() {
			t.Fatalf("after kill %d", kill+1)
		}
	}
	p := launch(t, serving(t, program(t), c.data))
	c.hold(t, p)
	p.stop(t)
	c.tally.report(t)
}

// crash is a database, those who write to it, and what they know.
type crash struct {
	data     string
	shop     shop
	random   *rand.Rand
	writers  []*writer
	shoppers []*shopper
	carts    *cartBook
	tally    *tally
}

func (c *crash) path() string { return filepath.Join(c.data, "entrepot.db") }

func newCrash(t *testing.T) *crash {
	seedNumber := *crashSeed
	if seedNumber == 0 {
		seedNumber = rand.Uint64()
	}
	t.Logf("-crash-seed %d", seedNumber)
	c := &crash{
		data: filepath.Join(t.TempDir(), "data"), random: rand.New(rand.NewPCG(seedNumber, 0)),
		carts: newCartBook(), tally: newTally(),
	}
	c.shop = shop{store: seedStore, secret: seed(t, c.data, crashWriters*ordersEach)}
	for i := range crashWriters {
		c.writers = append(c.writers, newWriter(i, rand.New(rand.NewPCG(seedNumber, uint64(i+1))), c.tally))
	}
	details := checkoutFile(t)
	for i := range crashShoppers {
		c.shoppers = append(c.shoppers, &shopper{
			carts: c.carts, tally: c.tally, random: rand.New(rand.NewPCG(seedNumber, uint64(1000+i))),
			place: []string{program(t), "order", "place", "--data", c.data, "--details", details, "--cart"},
		})
	}
	return c
}

// The check of that test has to see a loss. Here a copy of the database from
// before the load takes its place, as if nothing had reached the disk.
func TestKillTestNoticesLoss(t *testing.T) {
	c := newCrash(t)
	before := filepath.Join(t.TempDir(), "before.db")
	copyFile(t, c.path(), before)
	c.live(t, 200, true)
	for _, file := range []string{c.path() + "-wal", c.path() + "-shm"} {
		if err := os.RemoveAll(file); err != nil { // whoever closed it last has removed it already
			t.Fatal(err)
		}
	}
	copyFile(t, before, c.path())
	lost := strings.Join(c.verify(t, launch(t, serving(t, program(t), c.data))), "\n")
	for _, want := range []string{"lost: order", "lost: cart"} {
		if !strings.Contains(lost, want) {
			t.Errorf("nothing is %q in what was noticed:\n%s", want, lost)
		}
	}
}

// The first start makes the database. However often it is cut short, the next
// one finishes.
func TestFirstStartIsKilled(t *testing.T) {
	for range 10 {
		data := filepath.Join(t.TempDir(), "data")
		for range 3 {
			dieSoon(t, data, rand.N(startTime))
		}
		p := serve(t, data)
		for _, broken := range audit(t, filepath.Join(data, "entrepot.db")) {
			t.Error(broken)
		}
		p.stop(t)
	}
}

// The demo has more to make, and its own file beside the database.
func TestFirstDemoIsKilled(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	demo := func() *process {
		return launch(t, exec.CommandContext(t.Context(), program(t), "demo", "--data", data, "--orders", "250", "--addr", "127.0.0.1:0"))
	}
	for range 8 {
		p := demo()
		time.Sleep(rand.N(200 * time.Millisecond))
		p.kill()
	}
	p := demo()
	p.await(t)
	s := shop{url: p.url, store: p.store, secret: p.secret}
	if a := s.ask(t, numbersPath, `"sinceDate": "20200101"`); len(a.body.Orders) != 250 {
		t.Errorf("the demo has %d orders, want 250: %.100s", len(a.body.Orders), a.text)
	}
	p.stop(t)
}

// dieAtStart kills the service while it opens the database, which it has to
// recover from the kill before.
func (c *crash) dieAtStart(t *testing.T) {
	dieSoon(t, c.data, time.Duration(c.random.Int64N(int64(startTime))))
	c.tally.count("kills")
}

// startTime is a little more than a start takes.
const startTime = 25 * time.Millisecond

// dieSoon kills a service that is not, or only just, ready.
func dieSoon(t *testing.T, data string, after time.Duration) {
	p := launch(t, serving(t, program(t), data))
	time.Sleep(after)
	p.kill()
}

// live starts the service, looks at what the kill before left behind, and
// kills it while everybody writes; with it, where all is set, the commands that
// run beside it.
func (c *crash) live(t *testing.T, answers int64, all bool) {
	p := launch(t, serving(t, program(t), c.data))
	c.hold(t, p)
	before := c.tally.get("acknowledged")
	alive, killed := context.WithCancel(t.Context())
	defer killed()
	var wg sync.WaitGroup
	c.start(alive, t, &wg)
	// The moment is told in answers first, so that there is load on a slow
	// machine, too, and then in time, so that it falls between answers.
	eventually(t, "answers", func() bool { return c.tally.get("acknowledged") >= before+answers || t.Failed() })
	time.Sleep(time.Duration(c.random.Int64N(int64(4 * time.Millisecond))))
	p.kill()
	c.tally.count("kills")
	if all {
		killed()
	}
	wg.Wait()
}

func (c *crash) start(alive context.Context, t *testing.T, wg *sync.WaitGroup) {
	for _, w := range c.writers {
		wg.Go(func() { w.run(t, c.shop) })
	}
	for _, s := range c.shoppers {
		wg.Go(func() { s.run(alive, t, c.shop) })
	}
}

// hold fails when anything is lost or half-done.
func (c *crash) hold(t *testing.T, p *process) {
	t.Helper()
	for _, wrong := range c.verify(t, p) {
		t.Error(wrong)
	}
}

// verify compares the database with what its writers were told.
func (c *crash) verify(t *testing.T, p *process) (wrong []string) {
	p.await(t)
	c.shop.url = p.url
	for _, broken := range audit(t, c.path()) {
		wrong = append(wrong, "half-done: "+broken)
	}
	changes := readChanges(t, c.path())
	for _, w := range c.writers {
		for _, o := range w.orders {
			wrong = append(wrong, o.verify(state{c.shop.detail(t, o.number), changes[o.number]}, c.tally)...)
		}
	}
	wrong = append(wrong, c.carts.verify(readCarts(t, c.path()), c.tally)...)
	return append(wrong, c.verifyList(t)...)
}

// verifyList looks at the order in which a client sees orders.
func (c *crash) verifyList(t *testing.T) (wrong []string) {
	list := c.shop.ask(t, numbersPath, `"sinceDate": "20200101"`).body.Orders
	var last time.Time
	for i, o := range list {
		if want := fmt.Sprintf("%d-%d", seedStore, i+1); o.ID != want { // dense, as nothing here takes a number and fails
			wrong = append(wrong, fmt.Sprintf("order %d of the list is %s, want %s", i+1, o.ID, want))
		}
		placed, err := time.Parse(time.DateTime, o.Timestamp)
		if err != nil || placed.Before(last) {
			wrong = append(wrong, fmt.Sprintf("order %s is dated %s, and the one above it %s", o.ID, o.Timestamp, last))
		}
		last = placed
	}
	if want := crashWriters*ordersEach + c.carts.orders(); len(list) != want {
		wrong = append(wrong, fmt.Sprintf("%d orders are listed, want %d", len(list), want))
	}
	return wrong
}

// tally counts what happened, by name.
type tally struct {
	mu     sync.Mutex
	counts map[string]int64
}

func newTally() *tally { return &tally{counts: map[string]int64{"lost": 0}} }

func (c *tally) count(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[name]++
}

func (c *tally) get(name string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[name]
}

// report fails when what should have been tried was not.
func (c *tally) report(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(c.counts)) {
		t.Logf("%s: %d", name, c.counts[name])
	}
	for _, name := range []string{"acknowledged", "unanswered", "unanswered, and done", "unanswered, and not done", "orders placed", "carts placed in a later life"} {
		if c.counts[name] == 0 {
			t.Errorf("%s: none; the test has not shown what it is for", name)
		}
	}
	if kills := c.counts["kills"]; kills < 50 {
		t.Errorf("%d kills, want 50 or more", kills)
	}
}
