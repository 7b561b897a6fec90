package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// world is a shop that lives at random.
type world struct {
	*order.Service
	storage order.Storage
	random  *rand.Rand
	millis  atomic.Int64
	orders  []order.ID
	carts   []order.CartID
}

func (w *world) now() time.Time { return time.UnixMilli(w.millis.Load()).UTC() }

func (w *world) uuid() order.CartID {
	var b uuid.UUID
	for i := range b {
		b[i] = byte(w.random.IntN(256))
	}
	return order.CartID(b.String())
}

// newWorld lives on a storage. The same seed does the same.
func newWorld(storage order.Storage, seed uint64) *world {
	w := &world{storage: storage, random: rand.New(rand.NewPCG(seed, 6))} //nolint:gosec // the same every time
	w.millis.Store(begin.UnixMilli())
	w.Service = order.NewService(order.Config{Storage: storage, Codec: wire.Codec{}, Clock: w.now, NewCartID: w.uuid})
	return w
}

// settle makes the stores.
func (w *world) settle(ctx context.Context) error {
	var failed []error
	for _, r := range []order.NewStoreRequest{
		{Number: shop, Name: "Sample shop: žluťoučký 🛍"}, {Number: other}, {Number: sandbox, Test: true, Name: "Sandbox"}, {Number: loading, Loading: true},
	} {
		r.Secret = secret
		w.millis.Add(1000)
		_, err := w.AddStore(ctx, r)
		failed = append(failed, err)
	}
	failed = append(failed, w.ConfigureStore(ctx, shop, func(s *order.Store) {
		s.Settings = order.StoreSettings{
			RequireSecretForCarts: true, CartLifetime: time.Hour, DomesticShipping: order.ShippingOwnLine,
			RetainIdentity: 90 * 24 * time.Hour, AllowedOrigins: "https://shop.example.com http://127.0.0.1:8998",
		}
	}))
	return errors.Join(append(failed, w.RotateSecret(ctx, shop, newerSecret), w.past(ctx))...)
}

// imported is the number of an order that was imported.
func imported(n int) order.Number { return order.Number(7*n + 3) }

// past imports orders with dates in disorder and keys of another server.
func (w *world) past(ctx context.Context) error {
	var records []order.Record
	for n := range 40 {
		doc, err := wire.Codec{}.EncodeDetails(&order.Details{Misc: [6]string{"kept"}})
		if err != nil {
			return err
		}
		at := begin.Add(-time.Duration(w.random.IntN(1000)) * time.Hour)
		records = append(records, order.Record{
			Stored: order.Stored{
				Document: doc,
				Head: order.Head{
					ID: order.ID{Store: loading, Number: imported(n)}, PlacedAt: at, StatusAt: at.Add(time.Minute),
					State: order.State{Status: order.OnHold, Resume: order.Preparing}, MerchantOrderID: "m", Tracking: []string{"A", "B"},
				},
				Notes: []order.Note{{CreatedAt: at, CreatedBy: "ann", Text: "x", Extra: `"a":1`, Customer: n%2 == 0, Flagged: n%3 == 0}},
			},
			History: []order.Change{{At: at, Actor: "elsewhere", Kind: "a kind", From: "f", To: "t", Reason: "r"}},
		})
	}
	_, err := w.Import(why).Take(ctx, records)
	return err
}

// live does n things.
func (w *world) live(ctx context.Context, n int) error {
	for range n {
		w.millis.Add(w.random.Int64N(10_000))
		if err := w.step(ctx); err != nil && fault.CodeOf(err) == fault.Internal {
			return err
		}
	}
	return nil
}

// step may be refused: an order is where it is.
func (w *world) step(ctx context.Context) error {
	if len(w.orders) == 0 || w.random.IntN(3) == 0 {
		return w.shopping(ctx)
	}
	id := w.orders[w.random.IntN(len(w.orders))]
	switch w.random.IntN(9) {
	case 0:
		return w.AddNote(ctx, id, order.Note{Text: "a note\nof two lines", Customer: w.random.IntN(2) == 0, Flagged: w.random.IntN(2) == 0}, why)
	case 1:
		return w.SetMerchantOrderID(ctx, id, fmt.Sprint("M-", w.random.IntN(100)), why)
	case 2:
		return w.AddTracking(ctx, id, []string{fmt.Sprint("1Z", w.random.IntN(1000)), "X"}, why)
	case 3:
		if w.random.IntN(4) > 0 {
			return nil
		}
		_, err := w.Erase(ctx, id, why)
		return err
	case 4:
		_, err := w.ExpireCarts(ctx, order.CartQuery{ID: w.carts[w.random.IntN(len(w.carts))]})
		return err
	case 5:
		return w.VendorMove(ctx, id, order.VendorStatuses()[w.random.IntN(len(order.VendorStatuses()))], why)
	}
	moves := slices.DeleteFunc(order.Moves(), func(m order.Move) bool { return m == order.Vendor })
	return w.Move(ctx, id, moves[w.random.IntN(len(moves))], why)
}

func (w *world) shopping(ctx context.Context) error {
	sender := order.CartSender{
		Credentials: order.Credentials{Store: []order.StoreNumber{shop, other, sandbox}[w.random.IntN(3)], Secret: secret},
		Address:     fmt.Sprint("192.0.2.", w.random.IntN(5)),
	}
	if sender.Store != shop && w.random.IntN(2) == 0 {
		sender.Secret = ""
	}
	store, err := w.AdmitCart(ctx, sender)
	if err != nil {
		return err
	}
	cart, err := w.CreateCart(ctx, store, sender, &order.CartContents{
		ReferenceID: fmt.Sprint("cart-", w.random.IntN(50)),
		Items:       []order.Item{{Description: "Enamel mug", Quantity: 2, UnitPrice: 1250, WeightUnits: "LB"}},
	})
	if err != nil {
		return err
	}
	w.carts = append(w.carts, cart)
	if w.random.IntN(4) == 0 {
		return nil
	}
	placed, err := w.Place(ctx, cart, order.Checkout{
		Test: w.random.IntN(5) == 0, Screen: w.random.IntN(3) == 0,
		ShipTo:     order.Address{Name: "Sample Person", Address1: "1 Sample Street", City: "Sampleton", CountryCode: "CA"},
		Settlement: order.Settlement{Shipping: 1000},
	}, order.Why{Actor: "checkout"})
	if err == nil {
		w.orders = append(w.orders, placed.ID)
	}
	return err
}

// populated is a file in which much has happened.
func populated(t *testing.T, seed uint64, steps int) (*world, string) {
	t.Helper()
	storage, path := file(t)
	w := newWorld(storage, seed)
	if err := w.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.live(t.Context(), steps); err != nil {
		t.Fatal(err)
	}
	return w, path
}
