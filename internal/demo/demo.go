// Package demo fills a storage with the believable orders of a shop for
// outdoor and home goods.
//
// Everything goes through order.Service, with its clock set to the time of
// each step, so that numbers, dates, notes and histories are as if the months
// had passed. All of it follows from a seed. People, phone numbers, e-mail
// addresses and cards are invented.
package demo

import (
	"context"
	"fmt"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// Options say what to make. The same Store, Orders, Seed and Now give the same
// answers to every request.
type Options struct {
	Store  order.StoreNumber
	Name   string
	Secret string // see order.CheckSecret
	Orders int
	Seed   uint64
	Now    time.Time // the last order is minutes older, and nothing is younger

	Progress func(done, total int) // called after each batch that is on disk; may be nil
}

// batch is how many orders share a transaction: enough to make the durable
// write cheap, few enough to show progress.
const batch = 200

// Populate adds a store that takes live and test orders, and its orders of the
// last six months. The faults are Exists, when the storage has the store, and
// Invalid. When it fails half-way, whole batches of orders stay.
func Populate(ctx context.Context, storage order.Storage, o Options) error {
	p, err := newPlanner(o)
	if err != nil {
		return err
	}
	if err := addStore(ctx, storage, o); err != nil {
		return err
	}
	for done := 0; done < o.Orders; {
		next := min(done+batch, o.Orders)
		if err := p.write(ctx, storage, done, next); err != nil {
			return fmt.Errorf("make the orders %d to %d: %w", done+1, next, err)
		}
		done = next
		if o.Progress != nil {
			o.Progress(done, o.Orders)
		}
	}
	return nil
}

func (o Options) validate() error {
	switch {
	case o.Store <= 0:
		return fault.Field("store", "is not a positive whole number")
	case o.Orders < 0:
		return fault.Field("orders", "is negative; expected zero or more")
	case o.Now.IsZero():
		return fault.Field("now", "is required")
	}
	return nil
}

func addStore(ctx context.Context, storage order.Storage, o Options) error {
	opened := o.Now.Add(-span - 24*time.Hour)
	service := order.NewService(order.Config{Storage: storage, Clock: func() time.Time { return opened }})
	request := order.NewStoreRequest{Number: o.Store, Name: o.Name, Secret: o.Secret}
	if _, err := service.AddStore(ctx, request); err != nil {
		return fmt.Errorf("add store %d: %w", o.Store, err)
	}
	return nil
}

// write makes the orders from one index up to another in one transaction. It
// captures nothing that a second run of the transaction would find changed.
func (p *planner) write(ctx context.Context, storage order.Storage, from, to int) error {
	return storage.InTx(ctx, func(tx order.Tx) error {
		w := newWriter(storage, tx, p.options)
		for i := from; i < to; i++ {
			plan, err := p.plan(i)
			if err != nil {
				return err
			}
			if err := w.write(ctx, plan); err != nil {
				return err
			}
		}
		return nil
	})
}
