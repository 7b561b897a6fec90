package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

type orderImportCommand struct {
	dataFlag
	whyFlags
	jsonFlag
	File    string `arg:"" help:"JSON Lines: one answer of orderDetail a line, or what order export wrote; - reads standard input." type:"existingfile"`
	Store   int64  `help:"The store whose orders they are: needed for ids without one; others are rejected." placeholder:"N"`
	Rejects string `help:"File to copy rejected lines to; without it, one beside the input." placeholder:"FILE" type:"path"`
	DryRun  bool   `help:"Change nothing; only say what would be rejected."`
}

// Help says what the flags cannot.
func (c *orderImportCommand) Help() string {
	return `Numbers, dates, statuses, notes and keys unknown here are kept. To move a shop here:

  entrepot store add --number 999 --secret-file secret.txt --loading
  entrepot order import orders.jsonl
  entrepot store open 999

A store that is loading takes numbers in any order, and answers no lists. Any other takes only numbers above its highest,
so that a shop that polls never misses an order: mend and import what was rejected before you open the store.

Lines that are there already change nothing, so an import that was broken off can be run again. A line that cannot be taken
is named with its key and the reason, and copied to the rejects file, which can be imported once it is mended.

An import takes up to 140 MB of memory however long the file is; --dry-run, which must remember the numbers it has seen, some
50 MB and up to 80 bytes for each order.`
}

// Run imports the orders; it fails when a line was rejected.
func (c *orderImportCommand) Run(ctx context.Context, con console) (err error) {
	input, size, err := c.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, input.Close()) }()
	rejects, err := newRejects(c.File, c.Rejects, c.DryRun)
	if err != nil {
		return err
	}
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		run := importRun{
			service: s, dry: c.DryRun, rejects: rejects, err: con.Err, size: size,
			line: progressLine{w: con.Err, on: watched(con.Err)}, stores: map[order.StoreNumber]bool{},
		}
		if c.JSON {
			run.json = con.Out
		}
		run.orders = s.Import(c.why("order import"))
		if c.DryRun {
			run.orders = s.RehearseImport()
		}
		return run.from(ctx, input, order.StoreNumber(c.Store))
	})
}

