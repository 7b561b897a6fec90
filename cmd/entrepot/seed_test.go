package main_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"

	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

const (
	seedStore = 999
	cartKeys  = `"items": [{"description": "Enamel mug", "quantity": 2, "unitPrice": "12.50"}]`
)

const checkoutJSON = `{"name": "Sample Person", "email": "person@example.com", "address1": "1 Sample Street",
	"city": "Sampleton", "zip": "00000", "countryCode": "CA", "shippingTotal": 10, "dutyTaxesTotal": 3.20}`

// checkoutFile is a file that `order place` takes.
func checkoutFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "details.json")
	if err := os.WriteFile(path, []byte(checkoutJSON), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// template is a database that was made once, for tests to copy: making it takes
// longer than most of them.
type template struct {
	once         sync.Once
	file, secret string
}

var templates sync.Map // by the number of orders

// seed makes a database with a store and its orders 1 to count, and answers
// the store's secret.
func seed(t testing.TB, data string, count int) (secret string) {
	t.Helper()
	made, _ := templates.LoadOrStore(count, new(template))
	from, _ := made.(*template)
	from.once.Do(func() {
		file := filepath.Join(binaries, fmt.Sprintf("seed-%d.db", count))
		secret := uuid.NewString()
		if err := makeSeed(t.Context(), file, secret, count); err != nil {
			t.Fatalf("seed: %v", err)
		}
		from.file, from.secret = file, secret
	})
	if from.file == "" {
		t.Fatal("seeding has failed in an earlier test")
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	copyFile(t, from.file, filepath.Join(data, "entrepot.db"))
	return from.secret
}

func makeSeed(ctx context.Context, file, secret string, count int) error {
	storage, err := sqlite.Open(ctx, file, sqlite.Options{Synchronous: sqlitedb.SyncNormal})
	if err != nil {
		return err
	}
	err = newService(storage).add(ctx, secret)
	if err == nil {
		err = storage.InTx(ctx, func(tx order.Tx) error { return newService(joined{storage, tx}).place(ctx, count) })
	}
	return errors.Join(err, storage.Close())
}

// joined runs the steps of a service in one transaction that is open already.
type joined struct {
	order.Storage
	tx order.Tx
}

func (j joined) View(_ context.Context, fn func(order.View) error) error { return fn(j.tx) }
func (j joined) InTx(_ context.Context, fn func(order.Tx) error) error   { return fn(j.tx) }

type service struct{ *order.Service }

func newService(s order.Storage) service {
	newID := func() order.CartID { return order.CartID(uuid.NewString()) }
	return service{order.NewService(order.Config{Storage: s, Codec: wire.Codec{}, NewCartID: newID})}
}

func (s service) add(ctx context.Context, secret string) error {
	_, err := s.AddStore(ctx, order.NewStoreRequest{Number: seedStore, Name: "Sample shop", Secret: secret})
	return err
}

func (s service) place(ctx context.Context, count int) error {
	contents, checkout, err := sample()
	if err != nil {
		return err
	}
	store, err := s.Store(ctx, seedStore)
	if err != nil {
		return err
	}
	for i := range count {
		id, err := s.CreateCart(ctx, store, order.CartSender{}, contents)
		if err == nil {
			_, err = s.Place(ctx, id, checkout, order.Why{Actor: "seed", Reason: "a test"})
		}
		if err != nil {
			return fmt.Errorf("order %d: %w", i+1, err)
		}
	}
	return nil
}

func sample() (*order.CartContents, order.Checkout, error) {
	object, err := wire.ParseObject([]byte("{" + cartKeys + "}"))
	if err != nil {
		return nil, order.Checkout{}, err
	}
	contents, err := wire.DecodeCart(object)
	if err != nil {
		return nil, order.Checkout{}, err
	}
	if object, err = wire.ParseObject([]byte(checkoutJSON)); err != nil {
		return nil, order.Checkout{}, err
	}
	checkout, err := wire.DecodeCheckout(object)
	return contents, checkout, err
}
