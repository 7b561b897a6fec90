package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/storage/transfer"
)

// faulty fails when so many transactions were begun, before or after COMMIT.
type faulty struct {
	*postgres.Storage
	left  atomic.Int64
	after bool
}

var errBroken = errors.New("broken off")

func (f *faulty) InTx(ctx context.Context, fn func(order.Tx) error) error {
	if f.left.Add(-1) >= 0 {
		return f.Storage.InTx(ctx, fn)
	}
	if f.after {
		if err := f.Storage.InTx(ctx, fn); err != nil {
			return err
		}
	}
	return errBroken
}

// TestResume breaks off after every transaction of a copy. Meanwhile nobody
// gets into a store, and the shop goes on between the runs.
func TestResume(t *testing.T) {
	for _, goesOn := range []bool{false, true} {
		transfer.SmallPages(t, 30)
		w, path := populated(t, 7, 400)
		to, d := database(t)
		mended := int64(0)
		for run := range int64(200) {
			f := &faulty{Storage: to, after: run%2 == 0}
			f.left.Store(run / 2)
			report, err := copyInto(t.Context(), w.storage, f)
			mended += report.Mended
			if err == nil {
				if run < 6 {
					t.Fatalf("finished in run %d: %+v", run, report)
				}
				break
			}
			if !errors.Is(err, errBroken) {
				t.Fatal(err)
			}
			wantHidden(t, to)
			if goesOn && run%7 == 0 {
				w.mustLive(t, 30)
			}
		}
		if report, err := verify(t.Context(), w.storage, to); err != nil {
			t.Errorf("%+v: %v", report, err)
		}
		if goesOn != (mended > 0) {
			t.Errorf("%d orders and carts were brought up to date", mended)
		}
		wantSameTables(t, path, d)
	}
}

func (w *world) mustLive(t *testing.T, steps int) {
	t.Helper()
	err := w.live(t.Context(), steps)
	if err == nil && w.random.IntN(2) == 0 {
		w.millis.Add(int64(40 * time.Hour / time.Millisecond))
		_, err = w.PurgeCarts(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// wantHidden sees that stores that are there let nobody in, unless the copy
// has been finished.
func wantHidden(t *testing.T, to order.Storage) {
	t.Helper()
	s := newWorld(to, 1)
	stores, err := s.Stores(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	open := 0
	for _, store := range stores {
		if store.State != order.StoreLoading || len(store.Secrets) > 0 {
			open++
			continue
		}
		for _, text := range []string{secret, newerSecret, ""} {
			if _, err := s.Authenticate(t.Context(), order.Credentials{Store: store.Number, Secret: text}); !fault.Is(err, fault.Credentials) {
				t.Fatalf("store %d lets somebody in: %v", store.Number, err)
			}
		}
		if err := s.shopping(t.Context()); err == nil {
			t.Fatalf("store %d takes carts", store.Number)
		}
	}
	if open > 0 && open < len(stores) {
		t.Fatalf("%d of %d stores are open", open, len(stores))
	}
}

// TestCartsGoOn breaks off when all carts are copied. Then some lapse or
// become orders, and a purge drops others.
func TestCartsGoOn(t *testing.T) {
	w, path := populated(t, 12, 300)
	to, d := database(t)
	w.brokenOffBeforeTheEnd(t, to)
	waiting, err := w.Carts(t.Context(), order.CartQuery{Store: other})
	if err != nil || len(waiting) < 5 {
		t.Fatalf("%d carts wait: %v", len(waiting), err)
	}
	live := waiting[len(waiting)-5:] // others have lapsed already
	for _, c := range live[:3] {
		w.lapse(t, c.ID)
	}
	if _, err := w.Place(t.Context(), live[3].ID, order.Checkout{ShipTo: order.Address{Name: "Sample Person", Address1: "1 Sample Street", City: "Sampleton", CountryCode: "CA"}}, why); err != nil {
		t.Fatal(err)
	}
	// One that lapses after all others and that the file does not have: to get
	// rid of it the others go, too, and are copied again.
	err = to.InTx(t.Context(), func(tx order.Tx) error {
		return tx.AddCart(order.CartRecord{ID: "ffffffff-0000-4000-8000-000000000000", Store: other, CreatedAt: begin, ExpiresAt: begin.AddDate(1, 0, 0), Contents: order.Document{Format: 1, Body: []byte("x")}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if report := mustCopy(t, w.storage, to); report.Mended < 4 {
		t.Errorf("the report says %+v", report)
	}
	wantSameTables(t, path, d)

	again, d := database(t)
	w.brokenOffBeforeTheEnd(t, again)
	w.lapse(t, live[4].ID)
	if report := mustCopy(t, w.storage, again); report.Mended != 1 {
		t.Errorf("one cart has lapsed, and the report says %+v", report)
	}
	wantSameTables(t, path, d)
}

// TestTampering changes an unfinished copy in ways in which no order changes.
// The copy is not finished, and the order is named, of the one store that
// differs.
func TestTampering(t *testing.T) {
	w, _ := populated(t, 12, 200)
	at := w.orders[slices.IndexFunc(w.orders, func(id order.ID) bool { return id.Store == other })]
	to, d := database(t)
	w.brokenOffBeforeTheEnd(t, to)
	where := fmt.Sprintf(" WHERE store = %d AND number = %d", at.Store, at.Number)
	for _, set := range []struct{ sql, undo, what string }{
		{"UPDATE orders SET placed_at = placed_at - 1", "UPDATE orders SET placed_at = placed_at + 1", "date"},
		{"UPDATE orders SET test = NOT test", "UPDATE orders SET test = NOT test", "test flag"},
	} {
		conn := connect(t, d)
		if _, err := conn.Exec(t.Context(), set.sql+where); err != nil {
			t.Fatal(err)
		}
		report, err := copyInto(t.Context(), w.storage, to)
		want := transfer.Difference{Store: other, Order: at.Number, What: "differs: " + set.what}
		if is, ok := errors.AsType[*transfer.Difference](err); !ok || *is != want {
			t.Errorf("%s: %v", set.sql, err)
		}
		for _, s := range report.Stores {
			if (s.Source == s.Destination) != (s.Number != other) {
				t.Errorf("%s: the report says of store %d %+v", set.sql, s.Number, s)
			}
		}
		wantHidden(t, to)
		if _, err := conn.Exec(t.Context(), set.undo+where); err != nil {
			t.Fatal(err)
		}
	}
}

// lapse lets a cart lapse that no purge has come to yet.
func (w *world) lapse(t *testing.T, id order.CartID) {
	t.Helper()
	err := w.storage.InTx(t.Context(), func(tx order.Tx) error {
		n, err := tx.ExpireCarts(order.CartQuery{ID: id}, w.now(), 1)
		if n != 1 {
			t.Errorf("%d carts have lapsed", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// brokenOffBeforeTheEnd copies everything and does not finish.
func (w *world) brokenOffBeforeTheEnd(t *testing.T, to *postgres.Storage) {
	t.Helper()
	carts := func(of order.Storage) (n int) {
		err := of.View(t.Context(), func(v order.View) error {
			ids, err := v.CartIDs("", 1_000_000)
			n = len(ids)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for carts(to) < carts(w.storage) {
		f := &faulty{Storage: to}
		f.left.Store(2) // the stores, and one batch
		if _, err := copyInto(t.Context(), w.storage, f); !errors.Is(err, errBroken) {
			t.Fatalf("it was not broken off: %v", err)
		}
	}
	wantHidden(t, to)
}