// open opens the input and says how long it is; zero when nobody knows.
func (c *orderImportCommand) open() (io.ReadCloser, int64, error) {
	if c.File == "-" {
		return os.Stdin, 0, nil
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, 0, fmt.Errorf("read the orders: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("read the orders: %w", err), f.Close())
	}
	if !info.Mode().IsRegular() {
		return f, 0, nil
	}
	return f, info.Size(), nil
}

// importRun is an import on its way.
type importRun struct {
	service *order.Service
	orders  *order.Import
	dry     bool
	rejects *rejects
	err     io.Writer
	json    io.Writer // where a program wants the outcome; nil for none
	line    progressLine
	size    int64
	stores  map[order.StoreNumber]bool

	lines, added, present, rejected int
}

func (r *importRun) from(ctx context.Context, input io.Reader, store order.StoreNumber) error {
	if !r.dry {
		// What a line leaves behind is garbage at once: collecting it less often
		// saves a fifteenth of the work for some 50 MB. Not of what a rehearsal
		// remembers, which would be four times as much again.
		defer debug.SetGCPercent(debug.SetGCPercent(400))
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	err := r.takeAll(ctx, readBatches(reading, input, store))
	r.line.clear()
	err = errors.Join(err, r.rejects.close())
	if err != nil {
		return r.brokenOff(ctx, err)
	}
	if err := r.summary(); err != nil {
		return err
	}
	r.hintOpen(ctx)
	if r.rejected > 0 {
		return errSilent
	}
	return nil
}

func (r *importRun) takeAll(ctx context.Context, batches <-chan importBatch) error {
	for {
		select {
		case batch, more := <-batches:
			if !more {
				return ctx.Err()
			}
			if err := r.takeBatch(ctx, batch); err != nil {
				return err
			}
		case <-ctx.Done(): // who reads may wait for input that never comes
			return ctx.Err()
		}
	}
}

func (r *importRun) takeBatch(ctx context.Context, batch importBatch) error {
	if batch.err != nil {
		return batch.err
	}
	if err := r.take(ctx, batch.lines); err != nil {
		return err
	}
	if r.size > 0 {
		r.line.show("%3d%%  %d lines, %d rejected", 100*batch.read/r.size, r.lines, r.rejected)
	} else {
		r.line.show("%d lines, %d rejected", r.lines, r.rejected)
	}
	return nil
}

func (r *importRun) brokenOff(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	if r.dry || r.lines == 0 {
		return err
	}
	err = fmt.Errorf("the import was broken off after line %d: %w", r.lines, err)
	if h, ok := errors.AsType[*hinted](err); ok {
		return withHint(err, h.hint+"; then run it again: what has been imported is left as it is")
	}
	return withHint(err, "run it again: what has been imported is left as it is")
}

func (r *importRun) take(ctx context.Context, lines []importLine) error {
	var records []order.Record
	for _, l := range lines {
		if l.err == nil {
			records = append(records, l.record)
		}
	}
	verdicts, err := r.patiently(ctx, records)
	if err != nil {
		return err
	}
	for _, l := range lines {
		var v order.Verdict
		if l.err == nil {
			v, verdicts = verdicts[0], verdicts[1:]
		} else {
			v.Refused = l.err
		}
		if err := r.count(l, v); err != nil {
			return err
		}
	}
	return r.rejects.flush()
}

// patience is how often a batch is tried: a service that is busy writing may
// keep the database for longer than one wait for it.
const patience = 5

func (r *importRun) patiently(ctx context.Context, records []order.Record) (verdicts []order.Verdict, err error) {
	if len(records) == 0 {
		return nil, nil
	}
	for range patience {
		verdicts, err = r.orders.Take(ctx, records)
		if !fault.Is(err, fault.Unavailable) {
			break
		}
	}
	return verdicts, err
}

func (r *importRun) count(l importLine, v order.Verdict) error {
	if !l.continued {
		r.lines = l.number
	}
	switch {
	case v.Refused != nil:
		return r.reject(l, v.Refused)
	case v.Present:
		r.present++
	default:
		r.added++
	}
	r.stores[l.record.Head.Store] = true
	return nil
}

func (r *importRun) reject(l importLine, reason error) error {
	if !l.continued {
		r.rejected++
		r.line.clear()
		_, _ = fmt.Fprintf(r.err, "entrepot: line %d: %v\n", l.number, reason)
	}
	return r.rejects.add(l)
}

// importedJSON is the outcome of an import (docs/cli-json.md).
type importedJSON struct {
	DryRun   bool     `json:"dryRun"`
	Imported int      `json:"imported"`
	Present  int      `json:"present"`
	Rejected int      `json:"rejected"`
	Rejects  optional `json:"rejects"` // the file of the rejected lines
}

func (r *importRun) summary() error {
	if r.json != nil {
		return writeJSON(r.json, importedJSON{r.dry, r.added, r.present, r.rejected, optional(r.rejects.path)})
	}
	did := "imported"
	if r.dry {
		did = "to import"
	}
	_, _ = fmt.Fprintf(r.err, "entrepot: %d %s, %d there already, %d rejected\n", r.added, did, r.present, r.rejected)
	if r.rejects.path != "" && r.rejected > 0 && !r.dry {
		_, _ = fmt.Fprintf(r.err, "entrepot: hint: the rejected lines are in %s: mend them, and import that file\n", r.rejects.path)
	}
	return nil
}

func (r *importRun) hintOpen(ctx context.Context) {
	for _, number := range slices.Sorted(maps.Keys(r.stores)) {
		if store, err := r.service.Store(ctx, number); err == nil && store.State == order.StoreLoading {
			_, _ = fmt.Fprintf(r.err, "entrepot: hint: store %d answers no lists while it is loading: when all orders are there, `entrepot store open %d`\n", number, number)
		}
	}
}
