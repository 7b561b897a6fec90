package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
	"entrepot/internal/wire"
)

const secret = "5c3f1a52-8d7e-4b19-a3c4-0f6e2d9b7a81"

func options(orders int, seed uint64) Options {
	return Options{
		Store: 999, Name: "Example Outdoor", Secret: secret, Orders: orders, Seed: seed,
		Now: time.Date(2026, 3, 14, 15, 9, 26, 535_897_932, time.UTC),
	}
}

func open(t *testing.T) order.Storage {
	t.Helper()
	return engines.SQLite(t).Open(t)
}

func populate(t *testing.T, o Options) order.Storage {
	t.Helper()
	s := open(t)
	if err := Populate(t.Context(), s, o); err != nil {
		t.Fatal(err)
	}
	return s
}

// made is an order with everything that can be known of it.
type made struct {
	order.Stored
	details *order.Details
	history []order.Change
	listed  order.Listed
	answer  []byte // of orderDetail
}

// load reads all orders of the store, in the order of their numbers.
func load(t *testing.T, s order.Storage, store order.StoreNumber) (all []made) {
	t.Helper()
	service := order.NewService(order.Config{Storage: s, Codec: wire.Codec{}})
	err := service.Operate(t.Context(), store, func(r order.Reader) error {
		err := r.List(order.ListQuery{WithStatus: true}, func(l *order.Listed) error {
			all = append(all, made{listed: *l})
			return nil
		})
		for i := range all {
			err = errors.Join(err, all[i].load(r))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (m *made) load(r order.Reader) (err error) {
	if m.Stored, err = r.Detail(m.listed.Number); err != nil {
		return err
	}
	if m.history, err = r.History(m.listed.Number); err != nil {
		return err
	}
	if m.details, err = (wire.Codec{}).DecodeDetails(m.Document); err != nil {
		return err
	}
	m.answer, err = wire.AppendDetail(nil, &m.Stored)
	return err
}

// answers is what clients are told of all orders, and their histories.
func answers(all []made) []byte {
	var b []byte
	for _, m := range all {
		b = wire.AppendListed(append(b, '\n'), m.Head.Store, &m.listed, false)
		b = wire.AppendListed(append(b, '\n'), m.Head.Store, &m.listed, true)
		b = append(append(b, '\n'), m.answer...)
		b = fmt.Appendf(b, "\n%v", m.history)
	}
	return b
}

func TestSameSeedSameAnswers(t *testing.T) {
	t.Parallel()
	const orders = batch + 10 // more than one transaction
	first := answers(load(t, populate(t, options(orders, 7)), 999))
	engines.Each(t, func(t *testing.T, e engines.Engine) {
		s := e.Open(t)
		if err := Populate(t.Context(), s, options(orders, 7)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, answers(load(t, s, 999))) {
			t.Error("the same seed made different orders")
		}
	})
}

func TestOtherSeedOtherAnswers(t *testing.T) {
	t.Parallel()
	for _, other := range []uint64{8, 7 << 32} {
		a := load(t, populate(t, options(5, 7)), 999)
		b := load(t, populate(t, options(5, other)), 999)
		for i := range a {
			if bytes.Equal(answers(a[i:i+1]), answers(b[i:i+1])) {
				t.Errorf("seeds 7 and %d made the same order %d", other, i+1)
			}
		}
	}
}

// conflicting undoes every transaction once, and runs it again.
type conflicting struct{ order.Storage }

var errConflict = errors.New("lost a race, as a test wants it")

func (c conflicting) InTx(ctx context.Context, fn func(order.Tx) error) error {
	err := c.Storage.InTx(ctx, func(tx order.Tx) error { return errors.Join(fn(tx), errConflict) })
	if !errors.Is(err, errConflict) {
		return fmt.Errorf("the first run was not undone: %w", err)
	}
	return c.Storage.InTx(ctx, fn)
}

func TestTransactionsCanBeRunAgain(t *testing.T) {
	t.Parallel()
	want := answers(load(t, populate(t, options(40, 3)), 999))
	s := open(t)
	if err := Populate(t.Context(), conflicting{s}, options(40, 3)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, answers(load(t, s, 999))) {
		t.Error("transactions that ran twice made other orders")
	}
}

func TestEveryStatusIsThere(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		o := options(60, seed)
		o.Now = o.Now.Add(time.Duration(seed) * 7 * time.Hour) // at night, too
		seen := map[order.Status]int{}
		all := load(t, populate(t, o), 999)
		for _, m := range all {
			seen[m.listed.Status]++
		}
		for _, status := range order.Statuses() {
			if seen[status] == 0 {
				t.Errorf("seed %d: no order is in status %s; there are %v", seed, status, seen)
			}
		}
		if ago := o.Now.Sub(all[len(all)-recent].Head.PlacedAt); ago > 4*24*time.Hour {
			t.Errorf("seed %d: what is under way reaches back %v, want days", seed, ago)
		}
	}
}

func TestFewOrders(t *testing.T) {
	t.Parallel()
	for _, orders := range []int{0, 1, 2, recent, recent + 1} {
		o := options(orders, 1)
		all := load(t, populate(t, o), 999)
		if len(all) != orders {
			t.Fatalf("asked for %d orders, got %d", orders, len(all))
		}
		checkDates(t, o, all)
	}
}

func TestTwoStoresInOneDatabase(t *testing.T) {
	t.Parallel()
	s := populate(t, options(30, 5))
	other := options(30, 5)
	other.Store = 998
	if err := Populate(t.Context(), s, other); err != nil {
		t.Fatal(err)
	}
	if a, b := load(t, s, 999), load(t, s, 998); len(a) != 30 || len(b) != 30 {
		t.Errorf("got %d and %d orders, want 30 of each", len(a), len(b))
	}
}

func TestTheStore(t *testing.T) {
	t.Parallel()
	s := populate(t, options(1, 1))
	service := order.NewService(order.Config{Storage: s, Codec: wire.Codec{}})
	store, err := service.Authenticate(t.Context(), order.Credentials{Store: 999, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	if store.Test || store.Name != "Example Outdoor" || store.State != order.StoreOpen {
		t.Errorf("got %+v, want an open live store of the name asked for", store)
	}
	if first := load(t, s, 999)[0].Head.PlacedAt; !store.CreatedAt.Before(first) {
		t.Errorf("the store was opened at %v, after its first order at %v", store.CreatedAt, first)
	}
	usage := order.CartUsage{Carts: -1}
	err = s.View(t.Context(), func(v order.View) (err error) {
		usage, _, err = v.CartUsage(999, nil)
		return err
	})
	if err != nil || usage != (order.CartUsage{}) {
		t.Errorf("the store holds %+v in waiting carts (%v), want none", usage, err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	s := populate(t, options(1, 1))
	cases := map[string]struct {
		change func(*Options)
		want   fault.Code
	}{
		"a store that is there": {func(*Options) {}, fault.Exists},
		"no store":              {func(o *Options) { o.Store = 0 }, fault.Invalid},
		"a weak secret":         {func(o *Options) { o.Store, o.Secret = 998, "secret" }, fault.Invalid},
		"negative orders":       {func(o *Options) { o.Store, o.Orders = 998, -1 }, fault.Invalid},
		"no time":               {func(o *Options) { o.Store, o.Now = 998, time.Time{} }, fault.Invalid},
	}
	for name, c := range cases {
		o := options(1, 1)
		c.change(&o)
		if err := Populate(t.Context(), s, o); !fault.Is(err, c.want) {
			t.Errorf("%s: got %v, want the fault %s", name, err, c.want)
		}
	}
	if all := load(t, s, 999); len(all) != 1 {
		t.Errorf("the store that was there has %d orders now, want 1", len(all))
	}
}

func TestProgressFollowsWhatIsKept(t *testing.T) {
	t.Parallel()
	s := open(t)
	o := options(batch+1, 1)
	var steps []int
	o.Progress = func(done, total int) {
		steps = append(steps, done)
		if kept := len(load(t, s, 999)); kept != done || total != o.Orders {
			t.Errorf("told of %d of %d orders when %d of %d were kept", done, total, kept, o.Orders)
		}
	}
	if err := Populate(t.Context(), s, o); err != nil {
		t.Fatal(err)
	}
	if want := []int{batch, batch + 1}; !slices.Equal(steps, want) {
		t.Errorf("told of %v, want %v", steps, want)
	}
}

func TestEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	o := options(batch+1, 1)
	o.Progress = func(int, int) { cancel() }
	if err := Populate(ctx, s, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
	if kept := len(load(t, s, 999)); kept != batch {
		t.Errorf("%d orders were kept, want the %d of the first batch", kept, batch)
	}
}
