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
	spans := []span{{1, "after a commit"}, {1, "before a commit"}} // these are met for certain
	for !writers.done.Load() {
		spans = append(spans, w.lifetime(orders))
		s := spans[0]
		spans = spans[1:]
		w.life(s, func(ctx context.Context, d *merchantsync.Daemon, feed merchantsync.Feed, l *life) {
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

// between are the moments at which a daemon may end. Most steps are fetches:
// the moments about a commit have to be chosen to be met.
var between = []string{
	"before a list", "after a list", "before a detail", "after a detail", "before a report", "after a report",
	"before reading", "before a transaction", "in a transaction", "before a commit", "after a commit",
}

// lifetime lets some daemons hardly begin, and others get something done.
func (w *world) lifetime(orders int) span {
	switch w.random.IntN(3) {
	case 0:
		return span{steps: 1 + w.random.IntN(5), of: between[w.random.IntN(len(between))]}
	case 1:
		return span{steps: 1 + w.random.IntN(40)}
	default:
		return span{steps: 1 + w.random.IntN(100+orders/4)}
	}
}

// wasTried fails when what should have been met was not.
func (w *world) wasTried() {
	w.t.Helper()
	if w.killed["after a commit"] == 0 || w.killed["before a commit"] == 0 {
		w.t.Errorf("nobody was killed about a commit: %v", w.killed)
	}
	kills := 0
	for _, at := range between {
		kills += w.killed[at]
	}
	if kills < 5 {
		w.t.Errorf("%d kills, want 5 or more: %v", kills, w.killed)
	}
	counts := w.network.Counts()
	for _, what := range []string{"cut before", "cut after", "cut within", "truncated", "fault", "throttled", "page", "stale", "delayed"} {
		if counts[what] == 0 {
			w.t.Errorf("the network never did: %s", what)
		}
	}
	if counts["stale, and different"]+counts["shuffled"]+counts["late"] == 0 { // a short run may miss one of them
		w.t.Error("the network never gave a list or an order that was out of date")
	}
}
