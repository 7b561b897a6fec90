package merchantsync

import (
	"bytes"
	"context"
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
		if err := d.sort(tx, &did, f, here{k, there, trouble, troubled, listed[f.number]}, now); err != nil {
			return did, err
		}
	}
	err = did.write(tx)
	return did, err
}

// sort adds an order to what it is.
func (d *Daemon) sort(tx View, did *outcome, f fetched, h here, now time.Time) error {
	var entry Entry
	verdict := isNews
	if f.err == nil {
		entry, verdict, f.err = d.judge(h.Known, h.there, f.order, now)
	}
	if f.err == nil && verdict == isUnclear {
		document, err := tx.Document(f.number)
		if err != nil {
			return err
		}
		verdict = whichIsLater(document, f.order)
	}
	if f.err == nil {
		f.err = h.late(verdict, f.order)
	}
	d.add(did, f, h, entry, verdict, now)
	return nil
}

func (d *Daemon) add(did *outcome, f fetched, h here, entry Entry, v verdict, now time.Time) {
	switch {
	case f.err != nil:
		did.failed = append(did.failed, f)
		did.troubles = append(did.troubles, d.troubleOf(f, h, now))
	case v == isSame && h.troubled:
		did.over = append(did.over, f.number)
	case v != isSame:
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
	why := reason(f.err)
	if why != t.Reason && isLate(f.err) {
		t.Attempts = 0 // it is counted how often in a row
	}
	t.Reason = why
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
		if isLate(f.err) {
			log.Info("order is looked at again", "number", f.number, "reason", reason(f.err))
			continue
		}
		run.Failed++
		level := slog.LevelWarn
		if _, another := errors.AsType[*anotherOrderError](f.err); another {
			level = slog.LevelError
		}
		log.Log(context.Background(), level, "order not kept", "number", f.number, "reason", reason(f.err))
	}
}
