package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"entrepot/client"
	"entrepot/internal/merchantsync"
	"entrepot/internal/metrics"
)

type syncRunCommand struct {
	syncFlags
	passFlags
	feedFlags
	logFlags
	Every       time.Duration `help:"A run so long after the end of the last one." default:"10m"`
	Cron        string        `help:"Runs at the times of a cron expression (UTC) instead, such as '0 * * * *'." placeholder:"EXPRESSION"`
	Listen      string        `help:"Address of the shop's success page: GET /?orderId=999-17 imports that order at once." placeholder:"HOST:PORT"`
	SuccessPage string        `help:"Where the success page sends shoppers on to; our own thank-you page without it." placeholder:"URL"`
	ShopName    string        `help:"The shop's name on our own thank-you page." placeholder:"NAME"`
	AdminAddr   string        `help:"Address for health and metrics, without credentials; none unless given." placeholder:"HOST:PORT"`
	ReadyFile   string        `help:"File that appears, whole, once the daemon works: JSON with url (of the success page) and pid." placeholder:"FILE" type:"path"`
}

// Validate looks at the schedule.
func (c *syncRunCommand) Validate() error {
	if c.Every < time.Second {
		return fmt.Errorf("--every is %s; expected a second or more", c.Every)
	}
	if _, err := c.schedule(); err != nil {
		return fmt.Errorf("--cron: %w", err)
	}
	return cmp.Or(c.syncFlags.Validate(), c.passFlags.check(), c.feedFlags.check())
}

func (c *syncRunCommand) schedule() (merchantsync.Schedule, error) {
	if c.Cron != "" {
		return merchantsync.Cron(c.Cron)
	}
	return merchantsync.Every(c.Every), nil
}

// Run works until the context ends.
func (c *syncRunCommand) Run(ctx context.Context, con console) error {
	log := c.logger(con.Err)
	counted := metrics.NewSync(version)
	tried := func(a client.Attempt) { counted.Attempt(a.Endpoint, a.Class, a.Duration) }
	return c.withSyncing(ctx, con, c.options(log), tried, func(s syncing) error {
		if err := (serveFlags{ReadyFile: c.ReadyFile}).clearReadyFile(); err != nil {
			return err
		}
		return (&syncDaemon{syncRunCommand: c, syncing: s, metrics: counted}).run(ctx)
	})
}

// syncDaemon is what runs beside each other.
type syncDaemon struct {
	*syncRunCommand
	syncing
	metrics *metrics.Sync
	wakes   []chan struct{} // one for each destination
	pageURL string          // "" without a success page
}

// run ends when ctx does, or when a part of it cannot go on.
func (d *syncDaemon) run(ctx context.Context) error {
	parts, err := d.parts(ctx)
	if err != nil {
		return err
	}
	if err := d.announce(); err != nil {
		return err
	}
	d.log.Info("syncing", "service", d.URL, "store", d.store, "version", version)
	err = together(ctx, append(parts, d.withdraw))
	d.log.Info("stopped")
	return err
}

// parts are what runs beside each other.
func (d *syncDaemon) parts(ctx context.Context) ([]func(context.Context) error, error) {
	feeds, err := d.feeds(d.syncing)
	if err != nil {
		return nil, err
	}
	next, err := d.schedule()
	if err != nil {
		return nil, err
	}
	page, err := d.openPage(ctx)
	if err != nil {
		return nil, err
	}
	health, err := d.openAdmin(ctx)
	if err != nil {
		return nil, err
	}
	passes := func(ctx context.Context) error { return d.daemon.Run(ctx, next, d.passing(ctx), d.passed) }
	return append([]func(context.Context) error{passes, page, health}, d.feeding(feeds)...), nil
}

// feeding is what each destination needs.
func (d *syncDaemon) feeding(feeds []merchantsync.Feed) (parts []func(context.Context) error) {
	for _, f := range feeds {
		wake := make(chan struct{}, 1)
		d.wakes = append(d.wakes, wake)
		parts = append(parts, func(ctx context.Context) error {
			return merchantsync.RunFeed(ctx, f, wake, feedInterval, func(err error) {
				d.logError("a destination failed", explainFeed(f.Name(), err), "destination", f.Name())
			})
		})
	}
	return parts
}

// logError has the hint that a person at a terminal would get.
func (d *syncDaemon) logError(what string, err error, more ...any) {
	more = append(more, "error", err.Error())
	if h, ok := errors.AsType[*hinted](err); ok {
		more = append(more, "hint", h.hint)
	}
	d.log.Error(what, more...)
}

// announce tells everybody who waits that the daemon works.
func (d *syncDaemon) announce() error {
	if d.ReadyFile != "" {
		body, err := json.Marshal(readiness{URL: d.pageURL, PID: os.Getpid(), Store: d.store})
		if err != nil {
			return fmt.Errorf("describe the daemon: %w", err)
		}
		if err := writeWhole(d.ReadyFile, append(body, '\n')); err != nil {
			return err
		}
	}
	return tellManager("READY=1")
}

// withdraw tells them, when ctx ends, that it soon does not.
func (d *syncDaemon) withdraw(ctx context.Context) error {
	<-ctx.Done()
	if d.ReadyFile != "" {
		_ = os.Remove(d.ReadyFile)
	}
	if err := tellManager("STOPPING=1"); err != nil {
		d.log.Warn("the service manager was not told of the stop", "cause", err.Error())
	}
	return nil
}

// feedInterval is how often a destination looks for what is due again.
const feedInterval = 5 * time.Second

// together runs parts until ctx ends or one of them fails.
func together(ctx context.Context, parts []func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for _, part := range parts {
		running.Go(func() {
			if err := part(ctx); err != nil {
				cancel(err)
			}
		})
	}
	<-ctx.Done()
	running.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// passing reads the files of the shop's before each pass.
func (d *syncDaemon) passing(ctx context.Context) func() {
	return func() {
		if err := d.api.renew(); err != nil {
			d.logError("the secret could not be read; the one before is used", err)
		}
		if err := d.readReports(ctx, d.syncing); err != nil && ctx.Err() == nil {
			d.logReports(err)
		}
	}
}

// logReports leaves out what stands in the file.
func (d *syncDaemon) logReports(err error) {
	if wrong, ok := errors.AsType[*wrongLines](err); ok {
		d.log.Error("lines of the reports are wrong and were left out", "file", wrong.path, "count", len(wrong.lines), "lines", wrong.places(),
			"hint", "`entrepot sync report` says what is wrong with them")
		return
	}
	if header, ok := errors.AsType[*merchantsync.CSVError](err); ok {
		err = withHint(fmt.Errorf("line %d of %s is no header", header.Line, d.Reports), "the first line names the columns: order_id,kind,value")
	}
	d.logError("the reports could not be read", err)
}

func (d *syncDaemon) passed(run merchantsync.Run, err error) {
	d.metrics.Passed(metrics.Pass{
		Ended: run.Ended, Took: run.Ended.Sub(run.Began), OK: err == nil, Imported: run.Imported, Changed: run.Changed,
		Failed: run.Failed, Reported: run.Reported, Refused: run.Refused,
	})
	for _, one := range leaves(err) {
		d.logError("the run failed", d.explain(one))
	}
	d.wake()
}

// wake tells the destinations that there may be changes.
func (d *syncDaemon) wake() {
	for _, wake := range d.wakes {
		select {
		case wake <- struct{}{}:
		default: // it has been told, and has not looked yet
		}
	}
}
