package storagetest

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

func testCarts(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	id, err := newCart(t.Context(), s, storeNumber, "quote-7")
	if err != nil {
		t.Fatal(err)
	}
	cart, err := s.Cart(t.Context(), id)
	want := order.Cart{
		ID: id, Store: storeNumber, CreatedAt: begin, ExpiresAt: begin.Add(order.DefaultCartLifetime),
		CartContents: *contents("quote-7"),
	}
	if diff := cmp.Diff(want, cart); err != nil || diff != "" {
		t.Errorf("the cart differs: %v\n%s", err, diff)
	}
	_, err = s.Cart(t.Context(), order.CartID(uuid.NewString()))
	wantFault(t, err, fault.NotFound)
	_, err = s.Cart(t.Context(), "no uuid")
	wantFault(t, err, fault.NotFound)

	c.set(begin.Add(order.DefaultCartLifetime))
	_, err = s.Cart(t.Context(), id)
	wantFault(t, err, fault.Expired)
	_, err = s.Place(t.Context(), id, checkout(), why)
	wantFault(t, err, fault.Expired)
	if n, err := s.PurgeCarts(t.Context()); n != 0 || err != nil {
		t.Errorf("purged %d carts, %v; the cart lapses in this very moment", n, err)
	}
	c.tick(time.Millisecond)
	if n, err := s.PurgeCarts(t.Context()); n != 1 || err != nil {
		t.Errorf("purged %d carts, %v", n, err)
	}
	_, err = s.Place(t.Context(), id, checkout(), why)
	wantFault(t, err, fault.NotFound)
}

func usage(t *testing.T, storage order.Storage, address string) (whole, own order.CartUsage) {
	t.Helper()
	hash := storage.SecretKey().HashAddress(address)
	view(t, storage, func(v order.View) (err error) {
		whole, own, err = v.CartUsage(storeNumber, hash)
		return err
	})
	return whole, own
}

func testCartUsage(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	newService(t, storage, c)
	doc, err := codec.EncodeCart(contents("q"))
	if err != nil {
		t.Fatal(err)
	}
	size := int64(len(doc.Body))
	s := order.NewService(order.Config{
		Storage: storage, Codec: codec, Clock: c.now, NewCartID: newCartID,
		Quota: order.CartQuota{
			PerStore:   order.CartUsage{Carts: 5, Bytes: 100 * size},
			PerAddress: order.CartUsage{Carts: 100, Bytes: 3 * size},
		},
	})
	send := func(address, withSecret string) (order.CartID, error) {
		sender := order.CartSender{Credentials: order.Credentials{Store: storeNumber, Secret: withSecret}, Address: address}
		admitted, err := s.AdmitCart(t.Context(), sender)
		if err != nil {
			t.Fatal(err)
		}
		return s.CreateCart(t.Context(), admitted, sender, contents("q"))
	}
	var first order.CartID
	for i := range 3 {
		id, err := send("192.0.2.1", "")
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = id
		}
	}
	_, err = send("192.0.2.1", "")
	wantFault(t, err, fault.TooMany)
	if _, err = send("192.0.2.1", secret); err != nil { // with the secret there is no quota per address
		t.Error(err)
	}
	if _, err = send("192.0.2.2", ""); err != nil {
		t.Error(err)
	}
	_, err = send("192.0.2.3", secret)
	wantFault(t, err, fault.TooMany) // the store's own quota holds for everybody
	whole, own := usage(t, storage, "192.0.2.1")
	if want := (order.CartUsage{Carts: 5, Bytes: 5 * size}); whole != want {
		t.Errorf("the store holds %v, want %v", whole, want)
	}
	if want := (order.CartUsage{Carts: 3, Bytes: 3 * size}); own != want {
		t.Errorf("the address holds %v, want %v", own, want)
	}
	if _, err := s.Place(t.Context(), first, checkout(), why); err != nil { // a placed cart is free again
		t.Fatal(err)
	}
	if _, err = send("192.0.2.1", ""); err != nil {
		t.Error(err)
	}
	c.tick(order.DefaultCartLifetime + time.Second)
	if n, err := s.PurgeCarts(t.Context()); n != 6 || err != nil {
		t.Errorf("purged %d carts, %v; want 6", n, err)
	}
	if whole, own = usage(t, storage, "192.0.2.1"); whole != (order.CartUsage{}) || own != (order.CartUsage{}) {
		t.Errorf("after purging the store holds %v and the address %v", whole, own)
	}
}

// testPlaceOnce races many callers for few carts.
func testPlaceOnce(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	const carts, callers = 20, 8
	for range carts {
		cart, err := newCart(t.Context(), s, storeNumber, "")
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		results := make([]order.Placed, callers)
		for i := range callers {
			group.Go(func() {
				var err error
				if results[i], err = s.Place(t.Context(), cart, checkout(), why); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		news := 0
		for _, r := range results {
			if r.ID != results[0].ID {
				t.Errorf("cart %s became %s and %s", cart, r.ID, results[0].ID)
			}
			if !r.Again {
				news++
			}
		}
		if news != 1 {
			t.Errorf("%d callers made a new order of one cart", news)
		}
		_, err = s.Cart(t.Context(), cart)
		wantFault(t, err, fault.Exists)
	}
	if got := len(list(t, storage, order.ListQuery{Store: storeNumber})); got != carts {
		t.Errorf("%d orders of %d carts", got, carts)
	}
	err := storage.InTx(t.Context(), func(tx order.Tx) error {
		return tx.SpendCart(order.CartID(uuid.NewString()), 1)
	})
	wantFault(t, err, fault.NotFound)
}
