package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// jsonFlag chooses between a page for people and data for programs.
type jsonFlag struct {
	JSON bool `name:"json" help:"Print JSON, for programs; its shape is in docs/cli-json.md."`
}

// writeJSON writes one line. What is no HTML page needs none of its escapes.
func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// moment is a time in the JSON of commands: RFC 3339, UTC, to the millisecond.
type moment time.Time

// MarshalJSON writes the time.
func (m moment) MarshalJSON() ([]byte, error) {
	return time.Time(m).UTC().AppendFormat(nil, `"2006-01-02T15:04:05.000Z"`), nil
}

// optional is a text that is null in the JSON of commands when it is empty, as
// it is in the API's.
type optional string

// MarshalJSON writes the text, or null.
func (o optional) MarshalJSON() ([]byte, error) {
	if o == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(o))
}

// when is a time on a page for people.
func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

// table aligns columns.
type table struct{ w *tabwriter.Writer }

func newTable(w io.Writer, columns ...string) table {
	t := table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	if len(columns) > 0 {
		t.line(strings.Join(columns, "\t"))
	}
	return t
}

func (t table) line(text string) { _, _ = fmt.Fprintln(t.w, text) } // its error comes with flush

// row writes the cells; an empty one is shown as a hyphen, so that columns can
// be counted.
func (t table) row(cells ...any) {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		if texts[i] = printable(fmt.Sprint(cell)); texts[i] == "" {
			texts[i] = "-"
		}
	}
	t.line(strings.Join(texts, "\t"))
}

func (t table) flush() error {
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

// printable is a text that a terminal only shows: shoppers write names and
// notes, and a terminal obeys what is in them.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r':
			return ' '
		case !unicode.IsPrint(r) && r != ' ':
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
