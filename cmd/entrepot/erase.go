package main

import (
	"context"
	"fmt"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

type orderEraseCommand struct {
	dataFlag
	orderArg
	whyFlags
	jsonFlag
}

// erasedJSON is what `order erase` answers (docs/cli-json.md).
type erasedJSON struct {
	OrderID string `json:"orderId"`
	Again   bool   `json:"again"`
}

// Help teaches by example.
func (c *orderEraseCommand) Help() string {
	return `On a shopper's request, or whenever the shop no longer needs to know who it was:

  entrepot order erase 999-17 --as dpo --reason "request 2026-04"

Amounts, dates, statuses and goods stay; docs/personal-data.md lists what goes. It cannot be undone. Backups keep what they hold.
Do not name the shopper in the reason: it stays.`
}

// Run erases the order and frees the files of what it said.
func (c *orderEraseCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		changed, err := s.Erase(ctx, c.ID.ID, c.why("order erase"))
		if err != nil {
			return noOrder(c.ID.ID, err)
		}
		if err := s.Scrub(ctx); err != nil {
			return withHint(fmt.Errorf("order %s is erased, and parts of what it said are still in the database's files: %w", c.ID, err),
				"run the command again in a while; a running service tries again, too")
		}
		if c.JSON {
			return writeJSON(con.Out, erasedJSON{c.ID.String(), !changed})
		}
		if !changed {
			_, _ = fmt.Fprintf(con.Err, "entrepot: order %s had been erased already\n", c.ID)
		}
		_, err = fmt.Fprintln(con.Out, c.ID)
		return err
	})
}

// retentionInterval is how often a service looks for orders that are due.
const retentionInterval = time.Hour

// retain erases what is due every so often, and what a command that was cut
// off has left to be scrubbed.
func (s server) retain(ctx context.Context) {
	ticker := time.NewTicker(retentionInterval)
	defer ticker.Stop()
	for {
		s.eraseDue(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s server) eraseDue(ctx context.Context) {
	n, err := s.beside().EraseDue(ctx)
	if n > 0 {
		s.log.Info("erased what orders say of their shoppers", "orders", n)
	}
	if err == nil || n > 0 {
		if scrub := s.beside().Scrub(ctx); err == nil {
			err = scrub
		}
	}
	switch {
	case err == nil, ctx.Err() != nil:
	case fault.Is(err, fault.Unavailable):
		s.log.Warn("erasing is not finished; it is tried again", "cause", err.Error())
	default:
		s.log.Error("erasing what is due failed; it is tried again", "cause", err.Error())
	}
}
