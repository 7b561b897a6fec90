package client

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
)

// class is a kind of outcome: what it is called in metrics, and whether it is
// worth another try.
type class string

const (
	classOK          class = "ok"
	classContext     class = "context"     // the caller's own end
	classNetwork     class = "network"     // no answer, or not a whole one
	classUnconnected class = "unconnected" // no connection came about: nothing was sent
	classCertificate class = "certificate"
	classThrottled   class = "throttled"
	classServer      class = "server"
	classConflict    class = "conflict"
	classLoading     class = "loading"
	classNotAPI      class = "not_api"
	classBadAnswer   class = "bad_answer" // of the API, but it cannot be read
	classBroken      class = "broken_list"
	classRefused     class = "refused" // and will be again
)

// errBadAnswer is an answer that will not be better next time.
type errBadAnswer struct{ err error }

func (e *errBadAnswer) Error() string { return "cannot read the answer: " + e.err.Error() }
func (e *errBadAnswer) Unwrap() error { return e.err }

// callerGone is the end of the context that the caller gave.
type callerGone struct{ err error }

func (e *callerGone) Error() string { return e.err.Error() }
func (e *callerGone) Unwrap() error { return e.err }

func classify(err error) class {
	switch {
	case err == nil:
		return classOK
	case isA[*callerGone](err):
		return classContext
	case isA[*ThrottledError](err):
		return classThrottled
	case isA[*ServerFaultError](err):
		return classServer
	case isA[*ConflictError](err):
		return classConflict
	case isA[*StoreLoadingError](err):
		return classLoading
	case isA[*NotAPIError](err):
		return classNotAPI
	case isA[*errBadAnswer](err):
		return classBadAnswer
	case isA[*BrokenListError](err):
		return classBroken
	case isRefusal(err):
		return classRefused
	}
	return classifyNetwork(err)
}

func isRefusal(err error) bool {
	return isA[*InvalidCredentialsError](err) || isA[*NotFoundError](err) || isA[*InvalidOrderIDError](err) ||
		isA[*LockedError](err) || isA[*AlreadyThereError](err) || isA[*InvalidStatusError](err) ||
		isA[*DuplicateReferenceError](err) || isA[*InvalidDateError](err) || isA[*InvalidRequestError](err) ||
		isA[*RefusedError](err)
}

func classifyNetwork(err error) class {
	if isA[*tls.CertificateVerificationError](err) {
		return classCertificate
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return classUnconnected
	}
	if errors.Is(err, context.Canceled) { // by a caller that is none of ours
		return classContext
	}
	return classNetwork
}

// again says whether a try of this class is worth repeating.
func (c class) again() bool {
	switch c {
	case classNetwork, classUnconnected, classThrottled, classServer, classConflict, classBroken:
		return true
	}
	return false
}

// untouched says that the server cannot have done what was asked.
func (c class) untouched() bool {
	return c == classUnconnected || c == classThrottled || c == classConflict
}
