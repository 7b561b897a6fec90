package storagetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

func testCartLists(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	var ids []order.CartID
	for _, store := range []order.StoreNumber{storeNumber, storeNumber, otherStore, storeNumber} {
		id, err := newCart(t.Context(), s, store, "q")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
		c.tick(time.Minute)
	}
	placed, err := s.Place(t.Context(), ids[1], checkout(), why)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		q    order.CartQuery
		want []order.CartID
	}{
		{order.CartQuery{}, []order.CartID{ids[0], ids[2], ids[3]}},
		{order.CartQuery{Spent: true}, ids},
		{order.CartQuery{Store: storeNumber}, []order.CartID{ids[0], ids[3]}},
		{order.CartQuery{Store: storeNumber, Spent: true, Limit: 2}, []order.CartID{ids[1], ids[3]}},
		{order.CartQuery{ID: ids[2]}, []order.CartID{ids[2]}},
		{order.CartQuery{ID: ids[1]}, nil},
		{order.CartQuery{ID: "no uuid"}, nil},
		{order.CartQuery{Store: 5}, nil},
	}
	for _, test := range tests {
		carts, err := s.Carts(t.Context(), test.q)
		var got []order.CartID
		for _, cart := range carts {
			got = append(got, cart.ID)
			if spent := cart.ID == ids[1]; (cart.Became == placed.ID.Number) != spent || (cart.Bytes == 0) != spent || s.Lapsed(cart) {
				t.Errorf("cart %+v of %v", cart, ids)
			}
		}
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%+v: %v\n%s", test.q, err, diff)
		}
	}
	c.tick(order.DefaultCartLifetime)
	if carts, err := s.Carts(t.Context(), order.CartQuery{}); err != nil || len(carts) != 3 || !s.Lapsed(carts[2]) {
		t.Errorf("lapsed carts wait to be purged, and are listed until then: %v, %v", carts, err)
	}
}

func testExpireCarts(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	var ids []order.CartID
	for range 3 {
		id, err := newCart(t.Context(), s, storeNumber, "q")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	other, err := newCart(t.Context(), s, otherStore, "q")
	if err != nil {
		t.Fatal(err)
	}
	placed, err := s.Place(t.Context(), ids[0], checkout(), why)
	if err != nil {
		t.Fatal(err)
	}
	expire := func(q order.CartQuery, want int) {
		t.Helper()
		if n, err := s.ExpireCarts(t.Context(), q); n != want || err != nil {
			t.Errorf("%+v expired %d, %v; want %d", q, n, err, want)
		}
	}
	expire(order.CartQuery{ID: ids[0]}, 0) // it is an order
	expire(order.CartQuery{ID: ids[0], Spent: true}, 0)
	expire(order.CartQuery{ID: order.CartID(uuid.NewString())}, 0)
	expire(order.CartQuery{ID: "no uuid"}, 0)
	expire(order.CartQuery{ID: ids[1]}, 1)
	expire(order.CartQuery{ID: ids[1]}, 0)
	expire(order.CartQuery{Store: storeNumber}, 1)
	for _, gone := range ids[1:] {
		_, err := s.Place(t.Context(), gone, checkout(), why)
		wantFault(t, err, fault.NotFound)
	}
	again, err := s.Place(t.Context(), ids[0], checkout(), why)
	if err != nil || !again.Again || again.ID != placed.ID {
		t.Errorf("a cart that became %s is now %+v, %v", placed.ID, again, err)
	}
	if _, err := s.Cart(t.Context(), other); err != nil {
		t.Errorf("the other store's cart: %v", err)
	}
	if whole, _ := usage(t, storage, "192.0.2.1"); whole != (order.CartUsage{}) {
		t.Errorf("the store still holds %+v", whole)
	}
}

// testExpireManyCarts needs more than one batch.
func testExpireManyCarts(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	const carts = 1000 // two whole batches: the third is empty
	fill := func(tx order.Tx) error {
		for range carts {
			record := order.CartRecord{
				ID: newCartID(), Store: storeNumber, CreatedAt: begin, ExpiresAt: begin.Add(time.Hour),
				Contents: order.Document{Format: 1, Body: []byte("{}")},
			}
			if err := tx.AddCart(record); err != nil {
				return err
			}
		}
		return nil
	}
	if err := storage.InTx(t.Context(), fill); err != nil {
		t.Fatal(err)
	}
	if n, err := s.ExpireCarts(t.Context(), order.CartQuery{Store: storeNumber}); n != carts || err != nil {
		t.Errorf("expired %d, %v; want %d", n, err, carts)
	}
	if left, err := s.Carts(t.Context(), order.CartQuery{}); err != nil || len(left) != 0 {
		t.Errorf("%d carts are left, %v", len(left), err)
	}
}
