package api

import (
	"context"
	"sync/atomic"
	"testing"

	"entrepot/internal/order"
)

// double stands in front of a real storage and misbehaves on request.
type double struct {
	order.Storage
	now   atomic.Pointer[misbehaviour]
	keys  atomic.Int64 // how often the key for hashing was asked for
	loads atomic.Int64 // how many stores were looked for
}

// misbehaviour is what a double does instead. What is nil works.
type misbehaviour struct {
	view func() error                // fails a view before it begins
	tx   func() error                // and a transaction
	wrap func(order.View) order.View // hands out another view
}

func (d *double) misbehave(m misbehaviour) { d.now.Store(&m) }

func (d *double) View(ctx context.Context, fn func(order.View) error) error {
	m := d.now.Load()
	if m.view != nil {
		if err := m.view(); err != nil {
			return err
		}
	}
	return d.Storage.View(ctx, func(v order.View) error {
		if m.wrap != nil {
			v = m.wrap(v)
		}
		return fn(counting{v, d})
	})
}

func (d *double) InTx(ctx context.Context, fn func(order.Tx) error) error {
	if m := d.now.Load(); m.tx != nil {
		if err := m.tx(); err != nil {
			return err
		}
	}
	return d.Storage.InTx(ctx, fn)
}

func (d *double) SecretKey() order.SecretKey {
	d.keys.Add(1)
	return d.Storage.SecretKey()
}

// counting counts what is loaded to check credentials.
type counting struct {
	order.View
	d *double
}

func (c counting) Store(n order.StoreNumber) (order.Store, error) {
	c.d.loads.Add(1)
	return c.View.Store(n)
}

// startDouble is start with a double in front of the database.
func startDouble(t *testing.T, change ...func(*setup)) (*fixture, *double) {
	t.Helper()
	d := &double{}
	d.misbehave(misbehaviour{})
	f := start(t, append(change, func(s *setup) {
		s.wrap = func(database order.Storage) order.Storage {
			d.Storage = database
			return d
		}
	})...)
	return f, d
}
