package sqlite

import (
	"crypto/sha256"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

const storeColumns = `number, name, test, state, created_at, cart_needs_secret, cart_lifetime_ms,
	domestic_shipping, older_secret, older_secret_at, newer_secret, newer_secret_at, retain_identity_ms,
	allowed_origins`

func (r row) store() order.Store {
	s := order.Store{
		Number: order.StoreNumber(r.int(0)), Name: r.text(1), Test: r.bool(2),
		State: order.StoreState(r.text(3)), CreatedAt: r.time(4),
		Settings: order.StoreSettings{
			RequireSecretForCarts: r.bool(5),
			CartLifetime:          time.Duration(r.int(6)) * time.Millisecond,
			DomesticShipping:      order.DomesticShipping(r.text(7)),
			RetainIdentity:        time.Duration(r.int(12)) * time.Millisecond,
			AllowedOrigins:        order.Origins(r.text(13)),
		},
	}
	for _, column := range []int{8, 10} {
		if hash := r.bytes(column); len(hash) == sha256.Size { // any other is damage, and fits no secret
			s.Secrets = append(s.Secrets, order.SecretHash{Hash: [sha256.Size]byte(hash), CreatedAt: r.time(column + 1)})
		}
	}
	return s
}

// Store implements order.View.
func (v view) Store(n order.StoreNumber) (store order.Store, err error) {
	q := query(v.conn, "SELECT "+storeColumns+" FROM stores WHERE number = ?", int64(n))
	err = q.one(func(r row) { store = r.store() })
	return store, err
}

// Stores implements order.View.
func (v view) Stores() (stores []order.Store, err error) {
	err = query(v.conn, "SELECT "+storeColumns+" FROM stores ORDER BY number").each(func(r row) error {
		stores = append(stores, r.store())
		return nil
	})
	return stores, err
}

// AddStore implements order.Tx.
func (t tx) AddStore(s order.Store) error {
	err := t.insert(`INSERT INTO stores (number, name, test, state, created_at, cart_needs_secret, cart_lifetime_ms, domestic_shipping, retain_identity_ms,
			allowed_origins)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		int64(s.Number), text(s.Name), s.Test, string(s.State), millis(s.CreatedAt),
		s.Settings.RequireSecretForCarts, s.Settings.CartLifetime.Milliseconds(), string(s.Settings.DomesticShipping),
		s.Settings.RetainIdentity.Milliseconds(), text(s.Settings.AllowedOrigins))
	if err != nil {
		return err
	}
	if err := t.insert("INSERT INTO order_counters (store, last_number, last_placed_at) VALUES (?, 0, 0)", int64(s.Number)); err != nil {
		return err
	}
	return t.SetSecrets(s.Number, s.Secrets)
}

// SetSecrets implements order.Tx.
func (t tx) SetSecrets(n order.StoreNumber, secrets []order.SecretHash) error {
	if len(secrets) > order.MaxSecrets {
		return fault.New(fault.Internal, "a store has at most two secrets")
	}
	var hashes [order.MaxSecrets][]byte
	var times [order.MaxSecrets]int64
	for i, s := range secrets {
		hashes[i], times[i] = s.Hash[:], millis(s.CreatedAt)
	}
	return t.update(`UPDATE stores SET
			older_secret = ?2, older_secret_at = iif(?2 IS NULL, NULL, ?3),
			newer_secret = ?4, newer_secret_at = iif(?4 IS NULL, NULL, ?5)
		WHERE number = ?1`, int64(n), hashes[0], times[0], hashes[1], times[1])
}

// SetStore implements order.Tx.
func (t tx) SetStore(s order.Store) error {
	return t.update(`UPDATE stores SET name = ?, state = ?, cart_needs_secret = ?, cart_lifetime_ms = ?, domestic_shipping = ?,
		retain_identity_ms = ?, allowed_origins = ?
		WHERE number = ?`,
		text(s.Name), string(s.State), s.Settings.RequireSecretForCarts, s.Settings.CartLifetime.Milliseconds(),
		string(s.Settings.DomesticShipping), s.Settings.RetainIdentity.Milliseconds(),
		text(s.Settings.AllowedOrigins), int64(s.Number))
}
