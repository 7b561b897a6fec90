package order

import (
	"fmt"
	"slices"

	"entrepot/internal/fault"
)

// Status is where an order stands. The names are the contract's (section 6).
type Status string

// The statuses an order can have.
const (
	FraudReview         Status = "IGLOBAL_FRAUD_REVIEW"
	InProcess           Status = "IGLOBAL_ORDER_IN_PROCESS"
	OnHold              Status = "IGLOBAL_ORDER_ON_HOLD"
	Cancelled           Status = "IGLOBAL_ORDER_CANCELLED"
	LabelsProcessing    Status = "IGLOBAL_LABELS_PROCESSING"
	Preparing           Status = "VENDOR_PREPARING_ORDER"
	ShipmentReady       Status = "VENDOR_SHIPMENT_READY"
	LabelsPrinted       Status = "VENDOR_LABELS_PRINTED_DATE"
	CancellationRequest Status = "VENDOR_CANCELLATION_REQUEST"
	EndOfDayComplete    Status = "VENDOR_END_OF_DAY_COMPLETE"
)

// labelsPrintedAlias is the name that a request may use for LabelsPrinted.
const labelsPrintedAlias = "VENDOR_LABELS_PRINTED"

// Statuses lists every status, the system's before the vendor's.
func Statuses() []Status {
	return []Status{
		FraudReview, InProcess, OnHold, Cancelled, LabelsProcessing,
		Preparing, ShipmentReady, LabelsPrinted, CancellationRequest, EndOfDayComplete,
	}
}

// VendorStatuses lists the statuses that a vendor may ask for.
func VendorStatuses() []Status {
	return []Status{Preparing, ShipmentReady, LabelsPrinted, CancellationRequest, EndOfDayComplete}
}

// Move is one way in which an order changes its status.
type Move string

// The moves. Vendor is the API's updateVendorOrderStatus and carries the
// status asked for; the others are the system's and lead where the table says.
const (
	PassReview         Move = "pass-review"
	FailReview         Move = "fail-review"
	Hold               Move = "hold"
	Release            Move = "release"
	Cancel             Move = "cancel"
	GrantCancellation  Move = "grant-cancellation"
	RefuseCancellation Move = "refuse-cancellation"
	BeginLabels        Move = "begin-labels"
	EndLabels          Move = "end-labels"
	Vendor             Move = "vendor"
)

// Moves lists every move.
func Moves() []Move {
	return []Move{
		PassReview, FailReview, Hold, Release, Cancel,
		GrantCancellation, RefuseCancellation, BeginLabels, EndLabels, Vendor,
	}
}

// State is what the state machine knows of an order: its status, and the one
// that it goes back to when a hold or a cancellation request ends.
type State struct {
	Status Status
	Resume Status // empty unless the status is OnHold or CancellationRequest
}

// movable are the statuses in which the order is the vendor's to move.
var movable = []Status{InProcess, Preparing, ShipmentReady, LabelsPrinted}

// transition is one row of the table: from where, and to what.
type transition struct {
	from []Status
	to   Status // empty: back to where it was
}

// transitions is the table of all moves; Next is the only one who reads it to
// decide. A vendor's move leads to any of VendorStatuses.
var transitions = map[Move]transition{
	PassReview:         {from: []Status{FraudReview}, to: InProcess},
	FailReview:         {from: []Status{FraudReview}, to: Cancelled},
	Hold:               {from: append([]Status{FraudReview}, movable...), to: OnHold},
	Release:            {from: []Status{OnHold}},
	Cancel:             {from: append([]Status{FraudReview, OnHold}, movable...), to: Cancelled},
	GrantCancellation:  {from: []Status{CancellationRequest}, to: Cancelled},
	RefuseCancellation: {from: []Status{CancellationRequest}},
	BeginLabels:        {from: movable, to: LabelsProcessing},
	EndLabels:          {from: []Status{LabelsProcessing}, to: LabelsPrinted},
	Vendor:             {from: movable},
}

// FirstState is where a new order begins.
func FirstState(screen bool) State {
	if screen {
		return State{Status: FraudReview}
	}
	return State{Status: InProcess}
}

// ParseVendorStatus reads the status that a vendor asks for. Its faults are
// StatusUnknown and StatusNotVendors.
func ParseVendorStatus(text string) (Status, error) {
	s := Status(text)
	if text == labelsPrintedAlias {
		s = LabelsPrinted
	}
	switch {
	case !slices.Contains(Statuses(), s):
		return "", fault.New(fault.StatusUnknown, fmt.Sprintf("%q is no order status", text))
	case !slices.Contains(VendorStatuses(), s):
		return "", fault.New(fault.StatusNotVendors, fmt.Sprintf("%s is not the vendor's to set", s))
	}
	return s, nil
}

// Next is the state after a move. requested is the status that a Vendor move
// asks for and is ignored by the others. Its faults, in the order in which
// they are looked at: StatusCancelled, StatusUnchanged, StatusLocked.
func Next(now State, move Move, requested Status) (State, error) {
	row, ok := transitions[move]
	if !ok {
		return State{}, fault.New(fault.Invalid, fmt.Sprintf("there is no move %q", move))
	}
	to := row.to
	if move == Vendor {
		to = requested
	}
	if to == "" {
		to = now.Resume
	}
	switch {
	case move == Vendor && now.Status == Cancelled:
		return State{}, fault.New(fault.StatusCancelled, "the order has been cancelled")
	case now.Status == to:
		return State{}, fault.New(fault.StatusUnchanged, fmt.Sprintf("the order is in status %s already", to))
	case !slices.Contains(row.from, now.Status):
		return State{}, &LockedError{From: now.Status, Move: move}
	}
	next := State{Status: to}
	if to == OnHold || to == CancellationRequest {
		next.Resume = now.Status
	}
	return next, nil
}

// Allowed lists the moves that lead out of a status; none out of a final one.
func Allowed(from Status) []Move {
	var moves []Move
	for _, move := range Moves() {
		if slices.Contains(transitions[move].from, from) {
			moves = append(moves, move)
		}
	}
	return moves
}

// LockedError is a move that is not allowed from the order's present status.
type LockedError struct {
	From Status
	Move Move
}

// Error names the status and from where the move would be allowed.
func (e *LockedError) Error() string {
	return fmt.Sprintf("%s is not allowed in status %s; it is from %v", e.Move, e.From, transitions[e.Move].from)
}

// Unwrap gives the error its code.
func (e *LockedError) Unwrap() error {
	return fault.New(fault.StatusLocked, "the status does not allow the move")
}

// ParseStatus reads a status as another server answers it, by either name of
// the labels status.
func ParseStatus(text string) (Status, bool) {
	if text == labelsPrintedAlias {
		return LabelsPrinted, true
	}
	return Status(text), slices.Contains(Statuses(), Status(text))
}

// resumable says from which statuses an order comes into one that remembers it.
func resumable(now Status) []Status {
	switch now {
	case OnHold:
		return transitions[Hold].from
	case CancellationRequest:
		return transitions[Vendor].from
	}
	return nil
}

// CanResume reports whether an order in a status may go back to another.
func CanResume(now, resume Status) bool { return slices.Contains(resumable(now), resume) }

// DefaultResume is where an order goes back to when nobody knows where it came
// from; empty for a status that remembers none.
func DefaultResume(now Status) Status {
	if resumable(now) == nil {
		return ""
	}
	return InProcess
}
