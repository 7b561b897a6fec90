package wire

import (
	"testing"

	"pgregory.net/rapid"

	"entrepot/internal/order"
)

// What is cut out of a list is what a list of that range would be.
func TestCutListed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store := order.StoreNumber(rapid.Int64Min(1).Draw(t, "store"))
		number := order.Number(0)
		var listed []order.Listed
		for range rapid.IntRange(0, 12).Draw(t, "orders") {
			number += order.Number(rapid.Int64Range(1, 30).Draw(t, "step"))
			listed = append(listed, order.Listed{
				Number: number, PlacedAt: rapid.Int64Range(0, 1<<45).Draw(t, "at"), Test: rapid.Bool().Draw(t, "test"),
			})
		}
		span := order.Span{After: order.Number(rapid.Int64Range(0, 200).Draw(t, "after")), Through: order.Number(rapid.Int64Range(0, 200).Draw(t, "through"))}
		var all, want []byte
		var counts Counts
		for i := range listed {
			all = AppendListed(append(all, ','), store, &listed[i], false)
			if n := listed[i].Number; n > span.After && n <= span.Through {
				want = AppendListed(append(want, ','), store, &listed[i], false)
				counts.Add(listed[i].Test)
			}
		}
		if got, c := CutListed(all, span); string(got) != string(want) || c != counts {
			t.Fatalf("%+v of %s is %s with %+v, want %s with %+v", span, all, got, c, want, counts)
		}
	})
}
