package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
)

type syncVerifyCommand struct {
	syncFlags
	jsonFlag
	SinceDate   *day `help:"Orders placed on this day (UTC) or later; a week ago when nobody says." placeholder:"DATE"`
	ThroughDate *day `help:"Orders placed up to the end of this day (UTC); today when nobody says." placeholder:"DATE"`
	Repair      bool `help:"Fetch what differs into the tables."`
}

// Help says what the command answers.
func (c *syncVerifyCommand) Help() string {
	return "Prints one line for each order that differs, and ends with exit code 1 when there is one (that --repair did not mend)."
}

// Validate looks at the range.
func (c *syncVerifyCommand) Validate() error {
	if c.SinceDate != nil && c.ThroughDate != nil && c.ThroughDate.Before(c.SinceDate.Time) {
		return fmt.Errorf("--through-date %s is before --since-date %s", c.ThroughDate.Format(time.DateOnly), c.SinceDate.Format(time.DateOnly))
	}
	return c.syncFlags.Validate()
}

func (c *syncVerifyCommand) span(now time.Time) (from, through time.Time) {
	from, through = now.AddDate(0, 0, -7), now
	if c.ThroughDate != nil {
		through = c.ThroughDate.Time
	}
	if c.SinceDate != nil {
		from = c.SinceDate.Time
	} else if c.ThroughDate != nil {
		from = through.AddDate(0, 0, -7)
	}
	return from, through
}

// Run compares. Without --repair it may run beside a daemon.
func (c *syncVerifyCommand) Run(ctx context.Context, con console) error {
	work := func(s syncing) error { return c.compare(ctx, con, s) }
	if c.Repair {
		return c.withSyncing(ctx, con, merchantsync.Options{}, nil, work)
	}
	return several(ctx, con.Err, c.looking(ctx, work), c.explain)
}

// looking opens the tables without taking their place.
func (c *syncVerifyCommand) looking(ctx context.Context, fn func(syncing) error) (err error) {
	api, err := c.api(nil)
	if err != nil {
		return err
	}
	tables, err := ledger.OpenView(ctx, c.options())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tables.Close()) }()
	return fn(c.syncing(api, lookingOnly{tables}, merchantsync.Options{}))
}

// lookingOnly is tables in which nothing can be changed.
type lookingOnly struct{ *ledger.Viewer }

var errLookingOnly = errors.New("the tables are open for reading only")

func (lookingOnly) InTx(context.Context, func(merchantsync.Tx) error) error { return errLookingOnly }

func (c *syncVerifyCommand) compare(ctx context.Context, con console, s syncing) error {
	from, through := c.span(time.Now())
	var differ []int64
	compared, err := s.daemon.Verify(ctx, from, through, func(d merchantsync.Difference) {
		differ = append(differ, d.Number)
		c.show(con.Out, d)
	})
	if err != nil {
		return err
	}
	if err := c.sum(con, verifiedJSON{compared, len(differ)}); err != nil || len(differ) == 0 {
		return err
	}
	if !c.Repair {
		return withHint(fmt.Errorf("%d orders differ", len(differ)), "--repair fetches them; runs of sync do so by themselves for those that are new or followed")
	}
	return c.repair(ctx, con.Err, s, differ, from, through)
}

// verifiedJSON is the last line for programs.
type verifiedJSON struct {
	Compared int64 `json:"compared"`
	Differ   int   `json:"differ"`
}

func (c *syncVerifyCommand) sum(con console, v verifiedJSON) error {
	if c.JSON {
		return writeJSON(con.Out, v)
	}
	_, _ = fmt.Fprintf(con.Err, "entrepot: %d orders compared, %d differ\n", v.Compared, v.Differ)
	return nil
}

// repair fetches what differs, and looks again.
func (c *syncVerifyCommand) repair(ctx context.Context, w io.Writer, s syncing, differ []int64, from, through time.Time) error {
	run, err := s.daemon.Repair(ctx, differ)
	if err != nil {
		return err
	}
	left := 0
	if _, err := s.daemon.Verify(ctx, from, through, func(merchantsync.Difference) { left++ }); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w, "entrepot: %d imported, %d changed\n", run.Imported, run.Changed)
	if left > 0 {
		return withHint(fmt.Errorf("%d orders differ still", left), "orders that the service no longer lists stay in the tables; what has just moved is found by the next run")
	}
	return nil
}

// differenceJSON is an order that differs, for programs.
type differenceJSON struct {
	Order string    `json:"order"`
	Here  *sideJSON `json:"here"`
	There *sideJSON `json:"there"`
}

type sideJSON struct {
	Status          string   `json:"status"`
	StatusAt        *moment  `json:"statusAt"`
	MerchantOrderID optional `json:"merchantOrderId"`
}

func (c *syncVerifyCommand) show(w io.Writer, d merchantsync.Difference) {
	j := differenceJSON{Order: fmt.Sprintf("%d-%d", c.Store, d.Number)}
	if d.Here != nil {
		j.Here = &sideJSON{string(d.Here.Status), momentOrNil(d.Here.StatusAt), optional(d.Here.MerchantOrderID)}
	}
	if d.There != nil {
		j.There = &sideJSON{string(d.There.Status), momentOrNil(d.There.StatusDate), optional(d.There.MerchantOrderID)}
	}
	if c.JSON {
		_ = writeJSON(w, j) // a broken pipe shows when the command ends
		return
	}
	_, _ = fmt.Fprintf(w, "%s: here %s, there %s\n", j.Order, j.Here, j.There)
}

func (s *sideJSON) String() string {
	if s == nil {
		return "missing"
	}
	text := s.Status
	if s.StatusAt != nil {
		text += " since " + when(time.Time(*s.StatusAt))
	}
	if s.MerchantOrderID != "" {
		text += " as " + string(s.MerchantOrderID)
	}
	return text
}
