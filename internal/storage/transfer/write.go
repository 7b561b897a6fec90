package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// batch is what one transaction writes.
type batch struct {
	records []*record
	passed  int64 // numbers
	size    int
}

func (b *batch) full() bool { return len(b.records) == pageOrders || b.size > pageBytes }

// copyOrders writes the orders that are not there. One reads, several write;
// in which order the batches arrive is all the same, as the stores are hidden.
func (t *transfer) copyOrders(ctx context.Context) error {
	var added atomic.Int64
	defer func() { t.report.Added += added.Load() }()
	group, ctx := errgroup.WithContext(ctx)
	batches := make(chan batch)
	group.Go(func() error {
		defer close(batches)
		return t.readMissing(ctx, batches)
	})
	for range t.workers {
		group.Go(func() error {
			for b := range batches {
				if err := t.write(ctx, b.records); err != nil {
					return err
				}
				added.Add(int64(len(b.records)))
				t.advance(b.passed, int64(len(b.records)))
			}
			return nil
		})
	}
	return group.Wait()
}

// readMissing sends what the destination does not have.
func (t *transfer) readMissing(ctx context.Context, to chan<- batch) error {
	for _, store := range t.stores {
		err := t.spans(ctx, store.Number, func(s span, numbers []order.Number) error {
			missing, err := t.missing(ctx, s, numbers)
			if err != nil {
				return err
			}
			if len(missing) == 0 {
				t.advance(s.length(numbers), 0)
				return nil
			}
			return t.readSpan(ctx, s, missing, s.length(numbers), to)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// missing are those of a span's numbers that the destination does not have.
func (t *transfer) missing(ctx context.Context, s span, numbers []order.Number) (missing []order.Number, err error) {
	err = t.to.View(ctx, func(v order.View) error {
		missing, err = without(numbers, s.after, func(after order.Number) ([]order.Number, error) {
			return v.Numbers(s.store, after, pageOrders)
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look what is there of store %d: %w", s.store, err)
	}
	return missing, nil
}

// without are the keys that are not there. There may be others between them.
func without[K cmp.Ordered](keys []K, after K, there func(after K) ([]K, error)) (missing []K, err error) {
	for len(keys) > 0 {
		known, err := there(after)
		if err != nil {
			return nil, err
		}
		for len(keys) > 0 && (len(known) < pageOrders || keys[0] <= known[len(known)-1]) {
			if _, found := slices.BinarySearch(known, keys[0]); !found {
				missing = append(missing, keys[0])
			}
			keys = keys[1:]
		}
		if len(known) > 0 {
			after = known[len(known)-1]
		}
	}
	return missing, nil
}

func (t *transfer) readSpan(ctx context.Context, s span, missing []order.Number, length int64, to chan<- batch) error {
	var b batch
	err := s.records(ctx, t.from, func(r *record) error {
		if _, is := slices.BinarySearch(missing, r.Head.Number); !is {
			return nil
		}
		b.records, b.size = append(b.records, r), b.size+r.bytes()
		if !b.full() {
			return nil
		}
		full := b
		b = batch{}
		return send(ctx, to, full)
	})
	if err != nil {
		return err
	}
	b.passed = length
	return send(ctx, to, b)
}

// write writes orders in one transaction.
func (t *transfer) write(ctx context.Context, records []*record) error {
	if len(records) == 0 {
		return nil
	}
	err := t.to.InTx(ctx, func(tx order.Tx) error {
		for _, r := range records {
			if err := r.insert(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil || ctx.Err() != nil || fault.Is(err, fault.Unavailable) {
		return err
	}
	if fault.Is(err, fault.Exists) {
		return t.writeRest(ctx, records, err)
	}
	if culprit := t.culprit(ctx, records); culprit != nil {
		return culprit
	}
	return fmt.Errorf("write the orders %s to %s: %w", records[0].Head.ID, records[len(records)-1].Head.ID, err)
}

// writeRest writes those of the orders that are still not there: the last
// transaction of a run that was killed may have ended after we looked.
func (t *transfer) writeRest(ctx context.Context, records []*record, exists error) error {
	var rest []*record
	err := t.to.View(ctx, func(v order.View) error {
		rest = nil
		for _, r := range records {
			_, err := v.Head(r.Head.ID)
			if fault.Is(err, fault.NotFound) {
				rest, err = append(rest, r), nil
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look what is there: %w", err)
	}
	if len(rest) == len(records) { // it is something else that is there
		return fmt.Errorf("write the orders %s to %s: %w", records[0].Head.ID, records[len(records)-1].Head.ID, exists)
	}
	return t.write(ctx, rest)
}

var errTried = errors.New("tried, and not kept")

// culprit is the error of the first order that the destination does not take,
// nil when there is none such. A storage may say so of a batch only.
func (t *transfer) culprit(ctx context.Context, records []*record) error {
	for _, r := range records {
		err := t.to.InTx(ctx, func(tx order.Tx) error {
			if err := r.insert(tx); err != nil {
				return err
			}
			if _, err := tx.Head(r.Head.ID); err != nil {
				return err
			}
			return errTried
		})
		switch {
		case errors.Is(err, errTried):
		case ctx.Err() != nil || fault.Is(err, fault.Unavailable) || fault.Is(err, fault.Exists):
			return nil
		default:
			return fmt.Errorf("write order %s: %w", r.Head.ID, err)
		}
	}
	return nil
}

func (r *record) insert(tx order.Tx) error {
	if err := tx.InsertOrder(r.Head, r.Document); err != nil {
		return err
	}
	if err := tx.AddPast(r.Head.ID, r.Notes, r.History); err != nil {
		return err
	}
	if !r.erased {
		return nil
	}
	// With what is there already: it only marks the order.
	return tx.EraseOrder(r.Head.ID, order.Erasure{Document: r.Document, Tracking: r.Head.Tracking})
}

// copyCarts writes the carts that are not there. One does it alone: they are
// counted in the same few rows.
func (t *transfer) copyCarts(ctx context.Context) error {
	for after := order.CartID(""); ; {
		ids, err := t.from.CartIDs(after, pageOrders)
		if err != nil || len(ids) == 0 {
			return err
		}
		missing, err := t.missingCarts(ctx, after, ids)
		if err != nil {
			return err
		}
		for len(missing) > 0 && err == nil {
			missing, err = t.writeCarts(ctx, missing)
		}
		if err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

func (t *transfer) missingCarts(ctx context.Context, after order.CartID, ids []order.CartID) (missing []order.CartID, err error) {
	err = t.to.View(ctx, func(v order.View) error {
		missing, err = without(ids, after, func(after order.CartID) ([]order.CartID, error) {
			return v.CartIDs(after, pageOrders)
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look which carts are there: %w", err)
	}
	return missing, nil
}

// writeCarts writes as many as go into a transaction, and answers the others.
func (t *transfer) writeCarts(ctx context.Context, ids []order.CartID) (left []order.CartID, err error) {
	var all []order.CartRecord
	for size := 0; len(ids) > 0 && size < pageBytes; ids = ids[1:] {
		c, err := t.from.Cart(ids[0])
		if err != nil {
			return nil, fmt.Errorf("read cart %s: %w", ids[0], err)
		}
		size += len(c.Contents.Body)
		all = append(all, c)
	}
	err = t.to.InTx(ctx, func(tx order.Tx) error {
		for _, c := range all {
			if err := insertCart(tx, c); err != nil {
				return fmt.Errorf("write cart %s: %w", c.ID, err)
			}
		}
		return nil
	})
	return ids, err
}

// insertCart lets a cart that has become an order go the way that it went.
func insertCart(tx order.Tx, c order.CartRecord) error {
	if c.Contents.Body == nil {
		c.Contents.Body = []byte{}
	}
	if err := tx.AddCart(c); err != nil || c.Became == 0 {
		return err
	}
	return tx.SpendCart(c.ID, c.Became)
}
