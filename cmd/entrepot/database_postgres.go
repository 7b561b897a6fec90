package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
)

// connectTimeout is how long a host of --db may take to let us in, unless the
// URL says so itself (connect_timeout).
const connectTimeout = 2 * time.Second

// postgresOptions are what the flags say.
func (d dataFlag) postgresOptions() (o postgres.Options) {
	o.URL, o.PasswordFile, o.ConnectTimeout = d.DB, d.DBPasswordFile, connectTimeout
	return o
}

// where is the database, for people and the log. It holds no password.
func (d dataFlag) where() string {
	if d.shared() {
		return d.postgresOptions().Where()
	}
	return d.Data
}

// openPostgres opens the database that --db names.
func openPostgres(ctx context.Context, d dataFlag, o postgres.Options) (*postgres.Storage, error) {
	storage, err := postgres.Open(ctx, o)
	if err != nil {
		return nil, d.explain(err)
	}
	return storage, nil
}

// explain adds what helps to what goes wrong with --db.
func (d dataFlag) explain(err error) error {
	if _, hintedAlready := errors.AsType[*hinted](err); hintedAlready || !d.shared() {
		return err
	}
	if fault.Is(err, fault.Invalid) && fieldOf(err) == "url" {
		return withHint(flagError(err), "--db is postgres://USER@HOST/NAME, with the password in a file that --db-password-file names")
	}
	if hint := d.hint(err); hint != "" {
		return withHint(err, hint)
	}
	return err
}

func fieldOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Field
	}
	return ""
}

func (d dataFlag) hint(err error) string {
	path, isPath := errors.AsType[*fs.PathError](err)
	switch {
	case isPath && path.Path == d.DBPasswordFile:
		return "--db-password-file names the file that holds the password; its reader is the user that runs entrepot"
	case errors.Is(err, pgdb.ErrBehind):
		return "run `entrepot migrate` as the owner of the database"
	case errors.Is(err, pgdb.ErrNewer):
		return "use the entrepot that has migrated it, or a newer one; the database has not been changed"
	case errors.Is(err, pgdb.ErrForeign):
		return "is --db the right database? entrepot wants one of its own; this one has not been changed"
	case errors.Is(err, pgdb.ErrDenied):
		return fmt.Sprintf("let the owner of the database run `entrepot migrate --grant-to %s`", d.postgresOptions().User())
	case isError[*pgdb.OutcomeUnknownError](err):
		return "look whether it was done before you do it again"
	case fault.Is(err, fault.Unavailable):
		return d.unreachable(err)
	}
	return ""
}

func (d dataFlag) unreachable(err error) string {
	switch {
	case errors.Is(err, pgdb.ErrRefused) && d.DBPasswordFile == "":
		return "the server wants a password: name the file that holds it with --db-password-file"
	case errors.Is(err, pgdb.ErrRefused):
		return fmt.Sprintf("is %s the right user, and its password in %s?", d.postgresOptions().User(), d.DBPasswordFile)
	case errors.Is(err, pgdb.ErrUnknownHost):
		return "is the host in --db spelt right?"
	case errors.Is(err, pgdb.ErrNoDatabase):
		return "is the name in --db spelt right? docs/postgresql.md says how to make a database"
	case errors.Is(err, pgdb.ErrUnreachable):
		return "is the database up, and are host and port in --db right?"
	}
	return "is the database up? What was answered is kept, and nothing is done by halves"
}

// errNotAFile refuses what works on the file of a folder's database.
func errNotAFile(command, instead string) error {
	return withHint(fmt.Errorf("%s works on the database of a folder, and --db names a PostgreSQL one", command),
		"use "+instead+" there (docs/postgresql.md), or leave --db and ENTREPOT_DB away")
}
