// Package storagetest holds the rules that every order.Storage must keep, as
// tests that each implementation runs on itself.
package storagetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/money"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// Open makes an empty storage that lives as long as the test.
type Open func(t *testing.T) order.Storage

// Run holds an implementation to all rules.
func Run(t *testing.T, open Open) {
	rules := []struct {
		name string
		rule func(*testing.T, order.Storage)
	}{
		{"stores", testStores},
		{"secrets", testSecrets},
		{"orders", testOrders},
		{"a failed transaction leaves nothing", testRollback},
		{"numbers and dates grow together", testNumbers},
		{"lists", testLists},
		{"lists select as one by one", testListsModel},
		{"what is final stays", testFinal},
		{"counts by status", testStatusCounts},
		{"references", testReferences},
		{"guarded states", testGuardedStates},
		{"history", testHistory},
		{"notes", testNotes},
		{"an operator's lists", testHeads},
		{"an operator's long list", testHeadPages},
		{"an operator's lists of carts", testCartLists},
		{"carts lapse when told to", testExpireCarts},
		{"many carts lapse when told to", testExpireManyCarts},
		{"a secret ends", testRemoveSecret},
		{"carts", testCarts},
		{"cart usage", testCartUsage},
		{"a view is one state", testViewIsOneState},
		{"a transaction reads its own writes", testOwnWrites},
		{"reads while listing", testReadsWhileListing},
		{"long texts", testLongTexts},
		{"contexts", testContexts},
		{"a cart becomes one order", testPlaceOnce},
		{"the status machine", testStateMachine},
		{"racing updates", testRacingUpdates},
		{"erasing", testErase},
		{"erasing as documented", testEraseAsDocumented},
		{"erasing a foreign history", testEraseForeignHistory},
		{"check rebuilds documents", testCheckRebuilds},
		{"retention", testRetention},
		{"numbers become visible in order", testVisibility},
		{"imports", testImport},
		{"imports into a sandbox", testImportSandbox},
		{"lists of dates in disorder", testDisorderedLists},
		{"exports", testExport},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) { r.rule(t, open(t)) })
	}
	t.Run("orders move", func(t *testing.T) { testMove(t, open) })
}

const (
	storeNumber order.StoreNumber = 999
	otherStore  order.StoreNumber = 1000
)

// secret is as random as a test needs.
const secret = "5f0c6a52-8e1b-4f0e-9d6c-3f1a2b7c8d9e"

var credentials = order.Credentials{Store: storeNumber, Secret: secret}

// clock is a time that tests move.
type clock struct{ millis atomic.Int64 }

func newClock(at time.Time) *clock {
	c := &clock{}
	c.set(at)
	return c
}

func (c *clock) set(at time.Time)      { c.millis.Store(at.UnixMilli()) }
func (c *clock) now() time.Time        { return time.UnixMilli(c.millis.Load()).UTC() }
func (c *clock) tick(by time.Duration) { c.millis.Add(by.Milliseconds()) }

// codec is the program's own: storage must keep its bytes as they are.
var codec = wire.Codec{}

func newCartID() order.CartID { return order.CartID(uuid.NewString()) }

var begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// newService makes a service with two stores over a storage.
func newService(t *testing.T, storage order.Storage, c *clock) *order.Service {
	t.Helper()
	s := order.NewService(order.Config{Storage: storage, Codec: codec, Clock: c.now, NewCartID: newCartID})
	for _, number := range []order.StoreNumber{storeNumber, otherStore} {
		if _, err := s.AddStore(t.Context(), order.NewStoreRequest{Number: number, Secret: secret}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func contents(reference string) *order.CartContents {
	return &order.CartContents{
		ReferenceID: reference,
		Items:       []order.Item{{Description: "Tent", Quantity: 2, UnitPrice: 1999, WeightUnits: "LB"}},
	}
}

func checkout() order.Checkout {
	return order.Checkout{
		ShipTo:     order.Address{Name: "Ann Example", Address1: "1 Example Street", City: "Toronto", CountryCode: "CA"},
		Settlement: order.Settlement{Shipping: money.Amount(500)},
	}
}

var why = order.Why{Actor: "test", Reason: "a test"}

// newCart sends a cart to a store.
func newCart(ctx context.Context, s *order.Service, store order.StoreNumber, reference string) (order.CartID, error) {
	sender := order.CartSender{Credentials: order.Credentials{Store: store}, Address: "192.0.2.1"}
	admitted, err := s.AdmitCart(ctx, sender)
	if err != nil {
		return "", fmt.Errorf("admit: %w", err)
	}
	return s.CreateCart(ctx, admitted, sender, contents(reference))
}

// newOrder places an order.
func newOrder(ctx context.Context, s *order.Service, store order.StoreNumber, c order.Checkout, reference string) (order.ID, error) {
	cart, err := newCart(ctx, s, store, reference)
	if err != nil {
		return order.ID{}, err
	}
	placed, err := s.Place(ctx, cart, c, why)
	return placed.ID, err
}

func mustOrder(t *testing.T, s *order.Service, store order.StoreNumber, c order.Checkout, reference string) order.ID {
	t.Helper()
	id, err := newOrder(t.Context(), s, store, c, reference)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func view(t *testing.T, storage order.Storage, fn func(order.View) error) {
	t.Helper()
	if err := storage.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func head(t *testing.T, storage order.Storage, id order.ID) (h order.Head) {
	t.Helper()
	view(t, storage, func(v order.View) (err error) {
		h, err = v.Head(id)
		return err
	})
	return h
}

func history(t *testing.T, storage order.Storage, id order.ID) (changes []order.Change) {
	t.Helper()
	view(t, storage, func(v order.View) (err error) {
		changes, err = v.History(id)
		return err
	})
	return changes
}
