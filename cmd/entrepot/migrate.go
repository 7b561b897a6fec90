package main

import (
	"context"
	"errors"
	"fmt"

	"entrepot/internal/fault"
	"entrepot/internal/pgdb"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/storage/sqlite"
)

type migrateCommand struct {
	dataFlag
	jsonFlag
	GrantTo     string `help:"Give this role what it needs to serve, and no more." placeholder:"ROLE"`
	PrintGrants string `help:"Print the SQL that gives this role what it needs to serve, and do nothing." placeholder:"ROLE"`
}

// Help teaches by example.
func (c *migrateCommand) Help() string {
	return `As the owner of a PostgreSQL database, before the first start and before a newer version is rolled out. Nodes that run go on meanwhile:

  entrepot migrate --db postgres://entrepot_owner@db.example.com/entrepot --db-password-file owner.txt --grant-to entrepot_serve

Who grants rights by hand, or by other tools, has the SQL:

  entrepot migrate --print-grants entrepot_serve

A database in a folder is brought up to date by whatever opens it. To do so while nothing serves it:

  entrepot migrate --data /var/lib/entrepot`
}

// Run brings the schema up to date.
func (c *migrateCommand) Run(ctx context.Context, con console) error {
	switch {
	case c.PrintGrants != "":
		return printGrants(con, c.PrintGrants)
	case !c.shared() && c.GrantTo != "":
		return withHint(errors.New("--grant-to is for a PostgreSQL database"), "name it with --db")
	case !c.shared():
		return c.migrateFolder(ctx, con)
	}
	done, err := c.migrateShared(ctx)
	if err != nil {
		return c.explainOwner(err)
	}
	return done.print(con, c.JSON)
}

func (c *migrateCommand) migrateShared(ctx context.Context) (done migrated, err error) {
	if done.From, done.To, err = postgres.Upgrade(ctx, c.postgresOptions()); err != nil || c.GrantTo == "" {
		return done, err
	}
	done.GrantedTo = &c.GrantTo
	return done, postgres.GrantTo(ctx, c.postgresOptions(), c.GrantTo)
}

// migrated is what was done. Its JSON is documented in docs/cli-json.md.
type migrated struct {
	From      int64   `json:"from"` // zero for none
	To        int64   `json:"to"`
	GrantedTo *string `json:"grantedTo"`
}

func (m migrated) print(con console, asJSON bool) error {
	if asJSON {
		return writeJSON(con.Out, m)
	}
	said := fmt.Sprintf("migrated from schema %d to %d", m.From, m.To)
	switch m.From {
	case m.To:
		said = fmt.Sprintf("nothing to do: the database has schema %d", m.To)
	case 0:
		said = fmt.Sprintf("made schema %d", m.To)
	}
	if m.GrantedTo != nil {
		said += "\nentrepot: " + *m.GrantedTo + " may serve"
	}
	_, err := fmt.Fprintln(con.Err, "entrepot: "+said)
	return err
}

func (c *migrateCommand) explainOwner(err error) error {
	switch {
	case errors.Is(err, pgdb.ErrDenied):
		return withHint(err, "migrate as the owner of the database, which the role that serves is not")
	case fault.Is(err, fault.NotFound):
		return withHint(err, "make it first: CREATE ROLE … LOGIN PASSWORD … (docs/postgresql.md)")
	}
	return c.explain(err)
}

func printGrants(con console, role string) error {
	for _, grant := range postgres.Grants(postgres.Options{}, role) {
		if _, err := fmt.Fprintln(con.Out, grant+";"); err != nil {
			return err
		}
	}
	return nil
}

// migrateFolder migrates the database of a folder, which opening does. Nobody
// serves it meanwhile: an older program would not notice.
func (c *migrateCommand) migrateFolder(ctx context.Context, con console) (err error) {
	if err := c.presence(); err != nil {
		return err
	}
	unlock, err := lockForServing(c.dataFlag)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	before, err := sqlitedb.ReadSchema(c.path(), sqlite.ApplicationID)
	if err != nil {
		return fmt.Errorf("look at the schema: %w", err)
	}
	storage, err := openStorage(ctx, c.dataFlag, false)
	if err != nil {
		return err
	}
	if err := storage.Close(); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	after, err := sqlitedb.ReadSchema(c.path(), sqlite.ApplicationID)
	if err != nil {
		return fmt.Errorf("look at the schema: %w", err)
	}
	return migrated{From: before.Version, To: after.Version}.print(con, c.JSON)
}
