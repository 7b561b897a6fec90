package conformance

import (
	"fmt"
	"regexp"
	"strings"

	"entrepot/internal/conformance/match"
)

// compareBody holds a JSON answer against pattern, expressions and checks.
func (e *expected) compareBody(a *answer, doc *match.Node) match.Mismatches {
	var found match.Mismatches
	if e.json != nil {
		found = e.json.Match(doc)
	}
	if doc.Get("error") != nil && !e.admitsError() {
		found = append(found, "answer.error: expected none, got "+doc.Get("error").JSON())
	}
	if problem := lengthOf(a, doc); problem != "" {
		found = append(found, problem)
	}
	found = append(found, compareText(e.matches, doc.JSON())...)
	for _, check := range e.checks {
		if err := match.Check(check, doc); err != nil {
			found = append(found, err.Error())
		}
	}
	return found
}

// admitsError: clients test for the presence of the key, so it must be expected.
func (e *expected) admitsError() bool { return e.json != nil && e.json.Mentions("error") }

// lengthOf: every answer has a Content-Length, but for lists, which may be streamed.
// A packed answer is the transport's business.
func lengthOf(a *answer, doc *match.Node) string {
	packed := a.header.Get("Content-Encoding") != ""
	if doc.Get("orders") != nil || packed || a.length == int64(len(a.body)) {
		return ""
	}
	return fmt.Sprintf("Content-Length: expected %d, got %d", len(a.body), a.length)
}

func compareText(all []*regexp.Regexp, text string) match.Mismatches {
	var found match.Mismatches
	for _, re := range all {
		if !re.MatchString(text) {
			found = append(found, fmt.Sprintf("text does not match %s", re))
		}
	}
	return found
}

func matchesText(expr, text string) bool {
	re, err := regexp.Compile(expr)
	return err == nil && re.MatchString(text)
}

// describe is for the report.
func (e *expected) describe() string {
	lines := []string{fmt.Sprintf("status %d", e.status)}
	for _, name := range sortedKeys(e.wants) {
		value := "(none)"
		if e.wants[name] != nil {
			value = *e.wants[name]
		}
		lines = append(lines, name+": "+value)
	}
	if e.text != "" {
		lines = append(lines, readable(e.text))
	}
	for _, re := range e.matches {
		lines = append(lines, "matching "+re.String())
	}
	for _, check := range e.checks {
		lines = append(lines, "check "+readable(check))
	}
	return strings.Join(lines, "\n")
}
