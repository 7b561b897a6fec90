package storagetest

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// testHeads compares every kind of an operator's list with a selection one by
// one.
func testHeads(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same every time
	all := randomOrders(t, storage, s, c, random)
	found := 0
	for range 500 {
		q := randomQuery(random, all)
		var want []order.Head
		for _, h := range all {
			if selectsHead(q, h) {
				want = append(want, h)
			}
		}
		if q.Newest > 0 {
			want = want[max(0, len(want)-q.Newest):]
		}
		var got []order.Head
		err := s.Heads(t.Context(), q, func(h *order.Head) error {
			got = append(got, *h)
			return nil
		})
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%+v: %v\n%s", q, err, diff)
		}
		found += len(got)
	}
	if found < 500 {
		t.Errorf("the queries found %d orders in all: they are too narrow to tell", found)
	}
}

func randomOrders(t *testing.T, storage order.Storage, s *order.Service, c *clock, random *rand.Rand) (all []order.Head) {
	t.Helper()
	mustOrder(t, s, otherStore, checkout(), "r1")
	for range 60 {
		c.tick(time.Duration(random.IntN(10)) * time.Hour)
		details := checkout()
		details.Test, details.Screen = random.IntN(4) == 0, random.IntN(3) == 0
		id := mustOrder(t, s, storeNumber, details, []string{"", "r1", "r2"}[random.IntN(3)])
		if random.IntN(2) == 0 {
			if err := s.SetMerchantOrderID(t.Context(), id, []string{"m1", "m2"}[random.IntN(2)], why); err != nil {
				t.Fatal(err)
			}
		}
		if random.IntN(3) == 0 {
			if err := s.Move(t.Context(), id, order.Hold, why); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, head(t, storage, id))
	}
	return all
}

func randomQuery(random *rand.Rand, all []order.Head) order.HeadQuery {
	q := order.HeadQuery{Store: storeNumber}
	some := func() order.Head { return all[random.IntN(len(all))] }
	options := []func(){
		func() { q.After = some().Number },
		func() { q.Statuses = []order.Status{some().State.Status} },
		func() { q.Statuses = []order.Status{order.OnHold, order.FraudReview} },
		func() { q.PlacedFrom = some().PlacedAt },
		func() { q.PlacedBefore = some().PlacedAt },
		func() { q.ReferenceID = some().ReferenceID },
		func() { q.MerchantOrderID = some().MerchantOrderID },
		func() { q.Unmerchanted = true },
		func() { test := some().Test; q.Test = &test },
		func() { q.Newest = 1 + random.IntN(20) },
	}
	for range random.IntN(4) {
		options[random.IntN(len(options))]()
	}
	return q
}

func selectsHead(q order.HeadQuery, h order.Head) bool {
	return h.Store == q.Store && h.Number > q.After &&
		(len(q.Statuses) == 0 || slices.Contains(q.Statuses, h.State.Status)) &&
		(q.PlacedFrom.IsZero() || !h.PlacedAt.Before(q.PlacedFrom)) &&
		(q.PlacedBefore.IsZero() || h.PlacedAt.Before(q.PlacedBefore)) &&
		(q.ReferenceID == "" || h.ReferenceID == q.ReferenceID) &&
		(q.MerchantOrderID == "" || h.MerchantOrderID == q.MerchantOrderID) &&
		(!q.Unmerchanted || h.MerchantOrderID == "") &&
		(q.Test == nil || h.Test == *q.Test)
}

// testHeadPages lists more than one page of orders and misses none.
func testHeadPages(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	const orders = 2000 // two whole pages: the third is empty
	fill := func(tx order.Tx) error {
		for n := range orders {
			number, at, err := tx.NextNumber(storeNumber, begin)
			if err != nil {
				return err
			}
			h := order.Head{
				ID: order.ID{Store: storeNumber, Number: number}, PlacedAt: at, StatusAt: at,
				State: order.State{Status: order.InProcess}, Test: n%2 == 0,
			}
			if err := tx.InsertOrder(h, order.Document{Format: 1, Body: []byte("{}")}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := storage.InTx(t.Context(), fill); err != nil {
		t.Fatal(err)
	}
	next := order.Number(1)
	err := s.Heads(t.Context(), order.HeadQuery{Store: storeNumber}, func(h *order.Head) error {
		if h.Number != next {
			t.Fatalf("order %d comes where %d should", h.Number, next)
		}
		next++
		return nil
	})
	if err != nil || next != orders+1 {
		t.Errorf("listed up to %d, %v", next-1, err)
	}
	stop := s.Heads(t.Context(), order.HeadQuery{Store: storeNumber}, func(*order.Head) error { return errOnPurpose })
	if stop != errOnPurpose { //nolint:errorlint // it is returned as it is
		t.Errorf("an error of yield became %v", stop)
	}
	wantFault(t, s.Heads(t.Context(), order.HeadQuery{Store: 5}, nil), fault.NotFound)
}

func testRemoveSecret(t *testing.T, storage order.Storage) {
	second := uuid.NewString()
	valid := func(s *order.Service, candidate string) bool {
		_, err := s.Authenticate(t.Context(), order.Credentials{Store: storeNumber, Secret: candidate})
		return err == nil
	}
	c := newClock(begin)
	s := newService(t, storage, c)
	tests := []struct {
		name   string
		choice order.SecretChoice
		code   fault.Code
		first  bool // still valid
		second bool
	}{
		{"one that is none", order.SecretChoice{Is: uuid.NewString(), Last: true}, fault.Invalid, true, true},
		{"the older", order.SecretChoice{}, "", false, true},
		{"the only one", order.SecretChoice{}, fault.Conflict, false, true},
		{"the only one by its text", order.SecretChoice{Is: second}, fault.Conflict, false, true},
		{"the only one on purpose", order.SecretChoice{Newer: true, Last: true}, "", false, false},
		{"none", order.SecretChoice{Last: true}, fault.Invalid, false, false},
	}
	c.tick(time.Hour)
	if err := s.RotateSecret(t.Context(), storeNumber, second); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		_, err := s.RemoveSecret(t.Context(), storeNumber, test.choice)
		if (test.code == "") != (err == nil) || (err != nil && !fault.Is(err, test.code)) {
			t.Errorf("%s: %v, want the fault %q", test.name, err, test.code)
		}
		if valid(s, secret) != test.first || valid(s, second) != test.second {
			t.Errorf("after %s: valid are %t and %t, want %t and %t", test.name, valid(s, secret), valid(s, second), test.first, test.second)
		}
	}
	for _, fresh := range []string{secret, second} {
		if err := s.RotateSecret(t.Context(), storeNumber, fresh); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.RemoveSecret(t.Context(), storeNumber, order.SecretChoice{Is: second}); err != nil || !valid(s, secret) || valid(s, second) {
		t.Errorf("by its text: %v; valid are %t and %t", err, valid(s, secret), valid(s, second))
	}
	_, err := s.RemoveSecret(t.Context(), 5, order.SecretChoice{})
	wantFault(t, err, fault.NotFound)
}
