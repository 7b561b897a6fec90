package main

import (
	"context"
	"io"

	"entrepot/internal/order"
)

type orderHistoryCommand struct {
	dataFlag
	jsonFlag
	orderArg
}

// Run prints what became of the order, from its first day on.
func (c *orderHistoryCommand) Run(ctx context.Context, con console) error {
	changes, err := c.load(ctx)
	if err != nil {
		return noOrder(c.ID.ID, err)
	}
	if c.JSON {
		return writeJSON(con.Out, newHistoryJSON(c.ID.ID, changes))
	}
	return historyTable(con.Out, changes)
}

func (c *orderHistoryCommand) load(ctx context.Context) (changes []order.Change, err error) {
	err = withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		return s.Operate(ctx, c.ID.Store, func(r order.Reader) error {
			if err := r.Exists(c.ID.Number); err != nil {
				return err
			}
			changes, err = r.History(c.ID.Number)
			return err
		})
	})
	return changes, err
}

func historyTable(w io.Writer, changes []order.Change) error {
	t := newTable(w, "NO", "AT (UTC)", "WHO", "WHAT", "FROM", "TO", "WHY")
	for _, c := range changes {
		t.row(c.Seq, when(c.At), c.Actor, c.Kind, c.From, c.To, c.Reason)
	}
	return t.flush()
}

// historyJSON is an order's history (docs/cli-json.md).
type historyJSON struct {
	OrderID string       `json:"orderId"`
	Changes []changeJSON `json:"changes"`
}

type changeJSON struct {
	Number int64            `json:"number"`
	At     moment           `json:"at"`
	Who    optional         `json:"who"`
	What   order.ChangeKind `json:"what"`
	From   optional         `json:"from"`
	To     optional         `json:"to"`
	Why    optional         `json:"why"`
}

func newHistoryJSON(id order.ID, changes []order.Change) historyJSON {
	j := historyJSON{OrderID: id.String(), Changes: []changeJSON{}}
	for _, c := range changes {
		j.Changes = append(j.Changes, changeJSON{
			Number: c.Seq, At: moment(c.At), Who: optional(c.Actor), What: c.Kind,
			From: optional(c.From), To: optional(c.To), Why: optional(c.Reason),
		})
	}
	return j
}
