package client

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// OrderNumbersQuery says which orders to list (contract, section 3). One of
// SinceOrderID, SinceDate and MissingMerchantOrderID is required.
type OrderNumbersQuery struct {
	// SinceOrderID lists the orders after that order. When the server does
	// not know it the error is a *NotFoundError.
	SinceOrderID OrderID
	// SinceDate lists the orders placed on that day (in UTC) or later, and
	// ThroughDate those up to the end of that day.
	SinceDate, ThroughDate time.Time
	// MissingMerchantOrderID lists only orders without the shop's own id;
	// alone, those of the last two weeks.
	MissingMerchantOrderID bool
	// Statuses asks for the status and the shop's own id of each order.
	Statuses bool

	// Counts, when not nil, is told once how many orders the list has, before
	// the first one is handed out.
	Counts func(Counts)
}

// Counts are how many orders a list has.
type Counts struct {
	Total, Live, Test int64
}

// OrderNumber is an order in a list.
type OrderNumber struct {
	ID        OrderID
	TestOrder bool
	Timestamp time.Time // when the order was placed

	// With OrderNumbersQuery.Statuses only.
	MerchantOrderID string // the shop's own id, "" while it has none
	Status          Status
	StatusDate      time.Time // since when

	// Extra has the keys that are not named above; nil when there are none.
	Extra map[string]json.RawMessage
}

// OrderNumbers lists a store's orders in the order of their numbers, as they
// arrive. After an error nothing follows. An iteration without an error was
// the whole list; leaving the loop early ends the request. Ranging over the
// sequence again asks the server again.
func (c *Client) OrderNumbers(ctx context.Context, q OrderNumbersQuery) iter.Seq2[OrderNumber, error] {
	return func(yield func(OrderNumber, error) bool) {
		if err := c.list(ctx, q, func(n OrderNumber) bool { return yield(n, nil) }); err != nil {
			yield(OrderNumber{}, err)
		}
	}
}

const dayFormat = "20060102"

func (q OrderNumbersQuery) keys() map[string]any {
	keys := map[string]any{}
	if q.SinceOrderID != "" {
		keys["sinceOrderId"] = q.SinceOrderID
	}
	if !q.SinceDate.IsZero() {
		keys["sinceDate"] = q.SinceDate.UTC().Format(dayFormat)
	}
	if !q.ThroughDate.IsZero() {
		keys["throughDate"] = q.ThroughDate.UTC().Format(dayFormat)
	}
	if q.MissingMerchantOrderID {
		keys["missingMerchantOrderId"] = true
	}
	if q.Statuses { // the key's presence asks, whatever its value
		keys["statuses"] = true
	}
	return keys
}
