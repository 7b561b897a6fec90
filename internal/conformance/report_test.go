package conformance

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
)

const reported = `
  - name: holds
    shows: [item two]
    steps: [{path: /v1/x, status: 200}]
  - name: fails
    shows: [item two, "§2 ` + "`three`" + `;"]
    each: [{case: a row}]
    steps:
      - {path: /v1/x, status: 200}
      - {path: /v1/x, headers: {Accept: null, X-Key: "{{.secret}}"}, body: '{ {{.auth}} }', json: '{"secret": "other {{.secret}}"}', wants: {Allow: POST}, checks: ["equal a b"], matches: [abc]}
  - {name: needs, shows: [item two], needs: [tracked], steps: [{path: /v1/x, status: 200}]}
`

func text(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReportSaysAllThatIsNeeded(t *testing.T) {
	c := always(reply{status: http.StatusOK, body: `{"secret": "` + strings.ToUpper(testSecret) + `"}`})
	report := run(t, cases(t, reported), target(t, c))
	got := text(t, report)
	for _, want := range []string{
		"§1 First: 1 held, 1 failed, 1 not shown", "FAILED     fails [a row]", "shows     item two", "shows     §2 `three`;", "step      2 of 2",
		"request   POST /v1/x", "Accept: (none)", `"store":999`, "expected  status 200", "Allow: POST", "check equal a b", "matching abc",
		"got       200 application/json", "because   answer.secret: expected", "not shown  needs: needs an order with a tracking number",
		": 1 held, 1 failed, 1 not shown\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "§2 Second") || strings.Contains(got, "holds") {
		t.Errorf("the report tells of what is not worth it:\n%s", got)
	}
}

func TestReportCountsRowsThatAreNotShown(t *testing.T) {
	rows := cases(t, `
  - {name: one, shows: [item two], each: [{needs: tracked, case: a}, {needs: tracked, case: b}, {needs: noted, case: c}], steps: [{path: /v1/x, status: 200}]}
`)
	got := text(t, run(t, rows, target(t, fine())))
	for _, want := range []string{"not shown  one: needs an order with a tracking number (2 rows)\n", "not shown  one: needs an order with notes [c]\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// A run that only reads leaves half of the table out: that is one line.
func TestReportCountsWhatWouldWrite(t *testing.T) {
	report, err := cases(t, order).run(t.Context(), target(t, fine()))
	if err != nil {
		t.Fatal(err)
	}
	got := text(t, report)
	if !strings.Contains(got, "not shown  2 that write, and the run only reads\n") || strings.Contains(got, "not shown  write") || !strings.Contains(got, "not shown  unmet: needs") {
		t.Errorf("the report says:\n%s", got)
	}
}

func TestReportKeepsSecrets(t *testing.T) {
	c := always(reply{status: http.StatusOK, body: `{"a": "` + testSecret + `", "b": "` + strings.ToUpper(testSecret) + `"}`})
	report := run(t, cases(t, reported), target(t, c))
	all := text(t, report)
	for _, r := range report.Results {
		if r.Failure != nil {
			all += r.Failure.Request + r.Failure.Expected + r.Failure.Got + strings.Join(r.Failure.Mismatches, "") + r.Reason
		}
	}
	if strings.Contains(strings.ToLower(all), testSecret) || !strings.Contains(all, "(secret)") {
		t.Errorf("the secret is told:\n%s", all)
	}
}

func TestHideTakesEverySecretOut(t *testing.T) {
	target := Target{Secret: `a"b+(c`, NextSecret: "next", OtherSecret: "other"}
	got := target.hide(`x a"b+(c y a\"b+(c z NEXT Other`)
	if got != "x (secret) y (secret) z (secret) (secret)" {
		t.Errorf("hidden: %s", got)
	}
	if got := (Target{}).hide("as it is"); got != "as it is" {
		t.Errorf("hidden: %s", got)
	}
}

func TestReadable(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"  {\n} ", "{\n}"},
		{"a\xffb", `"a\xffb"`},
		{"a\x00b", `"a\x00b"`},
		{"żółć", "żółć"},
	} {
		in, want := test.in, test.want
		if got := readable(in); got != want {
			t.Errorf("%q is written %s, want %s", in, got, want)
		}
	}
	long := readable(strings.Repeat("ż", 5000))
	if len(long) > 900 || !strings.HasSuffix(long, "… (10000 bytes)") {
		t.Errorf("a long text is written with %d bytes", len(long))
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWritingFails(t *testing.T) {
	report := &Report{contract: Contract(), Results: []Result{{Section: "1"}}}
	if report.WriteText(full{}) == nil || WriteUncovered(full{}) == nil {
		t.Error("an error in writing was lost")
	}
}
