package wire

import (
	"errors"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// faultKeys says which text a fault of the domain becomes.
var faultKeys = map[fault.Code]Key{
	fault.Credentials:      BadCredentials,
	fault.NotFound:         OrderNotFound,
	fault.StatusUnknown:    StatusUnknown,
	fault.StatusNotVendors: StatusNotVendors,
	fault.StatusCancelled:  StatusCancelled,
	fault.StatusUnchanged:  StatusUnchanged,
	fault.StatusLocked:     StatusLocked,
	fault.Conflict:         StatusRaceLost,
}

// FaultProblem turns what went wrong into the contract's terms. What has none
// is a ServerFault. args hold what the request sent, for echoing.
func FaultProblem(e Endpoint, err error, args Args) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	code := fault.CodeOf(err)
	key, ok := faultKeys[code]
	switch {
	case code == fault.NotFound && e == OrderNumbers:
		key = SinceNotFound
	case code == fault.StatusLocked:
		if locked, is := errors.AsType[*order.LockedError](err); is {
			args["from"] = string(locked.From)
		}
	case code == fault.Invalid:
		return fieldProblem(err)
	case !ok || (code == fault.Conflict && e != UpdateVendorOrderStatus):
		key = ServerFault
	}
	return &Problem{Key: key, Args: args}
}

func fieldProblem(err error) *Problem {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return &Problem{Key: ServerFault}
	}
	return &Problem{Key: BadField, Args: Args{"field": f.Field, "problem": f.Message}}
}
