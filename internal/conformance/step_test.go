package conformance

import (
	"strings"
	"testing"
)

// Every kind of expectation holds on the right answer and fails on wrong ones.
func TestExpectationsBite(t *testing.T) {
	refused := `{path: /v1/x, refused: "no <b> such"}`
	for name, test := range map[string]struct {
		step  string
		right reply
		wrong []reply
	}{
		"refused by v1": {
			refused,
			reply{status: 200, body: `{"error":"no <b> such"}`},
			[]reply{
				{status: 400, body: `{"error":"no <b> such"}`},
				{status: 200, body: `{"error":"no <b> such."}`},
				{status: 200, body: `{"error":"no <b> such","more":1}`},
				{status: 200, body: `{"error":null}`},
				{status: 200, body: `{}`},
				{status: 200, body: `{"error":"No <b> such"}`},
				{status: 200, body: ``},
				{status: 200, body: `{"error":"no <b> such"} {}`},
			},
		},
		"refused by v2": {
			`{path: /v2/x, refused: "no <b> such"}`,
			reply{status: 400, body: `{"error": "no \u003cb\u003e such"}`},
			[]reply{{status: 200, body: `{"error":"no <b> such"}`}, {status: 500, body: `{"error":"no <b> such"}`}},
		},
		"status": {`{path: /v1/x, status: 200}`, reply{status: 200, body: `{}`}, []reply{{status: 201, body: `{}`}, {status: 404, body: `{}`}}},
		"no error": {
			`{path: /v1/x, status: 200, json: '"<object>"'}`,
			reply{status: 200, body: `{"a":1}`},
			[]reply{{status: 200, body: `{"error":"x"}`}, {status: 200, body: `{"a":1,"error":null}`}},
		},
		"json": {
			`{path: /v1/x, json: '{"a": 1.00}'}`,
			reply{status: 200, body: ` {"a" : 1.00} `},
			[]reply{{status: 200, body: `{"a":1.0}`}, {status: 200, body: `{"a":1.00,"a":1.00}`}, {status: 200, body: "{\"a\":1.00,\"b\":\"\xff\"}"}, {status: 200, body: `{"a":1.00`}},
		},
		"matches": {
			`{path: /v1/x, status: 200, matches: ['^\{"a":1,"b":']}`,
			reply{status: 200, body: `{ "a": 1, "b": 2 }`},
			[]reply{{status: 200, body: `{"b":2,"a":1}`}},
		},
		"checks": {
			`{path: /v1/x, status: 200, checks: ["equal a b"]}`,
			reply{status: 200, body: `{"a":1,"b":1}`},
			[]reply{{status: 200, body: `{"a":1,"b":2}`}},
		},
		"header": {
			`{path: /v1/x, status: 405, wants: {Allow: POST, Retry-After: "~^[0-9]+$", X-Secret: null}}`,
			reply{status: 405, header: header("Allow", "POST", "Retry-After", "60"), body: `{"a":1}`},
			[]reply{
				{status: 405, header: header("Allow", "POST, GET", "Retry-After", "60"), body: `{}`},
				{status: 405, header: header("Retry-After", "60"), body: `{}`},
				{status: 405, header: header("Allow", "POST"), body: `{}`},
				{status: 405, header: header("Allow", "POST", "Retry-After", "soon"), body: `{}`},
				{status: 405, header: header("Allow", "POST", "Retry-After", "60", "X-Secret", ""), body: `{}`},
			},
		},
		"Content-Type": {
			`{path: /v1/x, status: 200}`,
			reply{status: 200, header: header("Content-Type", "application/json; charset=utf-8"), body: `{}`},
			[]reply{
				{status: 200, header: header("Content-Type", "text/plain"), body: `{}`},
				{status: 200, header: header("Content-Type", "text/html"), body: `{}`},
				{status: 200, header: header("Content-Type", "application/json; charset=latin1"), body: `{}`},
			},
		},
		"Content-Length": {
			`{path: /v1/x, status: 200}`,
			reply{status: 200, body: `{}`},
			[]reply{{status: 200, header: header("X-No-Length", "1"), body: `{"a":"` + strings.Repeat("x", 10_000) + `"}`}},
		},
		"page": {
			`{path: /v1/x, status: 415, matches: ['<html']}`,
			reply{status: 415, header: header("Content-Type", "text/html; charset=utf-8"), body: `<html>`},
			[]reply{{status: 415, body: `<html>`}, {status: 415, header: header("Content-Type", "text/html"), body: `{"error":"x"}`}, {status: 400, header: header("Content-Type", "text/html"), body: `<html>`}},
		},
		"capture": {
			`{path: /v1/x, status: 200, capture: {a: b.0}}`,
			reply{status: 200, body: `{"b":[1]}`},
			[]reply{{status: 200, body: `{"b":[]}`}, {status: 200, body: `{}`}},
		},
	} {
		if got := one(t, test.step, always(test.right)); got.Outcome != Held {
			t.Errorf("%s: the right answer failed: %+v", name, got.Failure)
		}
		for i := range test.wrong {
			got := one(t, test.step, always(test.wrong[i]))
			if got.Outcome != Failed || len(got.Failure.Mismatches) == 0 {
				t.Errorf("%s: %d %s passed", name, test.wrong[i].status, test.wrong[i].body)
			}
		}
	}
}

