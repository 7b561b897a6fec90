package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/sethvargo/go-retry"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/storage/transfer"
)

type dbCopyCommand struct {
	jsonFlag
	Data           string `help:"Folder of the database to copy." default:"entrepot-data" placeholder:"DIR" type:"path"`
	To             string `help:"PostgreSQL database to copy into: postgres://USER@HOST/NAME." required:"" placeholder:"URL"`
	ToPasswordFile string `help:"File that holds the password of the PostgreSQL user." placeholder:"FILE"`
	VerifyOnly     bool   `help:"Compare the two databases, and copy nothing."`
}

// Help says what the flags cannot.
func (c *dbCopyCommand) Help() string {
	return `With the service stopped, and no node running on the new database yet:

  entrepot migrate --db postgres://owner@db.example.com/entrepot --db-password-file owner.txt --grant-to entrepot_serve
  entrepot db copy --data /var/lib/entrepot --to postgres://entrepot_serve@db.example.com/entrepot --to-password-file db.txt
  entrepot serve --db postgres://entrepot_serve@db.example.com/entrepot --db-password-file db.txt

Everything comes over: stores with their secrets, orders with their notes and history, carts that wait. Until both sides have
been compared, order by order, no store of the copy lets anybody in. A copy that was broken off goes on where it was when it
is run again, and what has changed in the file meanwhile is brought up to date.

The file is only read, and kept from changing while the command runs. docs/db-copy.md has the rest.`
}

// folder is where the copy comes from, database where it goes.
func (c *dbCopyCommand) folder() dataFlag { return dataFlag{Data: c.Data} }

func (c *dbCopyCommand) database() dataFlag {
	return dataFlag{DB: c.To, DBPasswordFile: c.ToPasswordFile}
}

// Run copies and compares.
func (c *dbCopyCommand) Run(ctx context.Context, con console) (err error) {
	if err := c.folder().presence(); err != nil {
		return err
	}
	unlock, err := lockForServing(c.folder())
	if err != nil {
		return c.served(err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	err = c.explain(c.withDatabase(ctx, func(to *postgres.Storage) error { return c.copyInto(ctx, con, to) }))
	if err != nil && ctx.Err() != nil {
		return withHint(errors.New("interrupted"), goesOn)
	}
	return err
}

const goesOn = "run it again: it goes on where it was"

// served says what to do about a service that would go on changing the file.
func (c *dbCopyCommand) served(err error) error {
	if h, ok := errors.AsType[*hinted](err); ok && strings.Contains(err.Error(), "serves") {
		return withHint(h.error, "stop it first, so that no order comes in behind the copy")
	}
	return err
}

// copyTimeout bounds a transaction that writes a batch.
const copyTimeout = 10 * time.Minute

// withDatabase opens the database as the only one who copies into it.
func (c *dbCopyCommand) withDatabase(ctx context.Context, fn func(*postgres.Storage) error) (err error) {
	o := c.database().postgresOptions()
	o.Timeout = copyTimeout
	storage, err := openPostgres(ctx, c.database(), o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	lock, err := lockForCopying(ctx, o)
	if err != nil {
		return err
	}
	defer lock.Release()
	return fn(storage)
}

// lockForCopying waits a little: the server may be about to notice that one
// who copied was killed.
func lockForCopying(ctx context.Context, o postgres.Options) (lock *pgdb.Lock, err error) {
	waits := retry.WithMaxDuration(5*time.Second, retry.NewConstant(100*time.Millisecond))
	err = retry.Do(ctx, waits, func(ctx context.Context) error {
		lock, err = pgdb.TryLock(ctx, o.Options, "db copy")
		if errors.Is(err, pgdb.ErrLocked) {
			return retry.RetryableError(err)
		}
		return err
	})
	if errors.Is(err, pgdb.ErrLocked) {
		return nil, withHint(errors.New("another `entrepot db copy` writes into this database"), "wait for it, or end it")
	}
	return lock, err
}

// copyInto keeps all others from writing into the file meanwhile: what they
// changed behind the copy would be lost.
func (c *dbCopyCommand) copyInto(ctx context.Context, con console, to *postgres.Storage) (err error) {
	from, err := openStorage(ctx, c.folder(), false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	line := progressLine{w: con.Err, on: watched(con.Err)}
	run := transfer.Copy
	if c.VerifyOnly {
		run = transfer.Verify
	}
	var report transfer.Report
	err = from.InTx(ctx, func(tx order.Tx) error {
		o := transfer.Options{Progress: (&copyProgress{line: &line}).show}
		report, err = run(ctx, transfer.Source{View: tx, Key: from.SecretKey()}, to, o)
		return err
	})
	line.clear()
	if _, compared := errors.AsType[*transfer.Difference](err); err != nil && !compared {
		return err
	}
	if err == nil && !c.VerifyOnly && !report.Finished {
		// Who is not the owner may not; the server does it by itself then.
		_ = to.Analyze(ctx)
	}
	return errors.Join(err, c.print(con, report, err == nil))
}

// copyProgress says how fast it is.
type copyProgress struct {
	line  *progressLine
	stage transfer.Stage
	begun time.Time
	shown time.Time
}

// redraw is how often the line is written at most.
const redraw = 100 * time.Millisecond

func (p *copyProgress) show(at transfer.Progress) {
	now := time.Now()
	if at.Stage != p.stage {
		p.stage, p.begun = at.Stage, now
	} else if now.Sub(p.shown) < redraw {
		return
	}
	p.shown = now
	p.line.show("%s %3d%%  %d orders, %d a second", at.Stage, 100*at.Done/max(1, at.Total), at.Orders, perSecond(at.Orders, now.Sub(p.begun)))
}

func perSecond(n int64, took time.Duration) int64 {
	return int64(float64(n) / max(took, time.Millisecond).Seconds())
}

// explain adds what helps.
func (c *dbCopyCommand) explain(err error) error {
	if h, ok := errors.AsType[*hinted](err); ok {
		return withHint(renamed(h.error), toNames.Replace(h.hint))
	}
	_, differs := errors.AsType[*transfer.Difference](err)
	switch {
	case err == nil:
		return nil
	case differs:
		return withHint(err, "a copy that was finished differs once either side has gone on; otherwise the copy stays closed to everybody: "+
			"`entrepot check` looks at each side, and an empty database takes the copy anew")
	case fault.Is(err, fault.Exists), fault.Is(err, fault.Conflict):
		return withHint(err, "copy into an empty database, which `entrepot migrate` makes ready; nothing that is there has been changed")
	case fault.Is(err, fault.Unavailable):
		return withHint(err, "is the database up? "+strings.ToUpper(goesOn[:1])+goesOn[1:])
	}
	return err
}

// toNames are what the flags of other commands are called here.
var toNames = strings.NewReplacer("--db-password-file", "--to-password-file", "--db", "--to")

// renamed is an error that speaks of the flags of this command.
func renamed(err error) error {
	if text := toNames.Replace(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}
