package pgdb

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"entrepot/internal/fault"
)

// SQLSTATE codes (PostgreSQL manual, appendix A).
const (
	uniqueViolation      = "23505"
	undefinedTable       = "42P01"
	undefinedColumn      = "42703"
	serializationFailure = "40001"
	completionUnknown    = "40003" // how CockroachDB calls a COMMIT without an answer
	deadlockDetected     = "40P01"
	queryCanceled        = "57014"
	lockNotAvailable     = "55P03"
	readOnlyTransaction  = "25006"
	wrongPassword        = "28P01"
	notAuthorized        = "28000"
	noSuchDatabase       = "3D000"
	missingPrivilege     = "42501"
)

const lostConnection = "the connection to the database was lost"

// UniqueViolation is the name of the constraint that an error speaks of, when
// a row is there already.
func UniqueViolation(err error) (constraint string, ok bool) {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || e.Code != uniqueViolation {
		return "", false
	}
	return e.ConstraintName, true
}

// retryable reports whether the server has rolled a transaction back for the
// sake of another one.
func retryable(err error) bool {
	code := sqlState(err)
	return code == serializationFailure || code == deadlockDetected
}

func sqlState(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// classify gives an error of PostgreSQL or of the way to it a fault code.
// Errors that have one, those of contexts, and those of others, stay as they
// are.
func classify(err error) error {
	if _, classified := errors.AsType[*fault.Error](err); err == nil || classified {
		return err
	}
	if e, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return connectFault(e)
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return classifyState(e.Code, err)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if broken(err) {
		return fault.Wrap(fault.Unavailable, lostConnection, err)
	}
	return err
}

// broken reports whether an error is one of the connection.
func broken(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, pgconn.ErrConnClosed)
}

func classifyState(code string, err error) error {
	switch code {
	case uniqueViolation:
		return fault.Wrap(fault.Conflict, "it is there already", err)
	case serializationFailure, deadlockDetected:
		return fault.Wrap(fault.Conflict, "another transaction was in the way", err)
	case queryCanceled, lockNotAvailable:
		return fault.Wrap(fault.Unavailable, "the database took too long", err)
	case missingPrivilege:
		return fault.Wrap(fault.Unavailable, "the database's user lacks a right", &deniedError{err})
	case readOnlyTransaction:
		return fault.Wrap(fault.Unavailable, "the database takes no writes", err)
	}
	switch class := code[:min(2, len(code))]; class {
	case "08", "57": // connection exceptions; operator intervention, such as a shutdown
		return fault.Wrap(fault.Unavailable, lostConnection, err)
	case "53", "58": // insufficient resources; errors of the system below
		return fault.Wrap(fault.Unavailable, "the database cannot go on", err)
	case "XX":
		return fault.Wrap(fault.Internal, "the database is damaged, or has a defect", err)
	}
	return err
}

// ErrDenied says that the user lacks a right, which the error names. It lies
// behind the fault Unavailable.
var ErrDenied = errors.New("a GRANT is missing")

// deniedError is what the server says of it.
type deniedError struct{ cause error }

func (e *deniedError) Error() string   { return messageOf(e.cause) }
func (e *deniedError) Unwrap() []error { return []error{ErrDenied, e.cause} }

// messageOf is the server's own sentence, without its codes.
func messageOf(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Message
	}
	return err.Error()
}

// Why a connection was not made. They lie behind the fault Unavailable.
var (
	ErrRefused     = errors.New("the user or the password is refused")
	ErrUnknownHost = errors.New("the host is not known")
	ErrUnreachable = errors.New("nothing answers")
	ErrNoDatabase  = errors.New("there is no such database")
)

// connectError says in one line why no host could be used.
type connectError struct {
	reasons string
	kind    error // one of those above, or nil
	cause   error
}

func (e *connectError) Error() string   { return e.reasons }
func (e *connectError) Unwrap() []error { return []error{e.kind, e.cause} }

func connectFault(err *pgconn.ConnectError) error {
	var reasons []string
	for _, cause := range flatten(err.Unwrap()) {
		if r := reason(cause); !slices.Contains(reasons, r) {
			reasons = append(reasons, r)
		}
	}
	if len(reasons) > 1 { // it was tried without TLS next
		reasons = slices.DeleteFunc(reasons, func(r string) bool { return strings.HasSuffix(r, "server refused TLS connection") })
	}
	return fault.Wrap(fault.Unavailable, "the database cannot be reached",
		&connectError{strings.Join(reasons, "; "), kind(err), err})
}

// flatten is the errors that were joined.
func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, flatten(one)...)
	}
	return all
}

// reason is one line. PostgreSQL says itself whom it is about.
func reason(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Message
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return "the host " + e.Name + " is not known"
	}
	e, ok := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded), ok && e.Timeout():
		address, _, _ := strings.Cut(err.Error(), ": ") // so pgx begins
		return address + " does not answer"
	case ok && e.Addr != nil:
		return e.Addr.String() + ": " + e.Err.Error()
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

func kind(err error) error {
	switch sqlState(err) {
	case wrongPassword, notAuthorized:
		return ErrRefused
	case noSuchDatabase:
		return ErrNoDatabase
	case missingPrivilege:
		return ErrDenied
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return ErrUnknownHost
	}
	if broken(err) || errors.Is(err, context.DeadlineExceeded) {
		return ErrUnreachable
	}
	return nil
}
