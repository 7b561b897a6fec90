package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

type storeCommands struct {
	Add          storeAddCommand    `cmd:"" help:"Add a store; prints its number and, when it makes one, its secret."`
	List         storeListCommand   `cmd:"" help:"List all stores."`
	Show         storeShowCommand   `cmd:"" help:"Show one store."`
	Set          storeSetCommand    `cmd:"" help:"Change what a store is set to."`
	RotateSecret storeRotateCommand `cmd:"" help:"Make a new secret valid beside the present one; an older one ends."`
}

// secretFlag says where a secret comes from: never from the command line,
// where others see it.
type secretFlag struct {
	SecretFile string `help:"File that holds the secret (a GUID, or as random); without it one is made and printed." placeholder:"FILE" type:"existingfile"`
}

// secret reads the secret, or makes one.
func (f secretFlag) secret() (secret string, made bool, err error) {
	if f.SecretFile == "" {
		return uuid.NewString(), true, nil
	}
	secret, err = readSecret(f.SecretFile)
	return secret, false, err
}

func readSecret(file string) (string, error) {
	body, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	return strings.TrimSpace(string(body)), nil
}

type storeAddCommand struct {
	dataFlag
	secretFlag
	Number int64  `help:"The store's number; a shop that moves here keeps its own. Without it the next free one is taken." placeholder:"N"`
	Name   string `help:"What people call the store."`
	Test   bool   `help:"A sandbox: all its orders are test orders."`
}

// Run adds the store.
func (c *storeAddCommand) Run(ctx context.Context, con console) error {
	secret, made, err := c.secret()
	if err != nil {
		return err
	}
	return withService(ctx, c.dataFlag, true, func(s *order.Service) error {
		store, err := s.AddStore(ctx, order.NewStoreRequest{
			Number: order.StoreNumber(c.Number), Name: c.Name, Test: c.Test, Secret: secret,
		})
		if fault.Is(err, fault.Exists) {
			return withHint(fmt.Errorf("store %d exists already", c.Number), "`entrepot store list` shows what there is")
		}
		if err != nil {
			return err
		}
		printStoreSecret(con, store.Number, secret, made)
		return nil
	})
}

func printStoreSecret(con console, number order.StoreNumber, secret string, made bool) {
	_, _ = fmt.Fprintf(con.Out, "store: %d\n", number)
	if made {
		_, _ = fmt.Fprintf(con.Out, "secret: %s\n", secret)
		_, _ = fmt.Fprintln(con.Err, "entrepot: the secret is shown this once; only a hash of it is kept")
	}
}

type storeListCommand struct{ dataFlag }

// Run prints a table of all stores.
func (c *storeListCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		stores, err := s.Stores(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(con.Out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "STORE\tSTATE\tTEST\tSECRETS\tADDED\tNAME")
		for _, store := range stores {
			_, _ = fmt.Fprintf(w, "%d\t%s\t%t\t%d\t%s\t%s\n", store.Number, store.State, store.Test,
				len(store.Secrets), store.CreatedAt.Format(time.DateOnly), store.Name)
		}
		return w.Flush()
	})
}

type storeShowCommand struct {
	dataFlag
	Number int64 `arg:"" help:"The store's number."`
}

// Run prints one store.
func (c *storeShowCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		store, err := s.Store(ctx, order.StoreNumber(c.Number))
		if err != nil {
			return noStore(c.Number, err)
		}
		w := tabwriter.NewWriter(con.Out, 0, 0, 2, ' ', 0)
		rows := []struct {
			name  string
			value any
		}{
			{"number", store.Number},
			{"name", store.Name},
			{"state", store.State},
			{"test", store.Test},
			{"added", store.CreatedAt.Format(time.RFC3339)},
			{"carts need the secret", store.Settings.RequireSecretForCarts},
			{"carts live for", store.Settings.CartLifetime},
			{"domestic shipping", store.Settings.DomesticShipping},
		}
		for _, row := range rows {
			_, _ = fmt.Fprintf(w, "%s:\t%v\n", row.name, row.value)
		}
		for _, secret := range store.Secrets {
			_, _ = fmt.Fprintf(w, "secret:\tset %s\n", secret.CreatedAt.Format(time.RFC3339))
		}
		return w.Flush()
	})
}

func noStore(number int64, err error) error {
	if fault.Is(err, fault.NotFound) {
		return withHint(fmt.Errorf("there is no store %d", number), "`entrepot store list` shows what there is")
	}
	return err
}

type storeSetCommand struct {
	dataFlag
	Number                int64          `arg:"" help:"The store's number."`
	Name                  *string        `help:"What people call the store."`
	State                 *string        `help:"open, or closed: takes no carts, its orders stay readable." enum:"open,closed" placeholder:"STATE"`
	RequireSecretForCarts *bool          `help:"Take carts only with the store's secret." negatable:""`
	CartLifetime          *time.Duration `help:"How long a cart waits for its shopper." placeholder:"48h"`
	DomesticShipping      *string        `help:"Where a cart's domesticShippingCharge goes: added to shipping, or a line of its own." enum:"shipping,line" placeholder:"shipping|line"`
}

// Validate keeps carts from lapsing before a shopper can come.
func (c *storeSetCommand) Validate() error {
	if c.CartLifetime != nil && *c.CartLifetime < time.Minute {
		return fmt.Errorf("--cart-lifetime is %s; expected a minute or more", *c.CartLifetime)
	}
	return nil
}

// Run changes what is given and leaves the rest.
func (c *storeSetCommand) Run(ctx context.Context) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		err := s.ConfigureStore(ctx, order.StoreNumber(c.Number), func(store *order.Store) {
			set(&store.Name, c.Name)
			set((*string)(&store.State), c.State)
			set(&store.Settings.RequireSecretForCarts, c.RequireSecretForCarts)
			set(&store.Settings.CartLifetime, c.CartLifetime)
			set((*string)(&store.Settings.DomesticShipping), c.DomesticShipping)
		})
		return noStore(c.Number, err)
	})
}

func set[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}

type storeRotateCommand struct {
	dataFlag
	secretFlag
	Number int64 `arg:"" help:"The store's number."`
}

// Run makes the new secret valid.
func (c *storeRotateCommand) Run(ctx context.Context, con console) error {
	secret, made, err := c.secret()
	if err != nil {
		return err
	}
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		if err := s.RotateSecret(ctx, order.StoreNumber(c.Number), secret); err != nil {
			return noStore(c.Number, err)
		}
		printStoreSecret(con, order.StoreNumber(c.Number), secret, made)
		return nil
	})
}
