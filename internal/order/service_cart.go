package order

import (
	"context"
	"fmt"

	"entrepot/internal/fault"
)

// CartSender says who sends a cart: at least the store's number. Secret may be
// empty (Credentials); Address is the client's, for the quota.
type CartSender struct {
	Credentials
	Address string
}

// AdmitCart checks who sends a cart: with a secret, the secret must be right;
// without, the store's number serves, unless the store wants a secret. The
// faults are Credentials and Closed.
func (s *Service) AdmitCart(ctx context.Context, sender CartSender) (store Store, err error) {
	err = s.storage.View(ctx, func(v View) error {
		store, err = s.admitCart(v, sender)
		return err
	})
	return store, err
}

func (s *Service) admitCart(v View, sender CartSender) (Store, error) {
	store, err := v.Store(sender.Store)
	// A store that is not there costs the same work as one that wants a secret.
	if err != nil || sender.Secret != "" || store.Settings.RequireSecretForCarts {
		store, err = s.authenticate(v, sender.Credentials)
	}
	switch {
	case err != nil:
		return Store{}, err
	case store.State == StoreClosed:
		return Store{}, fault.New(fault.Closed, fmt.Sprintf("store %d is closed and takes no carts", store.Number))
	case store.State == StoreLoading:
		return Store{}, errLoading(store.Number)
	}
	return store, nil
}

// CreateCart keeps a cart of an admitted sender until its shopper comes, or it
// lapses. The fault TooMany says that a quota is used up.
func (s *Service) CreateCart(ctx context.Context, store Store, sender CartSender, contents *CartContents) (CartID, error) {
	if _, err := ItemsTotal(contents.Items); err != nil {
		return "", err
	}
	doc, err := s.codec.EncodeCart(contents)
	if err != nil {
		return "", fmt.Errorf("encode cart: %w", err)
	}
	now := s.now()
	record := CartRecord{
		ID: s.newCartID(), Store: store.Number, Contents: doc,
		CreatedAt: now, ExpiresAt: now.Add(store.cartLifetime()),
	}
	if sender.Secret == "" {
		record.Address = s.storage.SecretKey().HashAddress(sender.Address)
	}
	err = s.storage.InTx(ctx, func(tx Tx) error {
		if err := s.checkQuota(tx, record); err != nil {
			return err
		}
		return tx.AddCart(record)
	})
	if err != nil {
		return "", fmt.Errorf("keep cart: %w", err)
	}
	return record.ID, nil
}

func (s *Service) checkQuota(v View, record CartRecord) error {
	ofStore, ofAddress, err := v.CartUsage(record.Store, record.Address)
	if err != nil {
		return fmt.Errorf("load cart usage: %w", err)
	}
	size := CartUsage{Carts: 1, Bytes: int64(len(record.Contents.Body))}
	if s.quota.PerStore.exceededBy(ofStore.plus(size)) {
		return fault.New(fault.TooMany, "the store holds as many waiting carts as it may")
	}
	if record.Address != nil && s.quota.PerAddress.exceededBy(ofAddress.plus(size)) {
		return fault.New(fault.TooMany, "this address holds as many waiting carts as it may; send the store's secret to be free of this limit")
	}
	return nil
}

func (u CartUsage) plus(more CartUsage) CartUsage {
	return CartUsage{Carts: u.Carts + more.Carts, Bytes: u.Bytes + more.Bytes}
}

// Cart loads a cart that can still become an order; NotFound, Expired, or
// Exists when it has become one.
func (s *Service) Cart(ctx context.Context, id CartID) (cart Cart, err error) {
	err = s.storage.View(ctx, func(v View) error {
		record, err := v.Cart(id)
		if err != nil {
			return err
		}
		if record.Became != 0 {
			return fault.New(fault.Exists, "the cart has become order "+ID{record.Store, record.Became}.String())
		}
		cart, err = s.openCart(record)
		return err
	})
	return cart, err
}

func (s *Service) openCart(record CartRecord) (Cart, error) {
	if !record.ExpiresAt.After(s.now()) {
		return Cart{}, fault.New(fault.Expired, "the cart has lapsed; the shop has to send a new one")
	}
	contents, err := s.codec.DecodeCart(record.Contents)
	if err != nil {
		return Cart{}, fmt.Errorf("decode cart %s: %w", record.ID, err)
	}
	return Cart{
		ID: record.ID, Store: record.Store, CreatedAt: record.CreatedAt, ExpiresAt: record.ExpiresAt,
		CartContents: *contents,
	}, nil
}

// purgeBatch bounds how long a purge keeps other writers waiting.
const purgeBatch = 500

// PurgeCarts drops the carts that have lapsed and says how many.
func (s *Service) PurgeCarts(ctx context.Context) (int, error) {
	for total := 0; ; {
		var n int
		err := s.storage.InTx(ctx, func(tx Tx) (err error) {
			n, err = tx.RemoveExpiredCarts(s.now(), purgeBatch)
			return err
		})
		total += n
		if err != nil || n < purgeBatch {
			return total, err
		}
	}
}
