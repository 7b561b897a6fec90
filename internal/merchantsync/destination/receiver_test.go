package destination_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"entrepot/internal/merchantsync"
)

// TestReceiversGetEveryChangeInOrder crashes at random, with a receiver that
// fails and refuses at random.
func TestReceiversGetEveryChangeInOrder(t *testing.T) {
	for seed := range uint64(80) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			dice := rand.New(rand.NewPCG(seed, 2))
			m, skip, concurrency := newMemory(), dice.IntN(2) == 0, 1+dice.IntN(5)
			var chance sync.Mutex
			roll := func(n int) bool { chance.Lock(); defer chance.Unlock(); return dice.IntN(n) == 0 }
			s := newShop(func(merchantsync.Change) error {
				switch {
				case roll(4):
					return errCrash
				case roll(8):
					return &merchantsync.NotTakenError{Reason: "no", Refused: true}
				}
				return nil
			})
			crashes := 0
			mayCrash := func() error {
				if roll(12) {
					crashes++
					return errCrash
				}
				return nil
			}
			options := func(o *merchantsync.ReceiverOptions) { o.SkipTest, o.Concurrency = skip, concurrency }
			m.before, m.after = mayCrash, mayCrash
			feed := s.feed(m, options)
			for range 40 {
				for range dice.IntN(6) {
					m.add(int64(1+dice.IntN(6)), roll(4))
				}
				if _, err := feed.Pass(t.Context()); err != nil {
					feed = s.feed(m, options)
				}
				m.wait(time.Duration(dice.IntN(600)) * time.Second)
			}
			m.before, m.after, s.answer = nil, nil, takesAll
			m.wait(24 * time.Hour)
			for mustFeed(t, feed) != (merchantsync.Fed{}) {
				m.wait(24 * time.Hour)
			}
			s.check(t, m, skip)
			if s.most > concurrency {
				t.Errorf("%d at once, want %d at most", s.most, concurrency)
			}
			if twice := len(s.taken) + crashes*concurrency; s.times() > twice {
				t.Errorf("%d changes were taken %d times with %d crashes of %d at once", len(s.taken), s.times(), crashes, concurrency)
			}
		})
	}
}

func TestOneThatFailsHoldsUpItsOrderOnly(t *testing.T) {
	m := newMemory()
	s := newShop(func(c merchantsync.Change) error {
		if c.Number == 1 {
			return &merchantsync.NotTakenError{Reason: "unknown article", Refused: true}
		}
		return nil
	})
	for number := range int64(2) { // of the order that is stuck, many
		for range 50 {
			m.add(1+number, false)
		}
	}
	feed := s.feed(m, nil)
	if fed := mustFeed(t, feed); fed != (merchantsync.Fed{Taken: 50, Refused: 1}) {
		t.Errorf("%+v", fed)
	}
	if len(s.got) != 51 || len(m.s.deliveries) != 50 {
		t.Errorf("%d attempts, and %d wait; want 51 and 50", len(s.got), len(m.s.deliveries))
	}
	if d := m.s.deliveries[1]; d.Reason != "unknown article" || d.Attempts != 1 || d.RetryAt.Sub(m.clock()) < 9*time.Minute {
		t.Errorf("the one that failed is kept as %+v", d)
	}
	s.answer = takesAll
	m.wait(10 * time.Minute)
	if fed := mustFeed(t, feed); fed.Taken != 50 || len(m.s.deliveries) != 0 {
		t.Errorf("%+v", fed)
	}
}

// TestOneThatHangsHoldsUpNobody has orders come in while a receiver hangs.
func TestOneThatHangsHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, release := newMemory(), make(chan struct{})
		s := newShop(func(c merchantsync.Change) error {
			if c.Number == 1 {
				<-release
			}
			return nil
		})
		m.add(1, false)
		passed := make(chan merchantsync.Fed)
		go func() { passed <- mustFeed(t, s.feed(m, nil)) }()
		synctest.Wait()
		m.add(2, false)
		time.Sleep(2 * time.Second) // of the bubble's clock
		synctest.Wait()
		if s.taken[2] != 1 {
			t.Error("the second order waited for the first")
		}
		close(release)
		if fed := <-passed; fed.Taken != 2 {
			t.Errorf("%+v", fed)
		}
	})
}

