package main

import (
	"context"
	"fmt"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

type storeOpenCommand struct {
	dataFlag
	jsonFlag
	Number int64 `arg:"" help:"The store's number."`
}

// Run opens the store.
func (c *storeOpenCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		if err := s.OpenStore(ctx, order.StoreNumber(c.Number)); err != nil {
			return noStore(c.Number, err)
		}
		return c.printStore(ctx, con, s, c.Number)
	})
}

type storeCloseCommand struct {
	dataFlag
	jsonFlag
	Number int64 `arg:"" help:"The store's number."`
}

// Run closes the store.
func (c *storeCloseCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		if err := s.CloseStore(ctx, order.StoreNumber(c.Number)); err != nil {
			return stillLoading(c.Number, noStore(c.Number, err))
		}
		return c.printStore(ctx, con, s, c.Number)
	})
}

// stillLoading adds what ends the loading to an error that says that it is on.
func stillLoading(number int64, err error) error {
	if fault.Is(err, fault.Closed) {
		return withHint(err, fmt.Sprintf("`entrepot store open %d` ends the loading", number))
	}
	return err
}
