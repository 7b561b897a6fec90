package openapi_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the tables of docs/errors.md anew; look at the difference afterwards")

const errorsPage = "../docs/errors.md"

// The tables of docs/errors.md are made of the document, so that there is one
// home for what a text means and what to do.
func TestErrorsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(errorsPage)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- begin: made of openapi/openapi.yaml by `go test ./openapi -update` -->\n", "<!-- end -->\n"
	before, rest, ok1 := strings.Cut(string(page), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the tables", errorsPage)
	}
	want := before + begin + errorTables(t, load(t)) + "\n" + end + after
	if *update {
		if err := os.WriteFile(errorsPage, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(page)); diff != "" {
		t.Errorf("%s is not what the document says:\n%s", errorsPage, diff)
	}
}

// saying is a text, and where it is said.
type saying struct {
	*text
	endpoints []string // without the slash in front
	statuses  []string // of those, once each
}

// sayings are all error texts in the order of the document, which is that of
// the checks.
func sayings(t *testing.T, d *description) (list []*saying) {
	t.Helper()
	known := map[*text]*saying{}
	add := func(endpoint, status string, response []string) {
		for _, mediaType := range []string{"application/json", "text/html"} {
			s, err := d.schema(append(slices.Clone(response), "content", mediaType, "schema")...)
			if err != nil {
				t.Fatal(err)
			}
			for _, said := range d.textsOf(s) {
				if known[said] == nil {
					known[said] = &saying{text: said}
					list = append(list, known[said])
				}
				known[said].add(endpoint, status)
			}
		}
	}
	for _, path := range d.operations() {
		for _, status := range d.statuses(path) {
			add(path[1:], status, d.response("paths", path, "post", "responses", status))
		}
	}
	add("other paths", "404", d.response("components", "responses", "NotFound"))
	add("other methods", "405", d.response("components", "responses", "MethodNotAllowed"))
	return slices.DeleteFunc(list, func(s *saying) bool { return s.remedy == "" }) // a success needs none
}

func (s *saying) add(endpoint, status string) {
	s.endpoints = append(s.endpoints, endpoint)
	if !slices.Contains(s.statuses, status) {
		s.statuses = append(s.statuses, status)
	}
}

// status is that of the endpoints of a version.
func (s *saying) status(version string) string {
	at := slices.IndexFunc(s.endpoints, func(e string) bool { return strings.HasPrefix(e, version+"/") })
	switch {
	case at < 0:
		return "–"
	case version == "v1":
		return s.statuses[0] // which are sorted
	}
	return s.statuses[len(s.statuses)-1]
}

// errorTables is a table of what HTTP has a status for, one of the texts of
// several endpoints, and one of each endpoint's own.
func errorTables(t *testing.T, d *description) string {
	var b strings.Builder
	list := sayings(t, d)
	slices.SortStableFunc(list, func(a, b *saying) int { return strings.Compare(a.statuses[0], b.statuses[0]) })
	table(&b, "Errors that HTTP has a status for", list, func(s *saying) bool { return s.key == "" },
		"answer", func(s *saying) string { return s.statuses[0] })
	table(&b, "Errors of several endpoints", list, func(s *saying) bool { return s.key != "" && len(s.endpoints) > 1 },
		"endpoints | v1 | v2", func(s *saying) string {
			return strings.Join(s.endpoints, ", ") + " | " + s.status("v1") + " | " + s.status("v2")
		})
	for _, path := range d.operations() {
		table(&b, "Errors of "+path[1:], list, func(s *saying) bool {
			return s.key != "" && len(s.endpoints) == 1 && s.endpoints[0] == path[1:]
		}, "status", func(s *saying) string { return s.statuses[0] })
	}
	return b.String()
}

// table writes those of the texts that belong in it, with columns of its own.
func table(b *strings.Builder, title string, list []*saying, belongs func(*saying) bool, columns string, cells func(*saying) string) {
	rows := 0
	for _, s := range list {
		if !belongs(s) {
			continue
		}
		if rows++; rows == 1 {
			fmt.Fprintf(b, "\n### %s\n\n| text | %s | what it means | what to do |\n| --- |%s --- | --- |\n", title, columns, strings.Repeat(" --- |", strings.Count(columns, "|")+1))
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", s.template, cells(s), s.meaning, s.remedy)
	}
}
