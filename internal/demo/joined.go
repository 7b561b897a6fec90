package demo

import (
	"context"

	"entrepot/internal/order"
)

// joined is a storage whose transactions all join one that is open already,
// so that many steps of a Service share one durable write. Whoever opened it
// must let it fail when any of them fails: a joined one is not undone alone.
type joined struct {
	order.Storage // for its key
	tx            order.Tx
}

// View implements order.Storage.
func (j joined) View(_ context.Context, fn func(order.View) error) error { return fn(j.tx) }

// InTx implements order.Storage.
func (j joined) InTx(_ context.Context, fn func(order.Tx) error) error { return fn(j.tx) }
