package merchantsync

import (
	"time"

	"entrepot/client"
)

// Standing is what a shop does with an order.
type Standing string

// The standings. An order of a status that nobody knows is held: it is safer
// to wait for a person, or for the status to move on.
const (
	Ready     Standing = "ready"     // process and ship
	Held      Standing = "held"      // wait: fraud review, a hold, an unknown status
	Cancelled Standing = "cancelled" // do not ship; cancel it in the shop
)

// StandingOf is what an order's status means to a shop. A request for
// cancellation is the vendor's own: what comes of it is awaited.
func StandingOf(s client.Status) Standing {
	switch {
	case s == client.OrderCancelled:
		return Cancelled
	case s.Held() || !s.Known() || s == client.VendorCancellationRequest:
		return Held
	default:
		return Ready
	}
}

// Final reports whether an order never leaves the status.
func Final(s client.Status) bool {
	return s == client.OrderCancelled || s == client.VendorEndOfDayComplete
}

// Known is what the tables hold of an order, without its document.
type Known struct {
	Number          int64
	PlacedAt        time.Time
	Test            bool
	Status          client.Status
	StatusAt        time.Time // since when
	MerchantOrderID string
	Standing        Standing
	Digest          [32]byte  // SHA-256 of the document as it was kept
	Checks          int       // looks that found nothing new since it last changed
	CheckAt         time.Time // when to look again; zero for never
}

// Entry is an order to be kept: a new one, or one that has changed.
type Entry struct {
	Known
	Order    *client.Order
	Document []byte     // the answer of orderDetail as it came, compact JSON
	Kind     ChangeKind // what the change is called that is written beside it
	SeenAt   time.Time
}

// ChangeKind says what happened to an order in the tables.
type ChangeKind string

// The kinds of changes.
const (
	Imported  ChangeKind = "imported"  // it is new here
	HeldBack  ChangeKind = "held"      // it was ready, and is held now
	Released  ChangeKind = "released"  // it was held, and is ready now
	CalledOff ChangeKind = "cancelled" // it is cancelled now
	Updated   ChangeKind = "updated"   // its standing is what it was
)

// KindOf is what a change of standing is called.
func KindOf(was, is Standing) ChangeKind {
	switch {
	case was == is:
		return Updated
	case is == Cancelled:
		return CalledOff
	case is == Held:
		return HeldBack
	default:
		return Released
	}
}

// Change is an entry of the shop's log of changes. Number Seq of a store is
// given once and never again; changes are written in its order.
type Change struct {
	Store    int64
	Seq      int64
	Number   int64
	OrderID  client.OrderID
	Kind     ChangeKind
	Standing Standing
	Status   client.Status
	Test     bool
	At       time.Time // when it was written
	Document []byte    // the order as it was kept by this change
}
