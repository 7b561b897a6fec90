package storagetest

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

func list(t *testing.T, storage order.Storage, q order.ListQuery) (listed []order.Listed) {
	t.Helper()
	view(t, storage, func(v order.View) error {
		listed = nil
		return v.List(q, func(l *order.Listed) error {
			listed = append(listed, *l)
			return nil
		})
	})
	return listed
}

func testLists(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	if got := list(t, storage, order.ListQuery{Store: storeNumber}); len(got) != 0 {
		t.Errorf("a store without orders lists %v", got)
	}
	id := mustOrder(t, s, storeNumber, checkout(), "")
	c.tick(time.Second)
	sandbox := checkout()
	sandbox.Test = true
	second := mustOrder(t, s, storeNumber, sandbox, "")
	mustOrder(t, s, otherStore, checkout(), "")
	c.tick(time.Second)
	if err := s.SetMerchantOrderID(t.Context(), second, "S", why); err != nil {
		t.Fatal(err)
	}
	if err := s.Move(t.Context(), second, order.Hold, why); err != nil {
		t.Fatal(err)
	}
	want := []order.Listed{
		{Number: id.Number, PlacedAt: begin.UnixMilli()},
		{Number: second.Number, PlacedAt: begin.UnixMilli() + 1000, Test: true},
	}
	if diff := cmp.Diff(want, list(t, storage, order.ListQuery{Store: storeNumber})); diff != "" {
		t.Errorf("the slim list differs:\n%s", diff)
	}
	want[0].Status, want[0].StatusAt = order.InProcess, begin.UnixMilli()
	want[1].Status, want[1].StatusAt, want[1].MerchantOrderID = order.OnHold, begin.UnixMilli()+2000, "S"
	if diff := cmp.Diff(want, list(t, storage, order.ListQuery{Store: storeNumber, WithStatus: true})); diff != "" {
		t.Errorf("the list with statuses differs:\n%s", diff)
	}
	view(t, storage, func(v order.View) error {
		wantFault(t, v.List(order.ListQuery{Store: storeNumber, After: 99}, nil), fault.NotFound)
		n := 0
		err := v.List(order.ListQuery{Store: storeNumber}, func(*order.Listed) error { n++; return errOnPurpose })
		if !errors.Is(err, errOnPurpose) || n != 1 {
			t.Errorf("an error of yield: %v after %d", err, n)
		}
		return nil
	})
}

// testListsModel compares every kind of list with a selection one by one.
func testListsModel(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same every time
	var heads []order.Head
	for range 60 {
		if random.IntN(3) > 0 { // some share a millisecond
			c.tick(time.Duration(random.IntN(20)) * time.Hour)
		}
		id := mustOrder(t, s, storeNumber, checkout(), "")
		if random.IntN(2) == 0 {
			if err := s.SetMerchantOrderID(t.Context(), id, "m", why); err != nil {
				t.Fatal(err)
			}
		}
		heads = append(heads, head(t, storage, id))
	}
	moment := func() time.Time {
		if random.IntN(4) == 0 {
			return time.Time{}
		}
		at := heads[random.IntN(len(heads))].PlacedAt
		return at.Add(time.Duration(random.IntN(3)-1) * time.Millisecond)
	}
	for range 400 {
		q := order.ListQuery{
			Store: storeNumber, PlacedFrom: moment(), PlacedBefore: moment(),
			Unmerchanted: random.IntN(2) == 0, WithStatus: random.IntN(2) == 0,
		}
		if random.IntN(2) == 0 {
			q.After = heads[random.IntN(len(heads))].Number
		}
		var want, got []order.Number
		for _, h := range heads {
			if selects(q, h) {
				want = append(want, h.Number)
			}
		}
		for _, l := range list(t, storage, q) {
			got = append(got, l.Number)
		}
		if !slices.Equal(want, got) {
			t.Fatalf("%+v lists %v, want %v", q, got, want)
		}
		checkSpan(t, storage, q, list(t, storage, q))
	}
}

// checkSpan holds a span to what the query itself lists.
func checkSpan(t *testing.T, storage order.Storage, q order.ListQuery, want []order.Listed) {
	t.Helper()
	var span order.Span
	var final order.Number
	view(t, storage, func(v order.View) (err error) {
		span, final, err = v.Span(q)
		return err
	})
	switch {
	case final == 0: // it promises nothing
		return
	case q.WithStatus || q.Unmerchanted || span.Through > final:
		t.Fatalf("%+v has the span %+v, final through %d", q, span, final)
	}
	var got []order.Listed
	if span.After < span.Through {
		got = list(t, storage, order.ListQuery{Store: q.Store, Span: span})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%+v: its span %+v lists something else:\n%s", q, span, diff)
	}
}

// testFinal holds a storage to what it calls final, whatever becomes of orders.
func testFinal(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	for range 3 {
		mustOrder(t, s, storeNumber, checkout(), "")
	}
	before := list(t, storage, order.ListQuery{Store: storeNumber})
	id := order.ID{Store: storeNumber, Number: before[1].Number}
	c.tick(time.Hour)
	err := errors.Join(
		s.Move(t.Context(), id, order.Hold, why),
		s.SetMerchantOrderID(t.Context(), id, "M", why),
		s.AddTracking(t.Context(), id, []string{"T"}, why),
		s.AddNote(t.Context(), id, order.Note{Text: "N"}, why),
	)
	if err != nil {
		t.Fatal(err)
	}
	if erased, err := s.Erase(t.Context(), id, why); err != nil || !erased {
		t.Fatal(erased, err)
	}
	mustOrder(t, s, storeNumber, checkout(), "")
	after := list(t, storage, order.ListQuery{Store: storeNumber})
	if diff := cmp.Diff(before, after[:len(before)]); diff != "" || len(after) != len(before)+1 {
		t.Errorf("what a list shows of old orders has changed, or an order was lost:\n%s", diff)
	}
	view(t, storage, func(v order.View) error {
		_, final, err := v.Span(order.ListQuery{Store: storeNumber})
		if final != 0 && final != after[len(before)].Number {
			t.Errorf("final through %d, with the last order %d", final, after[len(before)].Number)
		}
		_, final, wrong := v.Span(order.ListQuery{Store: storeNumber, After: 99})
		if final > 0 || (wrong != nil && !fault.Is(wrong, fault.NotFound)) {
			t.Errorf("after no order: final through %d, %v", final, wrong)
		}
		return err
	})
}

func selects(q order.ListQuery, h order.Head) bool {
	return h.Number > q.After &&
		(q.PlacedFrom.IsZero() || !h.PlacedAt.Before(q.PlacedFrom)) &&
		(q.PlacedBefore.IsZero() || h.PlacedAt.Before(q.PlacedBefore)) &&
		(!q.Unmerchanted || h.MerchantOrderID == "")
}
