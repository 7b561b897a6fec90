package transfer

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"slices"

	"entrepot/internal/order"
)

// verification compares everything.
type verification struct {
	*transfer
	ledgers map[order.StoreNumber]*ledger
}

// ledger is a store while it is verified.
type ledger struct {
	report              *StoreReport
	source, destination tally
	orders              []order.Number // that differ, ascending
	carts               []order.CartID
}

// maxNoted bounds how many differences of a store are remembered.
const maxNoted = 100_000

// tally is the running checksum of one side.
type tally struct{ orders, carts hash.Hash }

func newTally() tally { return tally{sha256.New(), sha256.New()} }

func (t tally) sum() sum { return sha256.Sum256(t.carts.Sum(t.orders.Sum(nil))) }

// ledger is that of a store; of one that only the destination knows, too.
func (v *verification) ledger(n order.StoreNumber) *ledger {
	l := v.ledgers[n]
	if l == nil {
		l = &ledger{report: &StoreReport{Number: n}, source: newTally(), destination: newTally()}
		v.ledgers[n] = l
		v.report.Stores = append(v.report.Stores, l.report)
	}
	return l
}

// run reads both sides.
func (v *verification) run(ctx context.Context) error {
	if err := v.begin(Verifying); err != nil {
		return err
	}
	v.ledgers, v.report.Stores = map[order.StoreNumber]*ledger{}, nil
	for _, store := range v.stores {
		v.ledger(store.Number)
	}
	if err := compare(ctx, v.to, v.workers, v.orderPages, v.settleOrders); err != nil {
		return fmt.Errorf("compare the orders: %w", err)
	}
	if err := compare(ctx, v.to, v.workers, v.cartPages, v.settleCarts); err != nil {
		return fmt.Errorf("compare the carts: %w", err)
	}
	for _, l := range v.ledgers {
		l.report.Source.contents, l.report.Destination.contents = l.source.sum(), l.destination.sum()
	}
	return nil
}

func (v *verification) orderPages(ctx context.Context, yield func(page[order.Number]) error) error {
	for _, store := range v.stores {
		err := v.spans(ctx, store.Number, func(s span, numbers []order.Number) error {
			p := page[order.Number]{length: s.length(numbers), read: s.entries}
			if err := s.entries(ctx, v.from, p.add); err != nil {
				return err
			}
			return yield(p)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s span) entries(ctx context.Context, v order.View, yield func(entry[order.Number])) error {
	var buffer stream
	return s.records(ctx, v, func(r *record) error {
		yield(entry[order.Number]{
			key: r.Head.Number, store: s.store, sum: r.digest(&buffer),
			changes: int64(len(r.History)), notes: int64(len(r.Notes)),
		})
		return nil
	})
}

func (v *verification) settleOrders(j *job[order.Number]) {
	for _, e := range unlike(j.source, j.destination) {
		if l := v.ledger(e.store); len(l.orders) < maxNoted {
			l.orders = append(l.orders, e.key)
		}
	}
	for _, e := range j.source {
		l := v.ledger(e.store)
		l.source.orders.Write(e.sum[:])
		l.report.Source.count(e)
	}
	for _, e := range j.destination {
		l := v.ledger(e.store)
		l.destination.orders.Write(e.sum[:])
		l.report.Destination.count(e)
	}
	v.advance(j.length, int64(len(j.source)))
}

func (s *Side) count(e entry[order.Number]) {
	s.Orders++
	s.Changes += e.changes
	s.Notes += e.notes
}

func (v *verification) cartPages(ctx context.Context, yield func(page[order.CartID]) error) error {
	for after := order.CartID(""); ; {
		ids, err := v.from.CartIDs(after, pageOrders)
		if err != nil {
			return fmt.Errorf("read the ids of carts: %w", err)
		}
		r := cartRange{after: after}
		if len(ids) == pageOrders {
			r.through = ids[pageOrders-1]
		}
		p := page[order.CartID]{read: r.entries}
		if err := r.entries(ctx, v.from, p.add); err != nil {
			return err
		}
		if err := yield(p); err != nil || r.through == "" {
			return err
		}
		after = r.through
	}
}

func (r cartRange) entries(ctx context.Context, v order.View, yield func(entry[order.CartID])) error {
	var buffer stream
	return r.carts(ctx, v, func(c *order.CartRecord) error {
		yield(entry[order.CartID]{key: c.ID, store: c.Store, sum: buffer.cartDigest(c)})
		return nil
	})
}

func (v *verification) settleCarts(j *job[order.CartID]) {
	for _, e := range unlike(j.source, j.destination) {
		if l := v.ledger(e.store); len(l.carts) < maxNoted {
			l.carts = append(l.carts, e.key)
		}
	}
	for _, e := range j.source {
		l := v.ledger(e.store)
		l.source.carts.Write(e.sum[:])
		l.report.Source.Carts++
	}
	for _, e := range j.destination {
		l := v.ledger(e.store)
		l.destination.carts.Write(e.sum[:])
		l.report.Destination.Carts++
	}
}

// unlike is how many orders and carts differ.
func (v *verification) unlike() (n int) {
	for _, l := range v.ledgers {
		n += len(l.orders) + len(l.carts)
	}
	return n
}

// verify compares a copy that is finished.
func (t *transfer) verify(ctx context.Context) error {
	v := &verification{transfer: t}
	if err := v.run(ctx); err != nil {
		return err
	}
	return v.conclude(ctx, v.compareStanding)
}

// conclude answers the first difference.
func (v *verification) conclude(ctx context.Context, compareStanding func(order.View, *StoreReport) error) error {
	slices.SortFunc(v.report.Stores, func(a, b *StoreReport) int { return int(a.Number - b.Number) })
	err := v.to.View(ctx, func(to order.View) error {
		for _, r := range v.report.Stores {
			if err := compareStanding(to, r); err != nil {
				return err
			}
			if r.Difference != nil && r.Difference.absent {
				continue
			}
			if err := v.describe(ctx, to, v.ledgers[r.Number]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range v.report.Stores {
		if r.Difference != nil {
			return r.Difference
		}
	}
	return nil
}

// verifyAndFinish brings what has changed since it was written up to date, if
// it was a run that was broken off that wrote it, and then shows the stores.
func (t *transfer) verifyAndFinish(ctx context.Context) error {
	v := &verification{transfer: t}
	for before := -1; ; {
		if err := v.run(ctx); err != nil {
			return err
		}
		unlike := v.unlike()
		switch {
		case unlike == 0:
			return t.finish(ctx)
		case before >= 0 && unlike >= before:
			return v.conclude(ctx, v.assumeStanding)
		}
		if err := v.mend(ctx); err != nil {
			return err
		}
		before = unlike
	}
}
