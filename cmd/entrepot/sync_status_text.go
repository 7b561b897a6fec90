package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"entrepot/internal/merchantsync"
)

// text is the page for people; docs/sync.md explains it.
func (r standingReport) text(w io.Writer, store int64, problems []string) error {
	t := newTable(w)
	row := func(name, format string, args ...any) { t.row(name, fmt.Sprintf(format, args...)) }
	row("store", "%d", store)
	row("well", "%s", wellText(problems))
	row("last run", "%s", r.lastRunText())
	row("cursor", "%s", cursorText(store, r.cursor))
	row("orders", "%d: %d ready, %d held, %d cancelled (%d test orders among them)", r.tally.Orders, r.tally.Ready, r.tally.Held, r.tally.Cancelled, r.tally.TestOrders)
	row("followed", "%d orders that may still move", r.tally.Followed)
	row("not fetched", "%d orders, to be tried again", r.tally.Troubles)
	row("reports", "%d waiting, %d refused", r.tally.Reports[merchantsync.Pending], r.tally.Reports[merchantsync.Refused])
	for _, name := range slices.Sorted(maps.Keys(r.tally.Behind)) {
		row(name, "%s", r.destinationText(name))
	}
	if err := t.flush(); err != nil || len(r.stuck) == 0 {
		return err
	}
	return r.stuckText(w)
}

func wellText(problems []string) string {
	if len(problems) == 0 {
		return "yes"
	}
	return "no: " + strings.Join(problems, "; ")
}

// destinationText tells a destination that runs keep up to date from one that
// they do not: it fails, or an earlier run fed it and later ones were not
// asked to.
func (r standingReport) destinationText(name string) string {
	behind, waiting := r.tally.Behind[name], r.tally.Waiting[name]
	if behind+waiting == 0 {
		return "has every change"
	}
	text := fmt.Sprintf("%d changes to be tried again, %d not given yet", waiting, behind)
	oldest, late := r.oldest[name]
	if !late {
		return text
	}
	text += ", the first of " + when(oldest)
	if waiting == 0 && r.last != nil && oldest.Before(r.last.Began) {
		text += ": runs no longer name it, or it fails"
	}
	return text
}

func (r standingReport) stuckText(w io.Writer) error {
	_, _ = fmt.Fprintln(w, "\nStuck:") // its error comes with flush
	t := newTable(w, "what\torder\tof\ttries\tsince\tnext\treason")
	for _, s := range r.stuck {
		next := "never"
		if !s.RetryAt.IsZero() {
			next = when(s.RetryAt)
		}
		t.row(s.What, s.OrderID, s.Detail, s.Attempts, when(s.Since), next, s.Reason)
	}
	return t.flush()
}

func (r standingReport) lastRunText() string {
	if r.last == nil {
		return "none yet"
	}
	ago := r.now.Sub(r.last.Ended).Round(time.Second)
	if r.last.Error != "" {
		first, _, more := strings.Cut(r.last.Error, "\n")
		if more {
			first += " (and more: --json)"
		}
		return fmt.Sprintf("failed %s ago: %s", ago, first)
	}
	return fmt.Sprintf("%s ago: %d imported, %d changed, %d reported", ago, r.last.Imported, r.last.Changed, r.last.Reported)
}

func cursorText(store int64, c merchantsync.Cursor) string {
	if c.Number == 0 {
		return "at the beginning"
	}
	return fmt.Sprintf("order %d-%d, placed %s", store, c.Number, when(c.PlacedAt))
}
