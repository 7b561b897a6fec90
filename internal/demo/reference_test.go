package demo

import (
	"maps"
	"slices"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// sharedReferences are those that lead to no order because several carry
// them.
func sharedReferences(t *testing.T, s order.Storage, all []made) map[string]bool {
	t.Helper()
	shared := map[string]bool{}
	service := order.NewService(order.Config{Storage: s, Codec: wire.Codec{}})
	err := service.Operate(t.Context(), 999, func(r order.Reader) error {
		for _, m := range all {
			n, err := r.Find(m.Head.ReferenceID)
			switch {
			case fault.Is(err, fault.Duplicate):
				shared[m.Head.ReferenceID] = true
			case err != nil || n != m.Head.Number:
				t.Errorf("reference %q leads to order %d (%v), want %d", m.Head.ReferenceID, n, err, m.Head.Number)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return shared
}

func TestAReferenceIsShared(t *testing.T) {
	t.Parallel()
	s := populate(t, options(20, 2))
	if shared := sharedReferences(t, s, load(t, s, 999)); len(shared) != 1 {
		t.Errorf("the references %v are shared, want one", slices.Collect(maps.Keys(shared)))
	}
}
