package main

import (
	"context"
	"fmt"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

type orderShowCommand struct {
	dataFlag
	jsonFlag
	orderArg
}

// Run shows the order: as a page, or as orderDetail answers it.
func (c *orderShowCommand) Run(ctx context.Context, con console) error {
	show := c.page
	if c.JSON {
		show = c.json
	}
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		return s.Operate(ctx, c.ID.Store, func(r order.Reader) error {
			return noOrder(c.ID.ID, show(r, con))
		})
	})
}

func (c *orderShowCommand) json(r order.Reader, con console) error {
	stored, err := r.Detail(c.ID.Number)
	if err != nil {
		return err
	}
	answer, err := wire.AppendDetail(nil, &stored)
	if err != nil {
		return fmt.Errorf("write order %s: %w", c.ID, err)
	}
	_, err = con.Out.Write(append(answer, '\n'))
	return err
}

func (c *orderShowCommand) page(r order.Reader, con console) error {
	o, err := r.Order(c.ID.Number)
	if err != nil {
		return err
	}
	return writeOrder(con.Out, &o)
}
