package storagetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// OpenNodes opens one empty database as so many nodes do: each has a storage
// of its own, which lives as long as the test.
type OpenNodes func(t *testing.T, nodes int) []order.Storage

// RunNodes holds an implementation to the rules between nodes that share a
// database.
func RunNodes(t *testing.T, open OpenNodes) {
	rules := []struct {
		name string
		rule func(*testing.T, []order.Storage)
	}{
		{"numbers become visible in order", testNodesVisibility},
		{"a cart becomes one order", testNodesPlaceOnce},
		{"racing updates", testNodesUpdates},
		{"a store's changes are seen at once", testNodesStoreSeen},
		{"racing changes of a store", testNodesStoreChanges},
		{"stores get numbers of their own", testNodesStoreNumbers},
		{"the last place of a quota", testNodesQuota},
		{"a store opens during its import", testNodesOpening},
		{"lapsed carts go once", testNodesPurge},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) { r.rule(t, open(t, 3)) })
	}
}

// skew is by how much the clock of a node differs from that of the next.
const skew = 7 * time.Minute

// nodeServices are one service for each node, with clocks that differ.
func nodeServices(t *testing.T, storages []order.Storage) (services []*order.Service) {
	t.Helper()
	newService(t, storages[0], newClock(begin))
	for i, storage := range storages {
		c := newClock(begin.Add(time.Duration(i-1) * skew))
		services = append(services, order.NewService(order.Config{Storage: storage, Codec: codec, Clock: c.now, NewCartID: newCartID}))
	}
	return services
}

// nodesTime is how long orders are placed.
const nodesTime = 2 * time.Second

