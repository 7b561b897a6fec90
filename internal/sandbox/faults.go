package sandbox

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// Kind is how an answer goes wrong.
type Kind string

// The kinds of fault.
const (
	Slow    Kind = "slow" // the answer comes late
	Failing Kind = "500"  // the request is not looked at
	TooMany Kind = "429"  // the request is not looked at
	Cut     Kind = "cut"  // the request is carried out, and half of its answer arrives
)

// Kinds are all of them.
var Kinds = []Kind{Slow, Failing, TooMany, Cut}

// Endpoints are the addresses whose answers can go wrong.
var Endpoints = []string{
	"/v1/createTempCart", "/v1/orderNumbers", "/v1/orderDetail", "/v2/orderDetail",
	"/v1/updateMerchantOrderId", "/v1/updateVendorOrderStatus", "/v2/setShipmentTracking",
}

// Fault is what becomes of the next answers.
type Fault struct {
	Kind     Kind              `json:"kind"`
	Count    int64             `json:"count"`              // how many answers, from the next one on
	Store    order.StoreNumber `json:"store,omitempty"`    // of this store only
	Endpoint string            `json:"endpoint,omitempty"` // of this endpoint only: /v1/orderNumbers, or orderNumbers
	DelayMS  int64             `json:"delayMs,omitempty"`  // how late a slow answer comes
}

// Pending are the faults that are still to come.
type Pending struct {
	Faults []Fault `json:"faults"`
}

// The bounds of what can be asked for.
const (
	maxFaults    = 100
	maxCount     = 1_000_000
	defaultDelay = 5_000
	maxDelay     = 60_000
	writeTimeout = 30 * time.Second // of a slow answer, from when it comes
)

func decodeFault(o wire.Object) (f Fault, err error) {
	f.Kind = Kind(wire.Scalar(o, "kind"))
	f.Endpoint = wire.Scalar(o, "endpoint")
	if o.Has("store") {
		if f.Store = wire.DecodeCredentials(o).Store; f.Store == 0 {
			return f, fault.Field("store", "is no store's number")
		}
	}
	for _, n := range []struct {
		key string
		to  *int64
		not int64
	}{{"count", &f.Count, 1}, {"delayMs", &f.DelayMS, 0}} {
		*n.to = n.not
		if o.Has(n.key) {
			if *n.to, err = order.ParsePositive(wire.Scalar(o, n.key)); err != nil {
				return f, fault.Field(n.key, "is not a positive whole number")
			}
		}
	}
	return f, nil
}

func (f *Fault) validate() error {
	switch {
	case !slices.Contains(Kinds, f.Kind):
		return fault.Field("kind", "is none of slow, 500, 429 and cut")
	case f.Count < 1 || f.Count > maxCount:
		return fault.Field("count", fmt.Sprintf("is not between 1 and %d", maxCount))
	case f.DelayMS != 0 && f.Kind != Slow:
		return fault.Field("delayMs", "goes with the kind slow only")
	case f.DelayMS < 0 || f.DelayMS > maxDelay:
		return fault.Field("delayMs", fmt.Sprintf("is not between 1 and %d milliseconds", maxDelay))
	case f.Endpoint != "" && !slices.ContainsFunc(Endpoints, f.of):
		return fault.Field("endpoint", "is none of "+strings.Join(Endpoints, ", "))
	}
	if f.Kind == Slow && f.DelayMS == 0 {
		f.DelayMS = defaultDelay
	}
	return nil
}

// of reports whether the fault is of an address.
func (f *Fault) of(address string) bool {
	return f.Endpoint == "" || f.Endpoint == address || f.Endpoint == path.Base(address)
}

// Faults are those that are still to come. The zero value has none.
type Faults struct {
	mu      sync.Mutex
	pending []Fault
}

// Inject adds a fault. Faults of the same answers come one after the other.
func (f *Faults) Inject(one Fault) error {
	if err := one.validate(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.pending) == maxFaults {
		return fault.New(fault.TooMany, "a hundred faults wait already; DELETE /sandbox/faults ends them")
	}
	f.pending = append(f.pending, one)
	return nil
}

// Pending are the faults that are still to come, with how many answers each
// has left.
func (f *Faults) Pending() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Fault{}, f.pending...)
}

// Clear ends them all.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = nil
}

// take counts the first fault that fits down. It is asked once a request, and
// so each fault meets exactly as many answers as it was to.
func (f *Faults) take(address string, store func() order.StoreNumber) (taken Fault, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.pending {
		one := &f.pending[i]
		if !one.of(address) || (one.Store != 0 && one.Store != store()) {
			continue
		}
		taken = *one
		if one.Count--; one.Count == 0 {
			f.pending = slices.Delete(f.pending, i, i+1)
		}
		return taken, true
	}
	return Fault{}, false
}

// chosen reports whether any fault is of one store only.
func (f *Faults) chosen() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.pending, func(one Fault) bool { return one.Store != 0 })
}
