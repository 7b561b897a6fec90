package order

import (
	"fmt"
	"hash/maphash"
)

// RehearseImport begins an import that changes nothing. It remembers what it
// was given, as if it had been kept: in at most RehearsedBytes an order.
func (s *Service) RehearseImport() *Import {
	return &Import{service: s, pretend: &pretended{
		seed: maphash.MakeSeed(), added: map[StoreNumber]map[Number]uint64{}, counters: map[StoreNumber]Counter{},
	}}
}

// RehearsedBytes is the memory that a rehearsal needs for an order that would
// be added: its number and a digest, in a map that is half empty at worst.
const RehearsedBytes = 40

// pretended is what a rehearsal would have written. Of an order it keeps a
// digest, which is compared with that of the same number only: one in 2^64
// orders that are given twice is taken for the other.
type pretended struct {
	seed     maphash.Seed
	added    map[StoreNumber]map[Number]uint64
	counters map[StoreNumber]Counter
}

func (p *pretended) digest(r *Record) uint64 {
	var h maphash.Hash
	h.SetSeed(p.seed)
	// %#v, because a head has the String of its id.
	_, _ = fmt.Fprintf(&h, "%#v %d %d %s %#v", r.Head, r.Document.Format, len(r.Document.Body), r.Document.Body, r.Notes) // a hash takes everything
	return h.Sum64()
}

func (p *pretended) add(r *Record) {
	orders := p.added[r.Head.Store]
	if orders == nil {
		orders = map[Number]uint64{}
		p.added[r.Head.Store] = orders
	}
	orders[r.Head.Number] = p.digest(r)
}

// rehearsal is a state that pretends to keep what it is given.
type rehearsal struct {
	View
	of *pretended
}

func (r rehearsal) present(rec *Record) (bool, error) {
	digest, ok := r.of.added[rec.Head.Store][rec.Head.Number]
	switch {
	case !ok:
		return present(r.View, rec)
	case digest != r.of.digest(rec):
		return true, refuseOther(rec.Head.ID, "see the lines above this one")
	}
	return true, nil
}

func (r rehearsal) add(rec *Record) error {
	r.of.add(rec)
	return nil
}

func (r rehearsal) Counter(n StoreNumber) (Counter, error) {
	if c, ok := r.of.counters[n]; ok {
		return c, nil
	}
	return r.View.Counter(n)
}

func (r rehearsal) SetCounter(n StoreNumber, c Counter) error {
	r.of.counters[n] = c
	return nil
}
