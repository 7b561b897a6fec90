package postgres

import (
	"crypto/sha256"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

const (
	storeColumns = `s.number, s.name, s.test, s.state, s.created_at, s.cart_needs_secret, s.cart_lifetime_ms,
		s.domestic_shipping, s.retain_identity_ms, s.allowed_origins,
		s.older_secret, coalesce(s.older_secret_at, 0), s.newer_secret, coalesce(s.newer_secret_at, 0)`
	selectStores = "SELECT " + storeColumns + " FROM stores s ORDER BY s.number"
	// The next question is often for a list, which needs the disorder.
	selectStore = "SELECT " + storeColumns + `, coalesce(c.date_disorder, 0)
		FROM stores s LEFT JOIN order_counters c ON c.store = s.number WHERE s.number = $1`
	// Whoever looks for a free number is alone in it.
	lockInstallation = "SELECT one FROM installation FOR NO KEY UPDATE"
)

// storeRow is where a row of storeColumns goes.
type storeRow struct {
	store        order.Store
	number       int64
	state        string
	createdAt    int64
	lifetime     int64
	shipping     string
	retain       int64
	origins      string
	secrets      [order.MaxSecrets][]byte
	secretTimes  [order.MaxSecrets]int64
	dateDisorder int64 // not of all queries
}

func (r *storeRow) fields() []any {
	return []any{
		&r.number, &r.store.Name, &r.store.Test, &r.state, &r.createdAt, &r.store.Settings.RequireSecretForCarts, &r.lifetime,
		&r.shipping, &r.retain, &r.origins, &r.secrets[0], &r.secretTimes[0], &r.secrets[1], &r.secretTimes[1],
	}
}

func (r *storeRow) read() order.Store {
	s := r.store
	s.Number, s.State, s.CreatedAt = order.StoreNumber(r.number), order.StoreState(r.state), fromMillis(r.createdAt)
	s.Settings.CartLifetime = time.Duration(r.lifetime) * time.Millisecond
	s.Settings.DomesticShipping = order.DomesticShipping(r.shipping)
	s.Settings.RetainIdentity = time.Duration(r.retain) * time.Millisecond
	s.Settings.AllowedOrigins = order.Origins(r.origins)
	for i, hash := range r.secrets {
		if len(hash) == sha256.Size { // the database takes no other
			s.Secrets = append(s.Secrets, order.SecretHash{Hash: [sha256.Size]byte(hash), CreatedAt: fromMillis(r.secretTimes[i])})
		}
	}
	return s
}

// storeDates are how the dates of a store's orders lie.
type storeDates struct {
	store    order.StoreNumber
	disorder int64 // milliseconds
}

// Store implements order.View.
func (v view) Store(n order.StoreNumber) (order.Store, error) {
	var r storeRow
	err := v.one(append(r.fields(), &r.dateDisorder), v.locking(selectStore, "s"), int64(n))
	if err != nil {
		return order.Store{}, err
	}
	if !v.locks {
		v.store = &storeDates{n, r.dateDisorder}
	}
	return r.read(), nil
}

// Stores implements order.View.
func (v view) Stores() (stores []order.Store, err error) {
	if v.locks {
		v.later(nothing, lockInstallation)
	}
	err = v.each(func(rows pgx.Rows) error {
		var r storeRow
		if err := rows.Scan(r.fields()...); err != nil {
			return err
		}
		stores = append(stores, r.read())
		return nil
	}, selectStores)
	return stores, err
}

// AddStore implements order.Tx.
func (t tx) AddStore(s order.Store) error {
	t.write(lockInstallation)
	t.write(`INSERT INTO stores (number, name, test, state, created_at, cart_needs_secret, cart_lifetime_ms, domestic_shipping, retain_identity_ms,
			allowed_origins)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		int64(s.Number), s.Name, s.Test, string(s.State), millis(s.CreatedAt),
		s.Settings.RequireSecretForCarts, s.Settings.CartLifetime.Milliseconds(), string(s.Settings.DomesticShipping),
		s.Settings.RetainIdentity.Milliseconds(), string(s.Settings.AllowedOrigins))
	t.write("INSERT INTO order_counters (store, last_number, last_placed_at) VALUES ($1, 0, 0)", int64(s.Number))
	return t.SetSecrets(s.Number, s.Secrets)
}

// SetSecrets implements order.Tx.
func (t tx) SetSecrets(n order.StoreNumber, secrets []order.SecretHash) error {
	if len(secrets) > order.MaxSecrets {
		return fault.New(fault.Internal, "a store has at most two secrets")
	}
	var hashes [order.MaxSecrets][]byte
	var times [order.MaxSecrets]*int64
	for i, s := range secrets {
		at := millis(s.CreatedAt)
		hashes[i], times[i] = s.Hash[:], &at
	}
	t.update(errNotFound, `UPDATE stores SET older_secret = $2, older_secret_at = $3, newer_secret = $4, newer_secret_at = $5
		WHERE number = $1`, int64(n), hashes[0], times[0], hashes[1], times[1])
	return nil
}

// SetStore implements order.Tx.
func (t tx) SetStore(s order.Store) error {
	t.update(errNotFound, `UPDATE stores SET name = $2, state = $3, cart_needs_secret = $4, cart_lifetime_ms = $5, domestic_shipping = $6,
		retain_identity_ms = $7, allowed_origins = $8 WHERE number = $1`,
		int64(s.Number), s.Name, string(s.State), s.Settings.RequireSecretForCarts, s.Settings.CartLifetime.Milliseconds(),
		string(s.Settings.DomesticShipping), s.Settings.RetainIdentity.Milliseconds(), string(s.Settings.AllowedOrigins))
	return nil
}
