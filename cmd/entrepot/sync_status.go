package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"entrepot/internal/merchantsync"
)

type syncStatusCommand struct {
	ledgerFlags
	jsonFlag
	Stuck  int           `help:"Show at most so many of what is stuck." default:"20"`
	MaxAge time.Duration `help:"Exit with 1 when the last good run is older than this; 0 for never." default:"0s"`
}

// Validate looks at numbers.
func (c *syncStatusCommand) Validate() error {
	switch {
	case c.Stuck < 0:
		return fmt.Errorf("--stuck is %d; expected zero or more", c.Stuck)
	case c.MaxAge < 0:
		return fmt.Errorf("--max-age is %s; expected zero or more", c.MaxAge)
	}
	return nil
}

// Help teaches by example.
func (c *syncStatusCommand) Help() string {
	return `For a watchdog: exit code 1 when there was no run, the last one failed, something is
stuck, or, with --max-age, the last run or what a destination has not got is older.
docs/sync.md says what each line means.`
}

// standingReport is what the tables say of the sync.
type standingReport struct {
	cursor merchantsync.Cursor
	tally  merchantsync.Tally
	last   *merchantsync.Run
	stuck  []merchantsync.Stuck
	oldest map[string]time.Time // by destination: of the changes that it was not given
	now    time.Time
}

// Run shows it.
func (c *syncStatusCommand) Run(ctx context.Context, con console) error {
	var r standingReport
	err := c.view(ctx, func(v merchantsync.View) (err error) {
		r, err = readStanding(v, time.Now(), max(1, c.Stuck))
		return err
	})
	if err != nil {
		return err
	}
	problems := r.problems(c.MaxAge)
	r.stuck = r.stuck[:min(c.Stuck, len(r.stuck))]
	if c.JSON {
		err = writeJSON(con.Out, r.json(int64(c.Store), problems))
	} else {
		err = r.text(con.Out, int64(c.Store), problems)
	}
	if err == nil && len(problems) > 0 {
		return errSilent
	}
	return err
}

func readStanding(v merchantsync.View, now time.Time, stuck int) (r standingReport, err error) {
	r = standingReport{now: now, oldest: map[string]time.Time{}}
	if r.cursor, err = v.Cursor(); err != nil {
		return r, err
	}
	if r.tally, err = v.Tally(now); err != nil {
		return r, err
	}
	if r.last, err = v.LastRun(); err != nil {
		return r, err
	}
	for name, behind := range r.tally.Behind {
		if behind > 0 {
			if r.oldest[name], err = oldestFor(v, name); err != nil {
				return r, err
			}
		}
	}
	r.stuck, err = v.Stuck(stuck)
	return r, err
}

// oldestFor is when the first change was written that a destination was not
// given.
func oldestFor(v merchantsync.View, name string) (at time.Time, err error) {
	position, err := v.Position(name)
	if err != nil {
		return at, err
	}
	changes, err := v.Changes(position, 1)
	if len(changes) > 0 {
		at = changes[0].At
	}
	return at, err
}

// problems are why somebody should look; maxAge is zero for any.
func (r standingReport) problems(maxAge time.Duration) []string {
	list := []string{}
	switch {
	case r.last == nil:
		list = append(list, "there was no run yet")
	case r.last.Error != "":
		list = append(list, "the last run failed")
	}
	if r.last != nil && r.older(r.last.Ended, maxAge) {
		list = append(list, fmt.Sprintf("the last run is older than %s", maxAge))
	}
	for _, name := range slices.Sorted(maps.Keys(r.oldest)) {
		if r.older(r.oldest[name], maxAge) {
			list = append(list, fmt.Sprintf("%s has been behind for longer than %s", name, maxAge))
		}
	}
	if len(r.stuck) > 0 {
		list = append(list, "something is stuck")
	}
	return list
}

func (r standingReport) older(at time.Time, maxAge time.Duration) bool {
	return maxAge > 0 && r.now.Sub(at) > maxAge
}

