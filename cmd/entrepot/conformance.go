package main

import (
	"context"
	"errors"

	"entrepot/internal/conformance"
)

type conformanceCommand struct {
	URL             string `help:"The server, such as https://shop.example.com." placeholder:"URL"`
	Store           int64  `help:"The store to check with." placeholder:"N"`
	SecretFile      string `help:"File that holds the store's secret." placeholder:"FILE" type:"existingfile"`
	OtherStore      int64  `help:"A second store, to see that neither is shown the other's orders." placeholder:"N"`
	OtherSecretFile string `help:"File that holds the second store's secret." placeholder:"FILE" type:"existingfile"`
	Write           bool   `help:"Run the cases that change something, too: carts, statuses, merchant order ids, tracking."`
	Uncovered       bool   `help:"List the sentences of the contract that no case shows, and stop."`
}

// Validate looks at what only --uncovered does without.
func (c *conformanceCommand) Validate() error {
	if !c.Uncovered && (c.URL == "" || c.Store == 0 || c.SecretFile == "") {
		return withHint(errors.New("--url, --store and --secret-file are required"),
			"for the demo: entrepot conformance --url http://127.0.0.1:8999 --store 999 --secret-file FILE --write")
	}
	return nil
}

// Run checks a server and fails when something did not hold.
func (c *conformanceCommand) Run(ctx context.Context, con console) error {
	if c.Uncovered {
		return conformance.WriteUncovered(con.Out)
	}
	target := conformance.Target{URL: c.URL, Store: c.Store, OtherStore: c.OtherStore, Write: c.Write}
	var err error
	if target.Secret, err = readSecret(c.SecretFile); err != nil {
		return err
	}
	if c.OtherSecretFile != "" {
		if target.OtherSecret, err = readSecret(c.OtherSecretFile); err != nil {
			return err
		}
	}
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
