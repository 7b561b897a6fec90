package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

//go:embed scale_copies.sql
var copiesSQL string

// script is one of copiesSQL, in the dialect of an engine.
func script(name string, dialect []string, values map[string]int64) string {
	_, text, found := strings.Cut(copiesSQL, "-- name: "+name+"\n")
	if !found {
		panic("there is no script " + name) // a defect of this package
	}
	text, _, _ = strings.Cut(text, "-- name: ")
	pairs := append([]string{"{status}", string(order.InProcess)}, dialect...)
	for key, value := range values {
		pairs = append(pairs, "{"+key+"}", strconv.FormatInt(value, 10))
	}
	return strings.TrimSpace(strings.NewReplacer(pairs...).Replace(text))
}

// firstShop is the first of the stores in which nothing but placing happens.
const firstShop = order.StoreNumber(2000)

// fillTemplate makes the orders of the demo, and the shops.
func fillTemplate(ctx context.Context, t target, s sizing, say func(string, ...any)) (err error) {
	storage, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	if err := populate(ctx, storage, scale{Orders: s.Template}, say); err != nil {
		return err
	}
	service := newService(storage, today)
	for i := range s.Shops {
		request := order.NewStoreRequest{Number: firstShop + order.StoreNumber(i), Name: "Shop", Test: true, Secret: secret}
		if _, err := service.AddStore(ctx, request); err != nil {
			return fmt.Errorf("add a shop: %w", err)
		}
	}
	return nil
}

// smallDocuments are the template's, made so small that ten million of them
// fit on an ordinary disk.
func smallDocuments(ctx context.Context, t target, s sizing) (documents []order.Document, err error) {
	storage, err := t.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	err = storage.View(ctx, func(v order.View) error {
		for n := 1; n <= s.Template; n++ {
			_, doc, err := v.Detail(order.ID{Store: lookups, Number: order.Number(n)})
			if err == nil {
				doc, err = smaller(doc)
			}
			if err != nil {
				return fmt.Errorf("make the document of order %d smaller: %w", n, err)
			}
			documents = append(documents, doc)
		}
		return nil
	})
	return documents, err
}

// halfPage is how long two documents may be that share a page of SQLite's.
const halfPage = 2000

// dispensable is what a document does without until it is short enough.
var dispensable = []func(*order.Details){
	func(d *order.Details) { d.Items = d.Items[:1] },
	func(d *order.Details) {
		item := &d.Items[0]
		item.ImageURL, item.URL, item.DescriptionLong, item.DescriptionDetailed, item.FabricContent = "", "", "", "", ""
	},
	func(d *order.Details) { d.BillTo, d.Promo, d.Shipping.Instructions = order.Address{}, nil, "" },
	func(d *order.Details) { d.Payment = order.Payment{Gateway: d.Payment.Gateway} },
	func(d *order.Details) {
		d.Misc, d.NationalIdentifier, d.BirthDate, d.BoxCount = [6]string{}, "", "", ""
	},
	func(d *order.Details) { d.ShipTo.Phone, d.ShipTo.Company, d.ShipTo.Address2 = "", "", "" },
	func(d *order.Details) {
		item := &d.Items[0]
		item.Brand, item.Category, item.Color, item.Material, item.HSCode = "", "", "", "", ""
	},
	func(d *order.Details) { d.Shipping = order.Shipping{} },
}

// smaller is the document without what it can do without.
func smaller(doc order.Document) (order.Document, error) {
	d, err := wire.Codec{}.DecodeDetails(doc)
	for _, drop := range dispensable {
		if err != nil || len(doc.Body) <= halfPage {
			break
		}
		drop(d)
		doc, err = wire.Codec{}.EncodeDetails(d)
	}
	return doc, err
}

// copier makes a database of some size.
type copier struct {
	sizing
	spreading
	dialect []string
	session session
	say     func(string, ...any)
}

func (c *copier) script(name string, first, last int) string {
	gap := 24 * time.Hour / perDay
	return script(name, c.dialect, map[string]int64{
		"store": int64(lookups), "template": int64(c.Template), "first": int64(first), "last": int64(last),
		"day0": c.calendar().day(0).UnixMilli(), "perDay": perDay, "gap": gap.Milliseconds(), "testEvery": testEvery,
		"size": int64(c.Size), "subset": int64(c.spreading.Subset), "few": int64(c.spreading.Few),
	})
}

// fill puts the copies in the place of the template.
func (c *copier) fill(ctx context.Context, documents []order.Document) error {
	if err := c.session.transact(ctx, c.script("template", 0, 0)); err != nil {
		return fmt.Errorf("set the template aside: %w", err)
	}
	if err := c.session.documents(ctx, documents); err != nil {
		return err
	}
	if err := c.session.alone(ctx, "VACUUM"); err != nil { // of what the template has left
		return fmt.Errorf("clear the template away: %w", err)
	}
	for first := 1; first <= c.Size; first += c.Batch {
		last := min(first+c.Batch-1, c.Size)
		if err := c.session.transact(ctx, c.script("batch", first, last)); err != nil {
			return fmt.Errorf("copy orders %d to %d: %w", first, last, err)
		}
		c.say("  %d of %d orders", last, c.Size)
	}
	return nil
}

// finish makes the store what it is asked as.
func (c *copier) finish(ctx context.Context, settle []string) error {
	if err := c.session.transact(ctx, c.script("finish", 0, 0)); err != nil {
		return fmt.Errorf("finish the store: %w", err)
	}
	for _, statement := range settle {
		if err := c.session.alone(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
