package destination_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

const store = 999

// memory is a ledger in memory, of what feeds use of it. Its hooks stand for
// crashes: an error of before undoes a transaction, one of after comes when it
// is done.
type memory struct {
	merchantsync.Ledger
	mu            sync.Mutex
	s             state
	before, after func() error
}

type state struct {
	merchantsync.Tx
	changes    []merchantsync.Change
	positions  map[string]int64
	deliveries map[int64]merchantsync.Delivery // by Seq: one destination at a time
	reports    []merchantsync.Report
	now        time.Time
}

func newMemory() *memory {
	return &memory{s: state{
		positions: map[string]int64{}, deliveries: map[int64]merchantsync.Delivery{},
		now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
	}}
}

func (s *state) clone() *state {
	c := *s
	c.positions, c.deliveries = maps.Clone(s.positions), maps.Clone(s.deliveries)
	c.changes, c.reports = slices.Clone(s.changes), slices.Clone(s.reports)
	return &c
}

func call(hook func() error) error {
	if hook == nil {
		return nil
	}
	return hook()
}

func (m *memory) InTx(_ context.Context, fn func(merchantsync.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := fn(m.s.clone()); err != nil { // a run that fails, as any may
		return err
	}
	next := m.s.clone()
	if err := errors.Join(fn(next), call(m.before)); err != nil {
		return err
	}
	m.s = *next
	return call(m.after)
}

func (m *memory) View(_ context.Context, fn func(merchantsync.View) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return fn(m.s.clone())
}

func (s *state) Changes(after int64, limit int) ([]merchantsync.Change, error) {
	i, _ := slices.BinarySearchFunc(s.changes, after+1, func(c merchantsync.Change, seq int64) int { return int(c.Seq - seq) })
	return slices.Clone(s.changes[i:min(i+limit, len(s.changes))]), nil
}

func (s *state) Position(name string) (int64, error) { return s.positions[name], nil }

func (s *state) SetPosition(name string, seq int64) error {
	s.positions[name] = seq
	return nil
}

func (s *state) Deliveries(_ string, now time.Time, limit int) (due []merchantsync.Delivery, err error) {
	earlier := map[int64]bool{}
	for _, seq := range slices.Sorted(maps.Keys(s.deliveries)) {
		d := s.deliveries[seq]
		if !earlier[d.Number] && !d.RetryAt.After(now) && len(due) < limit {
			due = append(due, d)
		}
		earlier[d.Number] = true
	}
	return due, nil
}

func (s *state) Waits(_ string, number int64) (bool, error) {
	for _, d := range s.deliveries {
		if d.Number == number {
			return true, nil
		}
	}
	return false, nil
}

func (s *state) PutDelivery(d merchantsync.Delivery) error {
	s.deliveries[d.Seq] = d
	return nil
}

func (s *state) DropDelivery(_ string, seq int64) error {
	delete(s.deliveries, seq)
	return nil
}

func (s *state) AddReports(reports []merchantsync.Report) (added int, err error) {
	for _, r := range reports {
		if !slices.ContainsFunc(s.reports, func(was merchantsync.Report) bool { return was.Key == r.Key }) {
			s.reports = append(s.reports, r)
			added++
		}
	}
	return added, nil
}

// clock is the ledger's, which passes by itself as little as any.
func (m *memory) clock() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.s.now
}

func (m *memory) wait(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.s.now = m.s.now.Add(d)
}

// add appends a change of an order.
func (m *memory) add(number int64, test bool) merchantsync.Change {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := changeOf(int64(len(m.s.changes))+1, number, test)
	m.s.changes = append(m.s.changes, c)
	return c
}

func (m *memory) fill(n int, test func(int) bool) {
	for i := range n {
		m.add(int64(1000+i), test != nil && test(i))
	}
}

// changeOf is the same for the same numbers, in any process.
func changeOf(seq, number int64, test bool) merchantsync.Change {
	id := client.MakeOrderID(store, number)
	return merchantsync.Change{
		Store: store, Seq: seq, Number: number, OrderID: id,
		Kind: merchantsync.Imported, Standing: merchantsync.Ready, Status: client.OrderInProcess,
		Test: test, At: time.Date(2030, 1, 1, 0, 0, int(seq), 0, time.UTC),
		Document: fmt.Appendf(nil, `{"order":{"orderId":"%s","name":"Sample \"S\" Person","address1":"1 Sample Street\nDoor, 2",`+
			`"grandTotal":12.50,"misc1":"%s","new_key":[1,2]},"remittance_amount":0.00}`, id, strings.Repeat("x", int(seq%7)*100)),
	}
}
