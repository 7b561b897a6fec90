package merchantsync

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"

	"entrepot/client"
)

// here is what the tables have of an order.
type here struct {
	Known
	there    bool
	trouble  Trouble
	troubled bool
	told     told // by the list that led to it
}

// patience is how often a state of an order that is known to be outdated is
// taken for a cache's; with the waits between, for some time over an hour.
// After that the service means it: its clock was put back, or it was restored.
const patience = 6

var (
	errOlder  = errors.New("the service tells an older state of the order than it did before")
	errBehind = errors.New("the service does not show yet what it told or took")
)

func isLate(err error) bool { return errors.Is(err, errOlder) || errors.Is(err, errBehind) }

// late is the error when a newer state of the order is known: from the tables,
// from the list that led to it, or because the service took a report.
func (h *here) late(v verdict, o *client.Order) error {
	switch {
	case v == isOlder && !h.outlasted(errOlder):
		return errOlder
	case v == isSame && (h.told.newer(o) || (h.awaits(errBehind) && !h.outlasted(errBehind))):
		return errBehind
	}
	return nil
}

func (h *here) awaits(err error) bool { return h.troubled && h.trouble.Reason == err.Error() }

func (h *here) outlasted(err error) bool { return h.awaits(err) && h.trouble.Attempts >= patience }

func (t *told) newer(o *client.Order) bool {
	return t.status != "" && t.status != o.Status && t.since.After(o.StatusSince())
}

// anotherOrderError says that the service gave an order's number again, as one
// may that was restored from a copy. The order in the tables is not touched.
type anotherOrderError struct{ here, there time.Time }

func (e *anotherOrderError) Error() string {
	return "the service has another order under this number: one placed " + client.FormatTime(e.there) + ", while the one in the tables was placed " + client.FormatTime(e.here)
}

// verdict is what a fetched order is to the tables.
type verdict int

const (
	isNews    verdict = iota // it is not there, or not like this
	isSame                   // it is there, as it is
	isOlder                  // the tables have a newer state of it
	isUnclear                // it is of the same instant: notes, tracking or the shop's id differ
)

// judge compares an order with what the tables have of it.
func (d *Daemon) judge(k Known, there bool, o *client.Order, now time.Time) (Entry, verdict, error) {
	document, digest, err := documentOf(o)
	if err != nil {
		return Entry{}, isNews, err
	}
	e := Entry{Order: o, Document: document, Kind: Imported, SeenAt: now, Known: Known{
		Number: o.ID.Number(), PlacedAt: o.Placed(), Test: o.TestOrder, Status: o.Status, StatusAt: o.StatusSince(),
		MerchantOrderID: o.MerchantOrderID, Standing: StandingOf(o.Status), Digest: digest,
	}}
	e.CheckAt = d.nextLook(e.Known, now)
	switch {
	case !there:
		return e, isNews, nil
	case k.Digest == digest:
		return e, isSame, nil
	case another(k.PlacedAt, e.PlacedAt):
		return e, isNews, &anotherOrderError{k.PlacedAt, e.PlacedAt}
	}
	e.Kind = KindOf(k.Standing, e.Standing)
	switch since := inMillis(e.StatusAt); {
	case older(k, e.Known):
		return e, isOlder, nil
	case !since.Equal(k.StatusAt):
		return e, isNews, nil
	}
	if e.CheckAt.IsZero() {
		// Nobody can tell for sure which of the two is the later, so one that
		// would not be looked at any more is looked at once again.
		e.CheckAt = now.Add(d.o.FollowOpen.After(0, d.o.Jitter()))
	}
	if e.Status != k.Status {
		return e, isNews, nil
	}
	return e, isUnclear, nil
}

// whichIsLater tells which of two states of an order in one status is the later:
// notes and tracking numbers only become more, and a shop's id stays one.
func whichIsLater(document []byte, o *client.Order) verdict {
	kept, err := client.DecodeOrder(document)
	if err != nil { // what cannot be read here is better replaced
		return isNews
	}
	if len(o.Notes) < len(kept.Notes) || len(o.TrackingNumbers()) < len(kept.TrackingNumbers()) ||
		(o.MerchantOrderID == "" && kept.MerchantOrderID != "") {
		return isOlder
	}
	return isNews
}

// older reports whether a state of an order is from before the one in the
// tables. Of two in the same instant the one that no order leaves is the last;
// a state without a date may be of any time.
func older(k, was Known) bool {
	since := inMillis(was.StatusAt)
	if was.StatusAt.IsZero() {
		return false
	}
	return since.Before(k.StatusAt) || (since.Equal(k.StatusAt) && Final(k.Status) && was.Status != k.Status)
}

// documentOf is an order's JSON without blanks, and a digest that does not
// change with the order of its keys.
func documentOf(o *client.Order) (document []byte, digest [32]byte, err error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, o.Raw); err != nil {
		return nil, digest, wrap("read the document", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(compact.Bytes()))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, digest, wrap("read the document", err)
	}
	sorted, err := json.Marshal(value)
	return compact.Bytes(), sha256.Sum256(sorted), wrap("write the document", err)
}
