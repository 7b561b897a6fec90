package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func mustExpr(s string) *regexp.Regexp { return regexp.MustCompile(s) }

// shop makes carts and tells of each order one status.
type shop struct {
	status string
	carts  int
	placed []string
	lists  string
	seen   []string
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.seen = append(s.seen, r.URL.Path)
	switch r.URL.Path {
	case "/v1/createTempCart":
		s.carts++
		respond(w, http.StatusOK, fmt.Sprintf(`{"tempCartUUID": "cart-%d"}`, s.carts))
	case "/v2/orderDetail":
		respond(w, http.StatusOK, `{"order": {"orderStatus": "`+s.status+`"}}`)
	case "/v1/orderNumbers":
		respond(w, http.StatusOK, s.lists)
	default:
		respond(w, http.StatusOK, `{}`)
	}
}

func (s *shop) place(_ context.Context, cart string) (string, error) {
	s.placed = append(s.placed, cart)
	return fmt.Sprintf("999-%d", 50+len(s.placed)), nil
}

const freshCases = `
  - {name: fresh, shows: [item two], write: true, needs: [fresh], each: [{n: "1"}, {n: "2"}], steps: [{path: '/v1/{{.fresh}}/{{.freshNumber}}', status: 200}]}
`

func TestFreshOrdersArePlaced(t *testing.T) {
	s := &shop{status: "IGLOBAL_ORDER_IN_PROCESS", lists: emptyList}
	target := target(t, s)
	target.Place = s.place
	report := run(t, cases(t, freshCases), target)
	if report.Failed() || report.Count(Held) != 2 || strings.Join(s.placed, " ") != "cart-1 cart-2" {
		t.Errorf("placed %v, %+v", s.placed, report.Results)
	}
	if !strings.Contains(strings.Join(s.seen, " "), "/v1/999-51/51 ") {
		t.Errorf("asked for %v", s.seen)
	}
}

// An order that awaits screening cannot be moved: that is nothing the server did wrong.
func TestFreshOrdersThatAwaitScreeningShowNothing(t *testing.T) {
	s := &shop{status: "IGLOBAL_FRAUD_REVIEW", lists: emptyList}
	target := target(t, s)
	target.Place = s.place
	if report := run(t, cases(t, freshCases), target); report.Count(NotShown) != 2 {
		t.Errorf("%+v", report.Results)
	}
}

func TestFreshOrdersAreTestOrdersWhereNoneCanBePlaced(t *testing.T) {
	s := &shop{lists: listOf(
		`{"testOrder": false, "id": "999-1", "timestamp": "2015-01-01 00:33:14.0", "orderStatus": "IGLOBAL_ORDER_IN_PROCESS"}`,
		`{"testOrder": true, "id": "999-2", "timestamp": "2015-01-01 00:33:14.0", "orderStatus": "VENDOR_PREPARING_ORDER"}`,
		`{"testOrder": true, "id": "999-3", "timestamp": "2015-01-01 00:33:14.0", "orderStatus": "IGLOBAL_ORDER_IN_PROCESS", "merchantOrderId": "x"}`,
		`{"testOrder": true, "id": "999-4", "timestamp": "2015-01-01 00:33:14.0", "orderStatus": "IGLOBAL_ORDER_IN_PROCESS", "merchantOrderId": null}`,
		// the newest: cases that ask for a test order in process count on it
		`{"testOrder": true, "id": "999-5", "timestamp": "2015-01-01 00:33:14.0", "orderStatus": "IGLOBAL_ORDER_IN_PROCESS", "merchantOrderId": null}`,
	)}
	report := run(t, cases(t, freshCases), target(t, s))
	if report.Count(Held) != 1 || report.Count(NotShown) != 1 || !strings.Contains(strings.Join(s.seen, " "), "/v1/999-4/4") {
		t.Errorf("asked for %v, %+v", s.seen, report.Results)
	}
}

func listOf(orders ...string) string {
	return fmt.Sprintf(`{"totalCount": %d, "orderCount": 0, "testOrderCount": 0, "orders": [%s]}`, len(orders), strings.Join(orders, ","))
}

const placeCase = `
  - name: place
    shows: [item two]
    write: true
    needs: [place]
    steps:
      - {path: /v1/createTempCart, status: 200, capture: {cart: tempCartUUID}}
      - {place: "{{.cart}}", as: placed}
      - {place: "{{.cart}}", as: placed, again: true}
      - {path: '/v1/{{.placed}}/{{.placedNumber}}', status: 200}
`

func TestPlacing(t *testing.T) {
	refuse := errors.New("taken already")
	for name, test := range map[string]struct {
		answers []string // of the first and the second call; "" refuses
		holds   bool
	}{
		"the same order again": {[]string{"999-7", "999-7"}, true},
		"refused the 2nd time": {[]string{"999-7", ""}, true},
		"a second order":       {[]string{"999-7", "999-8"}, false},
		"no order":             {[]string{"", ""}, false},
		"no full id":           {[]string{"7", "7"}, false},
	} {
		s, calls := &shop{lists: emptyList}, 0
		target := target(t, s)
		target.Place = func(context.Context, string) (string, error) {
			calls++
			if id := test.answers[calls-1]; id != "" {
				return id, nil
			}
			return "", refuse
		}
		if report := run(t, cases(t, placeCase), target); report.Failed() == test.holds {
			t.Errorf("%s: %+v", name, report.Results)
		}
	}
}
