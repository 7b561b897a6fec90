package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
)

// TestKilledAtRandom ends connections at random, in COMMIT as anywhere, while
// orders are placed on two nodes: what was answered with success is there, once,
// and what was answered with a known failure is not.
func TestKilledAtRandom(t *testing.T) {
	o := database(t)
	storages := []order.Storage{openOn(t, o), openAgain(t, o)}
	err := storages[0].InTx(t.Context(), func(tx order.Tx) error {
		store, err := order.NewStore(999, "", false, time.UnixMilli(0))
		return errors.Join(err, tx.AddStore(store))
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	var writers sync.WaitGroup
	said := make([]sayings, 8)
	for i := range said {
		writers.Go(func() { said[i].write(ctx, storages[i%2], i) })
	}
	kills := killAtRandom(ctx, t, o)
	writers.Wait()
	there := placed(t, storages[0])
	succeeded, failed, unknown := 0, 0, 0
	for _, s := range said {
		for reference, answer := range s {
			switch {
			case answer == "" && there[reference] != 1, answer == "unknown" && there[reference] > 1:
				t.Errorf("%s was answered with %q, and is there %d times", reference, answer, there[reference])
			case answer != "" && answer != "unknown" && there[reference] != 0:
				t.Errorf("%s failed (%s), and is there", reference, answer)
			}
			switch answer {
			case "":
				succeeded++
			case "unknown":
				unknown++
			default:
				failed++
			}
		}
	}
	t.Logf("%d connections ended; %d succeeded, %d failed, %d unknown", kills, succeeded, failed, unknown)
	if kills == 0 || succeeded == 0 {
		t.Error("nothing happened")
	}
}

// sayings are the answers by the reference id of the order: "" for success.
type sayings map[string]string

// write places orders until the context ends.
func (s *sayings) write(ctx context.Context, storage order.Storage, who int) {
	*s = sayings{}
	for n := 0; ctx.Err() == nil; n++ {
		reference := fmt.Sprintf("%d-%d", who, n)
		err := storage.InTx(context.WithoutCancel(ctx), func(tx order.Tx) error {
			number, at, err := tx.NextNumber(999, time.UnixMilli(int64(n)))
			if err != nil {
				return err
			}
			return tx.InsertOrder(order.Head{
				ID: order.ID{Store: 999, Number: number}, PlacedAt: at, StatusAt: at,
				State: order.State{Status: order.InProcess}, ReferenceID: reference,
			}, order.Document{Format: 1, Body: []byte("{}")})
		})
		_, unknown := errors.AsType[*pgdb.OutcomeUnknownError](err)
		switch {
		case err == nil:
			(*s)[reference] = ""
		case unknown:
			(*s)[reference] = "unknown"
		default:
			(*s)[reference] = err.Error()
		}
	}
}

func killAtRandom(ctx context.Context, t *testing.T, o postgres.Options) (kills int) {
	t.Helper()
	killer := postgres.Session(t, o)
	for ctx.Err() == nil {
		var n int
		// Every other time it looks for one that is in COMMIT.
		query := `SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database()
			AND pid <> pg_backend_pid() AND (query = 'commit' AND state = 'active' OR $1) ORDER BY random() LIMIT 1) AS one`
		if err := killer.QueryRow(t.Context(), query, rand.IntN(2) == 0).Scan(&n); err != nil {
			t.Fatal(err)
		}
		kills += n
		time.Sleep(time.Duration(rand.IntN(10)) * time.Millisecond)
	}
	return kills
}

// placed counts the orders by their reference id, and sees that their numbers
// have no gaps.
func placed(t *testing.T, s order.Storage) map[string]int {
	t.Helper()
	there := map[string]int{}
	err := s.View(t.Context(), func(v order.View) error {
		heads, err := v.Heads(order.HeadQuery{Store: 999})
		for i, h := range heads {
			there[h.ReferenceID]++
			if h.Number != order.Number(i+1) {
				t.Errorf("order %d comes after order %d", h.Number, i)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}