// syncStatusJSON is the status for programs.
type syncStatusJSON struct {
	Store           int64                      `json:"store"`
	Well            bool                       `json:"well"`
	Problems        []string                   `json:"problems"`
	Cursor          int64                      `json:"cursor"`
	CursorPlacedAt  *moment                    `json:"cursorPlacedAt"`
	Orders          int64                      `json:"orders"`
	TestOrders      int64                      `json:"testOrders"`
	Ready           int64                      `json:"ready"`
	Held            int64                      `json:"held"`
	Cancelled       int64                      `json:"cancelled"`
	Followed        int64                      `json:"followed"`
	NotFetched      int64                      `json:"notFetched"`
	ReportsPending  int64                      `json:"reportsPending"`
	ReportsRefused  int64                      `json:"reportsRefused"`
	Destinations    map[string]destinationJSON `json:"destinations"`
	LastRun         *syncRunJSON               `json:"lastRun"`
	Stuck           []stuckJSON                `json:"stuck"`
	SecondsSinceRun *int64                     `json:"secondsSinceRun"`
}

type destinationJSON struct {
	Behind      int64   `json:"behind"`      // changes that it was not given yet
	BehindSince *moment `json:"behindSince"` // when the first of them was written
	Waiting     int64   `json:"waiting"`     // changes that it did not take, to be tried again
}

type syncRunJSON struct {
	Began    moment   `json:"began"`
	Ended    moment   `json:"ended"`
	Listed   int64    `json:"listed"`
	Imported int64    `json:"imported"`
	Changed  int64    `json:"changed"`
	Failed   int64    `json:"failed"`
	Reported int64    `json:"reported"`
	Refused  int64    `json:"refused"`
	Cursor   int64    `json:"cursor"`
	Error    optional `json:"error"`
}

type stuckJSON struct {
	What     string  `json:"what"`
	Order    string  `json:"order"`
	Detail   string  `json:"detail"`
	Reason   string  `json:"reason"`
	Attempts int     `json:"attempts"`
	Since    moment  `json:"since"`
	RetryAt  *moment `json:"retryAt"`
}

func (r standingReport) json(store int64, problems []string) syncStatusJSON {
	t := r.tally
	j := syncStatusJSON{
		Store: store, Well: len(problems) == 0, Problems: problems, Cursor: r.cursor.Number, CursorPlacedAt: momentOrNil(r.cursor.PlacedAt),
		Orders: t.Orders, TestOrders: t.TestOrders, Ready: t.Ready, Held: t.Held, Cancelled: t.Cancelled, Followed: t.Followed,
		NotFetched: t.Troubles, ReportsPending: t.Reports[merchantsync.Pending], ReportsRefused: t.Reports[merchantsync.Refused],
		Destinations: map[string]destinationJSON{}, Stuck: []stuckJSON{},
	}
	for name, behind := range t.Behind {
		j.Destinations[name] = destinationJSON{Behind: behind, BehindSince: momentOrNil(r.oldest[name]), Waiting: t.Waiting[name]}
	}
	if r.last != nil {
		last, seconds := runJSON(*r.last), int64(r.now.Sub(r.last.Ended).Seconds())
		j.LastRun, j.SecondsSinceRun = &last, &seconds
	}
	for _, s := range r.stuck {
		j.Stuck = append(j.Stuck, stuckJSON{s.What, string(s.OrderID), s.Detail, s.Reason, s.Attempts, moment(s.Since), momentOrNil(s.RetryAt)})
	}
	return j
}

func momentOrNil(t time.Time) *moment {
	if t.IsZero() {
		return nil
	}
	m := moment(t)
	return &m
}

func runJSON(r merchantsync.Run) syncRunJSON {
	return syncRunJSON{
		Began: moment(r.Began), Ended: moment(r.Ended), Listed: r.Listed, Imported: r.Imported, Changed: r.Changed,
		Failed: r.Failed, Reported: r.Reported, Refused: r.Refused, Cursor: r.Cursor, Error: optional(r.Error),
	}
}
