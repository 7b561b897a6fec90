package order

import (
	"context"
	"errors"
	"fmt"

	"entrepot/internal/fault"
)

// OpenStore lets a store take carts and answer lists. Of one that was loading
// it looks at all dates first, so that lists by date are right. NotFound.
func (s *Service) OpenStore(ctx context.Context, number StoreNumber) error {
	return s.storage.InTx(ctx, func(tx Tx) error {
		store, err := tx.Store(number)
		if err != nil {
			return err
		}
		if store.State == StoreLoading {
			if err := settleDates(tx, number); err != nil {
				return fmt.Errorf("look at the dates of store %d: %w", number, err)
			}
		}
		store.State = StoreOpen
		return tx.SetStore(store)
	})
}

func settleDates(tx Tx, number StoreNumber) error {
	counter, err := tx.Counter(number)
	if err != nil {
		return err
	}
	if counter.Disorder, err = tx.DateDisorder(number); err != nil {
		return err
	}
	return tx.SetCounter(number, counter)
}

// CloseStore lets a store take no more carts; its orders stay readable. The
// faults are NotFound, and Closed for one that is loading.
func (s *Service) CloseStore(ctx context.Context, number StoreNumber) error {
	return s.storage.InTx(ctx, func(tx Tx) error {
		store, err := tx.Store(number)
		switch {
		case err != nil:
			return err
		case store.State == StoreLoading:
			return errLoading(number)
		}
		store.State = StoreClosed
		return tx.SetStore(store)
	})
}

// The bounds of a page of an export: how long a snapshot is held, and how much
// memory it takes.
const (
	exportOrders = 500
	exportBytes  = 4 << 20
)

var errPageFull = errors.New("the page is full")

// Export calls yield for the selected orders with their history, in the order
// of their numbers, up to the highest one at the beginning.
//
// Each order is of one state of the database, but they are read in pages, and
// no state is held while yield works: an order that changes meanwhile is shown
// as it was before or as it is after, and neither of another order's.
func (s *Service) Export(ctx context.Context, q OrdersQuery, yield func(*Record) error) error {
	if err := s.boundExport(ctx, &q); err != nil {
		return err
	}
	for {
		page, err := s.exportPage(ctx, q)
		if err != nil || len(page) == 0 {
			return err
		}
		for i := range page {
			if err := yield(&page[i]); err != nil {
				return err
			}
		}
		q.After = page[len(page)-1].Head.Number
	}
}

func (s *Service) boundExport(ctx context.Context, q *OrdersQuery) error {
	return s.storage.View(ctx, func(v View) error {
		counter, err := v.Counter(q.Store)
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.NotFound, fmt.Sprintf("there is no store %d", q.Store))
		}
		if q.Through == 0 || q.Through > counter.Last {
			q.Through = counter.Last
		}
		if q.Through == 0 { // no order yet; zero would be no bound
			q.Through = 1
		}
		return err
	})
}

func (s *Service) exportPage(ctx context.Context, q OrdersQuery) (page []Record, err error) {
	err = s.storage.View(ctx, func(v View) error {
		page = nil
		bytes := 0
		err := v.Orders(q, func(h Head, d Document) error {
			page = append(page, Record{Stored: Stored{Head: h, Document: d}})
			if bytes += len(d.Body); len(page) == exportOrders || bytes > exportBytes {
				return errPageFull
			}
			return nil
		})
		if err != nil && !errors.Is(err, errPageFull) {
			return err
		}
		return fillPage(v, page)
	})
	if err != nil {
		return nil, fmt.Errorf("read the orders of store %d after %d: %w", q.Store, q.After, err)
	}
	return page, nil
}

// fillPage adds what stands in tables of its own.
func fillPage(v View, page []Record) (err error) {
	for i := range page {
		r := &page[i]
		if r.Head.Notes > 0 {
			if r.Notes, err = v.Notes(r.Head.ID); err != nil {
				return err
			}
		}
		if r.History, err = v.History(r.Head.ID); err != nil {
			return err
		}
	}
	return nil
}
