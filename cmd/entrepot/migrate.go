package main

import (
	"context"
	"fmt"

	"entrepot/internal/storage/postgres"
)

type migrateCommand struct {
	dataFlag
}

// Help teaches by example.
func (c *migrateCommand) Help() string {
	return `As the owner of the database, before the first start and before a newer version is rolled out:

  entrepot migrate --db postgres://entrepot_owner@db.example.com/entrepot --db-password-file owner.txt

Nodes that run go on meanwhile. A database in a folder is brought up to date by whatever opens it.`
}

// Run brings the schema up to date.
func (c *migrateCommand) Run(ctx context.Context, con console) error {
	if !c.shared() {
		return openAndSay(ctx, con, c.dataFlag)
	}
	var o postgres.Options
	o.URL, o.PasswordFile = c.DB, c.DBPasswordFile
	if err := postgres.Migrate(ctx, o); err != nil {
		return explainPostgres(err)
	}
	_, err := fmt.Fprintln(con.Err, "entrepot: the schema is up to date")
	return err
}

// openAndSay migrates the database of a folder, which opening does.
func openAndSay(ctx context.Context, con console, d dataFlag) error {
	storage, err := openStorage(ctx, d, false)
	if err != nil {
		return err
	}
	if err := storage.Close(); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	_, err = fmt.Fprintln(con.Err, "entrepot: the schema is up to date")
	return err
}
