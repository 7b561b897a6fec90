package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

const (
	lockKey = "SELECT secret_key FROM installation FOR NO KEY UPDATE"
	setKey  = "UPDATE installation SET secret_key = $1"
)

var (
	errKeyLength = fault.Field("key", "is not of 32 bytes")
	errOtherKey  = fault.New(fault.Exists, "the database holds the stores of another installation")
)

// TakeKey gives a database without stores the key of another installation,
// whose secrets work on as before. A database that has the key already stays
// as it is. The faults are Invalid, and Exists where there are stores with
// another key. Nodes learn of it when they open the database, and no one may
// use this Storage meanwhile.
func (s *Storage) TakeKey(ctx context.Context, key order.SecretKey) error {
	if len(key) != sha256.Size {
		return errKeyLength
	}
	err := s.InTx(ctx, func(own order.Tx) error {
		t := own.(tx)
		return t.takeKey(key)
	})
	if err == nil {
		s.key = bytes.Clone(key)
	}
	return err
}

// takeKey locks the row that whoever adds a store locks, too.
func (t tx) takeKey(key order.SecretKey) error {
	var is []byte
	if err := t.one([]any{&is}, lockKey); err != nil {
		return err
	}
	if bytes.Equal(is, key) {
		return nil
	}
	stores, err := t.Stores()
	if err != nil {
		return err
	}
	if len(stores) > 0 {
		return errOtherKey
	}
	t.update(errNotFound, setKey, []byte(key))
	return nil
}

// analyzed are the tables whose size decides how a question is answered.
const analyzed = "ANALYZE stores, order_counters, order_documents, orders, order_changes, order_notes, carts, cart_usage"

// Analyze tells the database what has come in, so that it plans for that at
// once. It works for the tables' owner; for others the server only warns, and
// looks by itself within minutes.
func (s *Storage) Analyze(ctx context.Context) error {
	return s.InTx(ctx, func(own order.Tx) error {
		t := own.(tx)
		t.later(nothing, "SET LOCAL statement_timeout = 0")
		t.later(nothing, analyzed)
		return t.send()
	})
}
