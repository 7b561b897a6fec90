package conformance

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"entrepot/internal/conformance/match"
)

// fakeStore lists orders and tells their details; the server's clock stands still.
type fakeStore struct {
	now    time.Time
	list   string
	orders map[string]string // the detail of an order by its id
	looked []string          // the ids asked for, in turn
}

var asked = regexp.MustCompile(`"(orderId|referenceId)":"([^"]*)"`)

func (s *fakeStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Date", s.now.Format(http.TimeFormat))
	m := asked.FindStringSubmatch(string(body))
	switch {
	case m == nil:
		respond(w, http.StatusOK, s.list)
	case m[1] == "orderId":
		s.looked = append(s.looked, m[2])
		respond(w, http.StatusOK, s.orders[m[2]])
	default:
		s.byReference(w, m[2])
	}
}

func (s *fakeStore) byReference(w http.ResponseWriter, reference string) {
	found := []string{}
	for _, o := range s.orders {
		if strings.Contains(o, `"referenceId": "`+reference+`"`) {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		respond(w, http.StatusBadRequest, `{"error": "Duplicate referenceId"}`)
		return
	}
	respond(w, http.StatusOK, found[0])
}

func (s *fakeStore) add(id, placed, more, detail string) {
	s.orders[id] = `{"order": {"orderId": "` + id + `", ` + detail + `}}`
	row := fmt.Sprintf(`{"id": %q, "timestamp": %q, %s}`, id, placed, more)
	if s.list != "" {
		s.list += ","
	}
	s.list += row
}

func surveyed(t *testing.T, s *fakeStore) *survey {
	t.Helper()
	s.list = listOf(s.list)
	target := target(t, s)
	found := &survey{caller: newCaller(target), store: "999", auth: credentials("999", testSecret), bound: map[string]vars{}}
	if err := found.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSurveyFindsWhatCasesNeed(t *testing.T) {
	s := &fakeStore{now: time.Date(2015, 2, 1, 12, 0, 0, 0, time.UTC), orders: map[string]string{}}
	s.add("999-1", "2015-01-01 10:00:00.0", `"testOrder": true, "merchantOrderId": "M", "orderStatus": "IGLOBAL_FRAUD_REVIEW"`, `"referenceId": "twice", "foreignCurrencyCode": "KWD", "notes": [{"note": "x"}]`)
	s.add("999-2", "2015-01-02 10:00:00.0", `"testOrder": false, "merchantOrderId": null, "orderStatus": "VENDOR_SHIPMENT_READY"`, `"referenceId": "twice", "foreignCurrencyCode": "USD", "notes": []`)
	s.add("999-3", "2015-01-18 11:00:00.0", `"testOrder": false, "merchantOrderId": null, "orderStatus": "VENDOR_SHIPMENT_READY"`, `"referenceId": "77", "trackingNumber": "A,B", "foreignCurrencyCode": "CAD"`)
	s.add("999-4", "2015-01-18 12:11:00.25", `"testOrder": false, "merchantOrderId": null, "orderStatus": "VENDOR_SHIPMENT_READY"`, `"referenceId": "once", "trackingNumber": "A", "promoCode": {"code": "X"}`)
	s.add("999-5", "2015-01-20 10:00:00.125", `"testOrder": false, "merchantOrderId": "N", "orderStatus": "VENDOR_SHIPMENT_READY"`, `"referenceId": null, "items": [{"unitPrice":-1.00}], "paymentProcessing": {"transactionType":"AUTH_ONLY"}`)
	s.add("999-6", "2015-02-01 10:00:00.0", `"testOrder": false, "merchantOrderId": null, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS"`, `"referenceId": "", "paymentProcessing": {"paymentGateway":"iGlobal_CC"}, "optInEmail": null`)
	found := surveyed(t, s)
	for kind, id := range map[string]string{
		"first": "999-1", "last": "999-6", "order": "999-6", "test": "999-1", "live": "999-6", "named": "999-5", "unnamed": "999-6",
		"inFraudReview": "999-1", "inFraudReviewTest": "999-1", "inProcess": "999-6", "shipmentReady": "999-5",
		"wholeSecond": "999-6", "shortFraction": "999-4", "fullFraction": "999-5",
		"referenced": "999-4", "numericReference": "999-3", "duplicated": "999-2", "tracked": "999-4", "severalTracked": "999-3",
		"noted": "999-1", "unnoted": "999-2", "promo": "999-4", "noPromo": "999-6", "coupon": "999-5", "dollars": "999-2",
		"foreign": "999-3", "threeDecimals": "999-1", "captured": "999-5", "gateway": "999-6", "nullOptIn": "999-6", "untracked": "999-6",
	} {
		if got := found.bound[kind][kind]; got != id {
			t.Errorf("%s is %q, want %s", kind, got, id)
		}
	}
	for _, kind := range []string{"onHold", "inProcessTest", "cancelled", "shipmentReadyTest"} {
		if found.bound[kind] != nil {
			t.Errorf("%s was found: %v", kind, found.bound[kind])
		}
	}
	if got := found.bound["numericReference"]; got["numericReferenceReference"] != "77" || got["numericReferenceNumber"] != "3" || got["numericReferencePlaced"] != "2015-01-18 11:00:00.0" {
		t.Errorf("bound %v", got)
	}
	if got := found.beyond(); got != "1000000006" {
		t.Errorf("beyond the last order is %s", got)
	}
}

// The newest orders are looked at one by one, the others in strides, and no more than the most.
func TestSurveyLooksAtTheNewestAndSamplesTheRest(t *testing.T) {
	for _, n := range []int{1, newestDetails, newestDetails + 1, mostDetails, mostDetails + 1, 3000} {
		s := &fakeStore{now: time.Date(2015, 2, 1, 12, 0, 0, 0, time.UTC), orders: map[string]string{}}
		for i := range n {
			s.add(fmt.Sprintf("999-%d", i+1), "2015-01-01 10:00:00.0", `"orderStatus": "X"`, `"referenceId": null`)
		}
		surveyed(t, s)
		newest := 0
		for _, id := range s.looked[:min(newestDetails, len(s.looked))] {
			if number, _ := strconv.Atoi(strings.TrimPrefix(id, "999-")); number > n-newestDetails {
				newest++
			}
		}
		if newest != min(n, newestDetails) || len(s.looked) > mostDetails || len(s.looked) < min(n, mostDetails/2) {
			t.Errorf("of %d orders %d were looked at, %d of the newest first", n, len(s.looked), newest)
		}
		oldest := s.looked[len(s.looked)-1]
		if number, _ := strconv.Atoi(strings.TrimPrefix(oldest, "999-")); number > 1+n/100 {
			t.Errorf("of %d orders the oldest looked at is %s", n, oldest)
		}
	}
}

// Kinds that no case needs are not looked for.
func TestSurveyLooksForWhatIsNeeded(t *testing.T) {
	s := &fakeStore{now: time.Date(2015, 2, 1, 12, 0, 0, 0, time.UTC), orders: map[string]string{}}
	for i := range 10 {
		s.add(fmt.Sprintf("999-%d", i+1), "2015-01-01 10:00:00.0", `"orderStatus": "X"`, `"referenceId": null, "trackingNumber": "A"`)
	}
	s.list = listOf(s.list)
	for name, want := range map[string]int{"reads": 0, "looks": 1, ".": 10} {
		s.looked = nil
		run(t, cases(t, `
  - {name: reads, shows: [item two], needs: [order], steps: [{path: /v1/x, status: 200}]}
  - {name: looks, shows: [item two], needs: [tracked], steps: [{path: /v1/x, status: 200}]}
  - {name: seeks, shows: [item two], needs: [promo], steps: [{path: /v1/x, status: 200}]}
`), target(t, s), Only(mustExpr(name)))
		if len(s.looked) != want {
			t.Errorf("%s: %d orders were looked at, want %d", name, len(s.looked), want)
		}
	}
}

func TestSurveyFindsRanges(t *testing.T) {
	s := &fakeStore{now: time.Date(2015, 2, 1, 12, 0, 0, 0, time.UTC), orders: map[string]string{}}
	for i, placed := range []string{"2015-01-01", "2015-01-02", "2015-01-02", "2015-01-18", "2015-01-18", "2015-01-19", "2015-01-20"} {
		clock := []string{" 00:00:00.0", " 11:49:00.0", " 23:59:59.999", " 11:49:00.0", " 12:11:00.0", " 00:00:00.0", " 00:00:00.0"}[i]
		merchant := []string{"null", "null", `"M"`, "null", "null", "null", "null"}[i]
		s.add(fmt.Sprintf("999-%d", i+1), placed+clock, `"orderStatus": "IGLOBAL_ORDER_IN_PROCESS", "merchantOrderId": `+merchant, `"referenceId": null`)
	}
	found := surveyed(t, s)
	want := map[string]vars{
		needDays:      {"day": "20150118", "dayIds": "999-4,999-5", "rangeFrom": "20150118", "rangeThrough": "20150119", "rangeIds": "999-4,999-5,999-6", "rangeBefore": "999-3", "rangeAfter": "999-7"},
		needMixedDays: {"day": "20150102", "dayIds": "999-2,999-3", "rangeFrom": "20150102", "rangeThrough": "20150118", "rangeIds": "999-2,999-3,999-4,999-5", "rangeBefore": "999-1", "rangeAfter": "999-6", "rangeMissingIds": "999-2,999-4,999-5"},
		needRecent:    {"recentMissingIds": "999-5,999-6,999-7", "twoWeeksAgo": "2015-01-18 12:00:00.0"},
		needOld:       {"oldMissing": "999-4"},
		needWholeList: {"allIds": "999-1,999-2,999-3,999-4,999-5,999-6,999-7"},
		needWindow:    {"windowStart": "999-1", "windowStartNumber": "1", "windowIds": "999-2,999-3,999-4,999-5,999-6,999-7"},
	}
	for need, values := range want {
		for name, value := range values {
			if got := found.bound[need][name]; got != value {
				t.Errorf("%s of %s is %q, want %q", name, need, got, value)
			}
		}
	}
}

// Every variable that a need promises is bound when the need is met.
func TestSurveyBindsWhatNeedsPromise(t *testing.T) {
	s := &fakeStore{now: time.Date(2015, 2, 1, 12, 0, 0, 0, time.UTC), orders: map[string]string{}}
	for i := range 40 {
		placed := match.FormatTime(time.Date(2015, 1, 1+i/2, 9, i, 0, 0, time.UTC))
		merchant := []string{"null", `"M"`}[i%2]
		s.add(fmt.Sprintf("999-%d", i+1), placed, `"orderStatus": "VENDOR_PREPARING_ORDER", "merchantOrderId": `+merchant, `"referenceId": "`+fmt.Sprint(i)+`"`)
	}
	found := surveyed(t, s)
	for name, v := range found.bound {
		for _, promised := range needs[name].binds {
			if _, ok := v[promised]; !ok {
				t.Errorf("need %s: %s is not bound", name, promised)
			}
		}
	}
	if len(found.bound) < 12 {
		t.Errorf("only %d needs are met", len(found.bound))
	}
}

func TestSurveyOfASecondStore(t *testing.T) {
	own := &fakeStore{now: time.Now(), orders: map[string]string{}}
	own.add("999-1", "2015-01-01 00:00:00.0", `"orderStatus": "X"`, `"a": 1`)
	found := surveyed(t, own)
	other := &fakeStore{now: time.Now(), orders: map[string]string{}}
	other.add("1000-1", "2015-01-01 00:00:00.0", `"orderStatus": "X"`, `"a": 1`)
	other.add("1000-2", "2015-01-01 00:00:00.0", `"orderStatus": "X"`, `"a": 1`)
	other.list = listOf(other.list)
	second := &survey{caller: newCaller(target(t, other)), store: "1000", secret: "s2", auth: credentials("1000", "s2")}
	if err := found.bindOther(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if got := found.bound[needOtherStore]; got["otherSecret"] != "s2" || got["otherStore"] != "1000" || !strings.Contains(got["otherAuth"], "1000") {
		t.Errorf("bound %v", got)
	}
	broken := &survey{caller: newCaller(target(t, always(reply{status: 200, body: "{}"}))), store: "1000", auth: "\"orderId\":\"x\""}
	if err := found.bindOther(t.Context(), broken); err != nil {
		t.Errorf("an empty list of the second store: %v", err)
	}
	other.list = `{"error": "no"}`
	if err := found.bindOther(t.Context(), second); err == nil {
		t.Error("an error of the second store was lost")
	}
	if got := found.bound[needOtherOnly]["otherOnly"]; got != "1000-2" {
		t.Errorf("an order of the second store only is %q", got)
	}
}

// What the server does wrong in the survey is a failure, not the end of the run.
func TestSurveyThatFailsIsReported(t *testing.T) {
	for _, list := range []string{`{"error": "no"}`, `nonsense`, listOf(`{"id": "5", "timestamp": "2015-01-01 00:00:00.0"}`), listOf(`{"id": "999-5", "timestamp": "yesterday"}`)} {
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { respond(w, http.StatusOK, list) })
		report, err := cases(t, order).run(context.Background(), target(t, h))
		if err != nil {
			t.Fatal(err)
		}
		if !report.Failed() || report.Results[0].Case != "the survey of what the server holds" {
			t.Errorf("%s: %+v", list, report.Results[0])
		}
	}
}

func TestEmptyStoreShowsLittle(t *testing.T) {
	report := run(t, cases(t, order), target(t, fine()))
	if report.Failed() || report.Count(NotShown) != 2 {
		t.Errorf("%+v", report.Results)
	}
}
