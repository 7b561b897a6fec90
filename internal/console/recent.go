package console

import (
	"context"
	"slices"
	"sync"
	"time"

	"entrepot/internal/order"
)

// Request is a request as the service saw it, without secrets and without what
// it says of people. See api.Seen, from which it is converted.
type Request struct {
	Store     order.StoreNumber
	Admitted  bool // the store is there, and lets this sender in
	Secret    bool // the sender showed the right secret
	At        time.Time
	Endpoint  string
	Keys      []string
	Error     string
	Status    int
	Took      time.Duration
	RequestID string
	Bytes     int64
}

// What is kept of each store: twice as much, because what comes with the right
// secret and what does not are kept apart. Anybody can send the latter, and
// must not push out the former.
const (
	keptRequests = 200
	keptBytes    = 64 << 10
	keptFor      = 24 * time.Hour
)

// Recent keeps the last requests of each store, in memory. A store's requests
// push out only its own.
type Recent struct {
	exists func(context.Context, order.StoreNumber) bool
	clock  func() time.Time
	asking chan struct{} // a slot for each look whether a store exists

	mu     sync.Mutex
	stores map[order.StoreNumber]*kept
	swept  time.Time
}

// kept are the requests of a store.
type kept struct{ own, others ring }

// NewRecent makes an empty one. exists says whether there is such a store:
// nothing is kept of others, or anybody could fill the memory.
func NewRecent(exists func(context.Context, order.StoreNumber) bool, clock func() time.Time) *Recent {
	return &Recent{exists: exists, clock: clock, asking: make(chan struct{}, 8), stores: map[order.StoreNumber]*kept{}}
}

// Record keeps a request. Where the credentials do not say that the store is
// there, that is looked up apart from the request, so that its time does not
// tell; when too many are being looked up, the request is forgotten.
func (r *Recent) Record(q Request) {
	if q.Admitted {
		r.keep(q)
		return
	}
	select {
	case r.asking <- struct{}{}:
		go func() {
			defer func() { <-r.asking }()
			if r.exists(context.Background(), q.Store) {
				r.keep(q)
			}
		}()
	default:
	}
}

func (r *Recent) keep(q Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep()
	k := r.stores[q.Store]
	if k == nil {
		k = new(kept)
		r.stores[q.Store] = k
	}
	if q.Secret {
		k.own.add(q)
	} else {
		k.others.add(q)
	}
}

// Of are the requests of a store, the newest first.
func (r *Recent) Of(store order.StoreNumber) []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.stores[store]
	if k == nil {
		return nil
	}
	oldest := r.clock().Add(-keptFor)
	k.own.forget(oldest)
	k.others.forget(oldest)
	all := slices.Concat(k.own.requests, k.others.requests)
	slices.SortStableFunc(all, func(a, b Request) int { return b.At.Compare(a.At) })
	return all
}

// sweep forgets what is too old, of all stores, now and then.
func (r *Recent) sweep() {
	now := r.clock()
	if now.Sub(r.swept) < time.Minute {
		return
	}
	r.swept = now
	for number, k := range r.stores {
		k.own.forget(now.Add(-keptFor))
		k.others.forget(now.Add(-keptFor))
		if len(k.own.requests)+len(k.others.requests) == 0 {
			delete(r.stores, number)
		}
	}
}

// ring is bounded by number and by bytes.
type ring struct {
	requests []Request // the oldest first
	bytes    int
}

func (r *ring) add(q Request) {
	r.requests = append(r.requests, q)
	r.bytes += q.size()
	for len(r.requests) > keptRequests || r.bytes > keptBytes {
		r.drop()
	}
}

func (r *ring) drop() {
	r.bytes -= r.requests[0].size()
	r.requests[0] = Request{} // its texts are free
	r.requests = r.requests[1:]
}

func (r *ring) forget(before time.Time) {
	for len(r.requests) > 0 && r.requests[0].At.Before(before) {
		r.drop()
	}
}

// size is about what it takes in memory.
func (q Request) size() int {
	size := 160 + len(q.Endpoint) + len(q.Error) + len(q.RequestID)
	for _, key := range q.Keys {
		size += 16 + len(key)
	}
	return size
}
