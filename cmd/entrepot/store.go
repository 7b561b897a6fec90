package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

type storeCommands struct {
	Add          storeAddCommand          `cmd:"" help:"Add a store; prints its number and, when it makes one, its secret."`
	List         storeListCommand         `cmd:"" help:"List all stores."`
	Show         storeShowCommand         `cmd:"" help:"Show one store."`
	Set          storeSetCommand          `cmd:"" help:"Change what a store is set to."`
	Open         storeOpenCommand         `cmd:"" help:"Let a store take carts and answer lists; ends its loading."`
	Close        storeCloseCommand        `cmd:"" help:"Take no more carts for a store; its orders stay readable."`
	RemoveSecret storeRemoveSecretCommand `cmd:"" help:"End one of a store's secrets at once."`
	RotateSecret storeRotateCommand       `cmd:"" help:"Make a new secret valid beside the present one; an older one ends."`
}

type storeAddCommand struct {
	dataFlag
	secretFlag
	jsonFlag
	Number  *int64 `help:"The store's number; a shop that moves here keeps its own. Without it the next free one is taken." placeholder:"N"`
	Name    string `help:"What people call the store."`
	Test    bool   `help:"A sandbox: all its orders are test orders."`
	Loading bool   `help:"For an import: take orders in any order of numbers, and answer no lists until store open."`
}

// Validate refuses numbers that no store may have.
func (c *storeAddCommand) Validate() error {
	if c.Number != nil && *c.Number < 1 {
		return fmt.Errorf("--number is %d; expected 1 or more", *c.Number)
	}
	return nil
}

// Run adds the store.
func (c *storeAddCommand) Run(ctx context.Context, con console) error {
	secret, made, err := c.secret()
	if err != nil {
		return err
	}
	request := order.NewStoreRequest{Name: c.Name, Test: c.Test, Secret: secret, Loading: c.Loading}
	set((*int64)(&request.Number), c.Number)
	return withService(ctx, c.dataFlag, true, func(s *order.Service) error {
		store, err := s.AddStore(ctx, request)
		if fault.Is(err, fault.Exists) {
			return withHint(fmt.Errorf("store %d exists already", request.Number), "`entrepot store list` shows what there is")
		}
		if err != nil {
			return err
		}
		return printStoreSecret(con, c.JSON, store.Number, secret, made)
	})
}

type storeListCommand struct {
	dataFlag
	jsonFlag
}

// Run prints all stores.
func (c *storeListCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		stores, err := s.Stores(ctx)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return writeJSON(con.Out, newStoresJSON(stores))
		}
		t := newTable(con.Out, "STORE", "STATE", "TEST", "SECRETS", "ADDED", "NAME")
		for _, store := range stores {
			t.row(store.Number, store.State, store.Test, len(store.Secrets), store.CreatedAt.Format(time.DateOnly), store.Name)
		}
		return t.flush()
	})
}

type storeShowCommand struct {
	dataFlag
	jsonFlag
	Number int64 `arg:"" help:"The store's number."`
}

// Run prints one store.
func (c *storeShowCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		store, err := s.Store(ctx, order.StoreNumber(c.Number))
		if err != nil {
			return noStore(c.Number, err)
		}
		shown := storeShownJSON{storeJSON: newStoreJSON(store)}
		if err := shown.fill(ctx, s); err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(con.Out, shown)
		}
		return writeStore(con.Out, store, shown)
	})
}

// fill adds what the store holds.
func (j *storeShownJSON) fill(ctx context.Context, s *order.Service) error {
	err := s.Operate(ctx, j.Store, func(r order.Reader) error {
		use, err := r.CartUsage()
		j.WaitingCarts = use.Carts
		return err
	})
	if err != nil {
		return err
	}
	return s.Heads(ctx, order.HeadQuery{Store: j.Store, Newest: 1}, func(h *order.Head) error {
		j.LastOrder = optional(h.String())
		return nil
	})
}

