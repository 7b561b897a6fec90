package conformance

import (
	"bufio"
	"fmt"
	"io"
)

// Uncovered lists the sentences of the contract that no case shows and that are not
// said to be shown elsewhere.
func Uncovered() ([]Sentence, error) {
	t, err := builtin()
	if err != nil {
		return nil, fmt.Errorf("conformance table: %w", err)
	}
	return t.uncovered(), nil
}

func (t *table) uncovered() []Sentence {
	shown := t.shown()
	for _, e := range t.elsewhere {
		for _, s := range e.sentences {
			shown[s] = true
		}
	}
	var left []Sentence
	for _, section := range t.contract {
		for _, s := range section.Sentences {
			if !shown[s] {
				left = append(left, s)
			}
		}
	}
	return left
}

// shown are the sentences that a case shows.
func (t *table) shown() map[Sentence]bool {
	all := map[Sentence]bool{}
	for _, c := range t.cases {
		for _, s := range c.sentences {
			all[s] = true
		}
	}
	return all
}

// WriteUncovered writes the sentences without a case, and apart from them those
// that cannot be shown over the wire, with the reason and what shows them instead.
func WriteUncovered(w io.Writer) error {
	t, err := builtin()
	if err != nil {
		return fmt.Errorf("conformance table: %w", err)
	}
	out := bufio.NewWriter(w)
	left := t.uncovered()
	_, _ = fmt.Fprintf(out, "%d sentences without a case\n", len(left))
	for _, s := range left {
		_, _ = fmt.Fprintf(out, "  §%s %s\n", s.Section, s)
	}
	_, _ = fmt.Fprintln(out, "\nshown elsewhere, since no request can show them")
	for _, e := range t.elsewhere {
		e.write(out)
	}
	return out.Flush() // a bufio.Writer keeps the first error
}

func (e *elsewhere) write(out *bufio.Writer) {
	for _, s := range e.sentences {
		_, _ = fmt.Fprintf(out, "  §%s %s\n", s.Section, s)
	}
	_, _ = fmt.Fprintf(out, "      why: %s\n", oneLine(e.Why))
	for _, reference := range e.ShownBy {
		_, _ = fmt.Fprintf(out, "      shown by: %s\n", reference)
	}
	for _, path := range e.ToCome {
		_, _ = fmt.Fprintf(out, "      to come: %s\n", path)
	}
}
