// Package sandbox has the levers with which an integrator tries a plug-in:
// orders are placed, screened and held, carts lapse, and answers go wrong, all
// when a test says so. They move test stores and the demo's, and no others.
package sandbox

import (
	"context"
	"fmt"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// Actor is who the history names.
const Actor = "sandbox"

// Levers move the orders of test stores.
type Levers struct {
	Service *order.Service
	Demo    order.StoreNumber // the demo's store, which is no test store but a sandbox; zero for none
}

// Placed is an order that has been placed.
type Placed struct {
	OrderID string `json:"orderId"`
	Again   bool   `json:"again"` // the cart had become this order before
}

// Moved is what a move has made of an order.
type Moved struct {
	OrderID string `json:"orderId"`
	From    string `json:"from"`
	To      string `json:"to"`
}

// Expired says how many carts have been made to lapse.
type Expired struct {
	Expired int `json:"expired"`
}

// check refuses stores that real shoppers may have been at.
func (l Levers) check(ctx context.Context, number order.StoreNumber) error {
	store, err := l.Service.Store(ctx, number)
	switch {
	case fault.Is(err, fault.NotFound):
		return fault.Wrap(fault.NotFound, fmt.Sprintf("there is no store %d", number), err)
	case err != nil:
		return err
	case !store.Test && (l.Demo == 0 || number != l.Demo):
		return fault.New(fault.Closed, fmt.Sprintf("store %d is no test store; the levers move test stores only", number))
	}
	return nil
}

// Place places a test order from a request: createTempCart's keys, or the
// tempCartUUID of a cart that waits; orderDetail's keys for what the checkout
// adds; and date. All but the store may be left out.
func (l Levers) Place(ctx context.Context, request wire.Object) (Placed, error) {
	o, err := decodeOrder(request)
	if err != nil {
		return Placed{}, err
	}
	if err := l.check(ctx, o.Store); err != nil {
		return Placed{}, err
	}
	placed, err := l.Service.PlaceTest(ctx, o, order.Why{Actor: Actor, Reason: "sandbox place"})
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrap(fault.NotFound, fmt.Sprintf("store %d has no cart %s", o.Store, o.Cart), err)
	}
	return Placed{placed.ID.String(), placed.Again}, err
}

// Moves are the levers that move an order, by their names.
var Moves = map[string]order.Move{
	"pass-review": order.PassReview, "fail-review": order.FailReview, "hold": order.Hold, "release": order.Release,
}

// Move moves an order by one of Moves.
func (l Levers) Move(ctx context.Context, id order.ID, lever string) (Moved, error) {
	move, ok := Moves[lever]
	if !ok {
		return Moved{}, fault.New(fault.NotFound, "there is no lever "+lever)
	}
	if err := l.check(ctx, id.Store); err != nil {
		return Moved{}, err
	}
	change, err := l.Service.Transition(ctx, id, move, order.Why{Actor: Actor, Reason: "sandbox " + lever})
	return Moved{id.String(), change.From, change.To}, explain(id, lever, err)
}

// explain says in plain words why an order was not moved.
func explain(id order.ID, lever string, err error) error {
	switch {
	case fault.Is(err, fault.NotFound):
		return fault.Wrap(fault.NotFound, "there is no order "+id.String(), err)
	case fault.Is(err, fault.StatusLocked), fault.Is(err, fault.StatusUnchanged), fault.Is(err, fault.StatusCancelled):
		return fault.Wrap(fault.StatusLocked, fmt.Sprintf("order %s is in a status from which %s does not lead", id, lever), err)
	}
	return err
}

// ExpireCart makes a waiting cart lapse at once.
func (l Levers) ExpireCart(ctx context.Context, cart order.CartID) (Expired, error) {
	heads, err := l.Service.Carts(ctx, order.CartQuery{ID: cart})
	if err != nil {
		return Expired{}, err
	}
	if len(heads) == 0 {
		return Expired{}, fault.New(fault.NotFound, "no such cart waits")
	}
	if err := l.check(ctx, heads[0].Store); err != nil {
		return Expired{}, err
	}
	n, err := l.Service.ExpireCarts(ctx, order.CartQuery{ID: cart})
	if err == nil && n == 0 { // it has become an order, or has lapsed, since
		err = fault.New(fault.NotFound, "no such cart waits")
	}
	return Expired{n}, err
}

// decodeOrder reads what Place takes.
func decodeOrder(request wire.Object) (o order.TestOrder, err error) {
	credentials := wire.DecodeCredentials(request)
	o.Store = credentials.Store
	if o.Store == 0 {
		return o, fault.Field("store", "is required: the number of a test store")
	}
	if o.At, err = wire.DecodeDate(request); err != nil {
		return o, err
	}
	if o.Cart, err = wire.DecodeCartID(request); err != nil {
		return o, err
	}
	if o.Cart == "" {
		if o.Contents, err = contents(request); err != nil {
			return o, err
		}
	}
	o.Checkout, err = checkout(request)
	return o, err
}

// contents are the cart's, with a sample of goods where none are named.
func contents(request wire.Object) (*order.CartContents, error) {
	if !request.Has("items") {
		request = request.With("items", `[{"description": "Sandbox sample", "quantity": 1, "unitPrice": "10.00", "sku": "SANDBOX-1"}]`)
	}
	return wire.DecodeCart(request)
}

// checkout is what the shopper would have typed, with a sample address where
// there is none.
func checkout(request wire.Object) (order.Checkout, error) {
	for _, sample := range []struct{ key, value string }{
		{"name", `"Sandbox Shopper"`}, {"address1", `"1 Example Street"`}, {"city", `"Sampleton"`}, {"countryCode", `"CA"`},
	} {
		if !request.Has(sample.key) {
			request = request.With(sample.key, sample.value)
		}
	}
	return wire.DecodeCheckout(request)
}
