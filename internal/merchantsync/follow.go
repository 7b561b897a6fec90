package merchantsync

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"entrepot/client"
)

const (
	// dueAtOnce bounds the followed orders that are looked at together.
	dueAtOnce = 1000
	// worthListing is how many orders of a list cost about what one
	// orderDetail costs: some 200 bytes each against 3 KB and a request.
	worthListing = 20
)

// follow looks at the orders that may still move and whose time has come. Days
// on which several of them were placed are asked for by one list each.
func (d *Daemon) follow(ctx context.Context, run *Run) error {
	for {
		due, err := d.due(ctx)
		if err != nil || len(due) == 0 {
			return wrap("read which orders to follow", err)
		}
		if err := d.lookAt(ctx, run, due); err != nil {
			return wrap("follow orders", err)
		}
	}
}

func (d *Daemon) due(ctx context.Context) (due []Known, err error) {
	err = d.ledger.View(ctx, func(v View) error {
		due, err = v.Due(d.o.Clock(), dueAtOnce)
		return err
	})
	return due, err
}

// detailEvery is which look at an order, from the first on, asks for all of
// it: notes and tracking numbers are in no list.
const detailEvery = 4

func (k *Known) wantsDetail() bool { return k.Checks%detailEvery == 0 || Final(k.Status) }

func (d *Daemon) lookAt(ctx context.Context, run *Run, due []Known) error {
	left := map[int64]bool{}
	for _, k := range due {
		left[k.Number] = true
	}
	spans, err := d.plan(ctx, slices.DeleteFunc(due, func(k Known) bool { return k.wantsDetail() }))
	if err != nil {
		return err
	}
	for _, s := range spans {
		if err := d.lookAtSpan(ctx, run, s, left); err != nil {
			return err
		}
	}
	// What no list showed is asked for by itself.
	return d.gather(ctx, run, slices.Sorted(maps.Keys(left)), errand{purpose: refresh})
}

// span is days that are listed together.
type span struct{ from, through time.Time }

// lookAtSpan takes from left what the list showed.
func (d *Daemon) lookAtSpan(ctx context.Context, run *Run, s span, left map[int64]bool) error {
	q := client.OrderNumbersQuery{SinceDate: s.from, ThroughDate: s.through, Statuses: true}
	found, err := d.list(ctx, q, everything)
	if err != nil {
		return err
	}
	run.Listed += found.total
	for _, number := range found.want {
		delete(left, number)
	}
	for _, k := range found.same {
		delete(left, k.Number)
	}
	return d.settle(ctx, run, found)
}

// plan says which days to list: those of which a list costs less than asking
// for each order. Neighbouring days are one list.
func (d *Daemon) plan(ctx context.Context, due []Known) (spans []span, err error) {
	days := map[time.Time]int64{}
	for _, k := range due {
		days[dayOf(k.PlacedAt)]++
	}
	err = d.ledger.View(ctx, func(v View) error {
		spans = nil
		for _, at := range slices.SortedFunc(maps.Keys(days), time.Time.Compare) {
			placed, err := v.PlacedBetween(at, at.Add(day))
			if err != nil {
				return err
			}
			if days[at] > 1 && placed <= worthListing*days[at] {
				spans = extend(spans, at)
			}
		}
		return nil
	})
	return spans, err
}

func dayOf(t time.Time) time.Time { return t.UTC().Truncate(day) }

func extend(spans []span, at time.Time) []span {
	if last := len(spans) - 1; last >= 0 && spans[last].through.Add(day).Equal(at) {
		spans[last].through = at
		return spans
	}
	return append(spans, span{at, at})
}

// Difference is an order that is not in the tables as it is at the service.
type Difference struct {
	Number int64
	Here   *Known              // nil when it is not in the tables
	There  *client.OrderNumber // nil when the service does not list it
}

// Verify compares the tables with the service over the orders placed from one
// day through another, both included, and yields what differs, by number. It
// holds the numbers of the range in memory.
func (d *Daemon) Verify(ctx context.Context, from, through time.Time, yield func(Difference)) (compared int64, err error) {
	there, err := d.listAll(ctx, client.OrderNumbersQuery{SinceDate: from, ThroughDate: through, Statuses: true})
	if err != nil {
		return 0, wrap("list orders", err)
	}
	here := map[int64]Known{}
	err = d.ledger.View(ctx, func(v View) error {
		clear(here)
		return v.Placed(dayOf(from), dayOf(through).Add(day), func(k Known) error { here[k.Number] = k; return nil })
	})
	if err != nil {
		return 0, wrap("read the tables", err)
	}
	for _, n := range there {
		k, found := here[n.ID.Number()]
		delete(here, n.ID.Number())
		switch {
		case !found:
			yield(Difference{Number: n.ID.Number(), There: &n})
		case differs(k, n):
			yield(Difference{Number: k.Number, Here: &k, There: &n})
		}
	}
	for _, number := range slices.Sorted(maps.Keys(here)) {
		k := here[number]
		yield(Difference{Number: number, Here: &k})
	}
	return int64(len(there)), nil
}

func (d *Daemon) listAll(ctx context.Context, q client.OrderNumbersQuery) (all []client.OrderNumber, err error) {
	err = d.persist(ctx, func() error {
		all = all[:0]
		for n, err := range d.api.OrderNumbers(ctx, q) {
			if err != nil {
				return err
			}
			if !n.TestOrder || !d.o.SkipTest {
				all = append(all, n)
			}
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b client.OrderNumber) int { return cmp.Compare(a.ID.Number(), b.ID.Number()) })
	return slices.CompactFunc(all, func(a, b client.OrderNumber) bool { return a.ID.Number() == b.ID.Number() }), err
}

// Repair fetches orders that Verify found to differ.
func (d *Daemon) Repair(ctx context.Context, numbers []int64) (Run, error) {
	run := &Run{Began: d.o.Clock()}
	err := d.gather(ctx, run, slices.Sorted(slices.Values(numbers)), errand{purpose: refresh})
	return *run, err
}
