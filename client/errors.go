package client

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Error is what every method of a Client returns when it fails. What happened
// is in Err, to be found with errors.As and errors.Is.
type Error struct {
	Endpoint  string // as in "v2/orderDetail"
	Attempts  int    // how often it was tried
	Status    int    // of HTTP, of the last try; 0 when there was no answer
	RequestID string // under which the server's log has the last try; what was sent when there was no answer
	Err       error
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %v", e.Endpoint, e.Err)
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (after %d attempts)", e.Attempts)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " [request %s]", e.RequestID)
	}
	return b.String()
}

// Unwrap is what happened.
func (e *Error) Unwrap() error { return e.Err }

// InvalidCredentialsError says that the store's number or its secret is wrong,
// or missing. The server does not say which.
type InvalidCredentialsError struct{ Text string }

func (e *InvalidCredentialsError) Error() string { return e.Text }

// NotFoundError says that there is no such order in the store.
type NotFoundError struct {
	Key   string // what it was looked for by: orderId, referenceId or, by a list, sinceOrderId
	Value string // as it was sent
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("there is no order with %s %s", e.Key, e.Value)
}

// InvalidOrderIDError says that what was sent is no order's id, or another
// store's.
type InvalidOrderIDError struct{ Value string }

func (e *InvalidOrderIDError) Error() string { return e.Value + " is not a valid order id" }

// LockedError says that the vendor cannot move the order: from where it is, or
// not to where it was asked to go.
type LockedError struct {
	OrderID  OrderID
	From, To Status
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("order %s in status %s cannot be moved to %s", e.OrderID, e.From, e.To)
}

// AlreadyThereError says that the order has the status that was asked for.
type AlreadyThereError struct {
	OrderID OrderID
	Status  Status
}

func (e *AlreadyThereError) Error() string {
	return fmt.Sprintf("order %s already has status %s", e.OrderID, e.Status)
}

// InvalidStatusError says that there is no such status or, when System is
// true, that the vendor cannot set it.
type InvalidStatusError struct {
	Status Status
	System bool
}

func (e *InvalidStatusError) Error() string {
	if e.System {
		return fmt.Sprintf("status %s is not the vendor's to set", e.Status)
	}
	return fmt.Sprintf("%s is not an order status", e.Status)
}

// ConflictError says that another update of the order came between, again and
// again. Nothing was changed.
type ConflictError struct{ Status Status }

func (e *ConflictError) Error() string {
	return fmt.Sprintf("another update came between, the order was not moved to %s", e.Status)
}

// DuplicateReferenceError says that several orders carry the reference; ask by
// their ids.
type DuplicateReferenceError struct{ ReferenceID string }

func (e *DuplicateReferenceError) Error() string {
	return fmt.Sprintf("several orders have referenceId %s", e.ReferenceID)
}

// InvalidDateError says that a date is none, or a range ends before it begins.
type InvalidDateError struct {
	Field, Value string
	Text         string // the server's
}

func (e *InvalidDateError) Error() string { return e.Text }

// InvalidRequestError says that something else is wrong with the request.
type InvalidRequestError struct {
	Field string // as in items[2].quantity; "" when the text does not say
	Text  string
}

func (e *InvalidRequestError) Error() string { return e.Text }

// StoreLoadingError says that the store's orders are being loaded from
// elsewhere and cannot be listed yet.
type StoreLoadingError struct{ Text string }

func (e *StoreLoadingError) Error() string { return e.Text }

// RefusedError is an error text of the API that is not known here.
type RefusedError struct{ Text string }

func (e *RefusedError) Error() string { return "the server refuses: " + e.Text }

// ThrottledError says that too many requests came. RetryAfter is zero when the
// server did not say for how long.
type ThrottledError struct {
	RetryAfter time.Duration
	Text       string
}

func (e *ThrottledError) Error() string {
	if e.RetryAfter == 0 {
		return "too many requests: " + e.Text
	}
	return fmt.Sprintf("too many requests, try again in %s: %s", e.RetryAfter, e.Text)
}

// ServerFaultError says that the server, or a proxy before it, is at fault.
type ServerFaultError struct {
	Status int // of HTTP; 200 where version 1 tells a fault
	Text   string
	Err    error // a *NotAPIError when the answer was none of this API's
}

func (e *ServerFaultError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("the server failed: %v", e.Err)
	}
	return fmt.Sprintf("the server failed with %d: %s", e.Status, e.Text)
}

// Unwrap is what came instead of an answer, or nil.
func (e *ServerFaultError) Unwrap() error { return e.Err }

// NotAPIError says that what came is not an answer of this API.
type NotAPIError struct {
	Status      int
	ContentType string
	Reason      string
	Excerpt     string // the beginning of the body, as printable text
}

func (e *NotAPIError) Error() string {
	text := fmt.Sprintf("not an answer of this API: %s (HTTP %d, %s)", e.Reason, e.Status, orNone(e.ContentType))
	if e.Excerpt != "" {
		text += ": " + e.Excerpt
	}
	return text
}

func orNone(contentType string) string {
	if contentType == "" {
		return "no Content-Type"
	}
	return contentType
}

// BrokenListError says that a list did not come whole. The orders that were
// handed out before are good.
type BrokenListError struct {
	Orders int64 // handed out before
	Err    error
}

func (e *BrokenListError) Error() string {
	return fmt.Sprintf("the list broke off after %d orders: %v", e.Orders, e.Err)
}

// Unwrap is why.
func (e *BrokenListError) Unwrap() error { return e.Err }

// Temporary reports whether the same call may succeed later with nothing
// changed by the caller: what is of the network, of a busy or faulty server,
// or a page in the way of the API. The end of the caller's own context is not.
func Temporary(err error) bool {
	switch classify(err) {
	case classOK, classContext, classRefused, classCertificate, classBadAnswer:
		return false
	}
	return true
}

func isA[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}
