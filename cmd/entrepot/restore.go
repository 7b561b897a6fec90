package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/storage/sqlite"
)

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

// maxSkip is more orders than a store has between two backups, and far from
// where numbers end.
const maxSkip = 1_000_000_000

// Validate keeps counters from going back.
func (c *restoreCommand) Validate() error {
	if c.SkipNumbers < 0 || c.SkipNumbers > maxSkip {
		return fmt.Errorf("--skip-numbers is %d; expected up to %d, or 0 for none", c.SkipNumbers, int64(maxSkip))
	}
	return nil
}

// Run puts a backup in place.
func (c *restoreCommand) Run(ctx context.Context, con console) (err error) {
	if c.shared() {
		return errNotAFile("restore", "pg_restore")
	}
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
	case err != nil && ctx.Err() != nil:
		return errors.New("interrupted")
	case fault.Is(err, fault.Unsupported), damaged(err):
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
