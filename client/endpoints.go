package client

import (
	"context"
	"encoding/json"
	"errors"
)

// Order fetches an order by its id. It may be full or the order's number
// alone.
func (c *Client) Order(ctx context.Context, id OrderID) (*Order, error) {
	return c.order(ctx, map[string]any{"orderId": id})
}

// OrderByReference fetches an order by the referenceId that the shop gave its
// cart. When several orders carry it the error is a *DuplicateReferenceError.
func (c *Client) OrderByReference(ctx context.Context, referenceID string) (*Order, error) {
	return c.order(ctx, map[string]any{"referenceId": referenceID})
}

func (c *Client) order(ctx context.Context, keys map[string]any) (order *Order, err error) {
	endpoint := detailV2
	if c.options.Version == V1 {
		endpoint = detailV1
	}
	err = c.call(ctx, endpoint, keys, func(body []byte) error {
		order, err = DecodeOrder(body)
		return err
	})
	return order, err
}

// UpdateMerchantOrderID records the shop's own id of an order. The last one
// wins.
func (c *Client) UpdateMerchantOrderID(ctx context.Context, id OrderID, merchantOrderID string) error {
	keys := map[string]any{"orderId": id, "merchantOrderId": merchantOrderID}
	return c.call(ctx, merchantID, keys, wantSuccess)
}

// UpdateStatus moves an order to one of the vendor's statuses, or asks for its
// cancellation.
func (c *Client) UpdateStatus(ctx context.Context, id OrderID, status Status) error {
	keys := map[string]any{"orderId": id, "orderStatus": status}
	err := c.call(ctx, vendorStatus, keys, wantSuccess)
	if locked, ok := errors.AsType[*LockedError](err); ok && locked.To == "" {
		locked.To = status // the text for cancelled orders does not say
	}
	return err
}

// SetTracking adds tracking numbers to an order: each once, in the order
// given, after those that it has.
func (c *Client) SetTracking(ctx context.Context, id OrderID, numbers ...string) error {
	list := make([]map[string]string, len(numbers))
	for i, number := range numbers {
		list[i] = map[string]string{"number": number}
	}
	return c.call(ctx, tracking, map[string]any{"orderId": id, "trackingList": list}, wantSuccess)
}

// wantSuccess: the text says nothing that was not asked for.
func wantSuccess(body []byte) error {
	var answer struct {
		Success *string `json:"success"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Success == nil {
		return errNoSuccess
	}
	return nil
}
