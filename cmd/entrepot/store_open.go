package main

import (
	"context"
	"fmt"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

type storeOpenCommand struct {
	dataFlag
	Number int64 `arg:"" help:"The store's number."`
}

// Run opens the store.
func (c *storeOpenCommand) Run(ctx context.Context) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		return noStore(c.Number, s.OpenStore(ctx, order.StoreNumber(c.Number)))
	})
}

type storeCloseCommand struct {
	dataFlag
	Number int64 `arg:"" help:"The store's number."`
}

// Run closes the store.
func (c *storeCloseCommand) Run(ctx context.Context) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		err := s.CloseStore(ctx, order.StoreNumber(c.Number))
		if fault.Is(err, fault.Closed) {
			return withHint(err, fmt.Sprintf("`entrepot store open %d` ends the loading", c.Number))
		}
		return noStore(c.Number, err)
	})
}
