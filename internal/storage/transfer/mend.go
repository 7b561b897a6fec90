package transfer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entrepot/internal/order"
)

// mend brings orders and carts up to date that were written by a run that was
// broken off, when the shop has gone on in between. Only what changes in the
// life of an order is changed; any other difference stays, and is reported.
func (v *verification) mend(ctx context.Context) error {
	var lapsed time.Time
	for _, l := range v.ledgers {
		for numbers := range slices.Chunk(l.orders, mendPage) {
			if err := v.mendOrders(ctx, l.report.Number, numbers); err != nil {
				return fmt.Errorf("bring orders of store %d up to date: %w", l.report.Number, err)
			}
		}
		for ids := range slices.Chunk(l.carts, mendPage) {
			gone, err := v.mendCarts(ctx, ids)
			if err != nil {
				return fmt.Errorf("bring carts of store %d up to date: %w", l.report.Number, err)
			}
			if gone.After(lapsed) {
				lapsed = gone
			}
		}
	}
	if err := v.dropLapsed(ctx, lapsed); err != nil {
		return err
	}
	return v.copyCarts(ctx)
}

// mendPage is how much is brought up to date in one transaction.
const mendPage = 100

// pair is an order and what was written of it.
type pair struct{ is, was *record }

func (v *verification) mendOrders(ctx context.Context, store order.StoreNumber, numbers []order.Number) error {
	pairs, err := v.pairs(ctx, store, numbers)
	if err != nil || len(pairs) == 0 {
		return err
	}
	v.report.Mended += int64(len(pairs))
	return v.to.InTx(ctx, func(tx order.Tx) error {
		for _, p := range pairs {
			if err := p.is.replace(tx, p.was); err != nil {
				return fmt.Errorf("order %s: %w", p.is.Head.ID, err)
			}
		}
		return nil
	})
}

func (v *verification) pairs(ctx context.Context, store order.StoreNumber, numbers []order.Number) (pairs []pair, err error) {
	err = v.to.View(ctx, func(to order.View) error {
		pairs = nil
		for _, n := range numbers {
			is, was, err := v.both(ctx, to, order.ID{Store: store, Number: n})
			if err != nil {
				return err
			}
			if is != nil && was != nil && is.follows(was) {
				pairs = append(pairs, pair{is, was})
			}
		}
		return nil
	})
	return pairs, err
}

// follows reports whether an order may have become this one.
func (r *record) follows(was *record) bool {
	a, b := r.Head, was.Head
	same := a.PlacedAt.Equal(b.PlacedAt) && a.Test == b.Test && a.ReferenceID == b.ReferenceID && a.Cart == b.Cart &&
		len(was.Notes) <= len(r.Notes) && len(was.History) <= len(r.History)
	for i := 0; same && i < len(was.Notes); i++ {
		x, y := r.Notes[i], was.Notes[i]
		same = x.Seq == y.Seq && x.CreatedAt.Equal(y.CreatedAt) && x.Customer == y.Customer && x.Flagged == y.Flagged
	}
	for i := 0; same && i < len(was.History); i++ {
		x, y := r.History[i], was.History[i]
		same = x.Seq == y.Seq && x.At.Equal(y.At) && x.Kind == y.Kind
	}
	return same
}

// replace makes the order in the transaction this one. Erasing comes last, as
// all else marks the order as one that may name a person.
func (r *record) replace(tx order.Tx, was *record) error {
	id := r.Head.ID
	for _, n := range r.Notes[len(was.Notes):] {
		if err := tx.AddNote(id, n); err != nil {
			return err
		}
	}
	for _, c := range r.History[len(was.History):] {
		if err := tx.AddChange(id, c); err != nil {
			return err
		}
	}
	if err := tx.SetState(id, was.Head.State, r.Head.State, r.Head.StatusAt); err != nil {
		return err
	}
	if err := tx.SetMerchantOrderID(id, r.Head.MerchantOrderID); err != nil {
		return err
	}
	err := tx.EraseOrder(id, order.Erasure{Document: r.Document, Tracking: r.Head.Tracking, Notes: r.Notes, Changes: r.History})
	if err != nil || r.erased {
		return err
	}
	return tx.SetTracking(id, r.Head.Tracking)
}

// cartPair is a cart and what was written of it.
type cartPair struct{ is, was order.CartRecord }

// mendCarts answers when the last of those lapsed that the source has dropped.
func (v *verification) mendCarts(ctx context.Context, ids []order.CartID) (gone time.Time, err error) {
	var pairs []cartPair
	err = v.to.View(ctx, func(to order.View) (err error) {
		pairs, gone, err = v.cartPairs(to, ids)
		return err
	})
	if err != nil || len(pairs) == 0 {
		return gone, err
	}
	v.report.Mended += int64(len(pairs))
	err = v.to.InTx(ctx, func(tx order.Tx) error {
		for _, p := range pairs {
			if err := changeCart(tx, p.was, p.is); err != nil {
				return fmt.Errorf("cart %s: %w", p.is.ID, err)
			}
		}
		return nil
	})
	return gone, err
}

func (v *verification) cartPairs(to order.View, ids []order.CartID) (pairs []cartPair, gone time.Time, err error) {
	for _, id := range ids {
		is, found, err := cartOrNone(v.from, id)
		if err != nil {
			return nil, gone, err
		}
		was, there, err := cartOrNone(to, id)
		switch {
		case err != nil:
			return nil, gone, err
		case found && there:
			pairs = append(pairs, cartPair{is, was})
		case there && was.ExpiresAt.After(gone):
			gone = was.ExpiresAt
		}
	}
	return pairs, gone, nil
}

// changeCart lets a cart lapse, or become an order.
func changeCart(tx order.Tx, was, is order.CartRecord) error {
	if is.ExpiresAt.Before(was.ExpiresAt) {
		if _, err := tx.ExpireCarts(order.CartQuery{ID: is.ID}, is.ExpiresAt.Add(time.Millisecond), 1); err != nil {
			return err
		}
	}
	if is.Became == 0 || was.Became != 0 {
		return nil
	}
	return tx.SpendCart(is.ID, is.Became)
}

// dropLapsed drops the carts that lapsed up to a time. The source dropped all
// of those; should one of them be there all the same, it is copied again.
func (v *verification) dropLapsed(ctx context.Context, through time.Time) error {
	for removed := pageOrders; removed == pageOrders && !through.IsZero(); {
		err := v.to.InTx(ctx, func(tx order.Tx) (err error) {
			removed, err = tx.RemoveExpiredCarts(through.Add(time.Millisecond), pageOrders)
			return err
		})
		if err != nil {
			return fmt.Errorf("drop lapsed carts: %w", err)
		}
	}
	return nil
}
