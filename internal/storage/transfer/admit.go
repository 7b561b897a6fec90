package transfer

import (
	"context"
	"fmt"
	"slices"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

func (t *transfer) loadStores() (err error) {
	t.stores, err = t.from.Stores()
	if err != nil {
		return fmt.Errorf("load the stores: %w", err)
	}
	return nil
}

// pending is a store whose copy is not finished. No store that is in use looks
// like it: each has a secret, or had one when it left the state of loading.
func pending(s order.Store) bool { return s.State == order.StoreLoading && len(s.Secrets) == 0 }

// hidden is how a store is kept until its copy is finished.
func hidden(s order.Store) order.Store {
	s.State, s.Secrets = order.StoreLoading, nil
	return s
}

// admit makes sure that the destination is empty or has a part of this copy,
// and adds the stores.
func (t *transfer) admit(ctx context.Context) error {
	if err := t.loadStores(); err != nil {
		return err
	}
	if err := t.to.TakeKey(ctx, t.from.Key); err != nil {
		return fmt.Errorf("take the installation's key over: %w", err)
	}
	return t.to.InTx(ctx, func(tx order.Tx) error {
		there, err := tx.Stores()
		if err != nil {
			return fmt.Errorf("look at the stores that are there: %w", err)
		}
		if t.report.Finished, err = t.finished(there); err != nil || t.report.Finished {
			return err
		}
		return t.addStores(tx, there)
	})
}

// finished reports whether the stores that are there are in use already.
func (t *transfer) finished(there []order.Store) (bool, error) {
	inUse, begun := 0, len(t.stores)-len(there)
	for _, is := range there {
		at := slices.IndexFunc(t.stores, func(s order.Store) bool { return s.Number == is.Number })
		switch {
		case at < 0 || !sameShop(t.stores[at], is):
			return false, fault.New(fault.Exists, fmt.Sprintf("the destination holds a store %d that is not the source's", is.Number))
		case !pending(is):
			inUse++
		case !pending(t.stores[at]):
			begun++
		}
	}
	if inUse > 0 && begun > 0 {
		return false, fault.New(fault.Conflict, "some stores of the destination are in use already, and others are not whole yet")
	}
	return inUse > 0, nil
}

// sameShop compares what never changes of a store.
func sameShop(a, b order.Store) bool {
	return a.Test == b.Test && a.CreatedAt.Equal(b.CreatedAt)
}

// addStores adds those that are not there, with their counters: whatever
// happens to the copy, no number can be given out twice.
func (t *transfer) addStores(tx order.Tx, there []order.Store) error {
	for _, store := range t.stores {
		counter, err := t.from.Counter(store.Number)
		if err != nil {
			return fmt.Errorf("load the counter of store %d: %w", store.Number, err)
		}
		if !slices.ContainsFunc(there, func(s order.Store) bool { return s.Number == store.Number }) {
			if err := tx.AddStore(hidden(store)); err != nil {
				return fmt.Errorf("add store %d: %w", store.Number, err)
			}
		}
		if err := tx.SetCounter(store.Number, counter); err != nil {
			return fmt.Errorf("set the counter of store %d: %w", store.Number, err)
		}
	}
	return nil
}

// finish shows the stores to everybody, all at once. What it has written it
// reads back, and compares, before it commits.
func (t *transfer) finish(ctx context.Context) error {
	return t.to.InTx(ctx, func(tx order.Tx) error {
		for i, store := range t.stores {
			if err := show(tx, store); err != nil {
				return fmt.Errorf("show store %d: %w", store.Number, err)
			}
			r := t.report.Stores[i]
			if err := t.compareStanding(tx, r); err != nil {
				return err
			}
			if r.Difference != nil {
				return r.Difference
			}
		}
		return nil
	})
}

func show(tx order.Tx, store order.Store) error {
	is, err := tx.Store(store.Number)
	if err != nil {
		return err
	}
	if !pending(is) {
		return fault.New(fault.Conflict, "somebody has opened it, or given it a secret, while it was copied")
	}
	if err := tx.SetStore(store); err != nil {
		return err
	}
	return tx.SetSecrets(store.Number, store.Secrets)
}
