package sqlite

import (
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

const (
	selectCart    = "SELECT store, created_at, expires_at, address, became, format, body FROM carts WHERE id = ?"
	deleteExpired = `DELETE FROM carts WHERE id IN (SELECT id FROM carts WHERE expires_at < ? ORDER BY expires_at LIMIT ?)
		RETURNING store, address, became = 0, coalesce(length(body), 0)`
)

// Cart implements order.View.
func (v view) Cart(id order.CartID) (c order.CartRecord, err error) {
	q := query(v.conn, selectCart, uuidBytes(id))
	err = q.one(func(r row) {
		c = order.CartRecord{
			ID: id, Store: order.StoreNumber(r.int(0)), CreatedAt: r.time(1), ExpiresAt: r.time(2),
			Address: r.bytes(3), Became: order.Number(r.int(4)),
			Contents: order.Document{Format: int(r.int(5)), Body: r.bytes(6)},
		}
	})
	return c, err
}

// ofStore is the address under which the whole store is counted.
var ofStore = []byte{}

// CartUsage implements order.View.
func (v view) CartUsage(store order.StoreNumber, address []byte) (whole, atAddress order.CartUsage, err error) {
	q := query(v.conn, "SELECT length(address) = 0, carts, bytes FROM cart_usage WHERE store = ? AND address IN (?, ?)",
		int64(store), ofStore, append(ofStore, address...))
	err = q.each(func(r row) error {
		use := order.CartUsage{Carts: r.int(1), Bytes: r.int(2)}
		if r.bool(0) {
			whole = use
		} else {
			atAddress = use
		}
		return nil
	})
	return whole, atAddress, err
}

// AddCart implements order.Tx.
func (t tx) AddCart(c order.CartRecord) error {
	err := t.insert("INSERT INTO carts (id, store, created_at, expires_at, address, format, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
		uuidBytes(c.ID), int64(c.Store), millis(c.CreatedAt), millis(c.ExpiresAt), c.Address, int64(c.Contents.Format), c.Contents.Body)
	if err != nil {
		return err
	}
	return t.count(c.Store, c.Address, 1, int64(len(c.Contents.Body)))
}

// count adds to what the store, and the address at it, hold; carts and bytes
// are negative when a cart goes.
func (t tx) count(store order.StoreNumber, address []byte, carts, bytes int64) error {
	keys := [][]byte{ofStore}
	if len(address) > 0 {
		keys = append(keys, address)
	}
	for _, key := range keys {
		if err := t.countOne(store, key, carts, bytes); err != nil {
			return err
		}
	}
	return nil
}

func (t tx) countOne(store order.StoreNumber, key []byte, carts, bytes int64) error {
	ok, err := t.changed("UPDATE cart_usage SET carts = carts + ?, bytes = bytes + ? WHERE store = ? AND address = ?", carts, bytes, int64(store), key)
	if err != nil {
		return err
	}
	if !ok {
		return t.insert("INSERT INTO cart_usage (store, address, carts, bytes) VALUES (?, ?, ?, ?)", int64(store), key, carts, bytes)
	}
	if carts > 0 {
		return nil
	}
	return query(t.conn, "DELETE FROM cart_usage WHERE store = ? AND address = ? AND carts = 0", int64(store), key).run()
}

// SpendCart implements order.Tx.
func (t tx) SpendCart(id order.CartID, became order.Number) error {
	cart, err := t.Cart(id)
	if err != nil {
		return err
	}
	ok, err := t.changed("UPDATE carts SET became = ?, body = NULL WHERE id = ? AND became = 0", int64(became), uuidBytes(id))
	switch {
	case err != nil:
		return err
	case !ok:
		return fault.New(fault.Conflict, "the cart has become an order already")
	}
	return t.count(cart.Store, cart.Address, -1, -int64(len(cart.Contents.Body)))
}

// RemoveExpiredCarts implements order.Tx.
func (t tx) RemoveExpiredCarts(before time.Time, limit int) (int, error) {
	type expired struct {
		store   order.StoreNumber
		address []byte
		waiting bool
		bytes   int64
	}
	var gone []expired
	q := query(t.conn, deleteExpired, millis(before), int64(limit))
	err := q.each(func(r row) error {
		gone = append(gone, expired{order.StoreNumber(r.int(0)), r.bytes(1), r.bool(2), r.int(3)})
		return nil
	})
	for _, c := range gone {
		if err == nil && c.waiting {
			err = t.count(c.store, c.address, -1, -c.bytes)
		}
	}
	return len(gone), err
}
