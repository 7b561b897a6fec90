package conformance

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"entrepot/internal/conformance/match"
)

// validate finds what is wrong with the table before any request is sent.
func (t *table) validate() error {
	var problems []error
	seen := map[string]bool{}
	for _, c := range t.cases {
		if seen[c.Name] {
			problems = append(problems, fmt.Errorf("case %q is there twice", c.Name))
		}
		seen[c.Name] = true
		if err := t.validateCase(c); err != nil {
			problems = append(problems, fmt.Errorf("case %q: %w", c.Name, err))
		}
	}
	return errors.Join(problems...)
}

func (t *table) validateCase(c *Case) error {
	if c.Name == "" || len(c.Shows) == 0 || len(c.Steps) == 0 {
		return errors.New("name, shows and steps are required")
	}
	for _, quote := range c.Shows {
		s, err := find(t.contract, quote)
		if err != nil {
			return err
		}
		c.sentences = append(c.sentences, s)
	}
	for _, r := range c.rows() {
		if err := t.validateRow(c, r); err != nil {
			return fmt.Errorf("row %q: %w", label(r), err)
		}
	}
	return nil
}

// rows are the rows of a case, a single empty one when it has none.
func (c *Case) rows() []row {
	if len(c.Each) == 0 {
		return []row{{}}
	}
	return c.Each
}

// needsOf are the needs of a case and those of one of its rows.
func (c *Case) needsOf(r row) []string {
	return append(append([]string(nil), c.Needs...), strings.Fields(r[rowNeeds])...)
}

// validateRow goes through the steps with a made-up value in every variable that would be bound.
func (t *table) validateRow(c *Case, r row) error {
	known := vars{}
	for _, name := range globals {
		known[name] = "0"
	}
	for _, name := range c.needsOf(r) {
		n, ok := needs[name]
		if !ok {
			return fmt.Errorf("no need %q", name)
		}
		for _, v := range n.binds {
			known[v] = "0"
		}
	}
	known, err := known.row(r)
	if err != nil {
		return err
	}
	for i := range c.Steps {
		if err := t.validateStep(&c.Steps[i], known); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

func (t *table) validateStep(s *step, known vars) error {
	if err := s.complete(); err != nil {
		return err
	}
	for _, it := range s.For {
		if err := known.bindIt(it); err != nil {
			return err
		}
	}
	defer delete(known, "it")
	if _, err := known.expandAll([]string{s.Path, s.Body, s.Place, s.Refused, s.Times}); err != nil {
		return err
	}
	if _, err := known.expandHeaders(s.Headers); err != nil {
		return err
	}
	if _, err := t.expectation(s, known); err != nil {
		return err
	}
	for name := range s.Capture {
		known[name] = "0"
	}
	if s.As != "" {
		known[s.As], known[s.As+"Number"] = "0", "0"
	}
	return nil
}

// complete says whether the step does one thing and expects something of it.
func (s *step) complete() error {
	switch {
	case (s.Path == "") == (s.Place == ""):
		return errors.New("needs a path or a cart to place, not both")
	case s.Place != "" && s.As == "":
		return errors.New("place needs as")
	case s.Path != "" && s.Status == 0 && s.Refused == "" && s.JSON == "":
		return errors.New("expects nothing that could fail")
	case s.Refused != "" && (s.Status != 0 || s.JSON != "" || len(s.Capture) > 0):
		return errors.New("refused says the status and the whole answer")
	}
	return nil
}

// expected is what a step expects, with all variables filled in.
type expected struct {
	status  int
	wants   map[string]*string
	json    *match.Pattern
	text    string // of the pattern
	matches []*regexp.Regexp
	checks  []string
}

func (t *table) expectation(s *step, v vars) (*expected, error) {
	e := &expected{status: s.status(v)}
	text, err := s.pattern(v)
	if err != nil {
		return nil, err
	}
	if text != "" {
		if e.json, err = match.Compile(text, t.shapes); err != nil {
			return nil, err
		}
	}
	e.text = text
	if e.wants, err = v.expandHeaders(s.Wants); err != nil {
		return nil, err
	}
	if e.checks, err = v.expandAll(s.Checks); err != nil {
		return nil, err
	}
	for _, c := range e.checks {
		if err := match.Known(c); err != nil {
			return nil, err
		}
	}
	e.matches, err = expressions(s.Matches, v)
	return e, err
}

// status is 200 unless said otherwise; an error's is that of the version.
func (s *step) status(v vars) int {
	path, err := v.expand(s.Path)
	switch {
	case s.Status != 0:
		return s.Status
	case s.Refused != "" && err == nil && strings.HasPrefix(path, "/v2/"):
		return 400
	}
	return 200
}

// pattern is the JSON expected: as given, or an error and nothing else.
func (s *step) pattern(v vars) (string, error) {
	if s.Refused == "" {
		return v.expand(s.JSON)
	}
	text, err := v.expand(s.Refused)
	if err != nil {
		return "", err
	}
	return `{"error":` + match.Literal(text) + `}`, nil
}

func expressions(texts []string, v vars) ([]*regexp.Regexp, error) {
	all := make([]*regexp.Regexp, len(texts))
	for i, text := range texts {
		full, err := v.expand(text)
		if err != nil {
			return nil, err
		}
		if all[i], err = regexp.Compile(full); err != nil {
			return nil, fmt.Errorf("regular expression: %w", err)
		}
	}
	return all, nil
}
