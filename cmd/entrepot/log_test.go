package main_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// logLine is one line of what the service logs.
type logLine struct {
	Level, Msg, ID, Endpoint, Outcome, Cause string
	Status                                   int
}

// log reads what the service has logged up to now. Every line must be JSON: a
// stack trace, for one, is not.
func (p *process) log(t testing.TB) (lines []logLine) {
	t.Helper()
	text := p.stderr.String()
	for line := range strings.Lines(text[:strings.LastIndexByte(text, '\n')+1]) {
		var l logLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Errorf("a line of the log is not JSON: %q: %v", line, err)
		}
		lines = append(lines, l)
	}
	return lines
}

// blames fails unless exactly one error was logged for each of the answers,
// and no other, with a cause that holds one of the texts.
func (p *process) blames(t testing.TB, answers []answer, causes ...string) {
	t.Helper()
	// A request's line comes after its answer.
	eventually(t, "the log", func() bool {
		return strings.Count(p.stderr.String(), `"level":"ERROR","msg":"request"`) >= len(answers)
	})
	var errors []logLine
	for _, l := range p.log(t) {
		if l.Level == "ERROR" && l.Msg == "request" { // purging may fail, too
			errors = append(errors, l)
		}
	}
	if len(errors) != len(answers) {
		t.Errorf("%d errors are logged for %d failed requests", len(errors), len(answers))
	}
	for _, a := range answers {
		i := slices.IndexFunc(errors, func(l logLine) bool { return l.ID == a.request })
		if i < 0 || !containsAny(errors[i].Cause, causes) {
			t.Errorf("request %s is not blamed on one of %q in:\n%+v", a.request, causes, errors)
		}
	}
}

func containsAny(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}
