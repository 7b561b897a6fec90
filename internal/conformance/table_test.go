package conformance

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"entrepot/internal/conformance/match"
)

func loaded(t *testing.T) *table {
	t.Helper()
	table, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestEverySentenceIsShown(t *testing.T) {
	left, err := Uncovered()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range left {
		t.Errorf("no case shows §%s %s", s.Section, s)
	}
}

// What a case shows needs no excuse; what is excused in part must be shown in part.
func TestElsewhereIsTrue(t *testing.T) {
	table := loaded(t)
	shown := table.shown()
	for _, e := range table.elsewhere {
		for _, s := range e.sentences {
			if shown[s] != e.Partly {
				t.Errorf("§%s %q: shown by a case is %v, partly is %v", s.Section, s, shown[s], e.Partly)
			}
		}
	}
}

// A sentence that nobody shows must come to light.
func TestUncoveredBites(t *testing.T) {
	table := *loaded(t)
	table.cases = table.cases[1:]
	all := len(table.uncovered())
	table.elsewhere = nil
	if all == len(table.uncovered()) {
		t.Error("the list of what is shown elsewhere makes no difference")
	}
	table.cases = nil
	n := 0
	for _, s := range table.contract {
		n += len(s.Sentences)
	}
	if got := len(table.uncovered()); got != n {
		t.Errorf("without cases %d of %d sentences are uncovered", got, n)
	}
}

func TestWriteUncovered(t *testing.T) {
	var b bytes.Buffer
	if err := WriteUncovered(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"0 sentences without a case\n", "Secrets are compared in constant time", "why: ", "shown by: ", "to come: "} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
}

// Nothing in the table is dead: every shape, check, need and row's variable is used.
func TestTableUsesAllItHas(t *testing.T) {
	table := loaded(t)
	text := allText(t)
	for name := range table.shapes {
		if !strings.Contains(text, "<"+name+">") && !strings.Contains(text, "<"+name+"|") {
			t.Errorf("shape %s is not used", name)
		}
	}
	used := map[string]bool{}
	for _, c := range table.cases {
		for _, r := range c.rows() {
			for _, n := range c.needsOf(r) {
				used[n] = true
			}
		}
		for _, s := range c.Steps {
			for _, check := range s.Checks {
				name, _, _ := strings.Cut(check, " ")
				used["check "+name] = true
			}
		}
	}
	for name := range needs {
		if !used[name] {
			t.Errorf("need %s is not used", name)
		}
	}
	for _, name := range match.CheckNames() {
		if !used["check "+name] {
			t.Errorf("check %s is not used", name)
		}
	}
	for _, name := range globals {
		if !strings.Contains(text, "."+name) {
			t.Errorf("variable %s is not used", name)
		}
	}
}

func TestRowsAreUsed(t *testing.T) {
	for _, c := range loaded(t).cases {
		for _, r := range c.rows() {
			for name := range r {
				if name == rowNeeds || name == rowLabel || name == "text" || name == "broken" {
					continue // the rows of endpoints serve several cases
				}
				if !strings.Contains(stepsText(c), "."+name) {
					t.Errorf("case %q: its rows have %s, its steps do not", c.Name, name)
				}
			}
		}
	}
}

func stepsText(c *Case) string {
	var b strings.Builder
	for _, s := range c.Steps {
		b.WriteString(s.Path + s.Body + s.JSON + s.Refused + s.Place + strings.Join(s.Checks, "") + strings.Join(s.For, "") + strings.Join(s.Matches, ""))
		for _, h := range s.Headers {
			if h != nil {
				b.WriteString(*h)
			}
		}
	}
	return b.String()
}

func allText(t *testing.T) string {
	t.Helper()
	names, err := fs.Glob(tableFiles, "*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, name := range append(names, "shapes.yaml") {
		data, err := tableFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	return string(all)
}

// The server slows down whoever guesses or makes carts without end; a run must stay below.
func TestRunStaysBelowLimits(t *testing.T) {
	carts, guesses := 0, 1 // one guess asks whether guessing is slowed down
	for _, c := range loaded(t).cases {
		for _, r := range c.rows() {
			if slices.Contains(c.needsOf(r), needFresh) {
				carts++
			}
			for _, s := range c.Steps {
				n := max(1, len(s.For))
				if strings.Contains(s.JSON, "tempCartUUID") {
					carts += n
				}
				if s.Guess && !c.Last {
					guesses += n
				}
			}
		}
	}
	if carts > 100 {
		t.Errorf("a run makes %d carts", carts)
	}
	if guesses >= mostGuesses {
		t.Errorf("a run guesses %d times before the last cases", guesses)
	}
}

// A wrong secret that is not counted would make the count of guesses wrong.
func TestGuessesAreMarked(t *testing.T) {
	for _, c := range loaded(t).cases {
		for _, s := range c.Steps {
			wrong := strings.Contains(s.Body, `{"store": {{.store}}, "secret": "{{.wrongSecret}}"`) ||
				strings.Contains(s.Body, `{"store": {{.store}}, "secret": {{json .otherSecret}}`)
			if broken := strings.HasSuffix(s.Body, ", "); wrong && !broken && !s.Guess {
				t.Errorf("case %q: %s is a guess", c.Name, s.Body)
			}
		}
	}
}

// Only cases that write may send what a sound server would take.
func TestReadersDoNotWrite(t *testing.T) {
	for _, c := range loaded(t).cases {
		if c.Write {
			continue
		}
		for _, s := range c.Steps {
			if s.Place != "" || strings.Contains(s.JSON, `"success"`) || strings.Contains(s.JSON, "tempCartUUID") {
				t.Errorf("case %q writes and does not say so", c.Name)
			}
		}
	}
}

const (
	soundCase  = "section: \"1\"\ncases:\n  - name: sound\n    shows: [\"`b c` | four\"]\n    steps:\n      - {path: /v1/x, status: 200, json: '{}'}\n"
	soundShape = "- {name: thing, json: '{\"a\": \"<int>\"}'}\n"
	soundElse  = "- {quote: item two, why: reason, shown_by: [test]}\n"
)

func files(cases, shapes, elsewhere string) fstest.MapFS {
	return fstest.MapFS{
		"cases/1.yaml": {Data: []byte(cases)}, "shapes.yaml": {Data: []byte(shapes)}, "elsewhere.yaml": {Data: []byte(elsewhere)},
	}
}

func TestLoadTakesWhatIsSound(t *testing.T) {
	table, err := loadTable(files(soundCase, soundShape, soundElse), split(sample))
	if err != nil {
		t.Fatal(err)
	}
	if len(table.cases) != 1 || table.cases[0].Section != "1" || len(table.cases[0].sentences) != 1 {
		t.Errorf("loaded %+v", table.cases)
	}
}

// Each edit of a sound table is a mistake that loading must find.
func TestLoadIsStrict(t *testing.T) {
	edits := map[string][2]string{
		"unknown key of a case":     {"    shows:", "    write_: true\n    shows:"},
		"unknown key of a step":     {"status: 200", "status: 200, expects: 200"},
		"key twice":                 {"    shows:", "    name: again\n    shows:"},
		"no such section":           {`section: "1"`, `section: "7"`},
		"no quote":                  {"[\"`b c` | four\"]", "[]"},
		"a quote that is not there": {"four", "five"},
		"a quote of two sentences":  {"`b c` | four", "`text`"},
		"no steps":                  {"    steps:\n      - {path: /v1/x, status: 200, json: '{}'}\n", "    steps: []\n"},
		"no name":                   {"name: sound", `name: ""`},
		"nothing expected":          {", status: 200, json: '{}'", ""},
		"two things expected":       {"json: '{}'", "refused: x"},
		"path and place":            {"status: 200", "place: x, as: y"},
		"place without a name":      {"path: /v1/x, status: 200, json: '{}'", "place: x"},
		"unknown variable in path":  {"/v1/x", "'/v1/{{.nonsense}}'"},
		"unknown variable in body":  {"status: 200", "status: 200, body: '{{.nonsense}}'"},
		"unknown variable in for":   {"status: 200", "status: 200, for: ['{{.nonsense}}']"},
		"it without for":            {"status: 200", "status: 200, body: '{{.it}}'"},
		"unknown variable in json":  {"json: '{}'", `json: '{"a": "{{.nonsense}}"}'`},
		"variable of another need":  {"json: '{}'", `json: '{"a": "{{.order}}"}'`},
		"broken template":           {"status: 200", "status: 200, body: '{{.store'"},
		"broken pattern":            {"json: '{}'", "json: '{'"},
		"unknown wildcard":          {"json: '{}'", `json: '{"a": "<nonsense>"}'`},
		"broken expression":         {"status: 200", "status: 200, matches: ['[']"},
		"unknown check":             {"status: 200", "status: 200, checks: [nonsense]"},
		"check without argument":    {"status: 200", "status: 200, checks: [lists]"},
		"unknown need":              {"    steps:", "    needs: [nonsense]\n    steps:"},
		"unknown need of a row":     {"    steps:", "    each: [{needs: nonsense}]\n    steps:"},
		"unknown variable of a row": {"    steps:", "    each: [{id: '{{.nonsense}}'}]\n    steps:"},
		"capture used too early":    {"status: 200", "status: 200, body: '{{.x}}', capture: {x: a}"},
		"case twice":                {"  - name: sound", "  - {name: sound, shows: [item two], steps: [{path: /v1/x, status: 404, json: '{}'}]}\n  - name: sound"},
	}
	for name, edit := range edits {
		wrong := strings.Replace(soundCase, edit[0], edit[1], 1)
		if wrong == soundCase {
			t.Fatalf("%s: the edit changes nothing", name)
		}
		if _, err := loadTable(files(wrong, soundShape, soundElse), split(sample)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestLoadIsStrictElsewhere(t *testing.T) {
	for _, wrong := range []string{
		"- {quote: item two, why: reason}\n", "- {quote: item two, why: reason, shown_by: []}\n", "- {quote: item two, shown_by: [test]}\n", "- {quote: item nine, why: reason, shown_by: [test]}\n",
		"- {section: \"9\", why: reason, shown_by: [test]}\n", "- {section: \"1\", quote: item two, why: reason, shown_by: [test]}\n", "- {quote: item two, why: reason, shown_by: [test], x: y}\n",
	} {
		if _, err := loadTable(files(soundCase, soundShape, wrong), split(sample)); err == nil {
			t.Errorf("%s was taken", wrong)
		}
	}
	for _, wrong := range []string{"- {name: list, json: '[]'}\n", "- {name: a, json: '['}\n", "- {name: a, json: '\"<b>\"'}\n- {name: b, json: '1'}\n"} {
		if _, err := loadTable(files(soundCase, wrong, soundElse), split(sample)); err == nil {
			t.Errorf("%s was taken", wrong)
		}
	}
}
