package conformance

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Outcome says what became of a case.
type Outcome int

// The outcomes of a case.
const (
	Held Outcome = iota
	Failed
	NotShown // the server has not what the case needs; that is no pass
)

// Result is what became of one case, or of one row of it.
type Result struct {
	Section string
	Case    string
	Row     string
	Shows   []string // what of the contract it shows
	Outcome Outcome
	Reason  string   // of what was not shown
	Failure *Failure // of what failed
}

// Name is the case's with its row.
func (r Result) Name() string {
	if r.Row == "" {
		return r.Case
	}
	return r.Case + " [" + r.Row + "]"
}

// Failure is what was sent, expected and got. No secret is in it.
type Failure struct {
	Step, Of   int
	Request    string
	Expected   string
	Got        string
	Mismatches []string
}

// Report is the outcome of a run.
type Report struct {
	Target   string
	Results  []Result
	contract []Section
}

func (r *Report) add(result Result) { r.Results = append(r.Results, result) }

// Count is the number of cases with an outcome.
func (r *Report) Count(o Outcome) int {
	n := 0
	for _, result := range r.Results {
		if result.Outcome == o {
			n++
		}
	}
	return n
}

// Failed says whether any case failed.
func (r *Report) Failed() bool { return r.Count(Failed) > 0 }

// WriteText writes the report for a person, by section of the contract.
func (r *Report) WriteText(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, section := range r.contract {
		r.writeSection(out, section)
	}
	_, _ = fmt.Fprintf(out, "\n%s: %d held, %d failed, %d not shown\n", r.Target, r.Count(Held), r.Count(Failed), r.Count(NotShown))
	return out.Flush() // a bufio.Writer keeps the first error
}

func (r *Report) writeSection(out *bufio.Writer, section Section) {
	var of Report
	for _, result := range r.Results {
		if result.Section == section.Number {
			of.add(result)
		}
	}
	if len(of.Results) == 0 {
		return
	}
	_, _ = fmt.Fprintf(out, "\n§%s %s: %d held, %d failed, %d not shown\n",
		section.Number, section.Title, of.Count(Held), of.Count(Failed), of.Count(NotShown))
	for _, result := range of.Results {
		if result.Outcome == Failed {
			result.write(out)
		}
	}
	of.writeNotShown(out)
}

func (r Result) write(out *bufio.Writer) {
	_, _ = fmt.Fprintf(out, "  FAILED     %s\n", r.Name())
	for _, quote := range r.Shows {
		_, _ = fmt.Fprintf(out, "    shows     %s\n", oneLine(quote))
	}
	r.Failure.write(out)
}

// writeNotShown writes one line for the rows of a case that were not shown for one
// reason, and one for all that would have written.
func (r *Report) writeNotShown(out *bufio.Writer) {
	rows, writers := map[string][]string{}, 0
	var inTurn []string
	for _, result := range r.Results {
		line := result.Case + ": " + result.Reason
		switch {
		case result.Outcome != NotShown:
		case result.Reason == errOnlyReads.Error():
			writers++
		default:
			if rows[line] == nil {
				inTurn = append(inTurn, line)
			}
			rows[line] = append(rows[line], result.Row)
		}
	}
	for _, line := range inTurn {
		_, _ = fmt.Fprintf(out, "  not shown  %s%s\n", line, describeRows(rows[line]))
	}
	if writers > 0 {
		_, _ = fmt.Fprintf(out, "  not shown  %d that write, and the run only reads\n", writers)
	}
}

func describeRows(rows []string) string {
	switch {
	case len(rows) > 1:
		return fmt.Sprintf(" (%d rows)", len(rows))
	case rows[0] != "":
		return " [" + rows[0] + "]"
	}
	return ""
}

func (f *Failure) write(out *bufio.Writer) {
	if f.Of > 1 {
		_, _ = fmt.Fprintf(out, "    step      %d of %d\n", f.Step, f.Of)
	}
	writeBlock(out, "request", f.Request)
	writeBlock(out, "expected", f.Expected)
	writeBlock(out, "got", f.Got)
	for _, mismatch := range f.Mismatches {
		writeBlock(out, "because", mismatch)
	}
}

// writeBlock indents the lines of a text under its title.
func writeBlock(out *bufio.Writer, title, text string) {
	if text == "" {
		return
	}
	indented := strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n              ")
	_, _ = fmt.Fprintf(out, "    %-9s %s\n", title, indented)
}

// label names a row: by its case, or by its needs and those values that are no templates.
func label(r row) string {
	if name, ok := r[rowLabel]; ok {
		return name
	}
	var plain, all []string
	for _, key := range sortedKeys(r) {
		all = append(all, r[key])
		if !strings.Contains(r[key], "{{") {
			plain = append(plain, r[key])
		}
	}
	if len(plain) == 0 {
		plain = all
	}
	return strings.Join(plain, " ")
}
