package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/sandbox"
	"entrepot/internal/wire"
)

// sandboxCommands are the levers of test stores and the demo.
type sandboxCommands struct {
	Place      sandboxPlaceCommand      `cmd:"" help:"Place a test order, now or at a time that has passed; prints its id."`
	PassReview sandboxPassReviewCommand `cmd:"" help:"Pass an order's fraud review."`
	FailReview sandboxFailReviewCommand `cmd:"" help:"Fail an order's fraud review, which cancels it."`
	Hold       sandboxHoldCommand       `cmd:"" help:"Hold an order."`
	Release    sandboxReleaseCommand    `cmd:"" help:"End a hold."`
	ExpireCart sandboxExpireCartCommand `cmd:"" help:"Make a waiting cart lapse at once."`
	Faults     sandboxFaultsCommand     `cmd:"" help:"Make the demo's next answers go wrong; without a kind, show what is still to come."`
}

// sandboxFlags say where the levers are: at a running service's admin address,
// or in its database, which may be served meanwhile.
type sandboxFlags struct {
	dataFlag
	jsonFlag
	adminFlag
}

// pull runs one lever, there or here.
func (f sandboxFlags) pull(ctx context.Context, path string, body, said any, here func(sandbox.Levers) error) error {
	if f.AdminURL != "" {
		return f.post(ctx, path, body, said)
	}
	demo, err := f.demoStore()
	if err != nil {
		return err
	}
	err = withService(ctx, f.dataFlag, false, func(s *order.Service) error { return here(sandbox.Levers{Service: s, Demo: demo}) })
	return plainly(err)
}

// plainly leaves out of a fault what is of no use to whoever pulled a lever.
func plainly(err error) error {
	if p, ok := errors.AsType[*wire.Problem](err); ok {
		return errors.New(wire.Text(wire.CreateTempCart, p.Key, p.Args))
	}
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case !ok || f.Code == fault.Internal || f.Code == fault.Unavailable || f.Code == fault.Unsupported:
		return err
	case f.Code == fault.Closed:
		return withHint(errors.New(sandbox.Text(f)), "`entrepot store add --test` makes a test store")
	}
	return errors.New(sandbox.Text(f))
}

// demoStore is the store of the demo that the folder holds; zero when it holds
// none.
func (f sandboxFlags) demoStore() (order.StoreNumber, error) {
	if f.shared() {
		return 0, nil
	}
	body, err := os.ReadFile(filepath.Join(f.Data, "demo.json")) //nolint:gosec // in the folder that the operator names
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	var d demoFile
	if err == nil {
		err = json.Unmarshal(body, &d)
	}
	if err != nil {
		return 0, fmt.Errorf("read the demo's own file: %w", err)
	}
	return order.StoreNumber(d.Store), nil
}

type sandboxPlaceCommand struct {
	sandboxFlags
	Store       int64  `help:"The test store." required:"" placeholder:"N"`
	Cart        string `help:"The tempCartUUID of a cart that waits; a sample cart without it." placeholder:"UUID"`
	Date        string `help:"When it was placed, such as 2026-01-31T09:30:00Z; not before the store's last order." placeholder:"TIME"`
	FraudReview bool   `help:"The order begins in fraud review."`
	Details     string `help:"JSON file with more: the keys of createTempCart for the cart, those of orderDetail for the checkout." placeholder:"FILE" type:"existingfile"`
}

// Run places the order.
func (c *sandboxPlaceCommand) Run(ctx context.Context, con console) error {
	request, err := c.request()
	if err != nil {
		return err
	}
	var placed sandbox.Placed
	err = c.pull(ctx, "/sandbox/orders", request, &placed, func(l sandbox.Levers) (err error) {
		placed, err = l.Place(ctx, request)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(con.Out, placed)
	}
	_, err = fmt.Fprintln(con.Out, placed.OrderID)
	return err
}

// request is what the call takes; flags count before the file.
func (c *sandboxPlaceCommand) request() (wire.Object, error) {
	request := wire.Object{}
	if c.Details != "" {
		body, err := os.ReadFile(c.Details)
		if err != nil {
			return nil, fmt.Errorf("read the details: %w", err)
		}
		if request, err = wire.ParseObject(body); err != nil {
			return nil, fmt.Errorf("%s: expected one JSON object in UTF-8", c.Details)
		}
	}
	flags := map[string]any{"store": c.Store}
	for key, value := range map[string]string{"tempCartUUID": c.Cart, "date": c.Date} {
		if strings.TrimSpace(value) != "" {
			flags[key] = value
		}
	}
	if c.FraudReview {
		flags["fraudReview"] = true
	}
	delete(request, "storeId") // of the file
	for key, value := range flags {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", key, err)
		}
		maps.Copy(request, wire.Object{key: text})
	}
	return request, nil
}

// sandboxMoveFlags are what all moves take.
type sandboxMoveFlags struct {
	sandboxFlags
	orderArg
}

type (
	sandboxPassReviewCommand struct{ sandboxMoveFlags }
	sandboxFailReviewCommand struct{ sandboxMoveFlags }
	sandboxHoldCommand       struct{ sandboxMoveFlags }
	sandboxReleaseCommand    struct{ sandboxMoveFlags }
)

// Run passes the review.
func (c *sandboxPassReviewCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, "pass-review")
}

// Run fails the review.
func (c *sandboxFailReviewCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, "fail-review")
}

// Run holds the order.
func (c *sandboxHoldCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, "hold")
}

// Run ends the hold.
func (c *sandboxReleaseCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, "release")
}

func (f sandboxMoveFlags) move(ctx context.Context, con console, lever string) error {
	var moved sandbox.Moved
	err := f.pull(ctx, "/sandbox/orders/"+f.ID.String()+"/"+lever, wire.Object{}, &moved, func(l sandbox.Levers) (err error) {
		moved, err = l.Move(ctx, f.ID.ID, lever)
		return err
	})
	switch {
	case err != nil:
		return err
	case f.JSON:
		return writeJSON(con.Out, moved)
	}
	_, err = fmt.Fprintf(con.Out, "%s: %s -> %s\n", moved.OrderID, moved.From, moved.To)
	return err
}

type sandboxExpireCartCommand struct {
	sandboxFlags
	Cart string `arg:"" help:"The cart's tempCartUUID."`
}

// Run makes the cart lapse.
func (c *sandboxExpireCartCommand) Run(ctx context.Context, con console) error {
	id, ok := wire.ParseCartID(c.Cart)
	if !ok {
		return fmt.Errorf("%q is no UUID; expected what createTempCart answered", c.Cart)
	}
	var expired sandbox.Expired
	err := c.pull(ctx, "/sandbox/carts/"+string(id)+"/expire", wire.Object{}, &expired, func(l sandbox.Levers) (err error) {
		expired, err = l.ExpireCart(ctx, id)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(con.Out, expired)
	}
	_, err = fmt.Fprintf(con.Out, "expired: %d\n", expired.Expired)
	return err
}
