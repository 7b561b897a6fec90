package kept

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"entrepot/internal/demo"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest"
	"entrepot/internal/wire"
)

const (
	main    order.StoreNumber = 999
	loading order.StoreNumber = 1000
	closed  order.StoreNumber = 1001

	orders = 60 // of the demo
	secret = "7f2eb616-f886-401f-a47d-0a8c91239a1d"
	older  = "2c7b1f0e-5d3a-4e86-9b41-6a0f8d5c7e93"

	waiting = "4ba7608b-5aba-4ed2-8124-bf22c87bfb85" // a cart
)

// now is when the database was filled, and when it is asked.
var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// InstallationKey is what installation.secret_key has to be before the database
// is opened and filled, as hexadecimal digits.
const InstallationKey = "6b657074206b657074206b657074206b657074206b657074206b657074206b65"

func service(storage order.Storage) *order.Service {
	return order.NewService(order.Config{
		Storage: storage, Codec: wire.Codec{}, Clock: func() time.Time { return now },
		NewCartID: func() order.CartID { return waiting },
	})
}

// Fill makes something of everything that a database may hold: the demo's
// orders, one with something in every field, one that was erased, imported ones
// with keys of another server and dates in disorder, a cart that waits, and
// stores in every state.
func Fill(t *testing.T, storage order.Storage) {
	t.Helper()
	o := demo.Options{Store: main, Name: "Kept Example", Secret: older, Orders: orders, Seed: 3, Now: now.Add(-48 * time.Hour)}
	if err := demo.Populate(t.Context(), storage, o); err != nil {
		t.Fatal(err)
	}
	s, ctx := service(storage), t.Context()
	storagetest.FullOrder(t, storage, s)
	full := storagetest.FullOrder(t, storage, s)
	why := order.Why{Actor: "test", Reason: "to keep it"}
	_, eraseErr := s.Erase(ctx, full, why)
	_, erase2 := s.Erase(ctx, order.ID{Store: main, Number: 7}, why)
	_, loadErr := s.AddStore(ctx, order.NewStoreRequest{Number: loading, Name: "Loading", Secret: secret, Loading: true})
	_, closeErr := s.AddStore(ctx, order.NewStoreRequest{Number: closed, Test: true, Secret: secret})
	err := errors.Join(eraseErr, erase2, loadErr, closeErr, s.RotateSecret(ctx, main, secret),
		take(ctx, s, main, 100), take(ctx, s, loading, 1), sendCart(ctx, s),
		s.ConfigureStore(ctx, closed, func(st *order.Store) {
			st.State = order.StoreClosed
			st.Settings.RetainIdentity, st.Settings.RequireSecretForCarts = 90*24*time.Hour, true
			st.Settings.AllowedOrigins, st.Settings.DomesticShipping = "https://shop.example.com", order.ShippingOwnLine
		}))
	if err != nil {
		t.Fatal(err)
	}
}

// take imports orders of which each is older than the one before.
func take(ctx context.Context, s *order.Service, store order.StoreNumber, first int) error {
	var records []order.Record
	for i, status := range order.Statuses() {
		at := now.Add(-time.Duration(i+1) * 25 * time.Hour).UnixMilli()
		reference := i
		if i < 4 { // some share one
			reference /= 2
		}
		line := fmt.Sprintf(`{"orderId":"%d-%d","orderStatus":%q,"orderDate":%d,"referenceId":"import-%d","testOrder":%t,"merchantOrderId":"M-%d",`+
			`"name":"Sample Person","trackingNumber":"1Z%d","loyalty":{"points":%d,"tiers":["silver",null]},`+
			`"notes":[{"note":"from elsewhere","createdByUser":"ann","dateCreated":%d,"color":"red"}]}`,
			store, first+i, status, at, reference, i%3 == 0, i, i, i, at)
		record, err := wire.DecodeRecord([]byte(line), 0)
		if err != nil {
			return err
		}
		records = append(records, record)
	}
	verdicts, err := s.Import(order.Why{Actor: "import"}).Take(ctx, records)
	for _, v := range verdicts {
		if v.Refused != nil {
			err = errors.Join(err, v.Refused)
		}
	}
	return err
}

func sendCart(ctx context.Context, s *order.Service) error {
	sender := order.CartSender{Credentials: order.Credentials{Store: main}, Address: "192.0.2.1"}
	store, err := s.AdmitCart(ctx, sender)
	if err != nil {
		return err
	}
	_, err = s.CreateCart(ctx, store, sender, &order.CartContents{
		ReferenceID: "waits", Items: []order.Item{{Description: "Tent", Quantity: 2, UnitPrice: 1999, WeightUnits: "LB"}},
	})
	return err
}
