package order_test

import (
	"slices"
	"testing"

	"entrepot/internal/order"
)

// TestAllowed holds the list of moves to what Next does.
func TestAllowed(t *testing.T) {
	final := 0
	for _, from := range order.Statuses() {
		allowed := order.Allowed(from)
		if len(allowed) == 0 {
			final++
		}
		for _, move := range order.Moves() {
			// Some status that the vendor may ask for, and does not have.
			requested := order.ShipmentReady
			if from == requested {
				requested = order.Preparing
			}
			_, err := order.Next(order.State{Status: from, Resume: order.InProcess}, move, requested)
			if got := slices.Contains(allowed, move); got != (err == nil) {
				t.Errorf("%s from %s: listed %t, and Next says %v", move, from, got, err)
			}
		}
	}
	if final != 2 {
		t.Errorf("%d statuses are final; two are: cancelled, and complete", final)
	}
}
