package main

import (
	"context"

	"entrepot/internal/order"
)

// storeJSON is a store (docs/cli-json.md).
type storeJSON struct {
	Store                 order.StoreNumber      `json:"store"`
	Name                  optional               `json:"name"`
	State                 order.StoreState       `json:"state"`
	Test                  bool                   `json:"test"`
	AddedAt               moment                 `json:"addedAt"`
	RequireSecretForCarts bool                   `json:"requireSecretForCarts"`
	CartLifetimeSeconds   int64                  `json:"cartLifetimeSeconds"`
	DomesticShipping      order.DomesticShipping `json:"domesticShipping"`
	RetainIdentityDays    int64                  `json:"retainIdentityDays"`
	AllowedOrigins        []string               `json:"allowedOrigins"`
	Secrets               []secretJSON           `json:"secrets"`
}

// secretJSON says of a secret since when it is valid, and nothing else.
type secretJSON struct {
	SetAt moment `json:"setAt"`
}

type storesJSON struct {
	Stores []storeJSON `json:"stores"`
}

func newStoreJSON(s order.Store) storeJSON {
	j := storeJSON{
		Store: s.Number, Name: optional(s.Name), State: s.State, Test: s.Test, AddedAt: moment(s.CreatedAt),
		RequireSecretForCarts: s.Settings.RequireSecretForCarts,
		CartLifetimeSeconds:   int64(s.Settings.CartLifetime.Seconds()),
		DomesticShipping:      s.Settings.DomesticShipping,
		RetainIdentityDays:    int64(s.Settings.RetainIdentity.Hours()) / 24,
		AllowedOrigins:        append([]string{}, s.Settings.AllowedOrigins.List()...),
		Secrets:               []secretJSON{},
	}
	for _, secret := range s.Secrets {
		j.Secrets = append(j.Secrets, secretJSON{moment(secret.CreatedAt)})
	}
	return j
}

// storeShownJSON is one store with what waits in it (docs/cli-json.md).
type storeShownJSON struct {
	storeJSON
	WaitingCarts int64    `json:"waitingCarts"`
	LastOrder    optional `json:"lastOrderId"`
}

func newStoresJSON(stores []order.Store) storesJSON {
	j := storesJSON{Stores: []storeJSON{}}
	for _, s := range stores {
		j.Stores = append(j.Stores, newStoreJSON(s))
	}
	return j
}

// printStore prints what a change has made of a store, for programs.
func (f jsonFlag) printStore(ctx context.Context, con console, s *order.Service, number int64) error {
	if !f.JSON {
		return nil
	}
	store, err := s.Store(ctx, order.StoreNumber(number))
	if err != nil {
		return noStore(number, err)
	}
	return writeJSON(con.Out, newStoreJSON(store))
}
