package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"entrepot/internal/order"
)

type checkCommand struct {
	dataFlag
	jsonFlag
}

// Help teaches by example.
func (c *checkCommand) Help() string {
	return `Beside a running service, or on a folder into which a backup was restored:

  entrepot check --data /var/lib/entrepot

Prints one line for each problem, and ends with exit code 1 when there is one. Nothing is changed.`
}

// problemJSON is a line of check for programs; the last line is a checkedJSON.
type problemJSON struct {
	Order string `json:"order,omitempty"`
	Store int64  `json:"store,omitempty"`
	Text  string `json:"problem"`
}

type checkedJSON struct {
	Stores   int64 `json:"stores"`
	Orders   int64 `json:"orders"`
	Changes  int64 `json:"changes"`
	Notes    int64 `json:"notes"`
	Carts    int64 `json:"carts"`
	Problems int64 `json:"problems"`
}

// Run looks at everything.
func (c *checkCommand) Run(ctx context.Context, con console) error {
	if err := c.presence(); err != nil { // opening an empty file makes a database of it
		return err
	}
	return withService(ctx, c.dataFlag, false, func(s *order.Service) error {
		line := progressLine{w: con.Err, on: watched(con.Err)}
		var failed error
		seen, err := s.Check(ctx, order.Checking{
			Problem: func(p order.Problem) {
				line.clear()
				if err := c.problem(con.Out, p); err != nil {
					failed = err
				}
			},
			Progress: func(seen order.Checked) { line.show("%d orders looked at, %d problems", seen.Orders, seen.Problems) },
		})
		line.clear()
		if err == nil {
			err = failed
		}
		if err != nil {
			return withHint(err, "when the file cannot be read at all, restore the last backup")
		}
		return c.summary(con.Out, seen)
	})
}

func (c *checkCommand) problem(w io.Writer, p order.Problem) error {
	j := problemJSON{Store: int64(p.Order.Store), Text: p.Text}
	where := ""
	switch {
	case p.Order.Number != 0:
		j.Order = p.Order.String()
		where = "order " + j.Order + ": "
	case p.Order.Store != 0:
		where = fmt.Sprintf("store %d: ", p.Order.Store)
	}
	if c.JSON {
		return writeJSON(w, j)
	}
	_, err := fmt.Fprintf(w, "%s%s\n", where, p.Text)
	return err
}

func (c *checkCommand) summary(w io.Writer, seen order.Checked) (err error) {
	if c.JSON {
		err = writeJSON(w, checkedJSON(seen))
	} else {
		_, err = fmt.Fprintf(w, "%d stores, %d orders, %d entries of history, %d notes, %d carts: %d problems\n",
			seen.Stores, seen.Orders, seen.Changes, seen.Notes, seen.Carts, seen.Problems)
	}
	if err == nil && seen.Problems > 0 {
		return errSilent
	}
	return err
}

// progressLine is one line that is written over and over.
type progressLine struct {
	w     io.Writer
	on    bool
	shown bool
}

func (l *progressLine) show(format string, args ...any) {
	if l.on {
		_, _ = fmt.Fprintf(l.w, "\r\x1b[K"+format, args...)
		l.shown = true
	}
}

func (l *progressLine) clear() {
	if l.shown {
		_, _ = fmt.Fprint(l.w, "\r\x1b[K")
		l.shown = false
	}
}

// watched reports whether a person may be looking.
func watched(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
