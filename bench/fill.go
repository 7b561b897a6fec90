package main

import (
	"context"
	"fmt"

	"entrepot/internal/money"
	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

// fillBatch is how many orders share a transaction.
const fillBatch = 5000

// fill makes the orders of a calendar straight in the storage: lists and
// updates never look at the document, so all share what one says.
func fill(ctx context.Context, storage *sqlite.Storage, c calendar) error {
	opened := newService(storage, c.day(0))
	_, err := opened.AddStore(ctx, order.NewStoreRequest{Number: c.Store, Name: "Lists", Secret: secret})
	if err != nil {
		return fmt.Errorf("add it: %w", err)
	}
	doc, err := wire.Codec{}.EncodeDetails(sample())
	if err != nil {
		return fmt.Errorf("prepare a document: %w", err)
	}
	for from := 1; from <= c.orders(); from += fillBatch {
		err := storage.InTx(ctx, func(tx order.Tx) error {
			return c.insert(tx, doc, from, min(from+fillBatch, c.orders()+1))
		})
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

func (c calendar) insert(tx order.Tx, doc order.Document, from, to int) error {
	for n := from; n < to; n++ {
		if err := c.insertOne(tx, doc, n); err != nil {
			return fmt.Errorf("order %d: %w", n, err)
		}
	}
	return nil
}

func (c calendar) insertOne(tx order.Tx, doc order.Document, n int) error {
	number, at, err := tx.NextNumber(c.Store, c.placed(n))
	if err != nil {
		return err
	}
	if int(number) != n || !at.Equal(c.placed(n)) {
		return fmt.Errorf("the storage made it number %d of %s, expected %d of %s", number, at, n, c.placed(n))
	}
	head := order.Head{
		ID: order.ID{Store: c.Store, Number: number}, PlacedAt: at, Test: c.test(n),
		State: order.FirstState(false), StatusAt: at, MerchantOrderID: fmt.Sprintf("%09d", n),
	}
	if err := tx.InsertOrder(head, doc); err != nil {
		return err
	}
	placed := order.Change{At: at, Actor: "checkout", Kind: order.ChangePlaced, To: string(head.State.Status)}
	return tx.AddChange(head.ID, placed)
}

func sample() *order.Details {
	to := order.Address{
		Name: "Ada Example", Email: "ada@example.com", Address1: "1 Example Street",
		City: "Toronto", Zip: "M5H 2N2", CountryCode: "CA", CountryName: "Canada",
	}
	return &order.Details{
		ShipTo: to, BillTo: to,
		Items:  []order.Item{{Description: "Example", Quantity: 1, UnitPrice: 1000, WeightUnits: "LB"}},
		Totals: order.Totals{Currency: money.Currency{Code: money.Dollar, Places: money.Cents}, Items: 1000, Grand: 1000},
	}
}
