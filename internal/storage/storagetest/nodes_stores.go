package storagetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// testNodesStoreSeen sees that no node answers from what it knew before.
func testNodesStoreSeen(t *testing.T, storages []order.Storage) {
	services := nodeServices(t, storages)
	here, there := services[0], services[1]
	valid := func(candidate string) bool {
		_, err := there.Authenticate(t.Context(), order.Credentials{Store: storeNumber, Secret: candidate})
		return err == nil
	}
	fresh := uuid.NewString()
	if !valid(secret) || valid(fresh) {
		t.Error("the secrets are not as they begin")
	}
	if err := here.RotateSecret(t.Context(), storeNumber, fresh); err != nil {
		t.Fatal(err)
	}
	if !valid(secret) || !valid(fresh) {
		t.Error("the other node does not know the new secret, or forgot the old one")
	}
	if _, err := here.RemoveSecret(t.Context(), storeNumber, order.SecretChoice{}); err != nil {
		t.Fatal(err)
	}
	if valid(secret) || !valid(fresh) {
		t.Error("the other node still takes the removed secret")
	}
	if err := here.CloseStore(t.Context(), storeNumber); err != nil {
		t.Fatal(err)
	}
	_, err := newCart(t.Context(), there, storeNumber, "")
	wantFault(t, err, fault.Closed)
}

// testNodesStoreChanges lets each node change something else of one store.
func testNodesStoreChanges(t *testing.T, storages []order.Storage) {
	services := nodeServices(t, storages)
	changes := []func(*order.Store, int){
		func(s *order.Store, n int) { s.Name = fmt.Sprint(n) },
		func(s *order.Store, n int) { s.Settings.CartLifetime = time.Duration(n+1) * time.Hour },
		func(s *order.Store, n int) { s.Settings.RetainIdentity = time.Duration(n+1) * time.Hour },
	}
	for n := range 10 {
		each(services, func(node int, s *order.Service) {
			if err := s.ConfigureStore(t.Context(), storeNumber, func(store *order.Store) { changes[node](store, n) }); err != nil {
				t.Error(err)
			}
		})
		store, err := services[0].Store(t.Context(), storeNumber)
		hours := time.Duration(n+1) * time.Hour
		if err != nil || store.Name != fmt.Sprint(n) || store.Settings.CartLifetime != hours || store.Settings.RetainIdentity != hours {
			t.Errorf("round %d: a change was lost: %+v, %v", n, store, err)
		}
	}
}

func testNodesStoreNumbers(t *testing.T, storages []order.Storage) {
	services := nodeServices(t, storages)
	var mu sync.Mutex
	taken := map[order.StoreNumber]bool{}
	for range 6 {
		each(services, func(_ int, s *order.Service) {
			store, err := s.AddStore(t.Context(), order.NewStoreRequest{Secret: secret})
			mu.Lock()
			defer mu.Unlock()
			if err != nil || taken[store.Number] {
				t.Errorf("store %d, %v", store.Number, err)
			}
			taken[store.Number] = true
		})
	}
}
