package demo

import (
	"math/rand/v2"
	"time"

	"entrepot/internal/order"
)

// leg is one move of an order, and how long after the one before.
type leg struct {
	move        order.Move
	to          order.Status // of a vendor's move
	actor       string
	reason      string
	least, most time.Duration
	closing     bool   // at the end of the shop's day
	parcel      bool   // the tracking numbers are known from here on
	note        string // that its actor leaves, flagged
}

// journey is what happens to an order. What has not happened by now is left
// out, so that younger orders are still under way.
type journey struct {
	often    int  // of a thousand
	screened bool // begins in fraud review
	legs     []leg
}

func (j journey) frequency() int { return j.often }

var (
	passed   = leg{move: order.PassReview, actor: "screening", reason: "address and card agree", least: 20 * time.Minute, most: 9 * time.Hour}
	failed   = leg{move: order.FailReview, actor: "screening", reason: "card reported stolen", least: time.Hour, most: 30 * time.Hour, note: "Review failed. Do not contact the buyer."}
	held     = leg{move: order.Hold, actor: "support", reason: "address incomplete", least: 30 * time.Minute, most: 20 * time.Hour, note: "House number is missing, asked the buyer for it."}
	kept     = leg{move: order.Hold, actor: "screening", reason: "waits for the buyer's proof of address", least: time.Hour, most: 12 * time.Hour, note: "Proof of address requested, no answer yet."}
	released = leg{move: order.Release, actor: "support", reason: "buyer has answered", least: 2 * time.Hour, most: 60 * time.Hour}
	withdrew = leg{move: order.Cancel, actor: "support", reason: "buyer has changed their mind", least: 10 * time.Minute, most: 10 * time.Hour}
	twice    = leg{move: order.Cancel, actor: "support", reason: "ordered twice from the same cart", least: time.Hour, most: 16 * time.Hour, note: "Same cart as the order before. Buyer confirmed that one is enough."}
	granted  = leg{move: order.GrantCancellation, actor: "support", reason: "out of stock", least: time.Hour, most: 20 * time.Hour}
	refused  = leg{move: order.RefuseCancellation, actor: "support", reason: "stock was found", least: time.Hour, most: 20 * time.Hour}
	labels   = leg{move: order.BeginLabels, actor: "labels", least: 10 * time.Minute, most: 4 * time.Hour}
	labelled = leg{move: order.EndLabels, actor: "labels", least: time.Minute, most: 15 * time.Minute, parcel: true}

	preparing = leg{move: order.Vendor, to: order.Preparing, actor: "shop", least: time.Hour, most: 20 * time.Hour}
	ready     = leg{move: order.Vendor, to: order.ShipmentReady, actor: "shop", least: 30 * time.Minute, most: 24 * time.Hour}
	back      = leg{move: order.Vendor, to: order.Preparing, actor: "shop", reason: "wrong size packed", least: 20 * time.Minute, most: 3 * time.Hour, note: "Packed the wrong size, back to the shelf."}
	printed   = leg{move: order.Vendor, to: order.LabelsPrinted, actor: "shop", least: 10 * time.Minute, most: 6 * time.Hour, parcel: true}
	unwanted  = leg{move: order.Vendor, to: order.CancellationRequest, actor: "shop", least: time.Hour, most: 30 * time.Hour, note: "Out of stock, please cancel and refund."}
	complete  = leg{move: order.Vendor, to: order.EndOfDayComplete, actor: "shop", closing: true}
)

// journeys are those of live orders.
var journeys = []journey{
	{often: 540, legs: []leg{preparing, ready, labels, labelled, complete}},
	{often: 210, legs: []leg{preparing, printed, complete}},
	{often: 110, screened: true, legs: []leg{passed, preparing, ready, labels, labelled, complete}},
	{often: 30, legs: []leg{held, released, preparing, ready, labels, labelled, complete}},
	{often: 14, legs: []leg{preparing, ready, back, ready, labels, labelled, complete}},
	{often: 10, screened: true, legs: []leg{kept, released, passed, preparing, ready, printed, complete}},
	{often: 12, legs: []leg{preparing, unwanted, refused, ready, labels, labelled, complete}},
	{often: 24, screened: true, legs: []leg{failed}},
	{often: 20, legs: []leg{withdrew}},
	{often: 14, legs: []leg{preparing, unwanted, granted}},
	{often: 6, legs: []leg{preparing, ready, labels, labelled}}, // forgotten by the vendor
	{often: 4, legs: []leg{preparing, unwanted}},
	{often: 3, legs: []leg{held}},
	{often: 3, screened: true, legs: []leg{kept}},
}

// testJourneys are those of test orders, which are never shipped.
var testJourneys = []journey{
	{often: 600},
	{often: 250, legs: []leg{withdrew}},
	{often: 100, legs: []leg{preparing}},
	{often: 50, screened: true},
}

// rehearsals are those of the last test orders: one for each status.
var rehearsals = [...]journey{
	{},
	{legs: []leg{preparing}},
	{legs: []leg{preparing, ready}},
	{legs: []leg{preparing, printed}},
	{legs: []leg{preparing, ready, labels}},
	{legs: []leg{held}},
	{screened: true},
	{legs: []leg{preparing, unwanted}},
	{legs: []leg{preparing, printed, complete}},
	{legs: []leg{withdrew}},
}

// recentJourneys are those of the last orders, the last one first. They are
// fitted into the time that there was, and show every status that an order
// under way can have.
var recentJourneys = [...]journey{
	{},
	{screened: true},
	{legs: []leg{preparing}},
	{legs: []leg{preparing, ready, labels}},
	{legs: []leg{held}},
	{legs: []leg{preparing, ready}},
	{legs: []leg{preparing, unwanted}},
	{legs: []leg{preparing, ready, labels, labelled}},
	{screened: true, legs: []leg{failed}},
	{screened: true, legs: []leg{kept}},
	{},
	{legs: []leg{preparing, printed}},
	{screened: true, legs: []leg{passed}},
	{legs: []leg{preparing, unwanted, granted}},
}

var twiceJourney = journey{legs: []leg{twice}}

// closingHour is when the shop ends its day (UTC).
const closingHour = 22

// times says when each leg is taken by an order placed at a time.
func (j journey) times(r *rand.Rand, placed time.Time) []time.Time {
	list := make([]time.Time, len(j.legs))
	at := placed
	for i, l := range j.legs {
		at = l.after(r, at)
		list[i] = at
	}
	return list
}

func (l leg) after(r *rand.Rand, at time.Time) time.Time {
	if !l.closing {
		return at.Add(between(r, l.least, l.most))
	}
	at = at.Add(between(r, time.Second, 40*time.Minute))
	closed := time.Date(at.Year(), at.Month(), at.Day(), closingHour, 0, 0, 0, time.UTC)
	if closed.Before(at) {
		closed = closed.AddDate(0, 0, 1)
	}
	return closed.Add(between(r, 0, 5*time.Minute))
}

// fit shortens the times, in proportion, to nine tenths of what there is
// between placing and now.
func fit(list []time.Time, placed, now time.Time) {
	if len(list) == 0 {
		return
	}
	most := now.Sub(placed).Milliseconds() * 9 / 10
	taken := list[len(list)-1].Sub(placed).Milliseconds()
	for i := range list {
		if taken > most {
			part := list[i].Sub(placed).Milliseconds() * most / taken
			list[i] = placed.Add(time.Duration(part) * time.Millisecond)
		}
	}
}
