package merchantsync

import (
	"context"
	"errors"
	"time"

	"entrepot/client"
)

// beginning is a day before any order.
var beginning = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// discover brings in the orders after the cursor, and looks at those that a
// list shows a little before it.
func (d *Daemon) discover(ctx context.Context, run *Run) error {
	cursor, queries, err := d.queries(ctx)
	if err != nil {
		return wrap("read the cursor", err)
	}
	var found listing
	for _, q := range queries {
		found, err = d.list(ctx, q, cursor.Number)
		if _, gone := errors.AsType[*client.NotFoundError](err); !gone {
			break // only an order that the server does not know sends us to the next
		}
	}
	if err != nil {
		return wrap("list orders", err)
	}
	run.Listed += found.total
	if err := d.gather(ctx, run, found.fresh, errand{purpose: advance}); err != nil {
		return wrap("import orders", err)
	}
	return wrap("fetch what changed", d.settle(ctx, run, found))
}

// queries are the ways to list what is new, the best first: by an order some
// way below the cursor, so that one that came late is seen; by the cursor
// itself; and by date, when the server knows neither.
func (d *Daemon) queries(ctx context.Context) (cursor Cursor, queries []client.OrderNumbersQuery, err error) {
	var from time.Time // the earliest of the orders that are listed again
	err = d.ledger.View(ctx, func(v View) error {
		queries, from = nil, time.Time{}
		if cursor, err = v.Cursor(); err != nil || cursor.Number == 0 {
			return err
		}
		lower, placed, ok, err := v.Before(cursor.Number, d.o.Overlap)
		if ok {
			queries = append(queries, d.since(lower))
			from = earlier(from, placed)
		}
		from = earlier(from, cursor.PlacedAt)
		return err
	})
	first := later(d.o.Since, beginning)
	if cursor.Number == 0 {
		return cursor, []client.OrderNumbersQuery{{SinceDate: first}}, err
	}
	d.unseen = earlier(d.unseen, from)
	byDate := client.OrderNumbersQuery{SinceDate: later(from.Add(-day), first), Statuses: true}
	return cursor, append(queries, d.since(cursor.Number), byDate), err
}

func (d *Daemon) since(number int64) client.OrderNumbersQuery {
	return client.OrderNumbersQuery{SinceOrderID: client.MakeOrderID(d.o.Store, number), Statuses: true}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// earlier leaves out times that are not known.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// castNet lists orders that lack the shop's own id: a second way to find what
// the first one missed.
func (d *Daemon) castNet(ctx context.Context, run *Run) error {
	now := d.o.Clock()
	if now.Sub(d.lastNet) < d.o.NetEvery {
		return nil
	}
	since, err := d.netSince(ctx, now)
	if err != nil {
		return wrap("read the last run", err)
	}
	q := client.OrderNumbersQuery{SinceDate: since, MissingMerchantOrderID: true, Statuses: true}
	found, err := d.list(ctx, q, everything)
	if err != nil {
		return wrap("list orders without the shop's id", err)
	}
	run.Listed += found.total
	if err := d.settle(ctx, run, found); err != nil {
		return wrap("import orders without the shop's id", err)
	}
	d.lastNet, d.unseen = now, time.Time{}
	return nil
}

// netSince reaches over the time in which no run ended, or none could list.
func (d *Daemon) netSince(ctx context.Context, now time.Time) (since time.Time, err error) {
	since = now.Add(-d.o.Net)
	err = d.ledger.View(ctx, func(v View) error {
		last, err := v.LastRun()
		if err == nil && last != nil {
			since = earlier(since, last.Ended.Add(-day))
		}
		return err
	})
	if !d.unseen.IsZero() {
		since = earlier(since, d.unseen.Add(-day))
	}
	return later(since, later(d.o.Since, beginning)), err
}
