package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/sandbox"
)

type sandboxFaultsCommand struct {
	jsonFlag
	adminFlag
	Kind     string        `arg:"" optional:"" help:"slow, 500, 429, or cut: the request is carried out and half of its answer arrives." enum:"slow,500,429,cut," default:""`
	Count    int64         `help:"How many answers." default:"1" placeholder:"N"`
	Store    int64         `help:"Only this store's." placeholder:"N"`
	Endpoint string        `help:"Only this endpoint's, such as /v2/orderDetail or orderNumbers." placeholder:"PATH"`
	Delay    time.Duration `help:"How late a slow answer comes; 5s unless said." placeholder:"TIME"`
	Clear    bool          `help:"End all faults that are still to come."`
}

// Validate looks at what goes together.
func (c *sandboxFaultsCommand) Validate() error {
	switch {
	case c.AdminURL == "":
		return withHint(errors.New("--admin-url is required: faults live in the demo that runs"), "the demo prints it at its start")
	case c.Clear && c.Kind != "":
		return errors.New("a kind and --clear do not go together")
	case c.Count < 1:
		return fmt.Errorf("--count is %d; expected one or more", c.Count)
	case c.Delay != 0 && (c.Kind != string(sandbox.Slow) || c.Delay < time.Millisecond):
		return errors.New("--delay goes with the kind slow, and is a millisecond or more")
	}
	return nil
}

// Run adds, ends or only shows faults.
func (c *sandboxFaultsCommand) Run(ctx context.Context, con console) error {
	var pending sandbox.Pending
	if err := c.send(ctx, &pending); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(con.Out, pending)
	}
	t := newTable(con.Out, "KIND", "LEFT", "STORE", "ENDPOINT", "DELAY")
	for _, f := range pending.Faults {
		store, delay := "any", ""
		if f.Store != 0 {
			store = f.Store.String()
		}
		if f.DelayMS != 0 {
			delay = (time.Duration(f.DelayMS) * time.Millisecond).String()
		}
		t.row(f.Kind, f.Count, store, f.Endpoint, delay)
	}
	return t.flush()
}

func (c *sandboxFaultsCommand) send(ctx context.Context, pending *sandbox.Pending) error {
	switch {
	case c.Clear:
		return c.ask(ctx, http.MethodDelete, "/sandbox/faults", nil, pending)
	case c.Kind == "":
		return c.ask(ctx, http.MethodGet, "/sandbox/faults", nil, pending)
	}
	one := sandbox.Fault{
		Kind: sandbox.Kind(c.Kind), Count: c.Count, Store: order.StoreNumber(c.Store), Endpoint: c.Endpoint, DelayMS: c.Delay.Milliseconds(),
	}
	return c.post(ctx, "/sandbox/faults", one, pending)
}
