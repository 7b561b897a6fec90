package demo

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"entrepot/internal/order"
)

// step is something that happens to an order after it has been placed.
type step struct {
	at time.Time
	do func(context.Context, *order.Service, order.ID) error
}

// life draws what happens to an order after its placing.
type life struct {
	*rand.Rand
	placed, now time.Time
	journey     journey
	fitted      bool // into the time that there was
	unseen      bool // the shop has not fetched it yet
	test        bool
	carrier     carrier
	merchantID  string
	steps       []step
}

// draw answers the steps until now, in their order.
func (l *life) draw() []step {
	l.importing()
	l.moves()
	l.remarks()
	l.steps = slices.DeleteFunc(l.steps, func(s step) bool { return s.at.After(l.now) })
	slices.SortStableFunc(l.steps, func(a, b step) int { return a.at.Compare(b.at) })
	return l.steps
}

func (l *life) add(at time.Time, do func(context.Context, *order.Service, order.ID) error) {
	l.steps = append(l.steps, step{at.Truncate(time.Millisecond), do})
}

// unmerchanted is how long the shop's ids may be missing.
const unmerchanted = 14 * 24 * time.Hour

// importing records the shop's own id, soon after the order came. Some of the
// last fortnight's are missing, so that there is something to reconcile.
func (l *life) importing() {
	missing := 2
	switch {
	case l.test:
		missing = 50
	case l.now.Sub(l.placed) < unmerchanted:
		missing = 15
	}
	if chance(l.Rand, missing) || l.unseen {
		return
	}
	id := l.merchantID
	l.add(l.placed.Add(between(l.Rand, 20*time.Second, 15*time.Minute)), func(ctx context.Context, s *order.Service, of order.ID) error {
		return s.SetMerchantOrderID(ctx, of, id, order.Why{Actor: "shop"})
	})
}

func (l *life) moves() {
	times := l.journey.times(l.Rand, l.placed)
	if l.fitted {
		fit(times, l.placed, l.now)
	}
	for i, leg := range l.journey.legs {
		l.add(times[i], leg.take)
		if leg.parcel && !l.test {
			l.tracking(times[i])
		}
		if leg.note != "" {
			l.note(times[i].Add(between(l.Rand, 0, 3*time.Minute)), leg.actor, order.Note{Text: leg.note, Flagged: true})
		}
	}
}

func (l leg) take(ctx context.Context, s *order.Service, id order.ID) error {
	why := order.Why{Actor: l.actor, Reason: l.reason}
	if l.move == order.Vendor {
		return s.VendorMove(ctx, id, l.to, why)
	}
	return s.Move(ctx, id, l.move, why)
}

// tracking hangs one number on the order, or one for each of several parcels;
// a few are forgotten.
func (l *life) tracking(labelled time.Time) {
	if chance(l.Rand, 3) {
		return
	}
	count := 1
	if chance(l.Rand, 15) {
		count += 1 + l.IntN(2)
	}
	numbers := make([]string, count)
	for i := range numbers {
		numbers[i] = fill(l.Rand, l.carrier.tracking)
	}
	l.add(labelled.Add(between(l.Rand, time.Second, 10*time.Minute)), func(ctx context.Context, s *order.Service, id order.ID) error {
		return s.AddTracking(ctx, id, numbers, order.Why{Actor: "shop"})
	})
}

// remarks are the notes that no move brings with it.
func (l *life) remarks() {
	if l.test && chance(l.Rand, 50) {
		l.note(l.placed.Add(between(l.Rand, time.Minute, time.Hour)), "support", order.Note{Text: "Test order. Do not ship.", Flagged: true})
	}
	if chance(l.Rand, 11) {
		l.note(l.placed.Add(between(l.Rand, 5*time.Second, time.Hour)), "customer", order.Note{Text: pick(l.Rand, customerNotes), Customer: true})
	}
	if chance(l.Rand, 6) {
		l.note(l.placed.Add(between(l.Rand, time.Hour, 30*time.Hour)), "support", order.Note{Text: pick(l.Rand, supportNotes), Flagged: chance(l.Rand, 20)})
	}
}

func (l *life) note(at time.Time, by string, n order.Note) {
	l.add(at, func(ctx context.Context, s *order.Service, id order.ID) error {
		return s.AddNote(ctx, id, n, order.Why{Actor: by})
	})
}