func testNodesVisibility(t *testing.T, storages []order.Storage) {
	services := nodeServices(t, storages)
	ctx, cancel := context.WithTimeout(t.Context(), nodesTime)
	defer cancel()
	placed, lost, err := follow(ctx, t, services...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d orders placed on %d nodes", placed, len(storages))
	if len(lost) > 0 || placed == 0 {
		t.Errorf("of %d orders pollers never saw %v", placed, lost)
	}
}

// RunNodesVisibilityVariant shows that the rule can fail: it runs it on nodes
// that hand out numbers in another way.
func RunNodesVisibilityVariant(t *testing.T, open OpenNodes) {
	services := nodeServices(t, open(t, 3))
	ctx, cancel := context.WithTimeout(t.Context(), nodesTime)
	defer cancel()
	placed, lost, err := follow(ctx, t, services...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d orders placed; pollers never saw %d of them", placed, len(lost))
	if len(lost) == 0 {
		t.Error("the variant passes: the test cannot fail")
	}
}

// each runs fn on every node at once.
func each(services []*order.Service, fn func(node int, s *order.Service)) {
	var group sync.WaitGroup
	for i, s := range services {
		group.Go(func() { fn(i, s) })
	}
	group.Wait()
}

func testNodesPlaceOnce(t *testing.T, storages []order.Storage) {
	services := nodeServices(t, storages)
	for range 15 {
		cart, err := newCart(t.Context(), services[0], storeNumber, "")
		if err != nil {
			t.Fatal(err)
		}
		results := make([]order.Placed, len(services))
		each(services, func(node int, s *order.Service) {
			var err error
			if results[node], err = s.Place(t.Context(), cart, checkout(), why); err != nil {
				t.Error(err)
			}
		})
		first := 0
		for _, r := range results {
			if r.ID != results[0].ID {
				t.Errorf("cart %s became %s and %s", cart, r.ID, results[0].ID)
			}
			if !r.Again {
				first++
			}
		}
		if first != 1 {
			t.Errorf("%d nodes made a new order of one cart", first)
		}
	}
	checkFinds(t, services[0])
}

func testNodesUpdates(t *testing.T, storages []order.Storage) {
	services := nodeServices(t, storages)
	statuses := []order.Status{order.Preparing, order.ShipmentReady, order.LabelsPrinted}
	for range 15 {
		id := mustOrder(t, services[0], storeNumber, checkout(), "")
		each(services, func(node int, s *order.Service) {
			if err := s.VendorMove(t.Context(), id, statuses[node], why); err != nil {
				t.Error(err)
			}
			if err := s.AddTracking(t.Context(), id, []string{fmt.Sprint(node)}, why); err != nil {
				t.Error(err)
			}
			if err := s.AddNote(t.Context(), id, order.Note{Text: "x"}, why); err != nil {
				t.Error(err)
			}
		})
		checkChain(t, storages[1], id)
		if h := head(t, storages[1], id); len(h.Tracking) != 3 || h.Notes != 3 || h.Changes != 10 {
			t.Errorf("order %s lost something: %+v", id, h)
		}
	}
	checkFinds(t, services[0])
}

// testNodesQuota lets all nodes send a cart where one more has room.
func testNodesQuota(t *testing.T, storages []order.Storage) {
	nodeServices(t, storages)
	var services []*order.Service
	for _, storage := range storages {
		services = append(services, order.NewService(order.Config{
			Storage: storage, Codec: codec, Clock: newClock(begin).now, NewCartID: newCartID,
			Quota: order.CartQuota{PerStore: order.CartUsage{Carts: 1000, Bytes: 1 << 30}, PerAddress: order.CartUsage{Carts: 1, Bytes: 1 << 30}},
		}))
	}
	for range 10 {
		admitted := make([]error, len(services))
		carts := make([]order.CartID, len(services))
		each(services, func(node int, s *order.Service) {
			carts[node], admitted[node] = newCart(t.Context(), s, storeNumber, "")
		})
		room := 0
		for i, err := range admitted {
			if err == nil {
				room++
				if _, err := services[0].Place(t.Context(), carts[i], checkout(), why); err != nil {
					t.Error(err)
				}
			} else {
				wantFault(t, err, fault.TooMany)
			}
		}
		if room != 1 {
			t.Errorf("%d carts were taken where one had room", room)
		}
	}
	checkFinds(t, services[0])
}

// testNodesOpening opens a store on one node while the others import orders
// from the highest number down: none may come below those that a list shows.
func testNodesOpening(t *testing.T, storages []order.Storage) {
	services := nodeServices(t, storages)
	newLoading(t, services[0])
	const orders = 60
	var seen []order.Listed
	var begun sync.WaitGroup
	begun.Add(2)
	each(services, func(node int, s *order.Service) {
		if node == 0 {
			begun.Wait()
			if err := s.OpenStore(t.Context(), loadingStore); err != nil {
				t.Error(err)
			}
			seen = list(t, storages[0], order.ListQuery{Store: loadingStore})
			return
		}
		for n := orders; n > 0; n-- {
			r := record(t, loadingStore, order.Number(2*n+node), begin.Add(-time.Hour))
			if _, err := s.Import(why).Take(t.Context(), []order.Record{r}); err != nil {
				t.Error(err)
			}
			if n == orders-5 {
				begun.Done()
			}
		}
	})
	later := list(t, storages[1], order.ListQuery{Store: loadingStore})
	t.Logf("%d orders when the store was opened, %d in the end", len(seen), len(later))
	if !slices.Equal(seen, later) { // all that come later have lower numbers
		t.Errorf("a list of %d orders became one of %d", len(seen), len(later))
	}
	checkFinds(t, services[0])
}

// testNodesPurge drops carts on all nodes at once.
func testNodesPurge(t *testing.T, storages []order.Storage) {
	services := nodeServices(t, storages)
	const carts = 1200
	fill := func(tx order.Tx) error {
		for n := range carts {
			record := order.CartRecord{
				ID: newCartID(), Store: storeNumber, CreatedAt: begin, ExpiresAt: begin.Add(-time.Hour), Address: []byte{byte(n % 7)},
				Contents: order.Document{Format: 1, Body: []byte("{}")},
			}
			if err := tx.AddCart(record); err != nil {
				return err
			}
		}
		return nil
	}
	if err := storages[0].InTx(t.Context(), fill); err != nil {
		t.Fatal(err)
	}
	removed := make([]int, len(services))
	each(services, func(node int, s *order.Service) {
		var err error
		if removed[node], err = s.PurgeCarts(t.Context()); err != nil {
			t.Error(err)
		}
	})
	last, err := services[0].PurgeCarts(t.Context())
	if sum := removed[0] + removed[1] + removed[2] + last; err != nil || sum != carts {
		t.Errorf("%d carts of %d are gone, %v", sum, carts, err)
	}
	if whole, _ := usage(t, storages[0], "192.0.2.1"); whole != (order.CartUsage{}) {
		t.Errorf("the store still holds %+v", whole)
	}
	checkFinds(t, services[0])
}
