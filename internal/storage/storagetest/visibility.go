package storagetest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"entrepot/internal/order"
)

// The contract's most important promise: once a client has seen order N in a
// list, no order below N may appear for the first time later. Writers place
// orders as fast as they can while pollers follow with sinceOrderId, as the
// plug-ins do; whoever is missed is lost to its shop.
const (
	visibilityWriters = 12
	visibilityPollers = 4
	visibilityTime    = 4 * time.Second
)

func testVisibility(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	ctx, cancel := context.WithTimeout(t.Context(), visibilityTime)
	defer cancel()
	placed, lost, err := follow(ctx, t, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d orders placed by %d writers, followed by %d pollers", placed, visibilityWriters, visibilityPollers)
	if len(lost) > 0 || placed == 0 {
		t.Errorf("of %d orders pollers never saw %v", placed, lost)
	}
}

// RunVisibilityVariant shows that testVisibility can fail: it runs it on a
// variant of the storage that takes the order's number outside the
// transaction that inserts the order.
func RunVisibilityVariant(t *testing.T, open Open) {
	storage := open(t)
	newService(t, storage, newClock(begin))
	variant := order.NewService(order.Config{
		Storage: numberOutside{storage}, Codec: codec, Clock: newClock(begin).now, NewCartID: newCartID,
	})
	ctx, cancel := context.WithTimeout(t.Context(), visibilityTime)
	defer cancel()
	placed, lost, err := follow(ctx, t, variant)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d orders placed; pollers never saw %d of them", placed, len(lost))
	if len(lost) == 0 {
		t.Error("the variant that takes numbers outside the transaction passes: the test cannot fail")
	}
}

// visibilityOrders are placed at least, however slow the machine is.
const visibilityOrders = 200

// follow places orders until the context ends, and enough of them, while pollers list them by
// cursor, all of them spread over the services of one database. It answers how
// many were placed and which some poller never saw.
func follow(ctx context.Context, t *testing.T, services ...*order.Service) (placed int, lost []order.Number, err error) {
	var (
		mu     sync.Mutex
		enough atomic.Int64
		all    []order.Number
		group  sync.WaitGroup
		failed = func(e error) { mu.Lock(); err = e; mu.Unlock() }
	)
	for i := range visibilityWriters {
		s := services[i%len(services)]
		group.Go(func() {
			for ctx.Err() == nil || enough.Load() < visibilityOrders {
				id, e := newOrder(context.WithoutCancel(ctx), s, storeNumber, checkout(), "")
				if e != nil {
					failed(e)
					return
				}
				enough.Add(1)
				mu.Lock()
				all = append(all, id.Number)
				mu.Unlock()
			}
		})
	}
	pollers := make([]poller, visibilityPollers)
	var polling sync.WaitGroup
	written := make(chan struct{})
	for i := range pollers {
		s := services[i%len(services)]
		polling.Go(func() {
			if e := pollers[i].run(t.Context(), s, written); e != nil {
				failed(e)
			}
		})
	}
	group.Wait()
	close(written)
	polling.Wait()
	for _, number := range all {
		for i := range pollers {
			if !pollers[i].seen[number] {
				lost = append(lost, number)
				break
			}
		}
	}
	return len(all), lost, err
}

// poller is a shop's scheduled job: it asks for what came after the last order
// that it saw.
type poller struct {
	cursor order.Number
	date   int64
	seen   map[order.Number]bool
}

// run polls until everything is written, and then once more.
func (p *poller) run(ctx context.Context, s *order.Service, written <-chan struct{}) error {
	p.seen = map[order.Number]bool{}
	for last := false; !last; {
		select {
		case <-written:
			last = true
		default:
		}
		err := s.Read(ctx, credentials, func(r order.Reader) error {
			return r.List(order.ListQuery{After: p.cursor}, p.see)
		})
		if err != nil {
			return fmt.Errorf("poll after %d: %w", p.cursor, err)
		}
		runtime.Gosched() // the writers need the processors, too
	}
	return nil
}

func (p *poller) see(l *order.Listed) error {
	if l.Number <= p.cursor || l.PlacedAt < p.date {
		return fmt.Errorf("order %d of %d is listed after order %d of %d", l.Number, l.PlacedAt, p.cursor, p.date)
	}
	p.cursor, p.date = l.Number, l.PlacedAt
	p.seen[l.Number] = true
	return nil
}

// numberOutside takes a number in a transaction of its own before every other
// transaction, as a sequence of a database would.
type numberOutside struct{ order.Storage }

func (n numberOutside) InTx(ctx context.Context, fn func(order.Tx) error) error {
	var number order.Number
	var at time.Time
	err := n.Storage.InTx(ctx, func(tx order.Tx) (err error) {
		number, at, err = tx.NextNumber(storeNumber, begin)
		return err
	})
	if err != nil {
		return err
	}
	return n.Storage.InTx(ctx, func(tx order.Tx) error { return fn(numberedTx{tx, number, at}) })
}

type numberedTx struct {
	order.Tx
	number order.Number
	at     time.Time
}

func (tx numberedTx) NextNumber(order.StoreNumber, time.Time) (order.Number, time.Time, error) {
	return tx.number, tx.at, nil
}

// testRacingUpdates lets two callers update each order at the same time: each
// must see the other whole, and the history show both in order.
func testRacingUpdates(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	for range 40 {
		id := mustOrder(t, s, storeNumber, checkout(), "")
		var group sync.WaitGroup
		for _, status := range []order.Status{order.Preparing, order.ShipmentReady} {
			group.Go(func() {
				if err := s.VendorMove(t.Context(), id, status, why); err != nil {
					t.Error(err)
				}
			})
		}
		for _, number := range []string{"A", "B"} {
			group.Go(func() {
				if err := s.AddTracking(t.Context(), id, []string{number}, why); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		checkChain(t, storage, id)
		if h := head(t, storage, id); len(h.Tracking) != 2 {
			t.Errorf("order %s lost a tracking number: %v", id, h.Tracking)
		}
	}
}

// checkChain sees that an order's history is complete and leads to its status.
func checkChain(t *testing.T, storage order.Storage, id order.ID) {
	t.Helper()
	changes, h := history(t, storage, id), head(t, storage, id)
	status := ""
	for i, c := range changes {
		if c.Seq != int64(i+1) {
			t.Errorf("order %s: entry %d of the history is numbered %d", id, i+1, c.Seq)
		}
		if c.Kind != order.ChangePlaced && c.Kind != order.ChangeStatus {
			continue
		}
		if c.From != status {
			t.Errorf("order %s: entry %d comes from %q, but the order was in %q", id, c.Seq, c.From, status)
		}
		status = c.To
	}
	if status != string(h.State.Status) || h.Changes != int64(len(changes)) {
		t.Errorf("order %s is in %s with %d changes; the history of %d ends in %s", id, h.State.Status, h.Changes, len(changes), status)
	}
	if !slices.Contains(order.Statuses(), h.State.Status) {
		t.Errorf("order %s is in no known status: %s", id, h.State.Status)
	}
}
