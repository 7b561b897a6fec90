package merchantsync

import (
	"context"
	"errors"
	"time"

	"entrepot/client"
)

// Ledger is the shop's database, with the daemon's tables in it. Package
// ledger implements it for SQLite and PostgreSQL.
//
// One daemon at a time writes for a store: Open takes the place, and is
// ErrInUse when another holds it. A daemon that lost its place (its connection
// broke and another came) gets ErrInUse from InTx, and changes nothing.
type Ledger interface {
	// InTx runs fn in one transaction. When it returns nil, everything fn did
	// is on disk; otherwise nothing is. fn may be run again, and must not keep
	// anything from a run that failed.
	InTx(ctx context.Context, fn func(Tx) error) error
	// View runs fn on one consistent state, without writing. It may be used
	// by others than the daemon that holds the place.
	View(ctx context.Context, fn func(View) error) error
	// Close gives the place free.
	Close() error
}

// ErrInUse says that another daemon writes for the same store.
var ErrInUse = errors.New("another daemon syncs this store into this database")

// View reads.
type View interface {
	// Cursor is how far the store's orders are in the tables; zero at first.
	Cursor() (Cursor, error)
	// Known tells of those of the numbers that are in the tables.
	Known(numbers []int64) (map[int64]Known, error)
	// Document is the kept document of an order, nil when there is none.
	Document(number int64) ([]byte, error)
	// Before is the number and date of the order that has n-1 orders of the
	// tables between itself and number, below it; or of the lowest. ok is
	// false when there is none below.
	Before(number int64, n int) (lower int64, placed time.Time, ok bool, err error)
	// Placed yields what is known of the orders with from <= placed < before,
	// in the order of numbers.
	Placed(from, before time.Time, yield func(Known) error) error
	// PlacedBetween counts orders with from <= placed < before.
	PlacedBetween(from, before time.Time) (int64, error)
	// Due lists followed orders whose CheckAt has come, longest due first.
	Due(now time.Time, limit int) ([]Known, error)
	// Troubles lists orders that could not be fetched, whose RetryAt has come.
	Troubles(now time.Time, limit int) ([]Trouble, error)
	// TroublesOf tells of those of the numbers that are troubles.
	TroublesOf(numbers []int64) (map[int64]Trouble, error)

	// Reports lists what the shop wants reported, pending and due, by Id; of
	// an order only the earliest of each kind, since those are sent in their
	// order. Kinds do not wait for each other: a status that cannot be set
	// while the order is held keeps no tracking number back.
	Reports(now time.Time, limit int) ([]Report, error)

	// Changes lists changes with Seq > after, in their order.
	Changes(after int64, limit int) ([]Change, error)
	// Position is the Seq up to which a destination has had all changes, but
	// for those in Deliveries.
	Position(destination string) (int64, error)
	// Deliveries lists the changes that a destination did not take and whose
	// RetryAt has come, by Seq; of an order only the earliest.
	Deliveries(destination string, now time.Time, limit int) ([]Delivery, error)
	// Waits reports whether an earlier change of the order waits in
	// Deliveries of the destination.
	Waits(destination string, number int64) (bool, error)

	// Tally counts, for status and metrics.
	Tally(now time.Time) (Tally, error)
	// Stuck lists troubles, deliveries and reports that failed at least once,
	// longest waiting first.
	Stuck(limit int) ([]Stuck, error)
	// LastRun is the last run that was recorded, nil when there was none.
	LastRun() (*Run, error)
}

// Tx writes besides. The place is checked, under a lock, before the first
// write.
type Tx interface {
	View
	SetCursor(Cursor) error
	// Put keeps orders: rows, items, notes, tracking, the history of its
	// status when that is another than before, and one change each, with the
	// next Seq. A trouble of the order ends with it.
	Put([]Entry) error
	// Look sets Checks and CheckAt of orders that were looked at and found
	// unchanged.
	Look([]Known) error
	// PutTroubles records orders that could not be fetched.
	PutTroubles([]Trouble) error
	// EndTroubles forgets those of the numbers that are troubles.
	EndTroubles(numbers []int64) error

	// AddReports adds what the shop wants reported. One whose Key was added
	// before is left out.
	AddReports([]Report) (added int, err error)
	// SetReport keeps State, Reason, Attempts and RetryAt of a report.
	SetReport(Report) error

	SetPosition(destination string, seq int64) error
	// PutDelivery records a change that a destination did not take yet.
	PutDelivery(Delivery) error
	DropDelivery(destination string, seq int64) error

	RecordRun(Run) error
}

// Cursor is how far a store's orders are in the tables: every order that was
// in a list up to Number is in them, or is a Trouble.
type Cursor struct {
	Number   int64
	PlacedAt time.Time // of that order
}

// Trouble is an order that a list named and that could not be fetched, or one
// of the tables of which the service tells what cannot be kept. It is fetched
// again until that is over.
type Trouble struct {
	Number   int64
	Reason   string // says nothing personal
	Attempts int
	Since    time.Time
	RetryAt  time.Time
}

// ReportKind is what a shop says of an order.
type ReportKind string

// The kinds of reports.
const (
	ReportMerchantID ReportKind = "merchant_order_id" // Value is the shop's own id
	ReportStatus     ReportKind = "status"            // Value is a status
	ReportTracking   ReportKind = "tracking"          // Value is tracking numbers, separated by commas
)

// ReportState is how far a report is.
type ReportState string

// The states of a report.
const (
	Pending ReportState = "pending" // not sent, or to be tried again
	Taken   ReportState = "taken"   // the service has it
	Refused ReportState = "refused" // the service will not have it; Reason says why
)

// Report is what the shop wants the service to know of an order.
type Report struct {
	ID       int64  // in the order of which they are sent
	Key      string // unique; "" for one that may come twice
	OrderID  client.OrderID
	Kind     ReportKind
	Value    string
	State    ReportState
	Reason   string
	Attempts int
	MadeAt   time.Time
	RetryAt  time.Time // zero: at once
}

// Delivery is a change that a destination did not take yet.
type Delivery struct {
	Destination string
	Change
	Reason   string
	Attempts int
	Since    time.Time
	RetryAt  time.Time
}

// Stuck is anything that was tried and failed, for people.
type Stuck struct {
	What     string // "fetch", "report", or the destination's name
	OrderID  client.OrderID
	Detail   string // the change's Seq and kind, or the report's kind and value
	Reason   string
	Attempts int
	Since    time.Time
	RetryAt  time.Time // zero when nobody tries again: a refused report
}

// Tally counts what is in the tables.
type Tally struct {
	Orders, TestOrders     int64
	Held, Ready, Cancelled int64
	Followed               int64 // orders that will be looked at again
	Troubles               int64
	Reports                map[ReportState]int64
	LastSeq                int64            // of the newest change
	Behind                 map[string]int64 // by destination: changes after its position
	Waiting                map[string]int64 // by destination: deliveries to be tried again
}

// Run is what a pass did.
type Run struct {
	Began, Ended time.Time
	Listed       int64 // orders in the lists
	Imported     int64
	Changed      int64
	Failed       int64 // orders that could not be fetched
	Reported     int64
	Refused      int64
	Cursor       int64
	Error        string // "" when it went through; says nothing personal
}
