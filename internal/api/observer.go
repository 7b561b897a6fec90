package api

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// Observer is told what becomes of requests, for metrics. It is called by many
// at once and must be quick.
type Observer interface {
	// Answered tells of a request: the name of its endpoint, "none" where
	// there is no such; its outcome, which is "ok", the key of an error text
	// or what HTTP calls it; its HTTP status; and how long it took. Endpoints
	// and outcomes are few.
	Answered(endpoint, outcome string, status int, took time.Duration)
	// WrongSecret tells of a wrong secret, and whether it was refused because
	// there had been too many.
	WrongSecret(refused bool)
}

// unobserved is the Observer of those who want none.
type unobserved struct{}

func (unobserved) Answered(string, string, int, time.Duration) {}
func (unobserved) WrongSecret(bool)                            {}

// A Recorder is told what each request was, so that a shop can be shown why
// its plug-in got an error. It is called after the answer, by many at once,
// and must be quick.
type Recorder interface{ Record(Seen) }

// Seen is a request that named a store, without secrets and without what it
// says of people.
type Seen struct {
	Store     order.StoreNumber // as the request claims, unless Admitted
	Admitted  bool              // the store is there, and lets this sender in
	Secret    bool              // the sender showed its secret, and it was right
	At        time.Time
	Endpoint  string
	Keys      []string // names, with the values of ids, dates, statuses and flags; sorted
	Error     string   // the text that was answered, without values of other keys; empty for none
	Status    int
	Took      time.Duration
	RequestID string
	Bytes     int64
}

// seen is what the recorder is told of an exchange.
func (x *exchange) seen(endpoint string, took time.Duration) Seen {
	s := Seen{
		Store: x.credentials.Store, Admitted: x.admitted, Secret: x.admitted && x.credentials.Secret != "",
		At: x.began.UTC(), Endpoint: endpoint, Keys: seenKeys(x.object), Error: x.said,
		Status: x.status, Took: took, RequestID: x.id, Bytes: x.bytes,
	}
	if secret := x.credentials.Secret; len(secret) >= 8 { // under a wrong key, too; shorter ones are no secrets
		s.Error = strings.ReplaceAll(s.Error, secret, hidden)
		for i, key := range s.Keys {
			s.Keys[i] = strings.ReplaceAll(key, secret, hidden)
		}
	}
	return s
}

const maxSeenKeys = 40

// aName and anID are what may be shown of a request: neither can hold a
// sentence, an e-mail address or a line of markup.
var (
	aName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,39}$`)
	anID  = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)
)

// shownValues are the keys whose values say nothing of people.
var shownValues = []string{
	"store", "storeId", "orderId", "sinceOrderId", "sinceDate", "throughDate", "missingMerchantOrderId",
	"statuses", "referenceId", "merchantOrderId", "orderStatus",
}

func seenKeys(o wire.Object) (keys []string) {
	for name, value := range o {
		switch {
		case !aName.MatchString(name):
			name = hidden
		case slices.Contains(shownValues, name):
			name += "=" + shownID(strings.Trim(string(value), "\""))
		}
		keys = append(keys, name)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	return keys[:min(maxSeenKeys, len(keys))]
}

// hidden stands for what is not shown.
const hidden = "…"

func shownID(value string) string {
	if anID.MatchString(value) {
		return value
	}
	return hidden
}

// shownArgs are what may be shown of the values that a text repeats. What is
// wrong with a key is told after the value that is wrong.
func shownArgs(args wire.Args) wire.Args {
	shown := wire.Args{}
	for name, value := range args {
		switch name {
		case "field":
			shown[name] = value
		case "problem":
			if at := strings.LastIndex(value, " is "); at > 0 {
				value = hidden + value[at:]
			}
			shown[name] = value
		default:
			shown[name] = shownID(value)
		}
	}
	return shown
}
