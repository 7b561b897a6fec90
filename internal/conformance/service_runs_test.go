package conformance_test

import (
	"bytes"
	"testing"

	"entrepot/internal/api"
	"entrepot/internal/conformance"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
	"entrepot/internal/wire"
)

// A run leaves nothing behind that the next one stumbles over, and uses nothing up. Each has
// a tenth of the carts that may come without a secret: ten in a row stay below the limit.
func TestServiceHoldsTheContract(t *testing.T) {
	t.Parallel()
	engines.Each(t, testServiceHoldsTheContract)
}

func testServiceHoldsTheContract(t *testing.T, e engines.Engine) {
	s := openOn(t, e)
	for range 2 {
		wantAllHeld(t, run(t, serve(t, s, func(s *setup) { s.api.CartRate = api.DefaultCartRate / 10 })))
	}
}

// contents is everything that clients are told of a store's orders.
func (s shop) contents(t *testing.T, number order.StoreNumber) (all []byte) {
	t.Helper()
	err := s.Operate(t.Context(), number, func(r order.Reader) error {
		var numbers []order.Number
		err := r.List(order.ListQuery{WithStatus: true}, func(l *order.Listed) error {
			numbers = append(numbers, l.Number)
			return nil
		})
		for _, n := range numbers {
			stored, detailErr := r.Detail(n)
			if detailErr != nil {
				return detailErr
			}
			if all, err = wire.AppendDetail(all, &stored); err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// carts is how many of a store's carts wait.
func (s shop) carts(t *testing.T, number order.StoreNumber) (waiting order.CartUsage) {
	t.Helper()
	err := s.storage.View(t.Context(), func(v order.View) (err error) {
		waiting, _, err = v.CartUsage(number, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return waiting
}

func TestRunThatOnlyReadsChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	before, otherBefore := s.contents(t, store), s.contents(t, otherStore)
	carts, otherCarts := s.carts(t, store), s.carts(t, otherStore)
	target := serve(t, s)
	target.Write = false
	report := run(t, target)
	if report.Failed() || report.Count(conformance.Held) < 350 {
		t.Errorf("the service does not hold the contract:\n%s", readable(t, report))
	}
	if len(before) == 0 || !bytes.Equal(before, s.contents(t, store)) || !bytes.Equal(otherBefore, s.contents(t, otherStore)) {
		t.Error("a run that only reads changed an order")
	}
	if carts != s.carts(t, store) || otherCarts != s.carts(t, otherStore) {
		t.Error("a run that only reads made a cart")
	}
}

// Where no order can be placed, test orders serve, as long as there are any.
func TestRunWithoutPlacing(t *testing.T) {
	t.Parallel()
	s := open(t)
	run(t, serve(t, s), only("prices are rounded half up to cents on intake, and totals are made of the rounded prices"))
	target := serve(t, s)
	target.Place = nil
	report := run(t, target)
	if report.Failed() {
		t.Errorf("a run that cannot place orders:\n%s", readable(t, report))
	}
	outcomes := map[string]conformance.Outcome{}
	for _, r := range report.Results {
		outcomes[r.Case] = r.Outcome
	}
	for name, want := range map[string]conformance.Outcome{
		"a shop imports an order and reports its progress": conformance.Held,     // of a test order
		"a cart becomes an order once only":                conformance.NotShown, // without an order
	} {
		if got, ran := outcomes[name]; !ran || got != want {
			t.Errorf("%s: outcome %v, want %v", name, got, want)
		}
	}
}
