package merchantsync_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"entrepot/client"
	"entrepot/internal/api"
	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/chaos"
	"entrepot/internal/merchantsync/destination"
	"entrepot/internal/merchantsync/ledger"
	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

const (
	proofStore  = 999
	proofSecret = "00000000-0000-4000-8000-000000000999"
)

// worldClock is everybody's. It can be moved on, and tells the service no
// instant twice, so that of two states of an order one is the later.
type worldClock struct {
	mu     sync.Mutex
	offset time.Duration
	last   time.Time
}

// Now is the time.
func (c *worldClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *worldClock) now() time.Time {
	now := time.Now().UTC().Round(0).Add(c.offset)
	if now.Before(c.last) {
		return c.last
	}
	return now
}

// Tick is a millisecond that it never was before.
func (c *worldClock) Tick() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = c.now().Truncate(time.Millisecond).Add(time.Millisecond)
	return c.last
}

// Jump moves the time on.
func (c *worldClock) Jump(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += by
}

// world is a service, a shop, and a bad network between them.
type world struct {
	t        *testing.T
	seed     uint64
	random   *rand.Rand // of who runs the test; writers have their own
	clock    *worldClock
	storage  *sqlite.Storage
	file     string // the service's database
	service  *order.Service
	network  *chaos.Network
	url      string // of the network
	shop     shopDatabase
	lines    string // the shop's file of changes
	keeper   keeper
	poor     chaos.Rates // of the network when nothing is new any more, at first
	options  merchantsync.Options
	client   client.Options
	harm     harm          // what is wrong with the daemon, on purpose
	tokens   chan struct{} // what writers may do
	killed   map[string]int
	requests atomic.Int64 // that came to the network
	passes   int
	differ   []string // what the daemon itself found to be wrong in the end
}

// newWorld starts one. It ends with the test.
func newWorld(t *testing.T, seed uint64, rates chaos.Rates, shop ledger.Options) *world {
	t.Helper()
	w := &world{
		t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 0)), clock: new(worldClock),
		file: filepath.Join(t.TempDir(), "entrepot.db"), lines: filepath.Join(t.TempDir(), "changes.jsonl"),
		tokens: make(chan struct{}, 200), killed: map[string]int{}, poor: chaos.Poor(),
	}
	shop.Store, shop.Synchronous, shop.Clock = proofStore, sqlitedb.SyncOff, w.clock.Now
	w.shop = shopDatabase{Options: shop}
	t.Cleanup(w.shop.close)
	w.options = merchantsync.Options{Store: proofStore, Batch: 20, Clock: w.clock.Now, Sleep: briefly}
	w.client = client.Options{Clock: w.clock.Now, Sleep: briefly}
	w.startService()
	w.startNetwork(rates)
	return w
}

// briefly waits, in real time, next to nothing.
func briefly(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(min(d, 2*time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *world) startService() {
	w.t.Helper()
	storage, err := sqlite.Open(w.t.Context(), w.file, sqlite.Options{Synchronous: sqlitedb.SyncOff})
	if err != nil {
		w.t.Fatal(err)
	}
	w.storage = storage
	w.service = w.serviceOver(storage)
	if _, err := w.service.AddStore(w.t.Context(), order.NewStoreRequest{Number: proofStore, Name: "Sample shop", Secret: proofSecret}); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := storage.Close(); err != nil {
			w.t.Error(err)
		}
	})
}

func (w *world) serviceOver(storage order.Storage) *order.Service {
	return order.NewService(order.Config{
		Storage: storage, Codec: wire.Codec{}, Clock: w.clock.Tick,
		NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) },
	})
}

func (w *world) startNetwork(rates chaos.Rates) {
	handler := api.New(api.Config{Service: w.service, SpoolDir: w.t.TempDir(), Clock: w.clock.Now})
	service := httptest.NewServer(handler)
	w.network = chaos.New(service.URL, w.seed, rates)
	front := httptest.NewUnstartedServer(w.paced(w.network))
	front.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	front.Start()
	w.url = front.URL
	w.t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
		w.network.Close()
		service.Close()
	})
}

