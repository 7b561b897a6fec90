package wire

import (
	"errors"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// faultKeys says which text a fault of the domain becomes at every endpoint.
var faultKeys = map[fault.Code]Key{
	fault.Credentials: BadCredentials,
	fault.NotFound:    OrderNotFound,
}

// moveKeys are those of the endpoint that moves orders.
var moveKeys = map[fault.Code]Key{
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
	if code == fault.Invalid {
		return fieldProblem(err)
	}
	if locked, ok := errors.AsType[*order.LockedError](err); ok {
		args["from"] = string(locked.From)
	}
	return &Problem{Key: faultKey(e, code), Args: args}
}

func faultKey(e Endpoint, code fault.Code) Key {
	key, ok := faultKeys[code]
	if e == UpdateVendorOrderStatus && !ok {
		key, ok = moveKeys[code]
	}
	switch {
	case code == fault.NotFound && e == OrderNumbers:
		return SinceNotFound
	case code == fault.Closed && e == OrderNumbers:
		return StoreLoading
	case !ok || (code == fault.NotFound && e == CreateTempCart): // which names no order
		return ServerFault
	}
	return key
}

func fieldProblem(err error) *Problem {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return &Problem{Key: ServerFault}
	}
	return &Problem{Key: BadField, Args: Args{"field": f.Field, "problem": f.Message}}
}
