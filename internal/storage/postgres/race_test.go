package postgres_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"entrepot/internal/order"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/testkit"
)

// TestDeadlockOfNodes has two nodes lock two orders each, in opposite order.
// One of them is chosen by the server, run again, and counted; both succeed.
func TestDeadlockOfNodes(t *testing.T) {
	server := testkit.Postgres(t)
	d := server.Database(t)
	server.Exec(t, "ALTER ROLE "+d.User+" SET deadlock_timeout = '10ms'")
	o := on(d)
	storage := openOn(t, o)
	ids := twoOrders(t, storage)
	var both, done sync.WaitGroup
	both.Add(2)
	seen := newRetries()
	for who := range 2 {
		o.Observer = seen
		node := openAgain(t, o)
		done.Go(func() {
			arrive := sync.OnceFunc(func() { both.Done(); both.Wait() }) // in the first run each has what the other wants next
			err := node.InTx(t.Context(), func(tx order.Tx) error { return claim(tx, ids[who], ids[1-who], arrive) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if e, ok := errors.AsType[*pgconn.PgError](<-seen.again); !ok || e.Code != "40P01" {
		t.Errorf("a transaction was run again because of %v", e)
	}
	for _, id := range ids {
		err := storage.View(t.Context(), func(v order.View) error {
			h, err := v.Head(id)
			if len(h.Tracking) != 2 {
				t.Errorf("order %s has %v, and both nodes wrote", id, h.Tracking)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// claim adds a tracking number to two orders, in their order.
func claim(tx order.Tx, first, second order.ID, between func()) error {
	for i, id := range []order.ID{first, second} {
		h, err := tx.Head(id)
		if err != nil {
			return err
		}
		if err := tx.SetTracking(id, append(h.Tracking, "from "+first.String())); err != nil {
			return err
		}
		if i == 0 {
			between()
		}
	}
	return nil
}

func twoOrders(t *testing.T, storage *postgres.Storage) (ids []order.ID) {
	t.Helper()
	store, err := order.NewStore(999, "", false, time.UnixMilli(0))
	if err != nil {
		t.Fatal(err)
	}
	err = storage.InTx(t.Context(), func(tx order.Tx) error {
		ids = nil
		if err := tx.AddStore(store); err != nil {
			return err
		}
		for range 2 {
			number, at, err := tx.NextNumber(999, time.UnixMilli(0))
			if err != nil {
				return err
			}
			id := order.ID{Store: 999, Number: number}
			ids = append(ids, id)
			head := order.Head{ID: id, PlacedAt: at, StatusAt: at, State: order.State{Status: order.InProcess}}
			if err := tx.InsertOrder(head, order.Document{Format: 1, Body: []byte("{}")}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}