// paced lets writers work as fast as the daemon does, so that they meet.
func (w *world) paced(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.requests.Add(1)
		select {
		case w.tokens <- struct{}{}:
		default: // they have enough to do
		}
		h.ServeHTTP(rw, r)
	})
}

// life opens the shop's tables and runs fn with a daemon on them. The daemon
// is killed after so many steps; 0 lets it live.
func (w *world) life(s span, fn func(ctx context.Context, d *merchantsync.Daemon, feed merchantsync.Feed, l *life)) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	tables, err := ledger.Open(ctx, w.shop.Options)
	if err != nil {
		w.t.Fatalf("open the shop's tables: %v", err)
	}
	l := newLife(s, cancel)
	l.plain = merchantsync.New(w.asking(), tables, w.options)
	asked := w.asking()
	api, kept := w.harm.apply(asked, tables, l)
	d := merchantsync.New(api, kept, w.options)
	feed := merchantsync.NewJournalFeed(destination.NewFile(w.lines, proofStore, destination.JSONLines()),
		merchantsync.FeedOptions{Ledger: kept, Name: "jsonl", Clock: w.clock.Now})
	fn(ctx, d, feed, l)
	if at := l.end(); at != "" {
		w.killed[at]++
	}
	if err := tables.Close(); err != nil {
		w.t.Fatalf("close the shop's tables: %v", err)
	}
}

func (w *world) asking() *client.Client {
	w.t.Helper()
	c, err := client.New(w.url, proofStore, proofSecret, w.client)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// pass is one of the daemon and of its file. Errors of the network are what
// this is about; others are not.
func (w *world) pass(ctx context.Context, d *merchantsync.Daemon, feed merchantsync.Feed, l *life) merchantsync.Run {
	run, err := d.Pass(ctx)
	if err == nil || l.lives() {
		_, fed := feed.Pass(ctx)
		err = errors.Join(err, fed)
	}
	w.passes++
	if l.lives() {
		for _, wrong := range strange(err) {
			w.t.Errorf("pass %d: %v", w.passes, wrong)
		}
	}
	return run
}

// strange are the errors in err that a bad network does not explain.
func strange(err error) (found []error) {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			found = append(found, strange(one)...)
		}
		return found
	}
	if _, ok := errors.AsType[*client.Error](err); !ok {
		found = append(found, err)
	}
	return found
}

// settle passes until nothing is left to do: on a poor network first, then on
// a good one.
func (w *world) settle() {
	w.t.Helper()
	w.network.Set(w.poor)
	w.life(span{}, func(ctx context.Context, d *merchantsync.Daemon, feed merchantsync.Feed, l *life) {
		idle := 0
		for n := 0; idle < settled; n++ {
			if n == poorPasses {
				w.network.Set(chaos.Rates{})
			}
			if n > 24 {
				w.t.Fatalf("after %d passes there is still something to do", n)
			}
			w.clock.Jump(25 * time.Hour) // everything is due again by then
			run := w.pass(ctx, d, feed, l)
			if idle++; n < poorPasses || run.Imported+run.Changed+run.Failed+run.Reported > 0 || run.Error != "" || w.troubled() {
				idle = 0
			}
		}
		w.verify(ctx, l.plain)
	})
}

func (w *world) troubled() bool {
	w.t.Helper()
	return w.shop.query(w.t, "SELECT count(*) FROM entrepot_troubles")[0].number(0) > 0
}

// settled is how many passes in a row must find nothing: some looks are at a
// list only, which does not say all.
const settled = 6

// poorPasses are made before the network is a good one.
const poorPasses = 4

// verify asks a daemon with which nothing is wrong.
func (w *world) verify(ctx context.Context, d *merchantsync.Daemon) {
	compared, err := d.Verify(ctx, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), w.clock.Now(), func(diff merchantsync.Difference) {
		w.differ = append(w.differ, fmt.Sprintf("verify: order %d (here %t, there %t)", diff.Number, diff.Here != nil, diff.There != nil))
	})
	if err != nil || compared == 0 {
		w.t.Errorf("verify compared %d orders: %v", compared, err)
	}
}

func (w *world) report() {
	counts := w.network.Counts()
	w.t.Logf("seed %d: %d passes, kills %v, network %v", w.seed, w.passes, w.killed, fmt.Sprint(counts))
}
