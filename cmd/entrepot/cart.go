package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"entrepot/internal/order"
)

type cartCommands struct {
	List   cartListCommand   `cmd:"" help:"List the carts that wait for their shoppers."`
	Expire cartExpireCommand `cmd:"" help:"Make carts lapse at once, and drop them."`
}

type cartListCommand struct {
	dataFlag
	jsonFlag
	Store int64 `help:"Only this store's." placeholder:"N"`
	All   bool  `help:"Those that have become orders, too, as long as they are remembered."`
	Limit int   `help:"How many to list, of those that lapse last; 0 lists all." default:"50" placeholder:"N"`
}

// Validate looks at what the types let pass.
func (c *cartListCommand) Validate() error {
	if c.Limit < 0 {
		return errors.New("--limit is negative; expected a number of carts, or 0 for all")
	}
	return nil
}

// Run lists the carts; those that lapse last come last.
func (c *cartListCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		if err := known(ctx, s, c.Store); err != nil {
			return err
		}
		carts, err := s.Carts(ctx, order.CartQuery{Store: order.StoreNumber(c.Store), Spent: c.All, Limit: c.Limit})
		switch {
		case err != nil:
			return err
		case c.JSON:
			return writeJSON(con.Out, newCartsJSON(s, carts))
		}
		t := newTable(con.Out, "CART", "STORE", "CREATED (UTC)", "LAPSES (UTC)", "STATE", "BYTES")
		for _, cart := range carts {
			t.row(cart.ID, cart.Store, when(cart.CreatedAt), when(cart.ExpiresAt), cartState(s, cart), cart.Bytes)
		}
		return t.flush()
	})
}

// known is an error where a store is named that is not there.
func known(ctx context.Context, s *order.Service, number int64) error {
	if number == 0 {
		return nil
	}
	_, err := s.Store(ctx, order.StoreNumber(number))
	return noStore(number, err)
}

// cartState is waiting, lapsed, or the order that it became.
func cartState(s *order.Service, c order.CartHead) string {
	switch {
	case c.Became != 0:
		return order.ID{Store: c.Store, Number: c.Became}.String()
	case s.Lapsed(c):
		return "lapsed"
	}
	return "waiting"
}

// cartsJSON is a list of carts (docs/cli-json.md).
type cartsJSON struct {
	Carts []cartJSON `json:"carts"`
}

type cartJSON struct {
	ID        order.CartID      `json:"tempCartUUID"`
	Store     order.StoreNumber `json:"store"`
	CreatedAt moment            `json:"createdAt"`
	ExpiresAt moment            `json:"expiresAt"`
	Lapsed    bool              `json:"lapsed"`
	OrderID   optional          `json:"orderId"` // the order that it became
	Bytes     int64             `json:"bytes"`
}

func newCartsJSON(s *order.Service, carts []order.CartHead) cartsJSON {
	j := cartsJSON{Carts: []cartJSON{}}
	for _, c := range carts {
		cart := cartJSON{
			ID: c.ID, Store: c.Store, CreatedAt: moment(c.CreatedAt), ExpiresAt: moment(c.ExpiresAt),
			Lapsed: s.Lapsed(c), Bytes: c.Bytes,
		}
		if c.Became != 0 {
			cart.OrderID = optional(order.ID{Store: c.Store, Number: c.Became}.String())
		}
		j.Carts = append(j.Carts, cart)
	}
	return j
}

type cartExpireCommand struct {
	dataFlag
	jsonFlag
	Cart   string `arg:"" optional:"" help:"The cart's tempCartUUID."`
	Store  int64  `help:"All carts that wait at this store." placeholder:"N"`
	Lapsed bool   `help:"Only drop the carts that have lapsed, as serve does every minute."`
}

// Validate wants it said which carts: there is no way back.
func (c *cartExpireCommand) Validate() error {
	chosen := 0
	for _, given := range []bool{c.Cart != "", c.Store != 0, c.Lapsed} {
		if given {
			chosen++
		}
	}
	if chosen != 1 {
		return withHint(errors.New("expected one of a cart, --store and --lapsed"), "`entrepot cart list` shows the carts that wait")
	}
	return nil
}

// expiredJSON is what `cart expire` answers (docs/cli-json.md).
type expiredJSON struct {
	Expired int `json:"expired"`
}

// Run makes the carts lapse.
func (c *cartExpireCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		n, err := c.expire(ctx, s)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return writeJSON(con.Out, expiredJSON{n})
		}
		_, err = fmt.Fprintf(con.Out, "expired: %d\n", n)
		return err
	})
}

func (c *cartExpireCommand) expire(ctx context.Context, s *order.Service) (int, error) {
	if c.Lapsed {
		return s.PurgeCarts(ctx)
	}
	if c.Store != 0 {
		if err := known(ctx, s, c.Store); err != nil {
			return 0, err
		}
		return s.ExpireCarts(ctx, order.CartQuery{Store: order.StoreNumber(c.Store)})
	}
	id := order.CartID(strings.ToLower(strings.TrimSpace(c.Cart)))
	n, err := s.ExpireCarts(ctx, order.CartQuery{ID: id})
	if err == nil && n == 0 {
		err = withHint(fmt.Errorf("no cart %s waits", id), "it has lapsed or become an order; `entrepot cart list --all` shows what is remembered")
	}
	return n, err
}
