package storagetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"entrepot/internal/order"
)

// testStatusCounts counts in steps of every size: none may skip an order or
// count one twice, least of all where one store ends and the next begins.
func testStatusCounts(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	if got := countInSteps(t, storage, 10); len(got) != 0 {
		t.Errorf("without orders there are %v", got)
	}
	held := []order.ID{mustOrder(t, s, storeNumber, checkout(), ""), mustOrder(t, s, otherStore, checkout(), "")}
	for range 2 {
		mustOrder(t, s, storeNumber, checkout(), "")
		mustOrder(t, s, otherStore, checkout(), "")
	}
	for _, id := range held {
		if err := s.Move(t.Context(), id, order.Hold, why); err != nil {
			t.Fatal(err)
		}
	}
	want := map[order.Status]int64{order.OnHold: 2, order.InProcess: 4}
	for step := 1; step <= 7; step++ {
		if diff := cmp.Diff(want, countInSteps(t, storage, step)); diff != "" {
			t.Errorf("in steps of %d:\n%s", step, diff)
		}
	}
	got, err := s.CountStatuses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the service counts otherwise:\n%s", diff)
	}
}

func countInSteps(t *testing.T, storage order.Storage, step int) map[order.Status]int64 {
	t.Helper()
	counts := map[order.Status]int64{}
	var after, last order.ID
	for first := true; first || last != (order.ID{}); first = false {
		view(t, storage, func(v order.View) (err error) {
			last, err = v.CountStatuses(after, step, counts)
			return err
		})
		after = last
	}
	return counts
}
