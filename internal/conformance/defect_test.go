package conformance_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"entrepot/internal/conformance"
)

// defect is something that a server might do wrong, and the case that has to catch it.
type defect struct {
	name, caught string
	of           func(answering) answering
	placing      func(placer) placer
}

// answering is a server that answers; a defect of it is another one.
type answering func(*call) *reply

type call struct {
	*http.Request
	body string
}

type reply struct {
	status   int
	header   http.Header
	body     string
	noLength bool
}

type placer func(ctx context.Context, cart string) (id string, err error)

// TestDefectsAreCaught switches on one defect at a time. Each run is of the one case that is
// named for the defect; the whole table without a defect holds (TestServiceHoldsTheContract).
func TestDefectsAreCaught(t *testing.T) {
	t.Parallel()
	unchanged := open(t) // for all defects that a case which only reads catches
	for _, d := range defects() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			if d.caught == "" {
				t.Fatalf("no case is named for it; those that catch it are %q", failed(run(t, defective(t, open(t), d))))
			}
			s := unchanged
			if conformance.Writes(d.caught) {
				s = open(t)
			}
			target := defective(t, s, d)
			target.Write = s != unchanged
			report := run(t, target, only(d.caught))
			if !slices.Contains(failed(report), d.caught) {
				t.Errorf("%q did not catch it:\n%s", d.caught, readable(t, report))
			}
		})
	}
}

// The wrapping of a server must not be what is caught.
func TestWrappingIsNoDefect(t *testing.T) {
	t.Parallel()
	nothing := defect{of: func(next answering) answering { return next }, placing: func(next placer) placer { return next }}
	wantAllHeld(t, run(t, defective(t, open(t), nothing)))
}

// Every case of the table catches something: none is there for show.
func TestEveryCaseBites(t *testing.T) {
	caught, seen := map[string]bool{}, map[string]bool{}
	for _, d := range defects() {
		if seen[d.name] || d.name == "" || (d.of == nil) == (d.placing == nil) {
			t.Errorf("defect %q is there twice, or is none", d.name)
		}
		caught[d.caught], seen[d.name] = true, true
	}
	for _, name := range conformance.CaseNames() {
		if !caught[name] {
			t.Errorf("case %q catches no defect", name)
		}
	}
}

func defects() []defect {
	return slices.Concat(transportDefects, bodyDefects, credentialDefects, idDefects, valueDefects, listDefects,
		detailDefects, cartDefects, updateDefects, trackingDefects)
}

func failed(report *conformance.Report) (cases []string) {
	for _, r := range report.Results {
		if r.Outcome == conformance.Failed && !slices.Contains(cases, r.Case) {
			cases = append(cases, r.Case)
		}
	}
	return cases
}

func defective(t *testing.T, s shop, d defect) conformance.Target {
	t.Helper()
	target := serve(t, s, func(s *setup) {
		s.wrap = func(h http.Handler) http.Handler {
			if d.of == nil {
				return h
			}
			return through(d.of(recording(h)))
		}
	})
	if d.placing != nil {
		target.Place = d.placing(target.Place)
	}
	return target
}

// through serves what answers.
func through(answer answering) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		a := answer(&call{r, string(body)})
		header := w.Header()
		for name, values := range a.header {
			header[name] = values
		}
		header.Set("Content-Length", strconv.Itoa(len(a.body)))
		if a.noLength {
			header.Del("Content-Length")
		}
		w.WriteHeader(a.status)
		if a.noLength {
			_ = http.NewResponseController(w).Flush() // or a short answer gets its length all the same
		}
		_, _ = io.WriteString(w, a.body)
	})
}

// recorder takes the deadlines that a streamed list sets.
type recorder struct{ *httptest.ResponseRecorder }

func (recorder) SetWriteDeadline(time.Time) error { return nil }

// recording asks the service. What is sent in chunks stays so.
func recording(h http.Handler) answering {
	return func(c *call) *reply {
		r := c.Clone(c.Context())
		r.Body = io.NopCloser(strings.NewReader(c.body))
		if r.ContentLength >= 0 {
			r.ContentLength = int64(len(c.body))
		}
		w := recorder{httptest.NewRecorder()}
		h.ServeHTTP(w, r)
		return &reply{status: w.Code, header: w.Header(), body: w.Body.String()}
	}
}

// asks changes the bodies of requests to a path, or to all when it is "".
func asks(path, expr, with string) func(answering) answering {
	re := regexp.MustCompile(expr)
	return asking(path, func(c *call) { c.body = re.ReplaceAllString(c.body, with) })
}

func asking(path string, change func(*call)) func(answering) answering {
	return func(next answering) answering {
		return func(c *call) *reply {
			if path == "" || path == c.URL.Path {
				change(c)
			}
			return next(c)
		}
	}
}

// tells changes the bodies of answers.
func tells(path, expr, with string) func(answering) answering {
	re := regexp.MustCompile(expr)
	return telling(path, func(_ *call, a *reply) { a.body = re.ReplaceAllString(a.body, with) })
}

func telling(path string, change func(*call, *reply)) func(answering) answering {
	return func(next answering) answering {
		return func(c *call) *reply {
			a := next(c)
			if path == "" || path == c.URL.Path {
				change(c, a)
			}
			return a
		}
	}
}

// instead answers requests to a path that match without asking the service. In the answer
// $1 is the first group.
func instead(path, expr, answer string) func(answering) answering {
	re := regexp.MustCompile(expr)
	return func(next answering) answering {
		return func(c *call) *reply {
			m := re.FindStringSubmatchIndex(c.body)
			if m == nil || path != c.URL.Path {
				return next(c)
			}
			body := re.ExpandString(nil, answer, c.body, m)
			return &reply{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}, body: string(body)}
		}
	}
}

// Paths of the endpoints; anywhere is all of them.
const (
	anywhere = ""
	cart     = "/v1/createTempCart"
	list     = "/v1/orderNumbers"
	detail   = "/v2/orderDetail"
	detailV1 = "/v1/orderDetail"
	merchant = "/v1/updateMerchantOrderId"
	status   = "/v1/updateVendorOrderStatus"
	tracking = "/v2/setShipmentTracking"
)
