package main

import (
	"context"
	"fmt"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

type orderNoteCommand struct {
	dataFlag
	whyFlags
	jsonFlag
	orderArg
	Text     string `arg:"" help:"What the note says."`
	Flagged  bool   `help:"It is important."`
	Customer bool   `help:"It is the customer's own word."`
}

// notedJSON is what `order note` answers (docs/cli-json.md).
type notedJSON struct {
	OrderID string `json:"orderId"`
	Number  int64  `json:"number"`
}

// Run appends the note.
func (c *orderNoteCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		note := order.Note{Text: c.Text, Flagged: c.Flagged, Customer: c.Customer}
		number, err := s.AppendNote(ctx, c.ID.ID, note, c.why("order note"))
		switch {
		case fault.Is(err, fault.NotFound):
			return noOrder(c.ID.ID, err)
		case err != nil:
			return err
		case c.JSON:
			return writeJSON(con.Out, notedJSON{c.ID.String(), number})
		}
		_, err = fmt.Fprintf(con.Out, "%s: note %d\n", c.ID, number)
		return err
	})
}
