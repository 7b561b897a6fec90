package api

import (
	"math"
	"os"
	"sync"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// listParts keeps parts of lists in the form in which they are sent, so that a
// long list is copied, and not read and written order by order. What it keeps
// can never change (order.View.Span), so nothing is ever out of date
// (docs/adr/0015-parts-of-lists.md).
//
// The parts lie in two files without a name. When the younger one is full, the
// older one is let go; it is closed when no list is sent from it any more.
type listParts struct {
	dir string
	max int64 // bytes in a file

	mu         sync.RWMutex
	young, old partsFile
}

func newListParts(dir string) *listParts { return &listParts{dir: dir, max: maxPartsFile} }

const (
	// partOrders is how many numbers a part spans.
	partOrders = 128
	// partWorth is how many of them must be asked for before all are read.
	partWorth = partOrders / 16
	// partRoom is more than a part takes.
	partRoom = partOrders * 128
	// maxPartsFile is room for some 800,000 orders.
	maxPartsFile = 64 << 20
)

// partKey names the part of the numbers from partOrders*index + 1 on.
type partKey struct {
	store order.StoreNumber
	index int64
}

func partOf(store order.StoreNumber, n order.Number) partKey {
	return partKey{store, (int64(n) - 1) / partOrders}
}

func (k partKey) span() order.Span {
	after := k.index * partOrders
	return order.Span{After: order.Number(after), Through: order.Number(after + min(partOrders, math.MaxInt64-after))}
}

// within reports whether a list has the whole part.
func (k partKey) within(s order.Span) bool {
	own := k.span()
	return s.After <= own.After && own.Through <= s.Through
}

// worth reports whether a list that has some of the part pays for all of it.
func (k partKey) worth(s order.Span) bool {
	own := k.span()
	wanted := min(own.Through, s.Through) - max(own.After, s.After)
	return wanted < partOrders && wanted >= partWorth
}

// part is a piece of a file, and the orders in it.
type part struct {
	extent
	counts wire.Counts
}

// extent is a piece of a file.
type extent struct {
	file     *os.File
	at, size int64
}

// partsFile is a file of parts. There are many of them, so each is known by
// little.
type partsFile struct {
	file  *os.File
	size  int64
	parts map[partKey]keptPart
}

type keptPart struct{ at, size, live, test uint32 }

func (f *partsFile) find(key partKey) (part, bool) {
	p, ok := f.parts[key]
	return part{extent{f.file, int64(p.at), int64(p.size)}, wire.Counts{Live: int64(p.live), Test: int64(p.test)}}, ok
}

// find answers a part, if it is there.
func (l *listParts) find(key partKey) (part, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	p, ok := l.young.find(key)
	if !ok {
		p, ok = l.old.find(key)
	}
	return p, ok
}

// keep adds a part. Where there is no room for it, lists do without.
func (l *listParts) keep(key partKey, body []byte, counts wire.Counts) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.young.parts[key]; known || !l.makeRoom(int64(len(body))) {
		return
	}
	f := &l.young
	if _, err := f.file.WriteAt(body, f.size); err != nil {
		return // what was written lies behind the end, and is written over
	}
	f.parts[key] = keptPart{uint32(f.size), uint32(len(body)), uint32(counts.Live), uint32(counts.Test)} //nolint:gosec // all are below maxPartsFile
	f.size += int64(len(body))
}

func (l *listParts) makeRoom(size int64) bool {
	if l.young.file != nil && l.young.size+size <= l.max {
		return true
	}
	if size > l.max {
		return false
	}
	file, err := unnamedFile(l.dir)
	if err != nil {
		return false
	}
	// Lists may still be sent from the older file: the garbage collector
	// closes it after the last of them.
	l.old, l.young = l.young, partsFile{file: file, parts: map[partKey]keptPart{}}
	return true
}
