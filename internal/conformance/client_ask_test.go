package conformance_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"entrepot/client"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// faulty is a storage that fails on request.
type faulty struct {
	order.Storage
	view, tx atomic.Pointer[error]
}

func (f *faulty) View(ctx context.Context, fn func(order.View) error) error {
	if err := f.view.Load(); err != nil {
		return *err
	}
	return f.Storage.View(ctx, fn)
}

func (f *faulty) InTx(ctx context.Context, fn func(order.Tx) error) error {
	if err := f.tx.Load(); err != nil {
		return *err
	}
	return f.Storage.InTx(ctx, fn)
}

// bothVersions asks the service once by each version of orderDetail.
func bothVersions(t *testing.T, ask func(t *testing.T, s shop, f *faulty, o client.Options, url string)) {
	for name, version := range map[string]client.Version{"v1": client.V1, "v2": client.V2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			f := &faulty{Storage: s.storage}
			s.Service = order.NewService(order.Config{Storage: f, Codec: wire.Codec{}, NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) }})
			once := client.Options{Version: version, Retry: client.Retry{Attempts: 1}}
			ask(t, s, f, once, serve(t, s).URL)
		})
	}
}

func wantError[T error](t *testing.T, what string, err error, check func(T) bool) {
	t.Helper()
	found, ok := errors.AsType[T](err)
	outer, told := errors.AsType[*client.Error](err)
	if !ok || !told || !check(found) {
		t.Errorf("%s: %v (%T), as %+v", what, err, err, found)
		return
	}
	if len(outer.RequestID) != 16 || outer.Status == 0 {
		t.Errorf("%s: request %q, status %d", what, outer.RequestID, outer.Status)
	}
}

func lastError(ctx context.Context, c *client.Client, q client.OrderNumbersQuery) (last error) {
	for _, last = range c.OrderNumbers(ctx, q) {
		continue
	}
	return last
}

// everyEndpoint asks each of a client's methods about one order.
func everyEndpoint(ctx context.Context, c *client.Client, id client.OrderID) map[string]error {
	_, detail := c.Order(ctx, id)
	_, reference := c.OrderByReference(ctx, "x")
	_, cart := c.CreateTempCart(ctx, tent("r"))
	return map[string]error{
		"Order": detail, "OrderByReference": reference, "CreateTempCart": cart,
		"OrderNumbers":          lastError(ctx, c, client.OrderNumbersQuery{SinceOrderID: id}),
		"UpdateMerchantOrderID": c.UpdateMerchantOrderID(ctx, id, "17"),
		"UpdateStatus":          c.UpdateStatus(ctx, id, client.VendorShipmentReady),
		"SetTracking":           c.SetTracking(ctx, id, "1Z"),
	}
}

func tent(reference string) client.Cart {
	return client.Cart{ReferenceID: reference, Items: []client.CartItem{{Description: "Tent", Quantity: 2, UnitPrice: "199.00", Weight: "3.01", WeightUnits: "KG"}}}
}
