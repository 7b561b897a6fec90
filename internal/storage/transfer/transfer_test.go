package transfer_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"entrepot/internal/demo"
	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/storage/storagetest"
	"entrepot/internal/storage/transfer"
	"entrepot/internal/testkit"
)

const (
	shop    order.StoreNumber = 999
	other   order.StoreNumber = 1000
	sandbox order.StoreNumber = 1001
	loading order.StoreNumber = 1002

	secret      = "5f0c6a52-8e1b-4f0e-9d6c-3f1a2b7c8d9e"
	newerSecret = "0b7a4f5e-8e1b-4f0e-9d6c-944445555666"
)

var (
	begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	why   = order.Why{Actor: "ann", Reason: "a test"}
)

// file is an empty SQLite file, where it is, and what closes it.
func file(t *testing.T) (*sqlite.Storage, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "entrepot.db")
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{Synchronous: sqlitedb.SyncOff})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, path
}

// database is an empty PostgreSQL database.
func database(t *testing.T) (*postgres.Storage, testkit.PostgresDatabase) {
	t.Helper()
	d := testkit.Postgres(t).Database(t)
	o := postgres.Options{Options: pgdb.Options{URL: d.URL, PasswordFile: d.PasswordFile}}
	if err := postgres.Migrate(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s, err := postgres.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, d
}

// with runs fn with all of a storage as the source, as the command does.
func with(ctx context.Context, from order.Storage, fn func(transfer.Source) error) error {
	return from.InTx(ctx, func(tx order.Tx) error { return fn(transfer.Source{View: tx, Key: from.SecretKey()}) })
}

func copyInto(ctx context.Context, from order.Storage, to transfer.Destination) (report transfer.Report, err error) {
	err = with(ctx, from, func(s transfer.Source) (err error) {
		report, err = transfer.Copy(ctx, s, to, transfer.Options{})
		return err
	})
	return report, err
}

func verify(ctx context.Context, from order.Storage, to transfer.Destination) (report transfer.Report, err error) {
	err = with(ctx, from, func(s transfer.Source) (err error) {
		report, err = transfer.Verify(ctx, s, to, transfer.Options{})
		return err
	})
	return report, err
}

func mustCopy(t *testing.T, from order.Storage, to transfer.Destination) transfer.Report {
	t.Helper()
	report, err := copyInto(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range report.Stores {
		if s.Source != s.Destination || s.Difference != nil || s.Source.Checksum == [32]byte{} {
			t.Errorf("the report says of store %d: %+v, %v", s.Number, s, s.Difference)
		}
	}
	return report
}

// TestCopy copies a population, and again, which changes nothing.
func TestCopy(t *testing.T) {
	for seed := range uint64(3) {
		transfer.SmallPages(t, []int{500, 1, 16}[seed])
		w, path := populated(t, seed, 350)
		to, d := database(t)
		first := mustCopy(t, w.storage, to)
		if first.Finished || first.Added < 80 || first.Mended != 0 {
			t.Errorf("the first run: %+v", first)
		}
		wantSameTables(t, path, d)
		second := mustCopy(t, w.storage, to)
		if !second.Finished || second.Added != 0 {
			t.Errorf("the second run: %+v", second)
		}
		if string(to.SecretKey()) != string(w.storage.SecretKey()) {
			t.Error("the key is another one")
		}
	}
}

// TestCopyDemo copies more than a few pages, whose orders have long lives.
func TestCopyDemo(t *testing.T) {
	from, path := file(t)
	err := demo.Populate(t.Context(), from, demo.Options{Store: shop, Name: "Demo", Secret: secret, Orders: 650, Seed: 1, Now: begin})
	if err != nil {
		t.Fatal(err)
	}
	to, d := database(t)
	var last transfer.Progress
	err = with(t.Context(), from, func(s transfer.Source) error {
		report, err := transfer.Copy(t.Context(), s, to, transfer.Options{Progress: func(p transfer.Progress) {
			if p.Stage == last.Stage && (p.Done < last.Done || p.Orders < last.Orders || p.Done > p.Total) {
				t.Errorf("progress goes from %+v to %+v", last, p)
			}
			last = p
		}})
		if report.Added != 650 || report.Stores[0].Destination.Orders != 650 {
			t.Errorf("the report says %+v", report)
		}
		return err
	})
	if want := (transfer.Progress{Stage: transfer.Verifying, Done: 650, Total: 650, Orders: 650}); err != nil || last != want {
		t.Errorf("the last progress is %+v, want %+v: %v", last, want, err)
	}
	wantSameTables(t, path, d)
}

// TestNothing copies a file without stores.
func TestNothing(t *testing.T) {
	from, _ := file(t)
	to, _ := database(t)
	if report := mustCopy(t, from, to); len(report.Stores) != 0 || report.Finished {
		t.Errorf("the report says %+v", report)
	}
}

// TestRefusals sees that nothing of another installation is touched.
func TestRefusals(t *testing.T) {
	w, _ := populated(t, 3, 50)
	foreign, _ := populated(t, 4, 50)
	to, _ := database(t)
	mustCopy(t, foreign.storage, to)
	if _, err := copyInto(t.Context(), w.storage, to); !fault.Is(err, fault.Exists) {
		t.Errorf("another installation's database: %v", err)
	}
	if _, err := verify(t.Context(), foreign.storage, to); err != nil {
		t.Errorf("what was there has changed: %v", err)
	}

	same, _ := database(t)
	if err := same.TakeKey(t.Context(), w.storage.SecretKey()); err != nil {
		t.Fatal(err)
	}
	if _, err := newWorld(same, 9).AddStore(t.Context(), order.NewStoreRequest{Number: 5, Secret: secret}); err != nil {
		t.Fatal(err)
	}
	if _, err := copyInto(t.Context(), w.storage, same); !fault.Is(err, fault.Exists) {
		t.Errorf("a store that is not the source's: %v", err)
	}

	third, _ := database(t)
	f := &faulty{Storage: third}
	f.left.Store(1)
	if _, err := copyInto(t.Context(), w.storage, f); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	if err := newWorld(third, 9).OpenStore(t.Context(), shop); err != nil {
		t.Fatal(err)
	}
	if _, err := copyInto(t.Context(), w.storage, third); !fault.Is(err, fault.Conflict) {
		t.Errorf("a store that was opened by hand: %v", err)
	}
}

// TestVerifyNoticesLaterOrders verifies a finished copy with which a shop has
// gone on.
func TestVerifyNoticesLaterOrders(t *testing.T) {
	w, _ := populated(t, 5, 100)
	to, _ := database(t)
	if _, err := verify(t.Context(), w.storage, to); err == nil {
		t.Error("an empty database is verified")
	}
	mustCopy(t, w.storage, to)
	at := slices.IndexFunc(w.orders, func(id order.ID) bool { return id.Store == other })
	next := newWorld(to, 5)
	if err := next.AddNote(t.Context(), w.orders[at], order.Note{Text: "later"}, why); err != nil {
		t.Fatal(err)
	}
	for _, run := range []func(context.Context, order.Storage, transfer.Destination) (transfer.Report, error){verify, copyInto} {
		report, err := run(t.Context(), w.storage, to)
		d, ok := errors.AsType[*transfer.Difference](err)
		if !ok || d.Store != other || d.Order != w.orders[at].Number || d.What != "differs: history, notes" {
			t.Errorf("verify says %v", err)
		}
		for _, s := range report.Stores {
			if (s.Source == s.Destination) != (s.Number != other) {
				t.Errorf("the report says of store %d: %+v", s.Number, s)
			}
		}
	}
}

// TestFullOrder copies an order that has something in every field.
func TestFullOrder(t *testing.T) {
	w, path := populated(t, 6, 0)
	storagetest.FullOrder(t, w.storage, w.Service)
	to, d := database(t)
	mustCopy(t, w.storage, to)
	wantSameTables(t, path, d)
}

// TestCulprit sees that the order is named that PostgreSQL does not take, and
// that it takes the copy once the order is mended.
func TestCulprit(t *testing.T) {
	w, path := populated(t, 2, 100)
	id := w.orders[20]
	err := w.storage.InTx(t.Context(), func(tx order.Tx) error {
		return tx.AddChange(id, order.Change{At: begin, Kind: "x", Reason: "a\x00b"})
	})
	if err != nil {
		t.Fatal(err)
	}
	to, d := database(t)
	_, err = copyInto(t.Context(), w.storage, to)
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "write order "+id.String()+": ") {
		t.Errorf("a NUL character: %v", err)
	}
	mendText(t, path)
	mustCopy(t, w.storage, to)
	wantSameTables(t, path, d)
}
