// Package transfer copies all that one storage keeps into another, and proves
// that both hold the same.
//
// It knows storages by their interface only. What it has copied shows to
// nobody until it is verified: until then a store is loading and has no
// secrets, which no node lets anybody into.
package transfer

import (
	"context"
	"crypto/sha256"
	"runtime"
	"sync"
	"time"

	"entrepot/internal/order"
)

// Source is one state of what is copied. Nothing may change it meanwhile: a
// snapshot, or a transaction that keeps others from writing.
type Source struct {
	order.View
	Key order.SecretKey
}

// Destination is what is copied into.
type Destination interface {
	order.Storage
	// TakeKey makes the installation's key that of another one. The fault
	// Exists says that there are stores which live by their own.
	TakeKey(ctx context.Context, key order.SecretKey) error
}

// Options may be left zero.
type Options struct {
	Progress func(Progress) // is told how far it is; never twice at once
	Workers  int            // how many read from or write to the destination at once
}

// Stage is what is being done.
type Stage string

// The stages.
const (
	Copying   Stage = "copying"
	Verifying Stage = "verifying"
)

// Progress is how far a stage is. Total is estimated from the numbers of the
// orders.
type Progress struct {
	Stage       Stage
	Done, Total int64 // numbers
	Orders      int64 // of this stage: written, or compared
}

// Report is what became of a copy.
type Report struct {
	Stores   []*StoreReport // by number
	Added    int64          // orders that were written this time
	Mended   int64          // orders and carts that had changed since they were written
	Copying  time.Duration  // how long writing took
	Finished bool           // an earlier run had finished the copy
}

// StoreReport sets the two sides of a store against each other.
type StoreReport struct {
	Number              order.StoreNumber
	Source, Destination Side
	Difference          *Difference // the first one; nil for none
}

// Side is what one storage holds of a store.
type Side struct {
	Orders, Changes, Notes, Carts int64
	Checksum                      [sha256.Size]byte // of everything, in order

	contents sum // of the orders and the carts
}

// The bounds of a batch: what a transaction writes, and what is kept in memory.
const pageBytes = 4 << 20

var pageOrders = 500 // tests have smaller ones

// maxWorkers is where more would only wait for the destination's disk.
const maxWorkers = 8

type transfer struct {
	from    Source
	to      Destination
	workers int
	report  Report
	stores  []order.Store // of the source

	mu       sync.Mutex // guards what follows
	progress Progress
	tell     func(Progress)
}

func newTransfer(from Source, to Destination, o Options) *transfer {
	if o.Workers == 0 {
		o.Workers = min(maxWorkers, 2*runtime.GOMAXPROCS(0))
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	return &transfer{from: from, to: to, workers: o.Workers, tell: o.Progress}
}

// Copy copies what is not there yet, verifies all of it and, when both sides
// are the same, gives the stores their secrets and their state. It may be
// broken off at any moment and run again. The faults are Exists for a
// destination that holds something else, and Conflict for one where a copy
// was begun and somebody has opened the stores by hand. A *Difference says
// that the two sides are not the same.
func Copy(ctx context.Context, from Source, to Destination, o Options) (Report, error) {
	t := newTransfer(from, to, o)
	if err := t.admit(ctx); err != nil {
		return t.report, err
	}
	if t.report.Finished {
		return t.report, t.verify(ctx)
	}
	if err := t.copyAll(ctx); err != nil {
		return t.report, err
	}
	return t.report, t.verifyAndFinish(ctx)
}

// Verify compares the two sides of a copy that is finished.
func Verify(ctx context.Context, from Source, to Destination, o Options) (Report, error) {
	t := newTransfer(from, to, o)
	if err := t.loadStores(); err != nil {
		return t.report, err
	}
	return t.report, t.verify(ctx)
}

func (t *transfer) copyAll(ctx context.Context) error {
	begun := time.Now()
	defer func() { t.report.Copying += time.Since(begun) }()
	if err := t.begin(Copying); err != nil {
		return err
	}
	if err := t.copyOrders(ctx); err != nil {
		return err
	}
	return t.copyCarts(ctx)
}

// begin begins a stage.
func (t *transfer) begin(stage Stage) error {
	p := Progress{Stage: stage}
	for _, store := range t.stores {
		first, err := t.from.Numbers(store.Number, 0, 1)
		if err != nil {
			return err
		}
		counter, err := t.from.Counter(store.Number)
		if err != nil {
			return err
		}
		if len(first) > 0 {
			p.Total += int64(counter.Last-first[0]) + 1
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress = p
	t.tell(p)
	return nil
}

// advance says that so many numbers were passed, and so many orders handled.
func (t *transfer) advance(numbers, orders int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress.Done += numbers
	t.progress.Orders += orders
	t.tell(t.progress)
}
