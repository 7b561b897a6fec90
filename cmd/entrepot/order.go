package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

type orderCommands struct {
	List               orderListCommand               `cmd:"" help:"List a store's newest orders."`
	Show               orderShowCommand               `cmd:"" help:"Show everything that is known of an order."`
	History            orderHistoryCommand            `cmd:"" help:"Show what became of an order: who changed what, when and why."`
	Hold               orderHoldCommand               `cmd:"" help:"Hold an order for a while."`
	Release            orderReleaseCommand            `cmd:"" help:"End a hold: the order goes back to where it was."`
	Approve            orderApproveCommand            `cmd:"" help:"Pass an order's fraud review."`
	Reject             orderRejectCommand             `cmd:"" help:"Fail an order's fraud review, which cancels it."`
	Cancel             orderCancelCommand             `cmd:"" help:"Cancel an order."`
	GrantCancellation  orderGrantCancellationCommand  `cmd:"" help:"Cancel an order as its shop has asked."`
	RefuseCancellation orderRefuseCancellationCommand `cmd:"" help:"Refuse a shop's request: the order goes back to where it was."`
	LabelsBegin        orderLabelsBeginCommand        `cmd:"" help:"Lock an order while its labels are made."`
	LabelsEnd          orderLabelsEndCommand          `cmd:"" help:"Say that an order's labels are printed."`
	Note               orderNoteCommand               `cmd:"" help:"Write a note on an order; the shop sees it, too."`
	Erase              orderEraseCommand              `cmd:"" help:"Erase what an order says of its shopper, for good."`
	Import             orderImportCommand             `cmd:"" help:"Take in orders of another server, or of an export."`
	Export             orderExportCommand             `cmd:"" help:"Write orders out, for an import or for people."`
	Place              orderPlaceCommand              `cmd:"" help:"Turn a cart into an order, as the checkout does; prints the order's id."`
}

type orderPlaceCommand struct {
	dataFlag
	whyFlags
	jsonFlag
	Cart    string `help:"The tempCartUUID that createTempCart answered." required:"" placeholder:"UUID"`
	Details string `help:"JSON file with addresses, shipping and totals, under the keys of orderDetail." required:"" placeholder:"FILE" type:"existingfile"`
}

// Validate wants a cart.
func (c *orderPlaceCommand) Validate() error {
	if strings.TrimSpace(c.Cart) == "" {
		return errors.New("--cart is empty; expected the tempCartUUID that createTempCart answered")
	}
	return nil
}

// placedJSON is what `order place` answers (docs/cli-json.md).
type placedJSON struct {
	OrderID string `json:"orderId"`
	Again   bool   `json:"again"`
}

// Run places the order. A cart that is an order already answers that order.
func (c *orderPlaceCommand) Run(ctx context.Context, con console) error {
	checkout, err := readCheckout(c.Details)
	if err != nil {
		return err
	}
	cart := order.CartID(strings.ToLower(strings.TrimSpace(c.Cart)))
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		placed, err := s.Place(ctx, cart, checkout, c.why("order place"))
		switch {
		case fault.Is(err, fault.NotFound):
			return withHint(fmt.Errorf("there is no cart %s", cart), "carts lapse and are dropped; createTempCart makes a new one")
		case fault.Is(err, fault.Invalid):
			return fmt.Errorf("%s: %w", c.Details, err)
		case err != nil:
			return err
		}
		return c.print(con, placed)
	})
}

func (c *orderPlaceCommand) print(con console, placed order.Placed) error {
	if c.JSON {
		return writeJSON(con.Out, placedJSON{placed.ID.String(), placed.Again})
	}
	if placed.Again {
		_, _ = fmt.Fprintln(con.Err, "entrepot: the cart has been this order already")
	}
	_, err := fmt.Fprintln(con.Out, placed.ID)
	return err
}

func readCheckout(file string) (order.Checkout, error) {
	body, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return order.Checkout{}, fmt.Errorf("read the details: %w", err)
	}
	object, err := wire.ParseObject(body)
	if err != nil {
		return order.Checkout{}, fmt.Errorf("%s: expected one JSON object in UTF-8", file)
	}
	checkout, err := wire.DecodeCheckout(object)
	if p, ok := errors.AsType[*wire.Problem](err); ok {
		return checkout, fmt.Errorf("%s: %s", file, wire.Text(wire.CreateTempCart, p.Key, p.Args))
	}
	return checkout, err
}
