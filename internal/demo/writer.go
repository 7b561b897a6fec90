package demo

import (
	"context"
	"fmt"
	"math"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// writer takes plans through the order service, at the times they name.
type writer struct {
	service *order.Service
	sender  order.CartSender
	now     time.Time
	cart    order.CartID
}

var noQuota = order.CartUsage{Carts: math.MaxInt64, Bytes: math.MaxInt64}

func newWriter(storage order.Storage, tx order.Tx, o Options) *writer {
	w := &writer{sender: order.CartSender{Credentials: order.Credentials{Store: o.Store, Secret: o.Secret}}}
	w.service = order.NewService(order.Config{
		Storage: joined{storage, tx}, Codec: wire.Codec{},
		Clock:     func() time.Time { return w.now },
		NewCartID: func() order.CartID { return w.cart },
		Quota:     order.CartQuota{PerStore: noQuota, PerAddress: noQuota},
	})
	return w
}

func (w *writer) write(ctx context.Context, p plan) error {
	id, err := w.place(ctx, p)
	if err != nil {
		return err
	}
	for _, step := range p.steps {
		w.now = step.at
		if err := step.do(ctx, w.service, id); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) place(ctx context.Context, p plan) (order.ID, error) {
	w.now, w.cart = p.carted, p.cartID
	store, err := w.service.AdmitCart(ctx, w.sender)
	if err != nil {
		return order.ID{}, fmt.Errorf("admit cart: %w", err)
	}
	cart, err := w.service.CreateCart(ctx, store, w.sender, &p.cart)
	if err != nil {
		return order.ID{}, err
	}
	w.now = p.placed
	placed, err := w.service.Place(ctx, cart, p.checkout, order.Why{Actor: "checkout"})
	return placed.ID, err
}
