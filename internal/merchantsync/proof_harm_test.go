package merchantsync_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"entrepot/client"
	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/chaos"
)

// harm makes a daemon worse than it is: the proof has to see that.
type harm func(merchantsync.API, merchantsync.Ledger, *life) (merchantsync.API, merchantsync.Ledger)

func (h harm) apply(api merchantsync.API, tables merchantsync.Ledger, l *life) (merchantsync.API, merchantsync.Ledger) {
	api, tables = mortalAPI{api, l}, mortalLedger{tables, l}
	if h == nil {
		return api, tables
	}
	return h(api, tables, l)
}

// Whatever goes wrong with one way to find orders, the others find them. So
// each defect is looked at in a daemon that has one way only, and the same
// daemon without the defect must pass.
func TestProofBites(t *testing.T) {
	for name, c := range map[string]struct {
		base, defect harm
		rates        chaos.Rates
		want         string // what is wrong then
	}{
		"the cursor moves before the orders are kept":    {both(onlyCursor, noOverlap), cursorFirst, chaos.Poor(), "lost: "},
		"the overlap is ignored":                         {onlyCursor, noOverlap, chaos.Rates{Late: 300, Stale: 50}, "lost: "},
		"a list that broke off is taken for a whole one": {both(onlyCursor, noOverlap), halfLists, chaos.Rates{Truncate: 350, Shuffle: 1000}, "lost: "},
		"what is older replaces what is newer":           {onlyCursor, forgetful, chaos.Rates{Stale: 300}, "history: "},
	} {
		t.Run(name, func(t *testing.T) {
			n := seed(t)
			for _, wrong := range damaged(t, n, c.rates, c.base) {
				t.Errorf("without the defect: %s", wrong)
			}
			for try := range uint64(enough) {
				wrong := strings.Join(damaged(t, n+try, c.rates, both(c.base, c.defect)), "\n")
				if strings.Contains(wrong, c.want) {
					return
				}
			}
			t.Errorf("nothing was %q in what was noticed in %d runs", c.want, enough)
		})
	}
}

// enough is how many small runs show each defect for sure: one in ten or so
// does not.
const enough = 6

// damaged is what the proof notices of such a daemon.
func damaged(t *testing.T, n uint64, rates chaos.Rates, h harm) []string {
	const orders = 60
	w := newWorld(t, n, rates, engines["sqlite"](t))
	w.harm, w.poor, w.options.Overlap = h, rates, orders
	w.live(orders)
	w.settle()
	w.report()
	return w.audit()
}

func both(one, two harm) harm {
	return func(a merchantsync.API, l merchantsync.Ledger, of *life) (merchantsync.API, merchantsync.Ledger) {
		a, l = one(a, l, of)
		return two(a, l, of)
	}
}

// onlyCursor has no way to find orders but the cursor.
func onlyCursor(a merchantsync.API, l merchantsync.Ledger, _ *life) (merchantsync.API, merchantsync.Ledger) {
	return onlyCursorAPI{a}, l
}

type onlyCursorAPI struct{ merchantsync.API }

func (a onlyCursorAPI) OrderNumbers(ctx context.Context, q client.OrderNumbersQuery) iter.Seq2[client.OrderNumber, error] {
	if q.MissingMerchantOrderID || !q.ThroughDate.IsZero() {
		return func(func(client.OrderNumber, error) bool) {}
	}
	return a.API.OrderNumbers(ctx, q)
}

// cursorFirst moves the cursor in a transaction of its own.
func cursorFirst(a merchantsync.API, l merchantsync.Ledger, of *life) (merchantsync.API, merchantsync.Ledger) {
	return a, hasty{l, of}
}

type hasty struct {
	merchantsync.Ledger
	life *life
}

var errOnlyLooking = errors.New("only looking")

func (h hasty) InTx(ctx context.Context, fn func(merchantsync.Tx) error) error {
	var moved *merchantsync.Cursor
	err := h.Ledger.InTx(ctx, func(tx merchantsync.Tx) error {
		return errors.Join(fn(cursorSeen{tx, &moved}), errOnlyLooking)
	})
	if !errors.Is(err, errOnlyLooking) {
		return err
	}
	if moved != nil {
		if err := h.Ledger.InTx(ctx, func(tx merchantsync.Tx) error { return tx.SetCursor(*moved) }); err != nil {
			return err
		}
		for range 50 { // a good place to die
			if err := h.life.step("with the cursor moved"); err != nil {
				return err
			}
		}
	}
	return h.Ledger.InTx(ctx, fn)
}

type cursorSeen struct {
	merchantsync.Tx
	moved **merchantsync.Cursor
}

func (c cursorSeen) SetCursor(to merchantsync.Cursor) error {
	*c.moved = &to
	return nil
}

// noOverlap lists what is after the cursor only.
func noOverlap(a merchantsync.API, l merchantsync.Ledger, _ *life) (merchantsync.API, merchantsync.Ledger) {
	return a, seeing{l, func(v merchantsync.View) merchantsync.View { return nothingBefore{v} }}
}

// seeing shows something else than there is.
type seeing struct {
	merchantsync.Ledger
	as func(merchantsync.View) merchantsync.View
}

func (s seeing) View(ctx context.Context, fn func(merchantsync.View) error) error {
	return s.Ledger.View(ctx, func(v merchantsync.View) error { return fn(s.as(v)) })
}

type nothingBefore struct{ merchantsync.View }

func (nothingBefore) Before(int64, int) (lower int64, placed time.Time, ok bool, err error) {
	return 0, time.Time{}, false, nil
}

// halfLists takes what came of a list for all of it.
func halfLists(a merchantsync.API, l merchantsync.Ledger, _ *life) (merchantsync.API, merchantsync.Ledger) {
	return trusting{a}, l
}

type trusting struct{ merchantsync.API }

func (a trusting) OrderNumbers(ctx context.Context, q client.OrderNumbersQuery) iter.Seq2[client.OrderNumber, error] {
	return func(yield func(client.OrderNumber, error) bool) {
		for n, err := range a.API.OrderNumbers(ctx, q) {
			if _, half := errors.AsType[*client.BrokenListError](err); half || !yield(n, err) {
				return
			}
		}
	}
}

// forgetful does not know since when an order is what it is.
func forgetful(a merchantsync.API, l merchantsync.Ledger, _ *life) (merchantsync.API, merchantsync.Ledger) {
	return a, forgetfulLedger{l}
}

type forgetfulLedger struct{ merchantsync.Ledger }

func (f forgetfulLedger) InTx(ctx context.Context, fn func(merchantsync.Tx) error) error {
	return f.Ledger.InTx(ctx, func(tx merchantsync.Tx) error { return fn(forgetfulTx{tx}) })
}

type forgetfulTx struct{ merchantsync.Tx }

func (f forgetfulTx) Known(numbers []int64) (map[int64]merchantsync.Known, error) {
	known, err := f.Tx.Known(numbers)
	for number, k := range known {
		k.StatusAt = time.Time{}
		known[number] = k
	}
	return known, err
}
