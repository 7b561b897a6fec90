package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const testSecret = "8f14e45f-ceea-467f-a9f5-000000000999"

// reply is what a canned server says.
type reply struct {
	status int
	header http.Header
	body   string
}

// canned says one thing to every request, but for a list, which is empty.
type canned struct {
	reply
	mu    sync.Mutex
	seen  []string // method, path, length and body of the requests
	asked http.Header
}

func always(r reply) *canned { return &canned{reply: r} }

func fine() *canned { return always(reply{status: http.StatusOK, body: `{}`}) }

const emptyList = `{"totalCount": 0, "orderCount": 0, "testOrderCount": 0, "orders": []}`

func (c *canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path == "/v1/orderNumbers" {
		respond(w, http.StatusOK, emptyList)
		return
	}
	c.seen = append(c.seen, fmt.Sprintf("%s %s %d %s", r.Method, r.URL.Path, r.ContentLength, body))
	c.asked = r.Header
	for name, values := range c.header {
		w.Header()[name] = values
	}
	respond(w, c.status, c.body)
}

func respond(w http.ResponseWriter, status int, body string) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	if w.Header().Get("X-No-Length") == "" {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func target(t *testing.T, h http.Handler) Target {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return Target{URL: server.URL, Store: 999, Secret: testSecret}
}

func cases(t *testing.T, text string) *table {
	t.Helper()
	table, err := loadTable(files("section: \"1\"\ncases:\n"+text, soundShape, soundElse), split(sample))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// one runs a table of one step against a canned answer.
func one(t *testing.T, step string, c *canned) Result {
	t.Helper()
	report := run(t, cases(t, "  - name: one\n    shows: [item two]\n    write: true\n    steps:\n      - "+step+"\n"), target(t, c))
	if len(report.Results) != 1 {
		t.Fatalf("%d results", len(report.Results))
	}
	return report.Results[0]
}

func run(t *testing.T, table *table, target Target, options ...Option) *Report {
	t.Helper()
	target.Write = true
	atOnce := pausing(func(context.Context, time.Duration) error { return nil })
	report, err := table.run(t.Context(), target, append([]Option{atOnce}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

const order = `
  - {name: last, shows: [item two], last: true, write: true, steps: [{path: /v1/last, status: 200}]}
  - {name: write, shows: [item two], write: true, steps: [{path: /v1/write, status: 200}]}
  - {name: unmet, shows: [item two], needs: [tracked], steps: [{path: /v1/unmet, status: 200}]}
  - {name: place, shows: [item two], needs: [place], steps: [{path: /v1/place, status: 200}]}
  - {name: read, shows: [item two], steps: [{path: /v1/read, status: 200}]}
`

func paths(seen []string) []string {
	var all []string
	for _, s := range seen {
		all = append(all, strings.Fields(s)[1])
	}
	return all
}

func TestReadersComeFirstAndTheLastLast(t *testing.T) {
	c := fine()
	report := run(t, cases(t, order), target(t, c))
	if got := paths(c.seen); !slices.Equal(got, []string{"/v1/read", "/v1/write", "/v1/last"}) {
		t.Errorf("the order was %v", got)
	}
	if report.Count(NotShown) != 2 || report.Count(Held) != 3 || report.Failed() {
		t.Errorf("%+v", report.Results)
	}
	for _, r := range report.Results {
		if (r.Outcome == NotShown) != (r.Reason != "") {
			t.Errorf("%s: reason %q", r.Case, r.Reason)
		}
	}
}

func TestNothingIsWrittenWithoutWrite(t *testing.T) {
	c := fine()
	report, err := cases(t, order).run(t.Context(), target(t, c))
	if err != nil {
		t.Fatal(err)
	}
	if got := paths(c.seen); !slices.Equal(got, []string{"/v1/read"}) || report.Count(NotShown) != 4 {
		t.Errorf("sent %v, %d not shown", got, report.Count(NotShown))
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/read" {
			cancel()
		}
		respond(w, http.StatusOK, emptyList)
	})
	report, err := cases(t, order).run(ctx, target(t, h))
	if !errors.Is(err, context.Canceled) || report == nil || len(report.Results) > 3 {
		t.Errorf("%v, %+v", err, report)
	}
}

func TestRunNeedsATarget(t *testing.T) {
	sound := Target{URL: "http://127.0.0.1:1", Store: 1, Secret: "x"}
	for name, edit := range map[string]func(*Target){
		"no URL":       func(t *Target) { t.URL = "" },
		"no host":      func(t *Target) { t.URL = "localhost:80" },
		"no store":     func(t *Target) { t.Store = 0 },
		"no secret":    func(t *Target) { t.Secret = "" },
		"half a store": func(t *Target) { t.OtherStore = 2 },
		"one store":    func(t *Target) { t.OtherStore, t.OtherSecret = 1, "x" },
	} {
		broken := sound
		edit(&broken)
		if _, err := Run(t.Context(), broken); err == nil || strings.Contains(err.Error(), "ask the server") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Run(t.Context(), sound); err == nil {
		t.Error("a run against a closed port succeeded")
	}
}

func TestOnlyRunsWhatMatches(t *testing.T) {
	c := fine()
	report := run(t, cases(t, order), target(t, c), Only(mustExpr("^(read|last)$")))
	if len(report.Results) != 2 || report.Count(Held) != 2 {
		t.Errorf("%+v", report.Results)
	}
}
