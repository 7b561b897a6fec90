package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// scaleReport is what a run of bench-scale found.
type scaleReport struct {
	options scaleOptions
	parts   []scalePart
}

// scalePart is what it found on one engine.
type scalePart struct {
	title      string
	about      [][2]string
	began      time.Time
	took       time.Duration
	sizing     sizing
	sizes      []int
	machine    machine
	template   footprint
	loading    []time.Duration
	footprints []footprint
	starts     []values
	figures    []scaleFigure
	checked    int64
	inOrder    []int // sizes that `entrepot check` has found in order
}

const scaleHeading = "# Results of `make bench-scale`\n\nWritten by the bench; what it measures, and how, is in [README.md](README.md).\n" +
	"Figures are medians; the spread from the least to the most stands behind them. A ratio is that of two sides in one round.\n"

func (r scaleReport) sections() (sections []section) {
	for _, p := range r.parts {
		var b strings.Builder
		if r.options.short {
			b.WriteString("**A quick look (`-short`): these figures are good for nothing but to see that all is there.**\n\n")
		}
		p.write(&b)
		sections = append(sections, section{p.title, b.String()})
	}
	return sections
}

// publishScale writes the results. An engine that was not measured keeps what
// the file says of it.
func publishScale(r scaleReport, file string, out io.Writer) error {
	text := scaleHeading
	if file != "" {
		before, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read the other results: %w", err)
		}
		if len(before) > 0 {
			text = string(before)
		}
	}
	text = replaceSections(text, r.sections())
	if file != "" {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil { //nolint:gosec // it is to be read by all
			return fmt.Errorf("write the results: %w", err)
		}
	}
	_, err := io.WriteString(out, text)
	return err
}

func (p scalePart) write(b *strings.Builder) {
	rows := [][2]string{
		{"date", p.began.UTC().Format("2006-01-02 15:04 UTC")},
		{"took", p.took.Round(time.Second).String()},
	}
	rows = append(rows, p.machine.rows()...)
	rows = append(rows, p.about...)
	rows = append(rows, [][2]string{
		{"orders", sizesText(p.sizes) + " in a store, one day after the other of 1,000 each; copies of " + thousands(p.sizing.Template) + " of the demo's"},
		{"made in", durations(p.loading)},
		{"rounds", fmt.Sprintf("%d of %s each, the databases in turn; %d connections", p.sizing.Rounds, p.sizing.Counted, connections)},
		{"answers compared with what was expected", thousands(int(p.checked)) + ", all right"},
		{"`entrepot check` afterwards", "no problem in the databases of " + sizesText(p.inOrder) + " orders"},
	}...)
	b.WriteString("| | |\n| --- | --- |\n")
	for _, row := range rows {
		fmt.Fprintf(b, "| %s | %s |\n", row[0], row[1])
	}
	for _, f := range p.figures {
		f.write(b)
	}
	p.writeStarts(b)
	p.writeDisk(b)
}

func sizesText(sizes []int) string {
	if len(sizes) == 0 {
		return "no"
	}
	var texts []string
	for _, n := range sizes {
		texts = append(texts, thousands(n))
	}
	return strings.Join(texts, ", ")
}

func durations(all []time.Duration) string {
	var texts []string
	for _, d := range all {
		texts = append(texts, d.Round(time.Second).String())
	}
	return strings.Join(texts, ", ")
}

// goalFlat is how much more a lookup or an update may cost in the largest
// database than in the smallest.
const goalFlat = 1.25

func (f scaleFigure) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n%s; an answer has %s on average.\n\n", f.title, capital(f.about), size(f.answer))
	fmt.Fprintf(b, "| %s | answers a second | ratio | processor time of the service | and of the database's server | both: ratio | load generator |\n"+
		"| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n", f.of)
	first := f.sides[0]
	for _, s := range f.sides {
		fmt.Fprintf(b, "| %s | %s | %s | %s µs | %s µs | %s | %s %% |\n", s.name, spread(s.rate), number(s.rate.over(first.rate).median()),
			spread(s.server), spread(s.database), spread(s.both().over(first.both())), number(s.client.median()))
	}
	if f.flat {
		last := f.sides[len(f.sides)-1]
		cost := last.both().over(first.both()).median()
		verdict(b, "processor time within "+number(goalFlat)+" times", number(cost)+" times", cost <= goalFlat)
	}
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func (p scalePart) writeStarts(b *strings.Builder) {
	b.WriteString("\n### Start\n\nFrom exec to the first answer, an order by its id.\n\n| orders | milliseconds |\n| ---: | ---: |\n")
	for i, size := range p.sizes {
		fmt.Fprintf(b, "| %s | %s |\n", thousands(size), spread(p.starts[i]))
	}
}

// writeDisk writes bytes per order, each table and index a row.
func (p scalePart) writeDisk(b *strings.Builder) {
	b.WriteString("\n### On disk\n\nBytes per order, without what a log of changes takes. An order's document is made smaller than the demo's; " +
		"in the last column it is as the demo has it.\n\n|")
	columns := append(slices.Clone(p.footprints), p.template)
	counts := append(slices.Clone(p.sizes), p.sizing.Template)
	for _, n := range p.sizes {
		b.WriteString(" | " + thousands(n))
	}
	b.WriteString(" | the demo's " + thousands(p.sizing.Template) + " |\n| --- |" + strings.Repeat(" ---: |", len(columns)) + "\n")
	for _, name := range p.template.names() {
		row := fmt.Sprintf("| %s |", name)
		for i, f := range columns {
			row += " " + perOrder(f, f.of(name), counts[i]) + " |"
		}
		b.WriteString(row + "\n")
	}
	b.WriteString("| **all** |")
	for i, f := range columns {
		fmt.Fprintf(b, " **%s** |", number(float64(f.total)/float64(counts[i])))
	}
	b.WriteString("\n| in all, GB |")
	for _, f := range columns {
		fmt.Fprintf(b, " %s |", number(float64(f.total)/1e9))
	}
	b.WriteString("\n")
}

func perOrder(f footprint, bytes int64, orders int) string {
	if len(f.pieces) == 0 {
		return "not looked at"
	}
	return number(float64(bytes) / float64(orders))
}

// names are the tables and indexes worth a row: a byte for an order, or more.
func (f footprint) names() (names []string) {
	for _, p := range f.pieces {
		if strings.HasPrefix(p.name, "order") {
			names = append(names, p.name)
		}
	}
	return names
}
