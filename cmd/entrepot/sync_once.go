package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

// passFlags change what a run does.
type passFlags struct {
	SinceDate *day `help:"Orders placed on this day (UTC) or later, at the first run; otherwise all." placeholder:"DATE"`
	Overlap   int  `help:"Orders below the newest one that are listed again at each run." default:"100"`
}

// check looks at numbers.
func (f *passFlags) check() error {
	if f.Overlap < 1 {
		return fmt.Errorf("--overlap is %d; expected one or more", f.Overlap)
	}
	return nil
}

func (f *passFlags) options(log *slog.Logger) merchantsync.Options {
	o := merchantsync.Options{Overlap: f.Overlap, Log: log}
	if f.SinceDate != nil {
		o.Since = f.SinceDate.Time
	}
	return o
}

type syncOnceCommand struct {
	syncFlags
	passFlags
	feedFlags
	jsonFlag
	Verbose bool `short:"v" help:"One line of log for each order, on standard error."`
}

// Help says how it ends.
func (c *syncOnceCommand) Help() string {
	return `Exit code 0: every order that the service lists is in the tables, no report was
refused, and the destinations of this command line have every change.
Exit code 1: something is left, standard error says what, and the next run goes on with it.
Exit code 2: the command line is wrong, and nothing was tried.`
}

// Validate looks at all of the flags.
func (c *syncOnceCommand) Validate() error {
	return cmp.Or(c.syncFlags.Validate(), c.passFlags.check(), c.feedFlags.check())
}

// Run makes one pass and feeds the destinations.
func (c *syncOnceCommand) Run(ctx context.Context, con console) error {
	line := progressLine{w: con.Err, on: watched(con.Err)}
	defer line.clear()
	o := c.options(c.logger(con))
	o.Progress = func(p merchantsync.Progress) { line.show("%d of %d orders", p.Done, p.Total) }
	return c.withSyncing(ctx, con, o, impatience(con), func(s syncing) error {
		feeds, err := c.feeds(s)
		if err != nil {
			return err
		}
		reports := c.readReports(ctx, s)
		run, failed := s.daemon.Pass(ctx)
		line.clear()
		if err := c.summary(con, run, failed); err != nil {
			return err
		}
		if errors.Is(failed, merchantsync.ErrInUse) || ctx.Err() != nil {
			return failed
		}
		return errors.Join(failed, reports, drain(ctx, feeds), left(ctx, s, run, feeds))
	})
}

// impatience tells a person who waits why, once.
func impatience(con console) func(client.Attempt) {
	if !watched(con.Err) {
		return nil
	}
	var once sync.Once
	return func(a client.Attempt) {
		if a.Wait > 0 {
			once.Do(func() {
				_, _ = fmt.Fprintf(con.Err, "\r\x1b[Kentrepot: %s: %v; it is tried again\n", a.Endpoint, a.Err)
			})
		}
	}
}

func (c *syncOnceCommand) logger(con console) *slog.Logger {
	level := "error"
	if c.Verbose {
		level = "info"
	}
	return logFlags{LogFormat: "text", LogLevel: level}.logger(con.Err)
}

// left is what is not done when a run has ended.
func left(ctx context.Context, s syncing, run merchantsync.Run, feeds []merchantsync.Feed) error {
	var t merchantsync.Tally
	err := s.ledger.View(ctx, func(v merchantsync.View) (err error) {
		t, err = v.Tally(run.Ended)
		return err
	})
	const look = "`entrepot sync status` lists them with their reasons"
	if t.Troubles > 0 {
		err = errors.Join(err, withHint(fmt.Errorf("%d orders could not be fetched", t.Troubles), look+"; they are tried again"))
	}
	if run.Refused > 0 {
		err = errors.Join(err, withHint(fmt.Errorf("the service refused %d reports", run.Refused), look+"; they are not sent again"))
	}
	for _, f := range feeds {
		if n := t.Behind[f.Name()] + t.Waiting[f.Name()]; n > 0 {
			err = errors.Join(err, withHint(fmt.Errorf("%s has not taken %d changes", f.Name(), n), look+"; they are tried again"))
		}
	}
	return err
}

// summary says what the run did; one that could do nothing says why, later.
func (c *syncOnceCommand) summary(con console, run merchantsync.Run, failed error) error {
	if c.JSON {
		return writeJSON(con.Out, runJSON(run))
	}
	if failed != nil && run.Imported+run.Changed+run.Reported+run.Refused == 0 {
		return nil
	}
	_, err := fmt.Fprintln(con.Out, runText(run))
	return err
}

func runText(run merchantsync.Run) string {
	return fmt.Sprintf("%d orders imported, %d changed, %d not fetched; %d reports taken, %d refused",
		run.Imported, run.Changed, run.Failed, run.Reported, run.Refused)
}
