package main

import (
	"context"
	"errors"
	"fmt"

	"entrepot/internal/conformance"
	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

type conformanceCommand struct {
	URL             string `help:"The server, such as https://shop.example.com." placeholder:"URL"`
	Store           int64  `help:"The store to check with." placeholder:"N"`
	SecretFile      string `help:"File that holds the store's secret." placeholder:"FILE" type:"existingfile"`
	NextSecretFile  string `help:"File that holds a second secret that is valid, too." placeholder:"FILE" type:"existingfile"`
	OtherStore      int64  `help:"A second store, to see that neither is shown the other's orders." placeholder:"N"`
	OtherSecretFile string `help:"File that holds the second store's secret." placeholder:"FILE" type:"existingfile"`
	Write           bool   `help:"Run the cases that change something, too: carts, statuses, merchant order ids, tracking."`
	// A variable of its own: that of serve may name another server's database.
	Data           string `help:"Folder of the server's database, when it is an entrepot on this machine: with --write, carts then become test orders, as by order place." placeholder:"DIR" type:"path" env:"ENTREPOT_CONFORMANCE_DATA"`
	DB             string `name:"db" help:"The server's PostgreSQL database, in place of --data." placeholder:"URL" env:"ENTREPOT_CONFORMANCE_DB"`
	DBPasswordFile string `name:"db-password-file" help:"File that holds the password of the PostgreSQL user." placeholder:"FILE" type:"path" env:"ENTREPOT_CONFORMANCE_DB_PASSWORD_FILE"`
	Uncovered      bool   `help:"List the sentences of the contract that no case shows, and stop."`
}

// Validate looks at what only --uncovered does without.
func (c *conformanceCommand) Validate() error {
	if !c.Uncovered && (c.URL == "" || c.Store == 0 || c.SecretFile == "") {
		return withHint(errors.New("--url, --store and --secret-file are required"),
			"for the demo: entrepot conformance --url http://127.0.0.1:8999 --store 999 --secret-file FILE --write --data entrepot-demo")
	}
	return nil
}

// Run checks a server and fails when something did not hold.
func (c *conformanceCommand) Run(ctx context.Context, con console) error {
	if c.Uncovered {
		return conformance.WriteUncovered(con.Out)
	}
	target, err := c.target()
	if err != nil {
		return err
	}
	if c.Data == "" && c.DB == "" {
		return check(ctx, con, target)
	}
	return withService(ctx, c.database(), false, func(s *order.Service) error {
		if err := c.consult(ctx, s, &target); err != nil {
			return err
		}
		return check(ctx, con, target)
	})
}

func (c *conformanceCommand) database() dataFlag {
	return dataFlag{Data: c.Data, DB: c.DB, DBPasswordFile: c.DBPasswordFile}
}

func (c *conformanceCommand) target() (conformance.Target, error) {
	target := conformance.Target{URL: c.URL, Store: c.Store, OtherStore: c.OtherStore, Write: c.Write}
	for _, secret := range []struct {
		file string
		to   *string
	}{{c.SecretFile, &target.Secret}, {c.NextSecretFile, &target.NextSecret}, {c.OtherSecretFile, &target.OtherSecret}} {
		if secret.file == "" {
			continue
		}
		var err error
		if *secret.to, err = readSecret(secret.file); err != nil {
			return target, err
		}
	}
	return target, nil
}

// consult learns from the server's own database what the API does not tell.
func (c *conformanceCommand) consult(ctx context.Context, s *order.Service, target *conformance.Target) error {
	store, err := s.Authenticate(ctx, order.Credentials{Store: order.StoreNumber(c.Store), Secret: target.Secret})
	if fault.Is(err, fault.Credentials) {
		return withHint(fmt.Errorf("the database in %s has no store %d with this secret", c.database().where(), c.Store),
			c.otherDatabase())
	}
	if err != nil {
		return err
	}
	target.CartSecret, target.Place = store.Settings.RequireSecretForCarts, placer(s)
	if c.OtherStore == 0 {
		return nil
	}
	other, err := s.Store(ctx, order.StoreNumber(c.OtherStore))
	target.OtherCartSecret = other.Settings.RequireSecretForCarts
	return noStore(c.OtherStore, err)
}

// otherDatabase is what to do about a database that is not the server's.
func (c *conformanceCommand) otherDatabase() string {
	if c.DB != "" {
		return "give the database that the server uses, or leave --db away"
	}
	return "give the folder that the server uses, or leave --data away"
}

// placer takes carts through a checkout of nobody's.
func placer(s *order.Service) func(context.Context, string) (string, error) {
	checkout := order.Checkout{
		ShipTo: order.Address{
			Name: "Conformance Example", Address1: "1 Example Street", City: "Exampleton", State: "ON", Zip: "A1A 1A1",
			CountryCode: "CA", CountryName: wire.CountryName("CA"), Email: "conformance@example.com",
		},
		Test: true,
	}
	return func(ctx context.Context, cart string) (string, error) {
		placed, err := s.Place(ctx, order.CartID(cart), checkout, order.Why{Actor: "conformance", Reason: "to show the contract"})
		return placed.ID.String(), err
	}
}

func check(ctx context.Context, con console, target conformance.Target) error {
	report, err := conformance.Run(ctx, target, conformance.Progress(con.Err))
	if err != nil {
		return err
	}
	if err := report.WriteText(con.Out); err != nil {
		return err
	}
	if report.Failed() {
		return errSilent
	}
	return nil
}
