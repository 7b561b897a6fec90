package postgres

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/storage/storagetest"
	"entrepot/internal/testkit"
)

// fresh opens an empty database of the test's own.
func fresh(t *testing.T) *Storage {
	t.Helper()
	d := testkit.Postgres(t).Database(t)
	o := Options{Options: pgdb.Options{URL: d.URL, PasswordFile: d.PasswordFile}}
	if err := Migrate(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestSchemaParts holds what check looks for to what the migrations make.
func TestSchemaParts(t *testing.T) {
	s := fresh(t)
	err := s.db.Read(t.Context(), func(tx pgx.Tx) error {
		made, err := view{newSession(context.WithoutCancel(t.Context()), tx, false)}.parts()
		made = slices.DeleteFunc(made, func(part string) bool { return strings.Contains(part, "goose_db_version") })
		if got := strings.Join(made, "\n") + "\n"; got != schemaParts {
			t.Errorf("the migrations make\n%s", got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sequenced takes numbers from a sequence, as programs often do, and keeps no
// two from placing an order at once.
type sequenced struct{ *Storage }

func (s sequenced) InTx(ctx context.Context, fn func(order.Tx) error) error {
	return s.Storage.InTx(ctx, func(t order.Tx) error { return fn(sequencedTx{t.(tx)}) })
}

type sequencedTx struct{ tx }

func (t sequencedTx) Store(n order.StoreNumber) (order.Store, error) {
	t.locks = false
	defer func() { t.locks = true }()
	return t.tx.Store(n)
}

func (t sequencedTx) NextNumber(_ order.StoreNumber, now time.Time) (order.Number, time.Time, error) {
	var n int64
	err := t.one([]any{&n}, "SELECT nextval('numbers')")
	return order.Number(n), now.Truncate(24 * time.Hour), err // one date for all, whatever the node's clock says
}

func TestSequenceVariant(t *testing.T) {
	storagetest.RunNodesVisibilityVariant(t, func(t *testing.T, n int) (storages []order.Storage) {
		s := fresh(t)
		Script(t, s.options, "CREATE SEQUENCE numbers")
		for range n {
			again, err := Open(t.Context(), s.options)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = again.Close() })
			storages = append(storages, sequenced{again})
		}
		return storages
	})
}

// TestFailedWrite lets a question get the error of a write before it, and the
// caller make light of it.
func TestFailedWrite(t *testing.T) {
	s := fresh(t)
	store, err := order.NewStore(1, "", false, time.UnixMilli(0))
	if err != nil {
		t.Fatal(err)
	}
	missing := order.ID{Store: 1, Number: 7}
	err = s.InTx(t.Context(), func(tx order.Tx) error {
		_ = tx.AddStore(store)
		_ = tx.SetMerchantOrderID(missing, "x")
		_, err := tx.Head(missing)
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("the head of no order: %v", err)
		}
		return nil
	})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("the write failed, and the transaction did not: %v", err)
	}
	err = s.View(t.Context(), func(v order.View) error {
		all, err := v.Stores()
		if len(all) != 0 {
			t.Error("the other half was committed")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	store.Name = "a\x00b"
	if err := s.InTx(t.Context(), func(tx order.Tx) error { return tx.AddStore(store) }); !fault.Is(err, fault.Invalid) {
		t.Errorf("a NUL: %v", err)
	}
}
