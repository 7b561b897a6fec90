package client

import (
	"net/http"
	"regexp"
	"strings"
)

// phrase is a text of the contract with its parameters in braces, and what it
// means.
type phrase struct {
	text *regexp.Regexp
	mean func(text string, args []string) error
}

// say compiles a text; the full stop with which some versions end is free.
func say(text string, mean func(text string, args []string) error) phrase {
	parts := regexp.MustCompile(`\{[a-z]*\}`).Split(strings.TrimSuffix(text, "."), -1)
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return phrase{regexp.MustCompile(`(?s)^` + strings.Join(parts, `(.*)`) + `\.?$`), mean}
}

func notFound(key string) func(string, []string) error {
	return func(_ string, args []string) error { return &NotFoundError{Key: key, Value: args[0]} }
}

func credentials(text string, _ []string) error { return &InvalidCredentialsError{Text: text} }

func request(text string, _ []string) error { return &InvalidRequestError{Text: text} }

func requestField(text string, args []string) error {
	return &InvalidRequestError{Field: args[0], Text: text}
}

func serverFault(text string, _ []string) error {
	return &ServerFaultError{Status: http.StatusOK, Text: text}
}

// phrases are looked at from the first to the last. Sections are the
// contract's.
var phrases = []phrase{
	// Section 1.
	say("Invalid security credentials", credentials),
	say("Store is required", credentials),
	say("could not parse input", request),
	say("Invalid post body", request),
	say("orderId: {id} is not a valid orderId", func(_ string, args []string) error {
		return &InvalidOrderIDError{Value: args[0]}
	}),

	// Section 6, before those that its texts look like.
	say("New status: {status} is not a valid order status", func(_ string, args []string) error {
		return &InvalidStatusError{Status: Status(args[0])}
	}),
	say("Could not update order status to invalid status: {status}", func(_ string, args []string) error {
		return &InvalidStatusError{Status: Status(args[0]), System: true}
	}),
	say("OrderId: {id} has been cancelled and status cannot be updated.", func(_ string, args []string) error {
		return &LockedError{OrderID: OrderID(args[0]), From: OrderCancelled}
	}),
	say("OrderId: {id} already has current status: {status}", func(_ string, args []string) error {
		return &AlreadyThereError{OrderID: OrderID(args[0]), Status: Status(args[1])}
	}),
	say("OrderId: {id} cannot be moved to order status: {to} while in status: {from}", func(_ string, args []string) error {
		return &LockedError{OrderID: OrderID(args[0]), To: Status(args[1]), From: Status(args[2])}
	}),
	say("Could not update order status to status: {status}", func(_ string, args []string) error {
		return &ConflictError{Status: Status(args[0])}
	}),

	// Orders that are not there: sections 3 to 7.
	say("Couldn't find order for sinceOrderId: {id}", notFound("sinceOrderId")),
	say("Could not find an order with orderId: {id}", notFound("orderId")),
	say("Could not find an order with referenceId: {reference} for storeId: {store}", notFound("referenceId")),
	say("Could not retrieve order to updateMerchantOrderId for orderId: {id}", notFound("orderId")),
	say("Could not retrieve order to updateVendorOrderStatus from orderId: {id}", notFound("orderId")),
	say("Duplicate referenceId: {reference} for storeId: {store}", func(_ string, args []string) error {
		return &DuplicateReferenceError{ReferenceID: args[0]}
	}),

	// Faults of the server. The first is of an order that is there and cannot be read now.
	say("Could not retrieve order with referenceId: {reference}", serverFault),
	say("Could not process {what}", serverFault),

	// Section 3, and what else is wrong with a request.
	say("The orders of this store are being loaded and cannot be listed yet.", func(text string, _ []string) error {
		return &StoreLoadingError{Text: text}
	}),
	say("{field}: {value} is not a valid date, expected yyyymmdd", badDate),
	say("throughDate: {through} is before sinceDate: {since}", func(text string, args []string) error {
		return &InvalidDateError{Field: "throughDate", Value: args[0], Text: text}
	}),
	{regexp.MustCompile(`^Parameter (\w+) is required`), requestField},
	say("Parameter {keys}", request),
	say("Cannot specify both Parameters {keys}", request),
	{regexp.MustCompile(`^([\w.\[\]]+) is required\.?$`), requestField},
	{regexp.MustCompile(`^([\w.\[\]]+): `), requestField},
}

func badDate(text string, args []string) error {
	return &InvalidDateError{Field: args[0], Value: args[1], Text: text}
}

// meaning is the error that a text of the API says.
func meaning(text string) error {
	for _, p := range phrases {
		if args := p.text.FindStringSubmatch(text); args != nil {
			return p.mean(text, args[1:])
		}
	}
	return &RefusedError{Text: text}
}
