package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

type orderExportCommand struct {
	dataFlag
	storeFlag
	jsonFlag
	FromNumber    int64  `help:"From this number on." placeholder:"N"`
	ThroughNumber int64  `help:"Up to this number." placeholder:"N"`
	SinceDate     *day   `help:"Placed on this day (UTC) or later." placeholder:"DATE"`
	ThroughDate   *day   `help:"Placed up to the end of this day (UTC)." placeholder:"DATE"`
	Format        string `help:"jsonl, which an import reads, or csv for people." enum:"jsonl,csv" default:"jsonl"`
	ByteOrderMark bool   `help:"Begin csv with a byte order mark, by which Excel knows that it is UTF-8."`
	Output        string `help:"File to write; it appears whole, readable by its owner only. Without it: standard output." placeholder:"FILE" type:"path"`
}

// Help says what the flags cannot.
func (c *orderExportCommand) Help() string {
	return `A line of jsonl is what orderDetail answers and, under "entrepot", the order's history and the status that it goes back to.
Importing it into another store of the same number gives the same answers.

An export takes in the orders that there are when it begins. Each of them is shown as it was at one moment, but not all at
the same one: while a service runs, an order may have moved on since an earlier line was written.

It holds personal data. In csv, an apostrophe stands before what a spreadsheet would take for a formula. The text is UTF-8:
Excel shows other letters than a to z right only with --byte-order-mark, or when it imports the file (Data, From Text).`
}

// Validate looks at the ranges.
func (c *orderExportCommand) Validate() error {
	switch {
	case c.JSON && c.Output == "":
		return withHint(errors.New("--json tells of the file that --output names"), "without --output the orders themselves are printed, as JSON Lines")
	case c.FromNumber < 0 || c.ThroughNumber < 0:
		return errors.New("an order's number is 1 or more")
	case c.ThroughNumber > 0 && c.FromNumber > c.ThroughNumber:
		return fmt.Errorf("--through-number %d is below --from-number %d", c.ThroughNumber, c.FromNumber)
	case c.SinceDate != nil && c.ThroughDate != nil && c.ThroughDate.Before(c.SinceDate.Time):
		return errors.New("--through-date is before --since-date")
	case c.ByteOrderMark && c.Format != "csv":
		return errors.New("--byte-order-mark is for --format csv")
	}
	return nil
}

// Run writes the orders.
func (c *orderExportCommand) Run(ctx context.Context, con console) error {
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		store, err := c.pick(ctx, s)
		if err != nil {
			return err
		}
		if c.Output == "" {
			_, err = c.write(ctx, s, store, con.Out, progressLine{})
			return err
		}
		return c.toFile(ctx, con, s, store)
	})
}

// exportedJSON is the outcome of an export (docs/cli-json.md).
type exportedJSON struct {
	File   string `json:"file"`
	Orders int    `json:"orders"`
}

func (c *orderExportCommand) toFile(ctx context.Context, con console, s *order.Service, store order.StoreNumber) error {
	line := progressLine{w: con.Err, on: watched(con.Err)}
	written := exportedJSON{File: c.Output}
	err := writeWholeBy(c.Output, func(w io.Writer) (err error) {
		written.Orders, err = c.write(ctx, s, store, w, line)
		return err
	})
	if err != nil || !c.JSON {
		return err
	}
	return writeJSON(con.Out, written)
}

func (c *orderExportCommand) query(store order.StoreNumber) order.OrdersQuery {
	q := order.OrdersQuery{Store: store, After: order.Number(max(0, c.FromNumber-1)), Through: order.Number(c.ThroughNumber)}
	if c.SinceDate != nil {
		q.PlacedFrom = c.SinceDate.Time
	}
	if c.ThroughDate != nil {
		q.PlacedBefore = c.ThroughDate.AddDate(0, 0, 1)
	}
	return q
}

// recordWriter writes one order after the other.
type recordWriter interface {
	Add(*order.Record) error
	Close() error
}

func (c *orderExportCommand) write(ctx context.Context, s *order.Service, store order.StoreNumber, to io.Writer, line progressLine) (n int, err error) {
	w, err := c.writer(to)
	if err != nil {
		return 0, err
	}
	defer line.clear()
	err = s.Export(ctx, c.query(store), func(r *order.Record) error {
		if n++; n%1000 == 0 {
			line.show("%d orders", n)
		}
		return w.Add(r)
	})
	if err != nil {
		return n, err
	}
	return n, w.Close()
}

func (c *orderExportCommand) writer(to io.Writer) (recordWriter, error) {
	if c.ByteOrderMark {
		if _, err := io.WriteString(to, "\ufeff"); err != nil {
			return nil, fmt.Errorf("write the table: %w", err)
		}
	}
	if c.Format == "csv" {
		return wire.NewTable(to)
	}
	return &lineWriter{w: bufio.NewWriterSize(to, 64<<10)}, nil
}

// lineWriter writes JSON Lines.
type lineWriter struct {
	w    *bufio.Writer
	line []byte
}

// Add writes the order's line.
func (l *lineWriter) Add(r *order.Record) (err error) {
	if l.line, err = wire.AppendRecord(l.line[:0], r); err != nil {
		return err
	}
	if _, err = l.w.Write(append(l.line, '\n')); err != nil {
		return fmt.Errorf("write the orders: %w", err)
	}
	return nil
}

// Close writes what waits.
func (l *lineWriter) Close() error {
	if err := l.w.Flush(); err != nil {
		return fmt.Errorf("write the orders: %w", err)
	}
	return nil
}

// writeWholeBy makes a file appear at once, readable by its owner only, when
// everything has been written to it.
func writeWholeBy(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err = write(f); err != nil {
		return errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	if err = errors.Join(f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}
