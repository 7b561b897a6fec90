package merchantsync_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/chaos"
	"entrepot/internal/merchantsync/ledger"
)

var (
	proofSeed   = flag.Uint64("proof-seed", 0, "what the proof draws from; 0 draws a new one")
	proofOrders = flag.Int("proof-orders", usualOrders, "orders of the proof")
)

// seed prints what a run is drawn from.
func seed(t testing.TB) uint64 {
	n := *proofSeed
	if n == 0 {
		n = rand.Uint64()
	}
	t.Logf("-proof-seed %d", n)
	return n
}

// Orders keep coming and changing, the network is bad, and the daemon is
// killed again and again. In the end every order is in the shop's tables once,
// as it is at the service, and the service knows what the shop said.
func TestProof(t *testing.T) {
	onEngines(t, func(t *testing.T, shop ledger.Options) {
		w := newWorld(t, seed(t), chaos.Bad(), shop)
		w.live(*proofOrders)
		w.settle()
		w.report()
		for _, wrong := range append(w.audit(), w.differ...) {
			t.Error(wrong)
		}
		w.wasTried()
	})
}

// live runs daemons, each until it is killed, while writers place orders.
func (w *world) live(orders int) {
	w.t.Helper()
	for range min(orders, cap(w.tokens)) { // so that the first list is a long one
		w.tokens <- struct{}{}
	}
	writers := w.write(orders)
	eventually(w.t, func() bool { return len(w.tokens) == 0 || writers.done.Load() })
	for !writers.done.Load() {
		w.life(w.lifetime(orders), func(ctx context.Context, d *merchantsync.Daemon, feed merchantsync.Feed, l *life) {
			for l.lives() && !writers.done.Load() {
				w.pass(ctx, d, feed, l)
				w.keep()
				w.clock.Jump(time.Duration(w.random.IntN(40)) * time.Minute)
			}
		})
	}
	writers.group.Wait()
}

// eventually waits until a condition holds.
func eventually(t testing.TB, holds func() bool) {
	t.Helper()
	for ctx := t.Context(); !holds(); {
		if briefly(ctx, time.Second) != nil {
			t.Fatal("the test ended before that")
		}
	}
}

// lifetime is in steps: some daemons hardly begin, others get something done.
func (w *world) lifetime(orders int) int {
	longest := 40
	if w.random.IntN(2) == 0 {
		longest = 100 + orders/4
	}
	return 1 + w.random.IntN(longest)
}

// wasTried fails when what should have been met was not.
func (w *world) wasTried() {
	w.t.Helper()
	kills := 0
	for _, at := range []string{
		"before a list", "after a list", "before a detail", "after a detail", "before a report", "after a report",
		"before reading", "before a transaction", "in a transaction", "before a commit", "after a commit",
	} {
		kills += w.killed[at]
	}
	if kills < 10 {
		w.t.Errorf("%d kills, want 10 or more: %v", kills, w.killed)
	}
	counts := w.network.Counts()
	for _, what := range []string{"cut before", "cut after", "cut within", "truncated", "fault", "throttled", "page", "stale", "stale, and different", "delayed", "shuffled", "late"} {
		if counts[what] == 0 {
			w.t.Errorf("the network never did: %s", what)
		}
	}
}