func TestRequestIsSentAsWritten(t *testing.T) {
	for step, want := range map[string]string{
		`{path: /v1/x, status: 200, body: '{"s": {{.store}}, "a": "{{bytes "ff00"}}"}'}`: "POST /v1/x 21 {\"s\": 999, \"a\": \"\xff\x00\"}",
		`{path: /v1/x, status: 200, body: 'ab', size: 5}`:                                "POST /v1/x 5 ab   ",
		`{path: /v1/x, status: 200, body: 'ab', chunked: true}`:                          "POST /v1/x -1 ab",
		`{path: /v1/x, status: 200, body: '{{repeat 3 "[{"}}'}`:                          "POST /v1/x 6 [{[{[{",
		`{path: /v1/x, status: 200, method: DELETE}`:                                     "DELETE /v1/x 0 ",
	} {
		c := fine()
		if got := one(t, step, c); got.Outcome != Held || len(c.seen) != 1 || c.seen[0] != want {
			t.Errorf("%s sent %q, want %q (%+v)", step, c.seen, want, got.Failure)
		}
	}
}

func TestHeadersAreSentAsWritten(t *testing.T) {
	c := fine()
	one(t, `{path: /v1/x, status: 200}`, c)
	if got := c.asked; got.Get("Content-Type") != "application/json" || got.Get("Accept") != "*/*" {
		t.Errorf("usual headers are %v", got)
	}
	one(t, `{path: /v1/x, status: 200, headers: {Accept: null, Content-Type: null, Accept-Encoding: gzip}}`, c)
	if got := c.asked; got.Values("Content-Type") != nil || got.Values("Accept") != nil || got.Get("Accept-Encoding") != "gzip" {
		t.Errorf("headers are %v", got)
	}
}

func TestStepsShareWhatTheyCapture(t *testing.T) {
	c := always(reply{status: 200, body: `{"a":{"b":["x\"y"]}}`})
	report := run(t, cases(t, `
  - name: several
    shows: [item two]
    each: [{n: "1"}, {n: "{{.store}}"}]
    steps:
      - {path: /v1/x, status: 200, capture: {v: a.b.0, list: a.b}}
      - {path: /v1/x, status: 200, body: '{{.n}} {{json .v}} {{.list}} {{.it}}', for: ["p", "{{.n}}"], times: "2"}
`), target(t, c))
	if report.Failed() || len(report.Results) != 2 || report.Results[1].Row != "{{.store}}" {
		t.Fatalf("%+v", report.Results)
	}
	want := []string{`1 "x\"y" ["x\"y"] p`, `1 "x\"y" ["x\"y"] 1`, `1 "x\"y" ["x\"y"] p`, `1 "x\"y" ["x\"y"] 1`}
	for i, w := range want {
		if !strings.HasSuffix(c.seen[i+1], w) {
			t.Errorf("request %d was %q, want %q", i+1, c.seen[i+1], w)
		}
	}
}