func writeStore(w io.Writer, store order.Store, shown storeShownJSON) error {
	t := newTable(w)
	t.row("number:", store.Number)
	t.row("name:", store.Name)
	t.row("state:", store.State)
	t.row("test:", store.Test)
	t.row("added:", store.CreatedAt.Format(time.RFC3339))
	t.row("carts need the secret:", store.Settings.RequireSecretForCarts)
	t.row("carts live for:", store.Settings.CartLifetime)
	t.row("domestic shipping:", store.Settings.DomesticShipping)
	t.row("allowed origins:", store.Settings.AllowedOrigins)
	t.row("identity kept for:", retention(store.Settings.RetainIdentity))
	t.row("waiting carts:", shown.WaitingCarts)
	t.row("last order:", shown.LastOrder)
	for _, secret := range store.Secrets {
		t.row("secret:", "set "+secret.CreatedAt.Format(time.RFC3339))
	}
	return t.flush()
}

func retention(d time.Duration) string {
	if d == 0 {
		return "ever"
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}

func noStore(number int64, err error) error {
	if fault.Is(err, fault.NotFound) {
		return withHint(fmt.Errorf("there is no store %d", number), "`entrepot store list` shows what there is")
	}
	return err
}

type storeSetCommand struct {
	dataFlag
	jsonFlag
	Number                int64          `arg:"" help:"The store's number."`
	Name                  *string        `help:"What people call the store."`
	State                 *string        `help:"open, or closed: takes no carts, its orders stay readable." enum:"open,closed" placeholder:"STATE"`
	RequireSecretForCarts *bool          `help:"Take carts only with the store's secret." negatable:""`
	CartLifetime          *time.Duration `help:"How long a cart waits for its shopper." placeholder:"48h"`
	DomesticShipping      *string        `help:"Where a cart's domesticShippingCharge goes: added to shipping, or a line of its own." enum:"shipping,line" placeholder:"shipping|line"`
	AllowedOrigins        *string        `help:"Origins of the shop's pages, separated by commas: where shoppers may be sent after the checkout, and who may frame it. An empty text ends them all." placeholder:"https://shop.example.com"`
	RetainIdentityDays    *int           `help:"Erase what an order says of its shopper this many days after it was placed; 0 keeps it for ever." placeholder:"N"`
}

// Validate keeps carts from lapsing before a shopper can come.
func (c *storeSetCommand) Validate() error {
	if c.empty() {
		return errors.New("there is nothing to set")
	}
	if c.CartLifetime != nil && *c.CartLifetime < time.Minute {
		return fmt.Errorf("--cart-lifetime is %s; expected a minute or more", *c.CartLifetime)
	}
	if c.AllowedOrigins != nil {
		if _, err := order.ParseOrigins(*c.AllowedOrigins); err != nil {
			return fmt.Errorf("--allowed-origins: %w", err)
		}
	}
	if c.RetainIdentityDays != nil && (*c.RetainIdentityDays < 0 || *c.RetainIdentityDays > maxRetention) {
		return fmt.Errorf("--retain-identity-days is %d; expected up to %d days, or 0 to keep for ever", *c.RetainIdentityDays, maxRetention)
	}
	return nil
}

// empty reports whether no setting is given.
func (c *storeSetCommand) empty() bool {
	return c.Name == nil && c.State == nil && c.RequireSecretForCarts == nil &&
		c.CartLifetime == nil && c.DomesticShipping == nil && c.RetainIdentityDays == nil && c.AllowedOrigins == nil
}

// Run changes what is given and leaves the rest.
func (c *storeSetCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		err := s.ConfigureStore(ctx, order.StoreNumber(c.Number), func(store *order.Store) {
			set(&store.Name, c.Name)
			set((*string)(&store.State), c.State)
			set(&store.Settings.RequireSecretForCarts, c.RequireSecretForCarts)
			set(&store.Settings.CartLifetime, c.CartLifetime)
			set((*string)(&store.Settings.DomesticShipping), c.DomesticShipping)
			set(&store.Settings.RetainIdentity, days(c.RetainIdentityDays))
			set(&store.Settings.AllowedOrigins, origins(c.AllowedOrigins))
		})
		if err != nil {
			return stillLoading(c.Number, noStore(c.Number, err))
		}
		return c.printStore(ctx, con, s, c.Number)
	})
}

// maxRetention is a hundred years: in days, and far from what a duration ends at.
const maxRetention = 36_500

// origins are those of a text that Validate has read.
func origins(text *string) *order.Origins {
	if text == nil {
		return nil
	}
	parsed, err := order.ParseOrigins(*text)
	if err != nil {
		panic(err)
	}
	return &parsed
}

func days(n *int) *time.Duration {
	if n == nil {
		return nil
	}
	d := time.Duration(*n) * 24 * time.Hour
	return &d
}

func set[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}
