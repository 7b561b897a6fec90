package order

import (
	"context"
	"fmt"
	"time"

	"entrepot/internal/fault"
)

// TestOrder is an order that a shop's tests want to have without a shopper.
type TestOrder struct {
	Store    StoreNumber
	Cart     CartID        // a waiting cart of the store, or
	Contents *CartContents // what a cart of its own holds
	Checkout Checkout
	At       time.Time // when it was placed, to the millisecond; zero means now
}

// PlaceTest places an order as Place does, marked as a test order, now or at a
// time that has passed. A past order gets the next number and exactly that
// date, so it cannot lie before the store's last order: numbers and dates stay
// in one order (docs/adr/0014). The faults are those of Place; Invalid
// where the store has an order of a later date.
func (s *Service) PlaceTest(ctx context.Context, o TestOrder, why Why) (placed Placed, err error) {
	o.Checkout.Test, o.At = true, o.At.Truncate(time.Millisecond)
	if o.At.After(s.now()) {
		return Placed{}, fault.Field("date", "has not come yet; expected a time that has passed")
	}
	if o.Cart == "" {
		o.Cart = s.newCartID() // once, however often the transaction runs
	}
	err = s.storage.InTx(ctx, func(tx Tx) error {
		record, err := s.testCart(tx, o)
		if err != nil {
			return err
		}
		if record.Became != 0 {
			placed = Placed{ID: ID{record.Store, record.Became}, Again: true}
			return nil
		}
		id, err := s.place(tx, record, o.Checkout, why, o.At)
		placed = Placed{ID: id}
		return err
	})
	return placed, err
}

// testCart loads the cart that is named, or keeps a new one.
func (s *Service) testCart(tx Tx, o TestOrder) (CartRecord, error) {
	if o.Contents != nil {
		doc, err := s.codec.EncodeCart(o.Contents)
		if err != nil {
			return CartRecord{}, fmt.Errorf("encode cart: %w", err)
		}
		now := s.now()
		record := CartRecord{ID: o.Cart, Store: o.Store, Contents: doc, CreatedAt: now, ExpiresAt: now.Add(DefaultCartLifetime)}
		return record, tx.AddCart(record)
	}
	record, err := tx.Cart(o.Cart)
	if err == nil && record.Store != o.Store {
		err = fault.New(fault.NotFound, "the store has no such cart")
	}
	if err != nil {
		return CartRecord{}, fmt.Errorf("load cart %s: %w", o.Cart, err)
	}
	return record, nil
}

// nextNumber takes a store's next number, for now or for a time that has passed.
func (s *Service) nextNumber(tx Tx, store StoreNumber, past time.Time) (Number, time.Time, error) {
	if past.IsZero() {
		return tx.NextNumber(store, s.now())
	}
	number, at, err := tx.NextNumber(store, past)
	if err == nil && !at.Equal(past) {
		err = fault.Field("date", "lies before the store's last order, of "+at.UTC().Format("2006-01-02T15:04:05.000Z")+
			"; an order with a higher number cannot be older")
	}
	return number, at, err
}

// Became is the order that a cart has become; zero while it waits. NotFound
// when there is no such cart (any more).
func (s *Service) Became(ctx context.Context, cart CartID) (id ID, err error) {
	err = s.storage.View(ctx, func(v View) error {
		record, err := v.Cart(cart)
		if err != nil {
			return err
		}
		id = ID{record.Store, record.Became}
		return nil
	})
	return id, err
}
