package postgres_test

import (
	"bytes"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/storage/postgres"
)

func key(of byte) order.SecretKey { return bytes.Repeat([]byte{of}, 32) }

// TestTakeKey gives a database a key until it holds a store, as a role that
// may do no more than serve.
func TestTakeKey(t *testing.T) {
	storage, ok := opening(t)(t).(*postgres.Storage)
	if !ok {
		t.Fatal("this is another storage")
	}
	wantKey := func(want order.SecretKey) {
		t.Helper()
		if !bytes.Equal(storage.SecretKey(), want) {
			t.Errorf("the key is %x, want %x", storage.SecretKey(), want)
		}
	}
	if err := storage.TakeKey(t.Context(), key(1)[:31]); !fault.Is(err, fault.Invalid) {
		t.Errorf("a short key: %v", err)
	}
	for _, k := range []order.SecretKey{key(1), key(2), key(2)} {
		if err := storage.TakeKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
		wantKey(k)
	}
	err := storage.InTx(t.Context(), func(tx order.Tx) error {
		return tx.AddStore(order.Store{Number: 7, State: order.StoreLoading, Settings: order.StoreSettings{CartLifetime: order.DefaultCartLifetime, DomesticShipping: order.ShippingAdded}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := storage.TakeKey(t.Context(), key(2)); err != nil {
		t.Errorf("the key that it has: %v", err)
	}
	if err := storage.TakeKey(t.Context(), key(3)); !fault.Is(err, fault.Exists) {
		t.Errorf("another key: %v", err)
	}
	wantKey(key(2))
}

// TestKeyIsKept opens the database again.
func TestKeyIsKept(t *testing.T) {
	o := database(t)
	storage := openOn(t, o)
	if err := storage.TakeKey(t.Context(), key(5)); err != nil {
		t.Fatal(err)
	}
	if again := openAgain(t, o); !bytes.Equal(again.SecretKey(), key(5)) {
		t.Errorf("opened again, the key is %x", again.SecretKey())
	}
}

// TestAnalyze sees that the server knows of the tables what is in them, if
// their owner asks; nobody else may, and is not told off.
func TestAnalyze(t *testing.T) {
	o := database(t)
	storage := openOn(t, o)
	if err := storage.Analyze(t.Context()); err != nil {
		t.Fatal(err)
	}
	var analyzed int
	sql := "SELECT count(*) FROM pg_class WHERE reltuples >= 0 AND relkind = 'r' AND relname IN ('stores', 'orders', 'order_documents', 'order_changes', 'order_notes', 'carts')"
	if err := postgres.Session(t, o).QueryRow(t.Context(), sql).Scan(&analyzed); err != nil || analyzed != 6 {
		t.Errorf("%d tables are analyzed: %v", analyzed, err)
	}
	serving, ok := opening(t)(t).(*postgres.Storage)
	if !ok {
		t.Fatal("this is another storage")
	}
	if err := serving.Analyze(t.Context()); err != nil {
		t.Errorf("who only serves is refused: %v", err)
	}
}
