package order

import (
	"context"

	"entrepot/internal/fault"
)

// firstStore is the number of the first store that does not ask for one.
const firstStore StoreNumber = 1000

// NewStoreRequest says what store to add. Number zero takes the next free one.
type NewStoreRequest struct {
	Number StoreNumber
	Name   string
	Test   bool
	Secret string

	Loading bool // begins in StoreLoading, for an import
}

// AddStore adds a shop with its first secret. The faults are Exists and
// Invalid.
func (s *Service) AddStore(ctx context.Context, r NewStoreRequest) (store Store, err error) {
	if err := CheckSecret(r.Secret); err != nil {
		return Store{}, err
	}
	err = s.storage.InTx(ctx, func(tx Tx) error {
		number := r.Number
		if number == 0 {
			if number, err = nextStore(tx); err != nil {
				return err
			}
		}
		if store, err = NewStore(number, r.Name, r.Test, s.now()); err != nil {
			return err
		}
		if r.Loading {
			store.State = StoreLoading
		}
		store.Secrets = []SecretHash{s.hashed(number, r.Secret)}
		return tx.AddStore(store)
	})
	return store, err
}

func nextStore(v View) (StoreNumber, error) {
	stores, err := v.Stores()
	if err != nil {
		return 0, err
	}
	next := firstStore
	for _, store := range stores {
		next = max(next, store.Number+1)
	}
	return next, nil
}

func (s *Service) hashed(store StoreNumber, secret string) SecretHash {
	return SecretHash{Hash: s.storage.SecretKey().HashSecret(store, secret), CreatedAt: s.now()}
}

// RotateSecret makes a new secret valid beside the newest old one; an older
// one is dropped. The faults are NotFound, Exists and Invalid.
func (s *Service) RotateSecret(ctx context.Context, number StoreNumber, secret string) error {
	if err := CheckSecret(secret); err != nil {
		return err
	}
	added := s.hashed(number, secret)
	return s.storage.InTx(ctx, func(tx Tx) error {
		store, err := tx.Store(number)
		if err != nil {
			return err
		}
		if store.holds(added.Hash) {
			return fault.New(fault.Exists, "the secret is valid already; rotating needs a new one")
		}
		kept := store.Secrets[max(0, len(store.Secrets)-(MaxSecrets-1)):]
		return tx.SetSecrets(number, append(kept[:len(kept):len(kept)], added))
	})
}

// Store loads a shop; NotFound.
func (s *Service) Store(ctx context.Context, number StoreNumber) (store Store, err error) {
	err = s.storage.View(ctx, func(v View) error {
		store, err = v.Store(number)
		return err
	})
	return store, err
}

// Stores loads all shops, by number.
func (s *Service) Stores(ctx context.Context) (stores []Store, err error) {
	err = s.storage.View(ctx, func(v View) error {
		stores, err = v.Stores()
		return err
	})
	return stores, err
}

// ConfigureStore changes a shop's name, state and settings; NotFound. Into and
// out of StoreLoading leads another way (OpenStore); the fault is Closed.
func (s *Service) ConfigureStore(ctx context.Context, number StoreNumber, change func(*Store)) error {
	return s.storage.InTx(ctx, func(tx Tx) error {
		store, err := tx.Store(number)
		if err != nil {
			return err
		}
		state := store.State
		change(&store)
		if store.State != state && (state == StoreLoading || store.State == StoreLoading) {
			return errLoading(number)
		}
		return tx.SetStore(store)
	})
}
