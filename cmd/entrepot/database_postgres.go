package main

import (
	"context"
	"errors"
	"fmt"

	"entrepot/internal/fault"
	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
)

// openPostgres opens the database that --db names.
func openPostgres(ctx context.Context, d dataFlag, o postgres.Options) (*postgres.Storage, error) {
	o.URL, o.PasswordFile = d.DB, d.DBPasswordFile
	storage, err := postgres.Open(ctx, o)
	if err != nil {
		return nil, explainPostgres(err)
	}
	return storage, nil
}

// explainPostgres adds what helps to what may be wrong with --db.
func explainPostgres(err error) error {
	switch {
	case fault.Is(err, fault.Invalid):
		return withHint(flagError(err), "--db is postgres://USER@HOST/NAME, with --db-password-file")
	case errors.Is(err, pgdb.ErrBehind):
		return withHint(err, "run `entrepot migrate` as the owner of the database")
	case fault.Is(err, fault.Unsupported):
		return withHint(err, "is --db the right database? One that a newer entrepot has migrated needs that entrepot")
	case fault.Is(err, fault.Unavailable):
		return withHint(err, "are --db and --db-password-file right, and is the database up?")
	}
	return err
}

// errNotAFile refuses what works on the file of a folder's database.
func errNotAFile(command, instead string) error {
	return withHint(fmt.Errorf("%s works on the database of a folder, and --db names a PostgreSQL one", command),
		"use "+instead+" there (docs/postgresql.md), or leave --db and ENTREPOT_DB away")
}
