package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

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
	if err := c.presence(); err != nil {
		return err
	}
	if _, err := os.Stat(c.File); err == nil && !c.Force {
		return withHint(fmt.Errorf("%s exists", c.File), "choose another name, or replace it with --force")
	}
	counts, err := sqlite.Backup(ctx, c.path(), c.File)
	switch {
	case ctx.Err() != nil:
		return errors.New("the backup was broken off; nothing is left of it")
	case errors.Is(err, sqlitedb.ErrLocked):
		return withHint(err, "wait for it, or write to another file")
	case fault.Is(err, fault.Internal):
		return withHint(err, "`entrepot check` says what is wrong with the database")
	case err != nil:
		return err
	}
	return countsJSON{File: c.File, Stores: counts.Stores, Orders: counts.Orders}.print(con, c.JSON)
}

// presence is an error where there is no database.
func (d dataFlag) presence() error {
	if _, err := os.Stat(d.path()); errors.Is(err, os.ErrNotExist) {
		return withHint(fmt.Errorf("there is no database in %s", d.Data), "give its folder with --data")
	}
	return nil
}

type restoreCommand struct {
	dataFlag
	jsonFlag
	File        string `arg:"" help:"A file that backup has written." type:"existingfile"`
	Force       bool   `help:"Put it in the place of a database that is there, which is kept under another name."`
	SkipNumbers int64  `help:"How many order numbers each store leaves out: as many as may have been placed since the backup, so that none is used twice." default:"1000" placeholder:"N"`
}

// Help teaches by example.
func (c *restoreCommand) Help() string {
	return `With the service stopped:

  entrepot restore /backups/entrepot-2026-01-31.db --data /var/lib/entrepot

The file is verified first. Orders that were placed after the backup are gone; docs/operating.md says what to do about them.`
}

// Validate keeps counters from going back.
func (c *restoreCommand) Validate() error {
	if c.SkipNumbers < 0 {
		return fmt.Errorf("--skip-numbers is %d; expected zero or more", c.SkipNumbers)
	}
	return nil
}

// Run puts a backup in place.
func (c *restoreCommand) Run(ctx context.Context, con console) (err error) {
	unlock, err := lockForServing(c.dataFlag)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	options := sqlite.RestoreOptions{SkipNumbers: c.SkipNumbers}
	if c.Force {
		options.SetAside = filepath.Join(c.Data, "before-restore-"+time.Now().UTC().Format("20060102T150405.000Z")+".db")
	}
	counts, err := sqlite.Restore(ctx, c.File, c.path(), options)
	switch {
	case fault.Is(err, fault.Exists):
		return withHint(fmt.Errorf("%s holds a database already", c.Data),
			"choose an empty folder with --data, or replace the database with --force, which keeps it under another name")
	case fault.Is(err, fault.Unsupported), fault.Is(err, fault.Internal):
		return withHint(err, "take another backup, or the entrepot that made this one; nothing has been changed")
	case err != nil:
		return err
	}
	done := countsJSON{File: c.path(), Stores: counts.Stores, Orders: counts.Orders}
	if _, err := os.Stat(options.SetAside); err == nil {
		done.Kept = options.SetAside
		_, _ = fmt.Fprintf(con.Err, "entrepot: the database that was there is kept as %s\n", done.Kept)
	}
	return done.print(con, c.JSON)
}
