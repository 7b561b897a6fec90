package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"entrepot/internal/fault"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/sqlite"
)

type backupCommand struct {
	dataFlag
	jsonFlag
	File  string `arg:"" help:"File to write; it appears whole and verified, or not at all."`
	Force bool   `help:"Replace the file if it exists."`
}

// Help teaches by example.
func (c *backupCommand) Help() string {
	return `While the service runs, or not:

  entrepot backup /backups/entrepot-$(date -u +%F).db

A backup holds personal data and the hashes of secrets; the file is readable by its owner only.`
}

// countsJSON is what backup and restore print for programs.
type countsJSON struct {
	File   string `json:"file"`
	Stores int64  `json:"stores"`
	Orders int64  `json:"orders"`
	Kept   string `json:"kept,omitempty"` // restore: where the database is that was there before
}

func (j countsJSON) print(con console, asJSON bool) error {
	if asJSON {
		return writeJSON(con.Out, j)
	}
	_, err := fmt.Fprintf(con.Out, "%s: %d stores, %d orders\n", j.File, j.Stores, j.Orders)
	return err
}

// Run copies the database.
func (c *backupCommand) Run(ctx context.Context, con console) error {
	if c.shared() {
		return errNotAFile("backup", "pg_dump or pg_basebackup")
	}
	if err := c.presence(); err != nil {
		return err
	}
	if err := c.free(); err != nil {
		return err
	}
	counts, err := sqlite.Backup(ctx, c.path(), c.File)
	switch {
	case err != nil && ctx.Err() != nil:
		return errors.New("the backup was broken off; nothing is left of it")
	case err != nil:
		return withHintOf(err, backupHint(err))
	}
	return countsJSON{File: c.File, Stores: counts.Stores, Orders: counts.Orders}.print(con, c.JSON)
}

// free is an error where there is something under the name that a backup must
// not replace. With --force it replaces another backup, and nothing else.
func (c *backupCommand) free() error {
	info, err := os.Stat(c.File)
	switch {
	case err != nil: // it is not there, or what is wrong shows when it is written
		return nil
	case info.IsDir():
		return withHint(fmt.Errorf("%s is a folder", c.File), "name a file in it")
	case !c.Force:
		return withHint(fmt.Errorf("%s exists", c.File), "choose another name, or replace it with --force")
	}
	if err := sqlitedb.LooksLikeDatabase(c.File); err != nil {
		return withHint(err, "choose another name: --force replaces backups only")
	}
	return nil
}

func backupHint(err error) string {
	switch {
	case errors.Is(err, sqlitedb.ErrLocked):
		return "wait for it, or write to another file"
	case fault.Is(err, fault.Invalid):
		return "choose another name"
	case fault.Is(err, fault.Unsupported):
		return "give the folder of the database with --data"
	case errors.Is(err, os.ErrNotExist):
		return "make the folder first, or name another"
	case damaged(err):
		return "`entrepot check` says what is wrong with the database"
	}
	return ""
}

// damaged reports whether an error says so itself; one without a code, such as
// that of a full disk, counts as internal elsewhere.
func damaged(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Code == fault.Internal
}

// withHintOf is an error with advice, if there is any.
func withHintOf(err error, hint string) error {
	if hint == "" {
		return err
	}
	return withHint(err, hint)
}

// presence is an error where there is no database.
func (d dataFlag) presence() error {
	if d.shared() {
		return nil // opening it makes nothing
	}
	info, err := os.Stat(d.path())
	switch {
	case errors.Is(err, os.ErrNotExist):
		return withHint(fmt.Errorf("there is no database in %s", d.Data), "give its folder with --data")
	case err == nil && info.Size() == 0:
		return withHint(fmt.Errorf("%s is empty: a database was to be made there, or has been lost", d.path()), "give another folder with --data, or restore a backup")
	}
	return nil
}
