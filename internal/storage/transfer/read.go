package transfer

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"entrepot/internal/order"
)

// record is all that a storage keeps of an order.
type record struct {
	order.Record
	erased bool // since then nobody has added anything that may name a person
}

// bytes is about how much memory it takes.
func (r *record) bytes() int {
	n := 512 + len(r.Document.Body)
	for _, note := range r.Notes {
		n += 128 + len(note.Text) + len(note.Extra)
	}
	for _, c := range r.History {
		n += 128 + len(c.From) + len(c.To) + len(c.Reason)
	}
	return n
}

// span is a range of a store's orders: after < number <= through, or without
// an end where through is zero.
type span struct {
	store          order.StoreNumber
	after, through order.Number
}

// never is later than any order.
var never = time.UnixMilli(math.MaxInt64)

// records calls yield for the orders of a span.
func (s span) records(ctx context.Context, v order.View, yield func(*record) error) error {
	end := s.through
	if end == 0 {
		end = math.MaxInt64
	}
	identified, err := v.Identified(s.store, s.after, end, never)
	if err != nil {
		return fmt.Errorf("look who is erased: %w", err)
	}
	return v.Orders(order.OrdersQuery{Store: s.store, After: s.after, Through: s.through}, func(h order.Head, d order.Document) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		_, found := slices.BinarySearch(identified, h.Number)
		r := record{Record: order.Record{Stored: order.Stored{Head: h, Document: d}}, erased: !found}
		if err := r.complete(v); err != nil {
			return fmt.Errorf("read order %s: %w", h.ID, err)
		}
		return yield(&r)
	})
}

// complete adds what stands in tables of its own.
func (r *record) complete(v order.View) (err error) {
	if r.Head.Notes > 0 {
		if r.Notes, err = v.Notes(r.Head.ID); err != nil {
			return err
		}
	}
	r.History, err = v.History(r.Head.ID)
	return err
}

// one reads one order.
func one(ctx context.Context, v order.View, id order.ID) (r *record, err error) {
	s := span{store: id.Store, after: id.Number - 1, through: id.Number}
	err = s.records(ctx, v, func(is *record) error {
		r = is
		return nil
	})
	return r, err
}

// spans calls yield for the spans of a store's orders with the numbers in
// them. The last one has no end, and may have no orders.
func (t *transfer) spans(ctx context.Context, store order.StoreNumber, yield func(span, []order.Number) error) error {
	s := span{store: store}
	for {
		numbers, err := t.from.Numbers(store, s.after, pageOrders)
		if err != nil {
			return fmt.Errorf("read the numbers of store %d: %w", store, err)
		}
		s.through = 0
		if len(numbers) == pageOrders {
			s.through = numbers[pageOrders-1]
		}
		if err := yield(s, numbers); err != nil || s.through == 0 {
			return err
		}
		if s.after = s.through; ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// length is how many numbers a span covers, as far as is known.
func (s span) length(numbers []order.Number) int64 {
	if len(numbers) == 0 {
		return 0
	}
	first := s.after + 1
	if s.after == 0 {
		first = numbers[0]
	}
	return int64(numbers[len(numbers)-1]-first) + 1
}

// cartRange is a range of carts: after < id <= through, or without an end
// where through is "".
type cartRange struct{ after, through order.CartID }

// carts calls yield for the carts of a range.
func (r cartRange) carts(ctx context.Context, v order.View, yield func(*order.CartRecord) error) error {
	for after := r.after; ; {
		ids, err := v.CartIDs(after, pageOrders)
		if err != nil {
			return fmt.Errorf("read the ids of carts: %w", err)
		}
		for _, id := range ids {
			if r.through != "" && id > r.through {
				return nil
			}
			c, err := v.Cart(id)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return fmt.Errorf("read cart %s: %w", id, err)
			}
			if err := yield(&c); err != nil {
				return err
			}
		}
		if len(ids) < pageOrders {
			return nil
		}
		after = ids[len(ids)-1]
	}
}
