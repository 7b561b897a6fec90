// Package fault is the one error type of the service: a code that programs
// branch on, a message for people, and a cause that stays inside.
package fault

import "errors"

// Code says what kind of thing went wrong.
type Code string

// The codes. What is not one of them is Internal.
const (
	Internal         Code = "internal"           // a fault of the service; its cause is logged, never shown
	Invalid          Code = "invalid"            // a value breaks a rule; Field names it
	NotFound         Code = "not_found"          // no such order, cart or store
	Exists           Code = "exists"             // it is there already
	Credentials      Code = "credentials"        // unknown store, wrong or missing secret
	Duplicate        Code = "duplicate"          // several orders carry the reference
	StatusUnknown    Code = "status_unknown"     // no such status
	StatusNotVendors Code = "status_not_vendors" // a status, but not the vendor's to set
	StatusCancelled  Code = "status_cancelled"   // the order has been cancelled
	StatusUnchanged  Code = "status_unchanged"   // the order has the status already
	StatusLocked     Code = "status_locked"      // the move is not allowed from the present status
	Conflict         Code = "conflict"           // lost a race with another change
	Expired          Code = "expired"            // the cart has lapsed
	TooMany          Code = "too_many"           // a limit or a quota is used up
	Closed           Code = "closed"             // the store takes no such request in its present state
	Unavailable      Code = "unavailable"        // the database cannot be used now
	Unsupported      Code = "unsupported"        // the database is of a newer program, or not ours
)

// Error carries a code through the layers.
type Error struct {
	Code    Code
	Field   string // the input that broke a rule, such as items[2].quantity
	Message string // for people; holds no secret and no personal data
	Cause   error  // what lies behind; for the log only
}

// Error is the field, the message and the cause.
func (e *Error) Error() string {
	text := e.Message
	if e.Field != "" {
		text = e.Field + ": " + text
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes an error of a code.
func New(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// Field makes an Invalid error about one input.
func Field(field, message string) *Error {
	return &Error{Code: Invalid, Field: field, Message: message}
}

// Wrap gives a cause a code and says what was being done.
func Wrap(code Code, message string, cause error) *Error {
	return &Error{Code: code, Message: message, Cause: cause}
}

// CodeOf is the code that an error carries, Internal when it carries none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Is reports whether an error carries the code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }
