package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

type orderListCommand struct {
	dataFlag
	storeFlag
	jsonFlag
	Status                 []status `help:"Only these: ${statuses}; or their full names." placeholder:"STATUS"`
	SinceDate              *day     `help:"Only those placed on that day (UTC) or later." placeholder:"DATE"`
	ThroughDate            *day     `help:"Only those placed up to the end of that day (UTC)." placeholder:"DATE"`
	ReferenceID            string   `help:"Only those that carry the shop's cart id." placeholder:"ID"`
	MerchantOrderID        string   `help:"Only those that carry the shop's order id." placeholder:"ID" xor:"merchant"`
	MissingMerchantOrderID bool     `help:"Only those that the shop has not given an id." xor:"merchant"`
	Test                   bool     `help:"Only test orders." xor:"kind"`
	Live                   bool     `help:"Only live orders." xor:"kind"`
	Limit                  int      `help:"The newest so many; 0 lists all." default:"50" placeholder:"N"`
}

// Validate looks at what the types let pass.
func (c *orderListCommand) Validate() error {
	switch {
	case c.Limit < 0:
		return errors.New("--limit is negative; expected a number of orders, or 0 for all")
	case c.SinceDate != nil && c.ThroughDate != nil && c.ThroughDate.Before(c.SinceDate.Time):
		return errors.New("--through-date is before --since-date")
	}
	return nil
}

// Run lists the newest orders, the newest last.
func (c *orderListCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		store, err := c.pick(ctx, s)
		if err != nil {
			return err
		}
		if c.JSON {
			return listJSON(ctx, s, con.Out, c.query(store))
		}
		return listTable(ctx, s, con.Out, c.query(store))
	})
}

func (c *orderListCommand) query(store order.StoreNumber) order.HeadQuery {
	q := order.HeadQuery{
		Store: store, ReferenceID: c.ReferenceID, MerchantOrderID: c.MerchantOrderID,
		Unmerchanted: c.MissingMerchantOrderID, Newest: c.Limit,
	}
	for _, s := range c.Status {
		q.Statuses = append(q.Statuses, order.Status(s))
	}
	if c.SinceDate != nil {
		q.PlacedFrom = c.SinceDate.Time
	}
	if c.ThroughDate != nil {
		q.PlacedBefore = c.ThroughDate.Add(24 * time.Hour)
	}
	if c.Test || c.Live {
		q.Test = &c.Test
	}
	return q
}

// tablePage bounds what is held back to align columns.
const tablePage = 1000

func listTable(ctx context.Context, s *order.Service, w io.Writer, q order.HeadQuery) error {
	t, rows := newTable(w, "ORDER", "PLACED (UTC)", "STATUS", "SINCE (UTC)", "KIND", "MERCHANT ORDER ID", "REFERENCE ID", "TRACKING"), 0
	err := s.Heads(ctx, q, func(h *order.Head) error {
		t.row(h.ID, when(h.PlacedAt), h.State.Status, when(h.StatusAt), kind(h.Test), h.MerchantOrderID, h.ReferenceID, strings.Join(h.Tracking, ","))
		if rows++; rows%tablePage == 0 {
			return t.flush()
		}
		return nil
	})
	return errors.Join(err, t.flush())
}

func kind(test bool) string {
	if test {
		return "test"
	}
	return "live"
}

// listJSON writes the list as it comes, in constant memory.
func listJSON(ctx context.Context, s *order.Service, w io.Writer, q order.HeadQuery) error {
	line, separator := []byte(nil), `{"orders":[`
	err := s.Heads(ctx, q, func(h *order.Head) error {
		line = wire.AppendHead(append(line[:0], separator...), h)
		separator = ","
		_, err := w.Write(line)
		return err
	})
	if err != nil {
		return err
	}
	if separator == "," {
		separator = ""
	}
	_, err = io.WriteString(w, separator+"]}\n")
	return err
}