// TestReceiverThatIsDown is left in peace, and noticed when it is back.
func TestReceiverThatIsDown(t *testing.T) {
	m := newMemory()
	s := newShop(func(merchantsync.Change) error { return errCrash })
	m.fill(400, nil)
	feed := s.feed(m, nil)
	if fed := mustFeed(t, feed); !fed.Paused || len(s.got) > 8 {
		t.Errorf("%+v after %d attempts", fed, len(s.got))
	}
	for range 3600 {
		m.wait(time.Second)
		mustFeed(t, feed)
	}
	if len(s.got) > 8+2*75 {
		t.Errorf("%d attempts in an hour", len(s.got))
	}
	s.answer = takesAll
	m.wait(time.Minute)
	if fed := mustFeed(t, feed); fed.Taken < 400-8-2*75 {
		t.Errorf("when it is back: %+v", fed)
	}
	m.wait(15 * time.Minute)
	mustFeed(t, feed)
	if len(s.taken) != 400 {
		t.Errorf("%d of 400 were taken in the end", len(s.taken))
	}
}

// TestNewOnesGetThrough has more changes that always fail than are tried.
func TestNewOnesGetThrough(t *testing.T) {
	for _, concurrency := range []int{1, 2, 4} {
		m := newMemory()
		s := newShop(func(c merchantsync.Change) error {
			if c.Number < 2000 {
				return errCrash
			}
			return nil
		})
		m.fill(100, nil)
		feed := s.feed(m, func(o *merchantsync.ReceiverOptions) { o.Concurrency = concurrency })
		for range 300 {
			m.wait(30 * time.Second)
			mustFeed(t, feed)
		}
		c := m.add(2000, false)
		m.wait(2 * time.Minute)
		mustFeed(t, feed)
		if s.taken[c.Seq] != 1 || s.most > concurrency {
			t.Errorf("with %d at once a new change was taken %d times, with %d at once", concurrency, s.taken[c.Seq], s.most)
		}
	}
}

// TestProbesAreFew: even what is tried to see whether a receiver is back keeps
// to the bound.
func TestProbesAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, hang := newMemory(), make(chan struct{})
		close(hang)
		s := newShop(func(merchantsync.Change) error {
			<-hang
			return errCrash
		})
		m.fill(10, nil)
		feed := s.feed(m, func(o *merchantsync.ReceiverOptions) { o.Concurrency = 1 })
		if fed := mustFeed(t, feed); !fed.Paused {
			t.Fatalf("it is not down: %+v", fed)
		}
		hang = make(chan struct{})
		m.wait(time.Hour)
		passed := make(chan merchantsync.Fed)
		go func() { passed <- mustFeed(t, feed) }()
		synctest.Wait()
		if s.atOnce != 1 {
			t.Errorf("%d at once", s.atOnce)
		}
		close(hang)
		<-passed
	})
}

// TestStopWaitsForWhatHasBegun, and not for ever.
func TestStopWaitsForWhatHasBegun(t *testing.T) {
	for name, takes := range map[string]time.Duration{"short": time.Second, "too long": time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				m.fill(10, nil)
				ctx, stop := context.WithCancel(t.Context())
				r := receiverFunc(func(ctx context.Context, _ merchantsync.Change) error {
					stop()
					select {
					case <-time.After(takes):
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				})
				feed := merchantsync.NewReceiverFeed(r, merchantsync.ReceiverOptions{
					FeedOptions: merchantsync.FeedOptions{Ledger: m, Name: "r", Clock: m.clock}, Concurrency: 3,
				})
				fed, err := feed.Pass(ctx)
				if !errors.Is(err, context.Canceled) {
					t.Errorf("the pass ended with %v", err)
				}
				want := map[string]int64{"short": 3}[name]
				if fed.Taken != want || fed.Failed != 0 || len(m.s.deliveries) != 3-int(want) {
					t.Errorf("%+v, and %d wait", fed, len(m.s.deliveries))
				}
				for _, d := range m.s.deliveries {
					if d.Attempts != 0 || d.Reason != "" {
						t.Errorf("an attempt that was cut off is kept as %+v", d)
					}
				}
			})
		})
	}
}

type receiverFunc func(context.Context, merchantsync.Change) error

func (f receiverFunc) Deliver(ctx context.Context, c merchantsync.Change) (string, error) {
	return "", f(ctx, c)
}

// TestReportOnce: an id is reported once, and not when the order has it.
func TestReportOnce(t *testing.T) {
	m := newMemory()
	for range 3 {
		m.add(1, false)
	}
	m.add(2, false)
	m.s.changes[3].Document = []byte(`{"order":{"orderId":"999-2","merchantOrderId":"shop-2"}}`)
	mustFeed(t, newShop(takesAll).feed(m, nil))
	if len(m.s.reports) != 1 {
		t.Fatalf("%d reports, want 1", len(m.s.reports))
	}
	r := m.s.reports[0]
	if r.OrderID != "999-1" || r.Kind != merchantsync.ReportMerchantID || r.Value != "shop-1" || r.State != merchantsync.Pending || r.MadeAt != m.clock() {
		t.Errorf("%+v", r)
	}
}
