package merchantsync

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"entrepot/client"
)

// outcome is what a transaction does to the orders that were fetched.
type outcome struct {
	entries  []Entry
	failed   []fetched
	troubles []Trouble // of what failed
	same     []Known   // nothing new is known of them
	over     []int64   // troubles that have ended so
}

// put decides, inside the transaction, what becomes of each order that was
// fetched: it is new, it has changed, it is what it was, it is older than what
// the tables have, or it is trouble.
func (d *Daemon) put(tx Tx, got []fetched, listed map[int64]told) (did outcome, err error) {
	numbers := make([]int64, len(got))
	for i, f := range got {
		numbers[i] = f.number
	}
	known, err := tx.Known(numbers)
	if err != nil {
		return did, err
	}
	before, err := tx.TroublesOf(numbers)
	if err != nil {
		return did, err
	}
	now := d.o.Clock()
	for _, f := range got {
		k, there := known[f.number]
		trouble, troubled := before[f.number]
		d.sort(&did, f, here{k, there, trouble, troubled, listed[f.number]}, now)
	}
	return did, did.write(tx)
}

// here is what the tables have of an order.
type here struct {
	Known
	there    bool
	trouble  Trouble
	troubled bool
	told     told // by the list that led to it
}

// sort adds an order to what it is.
func (d *Daemon) sort(did *outcome, f fetched, h here, now time.Time) {
	var entry Entry
	var verdict verdict
	if f.err == nil {
		entry, verdict, f.err = d.judge(h.Known, h.there, f.order, now)
	}
	if f.err == nil && h.outOfCache(verdict, f.order) {
		f.err = errOlder
	}
	switch {
	case f.err != nil:
		did.failed = append(did.failed, f)
		did.troubles = append(did.troubles, d.troubleOf(f, h, now))
	case verdict == isSame && h.troubled:
		did.over = append(did.over, f.number)
	case verdict != isSame:
		did.entries = append(did.entries, entry)
		return
	}
	if h.there {
		did.same = append(did.same, d.lookAgain(h.Known, now))
	}
}

func (did *outcome) write(tx Tx) error {
	if err := tx.Put(did.entries); err != nil {
		return err
	}
	if err := tx.Look(did.same); err != nil {
		return err
	}
	if err := tx.EndTroubles(did.over); err != nil {
		return err
	}
	return tx.PutTroubles(did.troubles)
}

// patience is how often an older state of an order is taken for a cache's,
// with the waits between some time over an hour. After that the service means
// it: its clock was put back, or it was restored.
const patience = 6

var errOlder = errors.New("the service tells an older state of the order than was seen before")

// outOfCache reports whether a newer state of the order was seen before, in
// the tables or in the list that led to it.
func (h *here) outOfCache(v verdict, o *client.Order) bool {
	if v == isSame {
		return h.told.status != "" && h.told.status != o.Status && h.told.since.After(o.StatusSince())
	}
	return v == isOlder && (h.trouble.Reason != errOlder.Error() || h.trouble.Attempts < patience)
}

// anotherOrderError says that the service gave an order's number again, as one
// may that was restored from a copy. The order in the tables is not touched.
type anotherOrderError struct{ here, there time.Time }

func (e *anotherOrderError) Error() string {
	return anotherOrder + ": one placed " + client.FormatTime(e.there) + ", while the one in the tables was placed " + client.FormatTime(e.here)
}

const anotherOrder = "the service has another order under this number"

// verdict is what a fetched order is to the tables.
type verdict int

const (
	isNews  verdict = iota // it is not there, or not like this
	isSame                 // it is there, as it is
	isOlder                // the tables have a newer state of it
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
	if older(k, e.Known) {
		return e, isOlder, nil
	}
	if e.CheckAt.IsZero() && inMillis(e.StatusAt).Equal(k.StatusAt) {
		// Nobody can tell which of the two is the later, so one that would
		// not be looked at any more is looked at once again.
		e.CheckAt = now.Add(d.o.FollowOpen.After(0, d.o.Jitter()))
	}
	return e, isNews, nil
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

// lookAgain is when to look at an order that has nothing new.
func (d *Daemon) lookAgain(k Known, now time.Time) Known {
	k.Checks++
	k.CheckAt = d.nextLook(k, now)
	return k
}

// troubleOf is what could not be fetched, or not be kept.
func (d *Daemon) troubleOf(f fetched, h here, now time.Time) Trouble {
	t := h.trouble
	if !h.troubled {
		t = Trouble{Number: f.number, Since: now}
	}
	if errors.Is(f.err, errOlder) && t.Reason != errOlder.Error() {
		t.Attempts = 0 // it is counted how often in a row
	}
	t.Reason = reason(f.err)
	t.Attempts++
	t.RetryAt = now.Add(d.o.Retry.After(t.Attempts, d.o.Jitter()))
	return t
}

// maxReason bounds a reason that is kept, in bytes.
const maxReason = 300

// reason is an error without the request's id and attempts, which change from
// one try to the next.
func reason(err error) string {
	if of, ok := errors.AsType[*client.Error](err); ok {
		err = of.Err
	}
	text := err.Error()
	if len(text) > maxReason {
		text = text[:maxReason]
	}
	return string(bytes.ToValidUTF8([]byte(text), nil))
}

// tell counts and logs what is on disk now.
func (did outcome) tell(run *Run, log *slog.Logger) {
	for _, e := range did.entries {
		if e.Kind == Imported {
			run.Imported++
		} else {
			run.Changed++
		}
		log.Info("order "+string(e.Kind), "order", e.Order.ID, "status", e.Status, "standing", e.Standing, "test", e.Test)
	}
	for _, f := range did.failed {
		run.Failed++
		level := slog.LevelWarn
		if _, another := errors.AsType[*anotherOrderError](f.err); another {
			level = slog.LevelError
		}
		log.Log(context.Background(), level, "order not kept", "number", f.number, "reason", reason(f.err))
	}
}
