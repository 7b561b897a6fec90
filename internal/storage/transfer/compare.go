package transfer

import (
	"cmp"
	"context"

	"golang.org/x/sync/errgroup"

	"entrepot/internal/order"
)

// entry is what is compared of an order or a cart.
type entry[K cmp.Ordered] struct {
	key            K
	store          order.StoreNumber
	sum            sum
	changes, notes int64
}

// page is a part of the source, and how to read the same part of the
// destination.
type page[K cmp.Ordered] struct {
	source []entry[K]
	length int64 // numbers that it covers
	read   func(context.Context, order.View, func(entry[K])) error
}

func (p *page[K]) add(e entry[K]) { p.source = append(p.source, e) }

// job is a page on its way.
type job[K cmp.Ordered] struct {
	page[K]
	destination []entry[K]
	done        chan struct{}
}

// compare reads the source once, with several who read the destination
// meanwhile: there each order costs round trips. Pages are settled in their
// order.
func compare[K cmp.Ordered](ctx context.Context, to order.Storage, workers int,
	produce func(context.Context, func(page[K]) error) error, settle func(*job[K]),
) error {
	group, ctx := errgroup.WithContext(ctx)
	work, inOrder := make(chan *job[K]), make(chan *job[K], workers)
	group.Go(func() error {
		defer close(work)
		defer close(inOrder)
		return produce(ctx, func(p page[K]) error {
			j := &job[K]{page: p, done: make(chan struct{})}
			if err := send(ctx, inOrder, j); err != nil {
				return err
			}
			return send(ctx, work, j)
		})
	})
	for range workers {
		group.Go(func() error { return readAll(ctx, to, work) })
	}
	group.Go(func() error {
		for j := range inOrder {
			select {
			case <-j.done:
				settle(j)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return group.Wait()
}

func send[T any](ctx context.Context, to chan<- T, value T) error {
	select {
	case to <- value:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func readAll[K cmp.Ordered](ctx context.Context, to order.Storage, work <-chan *job[K]) error {
	for j := range work {
		err := to.View(ctx, func(v order.View) error {
			j.destination = nil
			return j.read(ctx, v, func(e entry[K]) { j.destination = append(j.destination, e) })
		})
		if err != nil {
			return err
		}
		close(j.done)
	}
	return nil
}

// unlike are the keys on which two lists that ascend differ.
func unlike[K cmp.Ordered](a, b []entry[K]) (keys []entry[K]) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || (len(a) > 0 && a[0].key < b[0].key):
			keys, a = append(keys, a[0]), a[1:]
		case len(a) == 0 || b[0].key < a[0].key:
			keys, b = append(keys, b[0]), b[1:]
		default:
			if a[0].sum != b[0].sum || a[0].store != b[0].store {
				keys = append(keys, a[0])
			}
			a, b = a[1:], b[1:]
		}
	}
	return keys
}
