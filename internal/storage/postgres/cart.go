package postgres

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

const (
	selectCart = "SELECT c.store, c.created_at, c.expires_at, c.address, c.became, c.format, c.body FROM carts c WHERE c.id = $1"
	// A cart that somebody is about to spend is left for the next time.
	deleteExpired = `DELETE FROM carts WHERE id = ANY (ARRAY (
			SELECT id FROM carts WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
		RETURNING store, address, became = 0, coalesce(octet_length(body), 0)`
)

// Cart implements order.View. In a transaction it locks the cart.
func (v view) Cart(id order.CartID) (order.CartRecord, error) {
	c := order.CartRecord{ID: id}
	var created, expires, format int64
	err := v.one([]any{(*int64)(&c.Store), &created, &expires, &c.Address, (*int64)(&c.Became), &format, &c.Contents.Body},
		v.locking(selectCart, "c"), uuidOf(id))
	if err != nil {
		return order.CartRecord{}, err
	}
	c.CreatedAt, c.ExpiresAt, c.Contents.Format = fromMillis(created), fromMillis(expires), int(format)
	if v.locks {
		v.cart = &c
	}
	return c, nil
}

// ofStore is the address under which the whole store is counted.
var ofStore = []byte{}

const (
	selectUsage = "SELECT address, carts, bytes FROM cart_usage WHERE store = $1 AND address = $2"
	// A quota is kept by those who look at it one after the other, also where
	// nothing is counted yet.
	lockUsage = `INSERT INTO cart_usage AS u (store, address, carts, bytes) VALUES ($1, $2, 0, 0)
		ON CONFLICT (store, address) DO UPDATE SET carts = u.carts RETURNING address, carts, bytes`
)

// CartUsage implements order.View. In a transaction it locks what it answers.
func (v view) CartUsage(store order.StoreNumber, address []byte) (whole, atAddress order.CartUsage, err error) {
	read := func(rows pgx.Rows) error {
		var of []byte
		var use order.CartUsage
		for rows.Next() {
			if err := rows.Scan(&of, &use.Carts, &use.Bytes); err != nil {
				return err
			}
			if len(of) == 0 {
				whole = use
			} else {
				atAddress = use
			}
		}
		return rows.Err()
	}
	sql := selectUsage
	if v.locks {
		sql = lockUsage
	}
	for _, key := range usageKeys(address) {
		v.later(read, sql, int64(store), key)
	}
	err = v.send()
	return whole, atAddress, err
}

// usageKeys are the rows in which a cart is counted, in the order in which
// they are locked.
func usageKeys(address []byte) [][]byte {
	if len(address) == 0 {
		return [][]byte{ofStore}
	}
	return [][]byte{ofStore, address}
}

// AddCart implements order.Tx.
func (t tx) AddCart(c order.CartRecord) error {
	t.write("INSERT INTO carts (id, store, created_at, expires_at, address, format, body) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		uuidOf(c.ID), int64(c.Store), millis(c.CreatedAt), millis(c.ExpiresAt), c.Address, int64(c.Contents.Format), c.Contents.Body)
	for _, key := range usageKeys(c.Address) {
		t.write(`INSERT INTO cart_usage AS u (store, address, carts, bytes) VALUES ($1, $2, 1, $3)
			ON CONFLICT (store, address) DO UPDATE SET carts = u.carts + 1, bytes = u.bytes + excluded.bytes`,
			int64(c.Store), key, int64(len(c.Contents.Body)))
	}
	return nil
}

// uncount takes carts off what the store, or an address at it, holds. Of an
// address nothing is kept when it holds none.
func (t tx) uncount(store order.StoreNumber, address []byte, use order.CartUsage) {
	t.write("UPDATE cart_usage SET carts = carts - $3, bytes = bytes - $4 WHERE store = $1 AND address = $2",
		int64(store), address, use.Carts, use.Bytes)
	if len(address) > 0 {
		t.write("DELETE FROM cart_usage WHERE store = $1 AND address = $2 AND carts = 0", int64(store), address)
	}
}

// SpendCart implements order.Tx.
func (t tx) SpendCart(id order.CartID, became order.Number) error {
	if t.cart == nil || t.cart.ID != id {
		if _, err := t.Cart(id); err != nil {
			return err
		}
	}
	cart := t.cart
	spent := fault.New(fault.Conflict, "the cart has become an order already")
	t.update(spent, "UPDATE carts SET became = $2, body = NULL WHERE id = $1 AND became = 0", uuidOf(id), int64(became))
	for _, key := range usageKeys(cart.Address) {
		t.uncount(cart.Store, key, order.CartUsage{Carts: 1, Bytes: int64(len(cart.Contents.Body))})
	}
	return nil
}

// usageOf is what a store, or an address at it, holds.
type usageOf struct {
	store   order.StoreNumber
	address []byte
	use     order.CartUsage
}

// RemoveExpiredCarts implements order.Tx.
func (t tx) RemoveExpiredCarts(before time.Time, most int) (removed int, err error) {
	var gone []usageOf
	t.wrote = true
	err = t.each(func(rows pgx.Rows) error {
		var waiting bool
		g := usageOf{use: order.CartUsage{Carts: 1}}
		err := rows.Scan((*int64)(&g.store), &g.address, &waiting, &g.use.Bytes)
		removed++
		if waiting {
			for _, key := range usageKeys(g.address) {
				gone = append(gone, usageOf{g.store, key, g.use})
			}
		}
		return err
	}, deleteExpired, millis(before), int64(most))
	for _, g := range summed(gone) {
		t.uncount(g.store, g.address, g.use)
	}
	return removed, err
}

// summed adds up what belongs together, in the order in which it is locked.
func summed(all []usageOf) (sums []usageOf) {
	slices.SortFunc(all, func(a, b usageOf) int {
		return cmp.Or(cmp.Compare(a.store, b.store), bytes.Compare(a.address, b.address))
	})
	for _, one := range all {
		if n := len(sums); n > 0 && sums[n-1].store == one.store && bytes.Equal(sums[n-1].address, one.address) {
			sums[n-1].use.Carts += one.use.Carts
			sums[n-1].use.Bytes += one.use.Bytes
			continue
		}
		sums = append(sums, one)
	}
	return sums
}

const selectCartIDs = "SELECT id FROM carts WHERE id > $1 ORDER BY id LIMIT $2"

// CartIDs implements order.View.
func (v view) CartIDs(after order.CartID, most int) (ids []order.CartID, err error) {
	from := uuidOf(after)
	from.Valid = true // before the first one
	err = v.each(func(rows pgx.Rows) error {
		var id pgtype.UUID
		err := rows.Scan(&id)
		ids = append(ids, cartID(id))
		return err
	}, selectCartIDs, from, int64(most))
	return ids, err
}
