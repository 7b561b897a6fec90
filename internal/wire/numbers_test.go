package wire

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"entrepot/internal/order"
)

func day(text string) time.Time {
	at, err := time.Parse("2006-01-02", text)
	if err != nil {
		panic(err)
	}
	return at
}

func TestDecodeNumbers(t *testing.T) {
	tests := []struct {
		body string
		want NumbersRequest
	}{
		{`{"sinceOrderId":"999-7"}`, NumbersRequest{Query: order.ListQuery{After: 7}, Since: OrderRef{7, "999-7"}}},
		{`{"sinceOrderId":7,"sinceDate":null}`, NumbersRequest{Query: order.ListQuery{After: 7}, Since: OrderRef{7, "7"}}},
		{`{"sinceOrderId":" 7.0 ","sinceDate":" "}`, NumbersRequest{Query: order.ListQuery{After: 7}, Since: OrderRef{7, " 7.0 "}}},
		{`{"sinceDate":"20150101"}`, NumbersRequest{Query: order.ListQuery{PlacedFrom: day("2015-01-01")}}},
		{`{"sinceDate":20150101}`, NumbersRequest{Query: order.ListQuery{PlacedFrom: day("2015-01-01")}}},
		{
			`{"sinceDate":" 20150101 ","throughDate":20150101}`,
			NumbersRequest{Query: order.ListQuery{PlacedFrom: day("2015-01-01"), PlacedBefore: day("2015-01-02")}},
		},
		{
			`{"sinceDate":"20160228","throughDate":"20160229"}`,
			NumbersRequest{Query: order.ListQuery{PlacedFrom: day("2016-02-28"), PlacedBefore: day("2016-03-01")}},
		},
		{`{"missingMerchantOrderId":true}`, NumbersRequest{Query: order.ListQuery{Unmerchanted: true}}},
		{`{"missingMerchantOrderId":"1"}`, NumbersRequest{Query: order.ListQuery{Unmerchanted: true}}},
		{
			`{"missingMerchantOrderId":1,"sinceDate":"20150101"}`,
			NumbersRequest{Query: order.ListQuery{Unmerchanted: true, PlacedFrom: day("2015-01-01")}},
		},
		{`{"missingMerchantOrderId":"false","sinceOrderId":7}`, NumbersRequest{Query: order.ListQuery{After: 7}, Since: OrderRef{7, "7"}}},
	}
	for _, tt := range tests {
		got, err := DecodeNumbers(parse(t, tt.body), 999)
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", tt.body, err, diff)
		}
	}
}

// The key statuses counts by being there.
func TestStatusesByPresence(t *testing.T) {
	for _, raw := range []string{`true`, `false`, `null`, `""`, `0`, `"no"`, `[]`, `{}`} {
		r, err := DecodeNumbers(parse(t, `{"sinceOrderId":7,"statuses":`+raw+`}`), 999)
		if err != nil || !r.Statuses || !r.Query.WithStatus {
			t.Errorf("statuses %s: %+v, %v", raw, r, err)
		}
	}
	r, err := DecodeNumbers(parse(t, `{"sinceOrderId":7}`), 999)
	if err != nil || r.Statuses || r.Query.WithStatus {
		t.Errorf("without statuses: %+v, %v", r, err)
	}
}

func TestDecodeNumbersRefuses(t *testing.T) {
	const noRange = "Parameter sinceOrderId or sinceDate is required."
	tests := []struct{ body, want string }{
		{`{}`, noRange},
		{`{"sinceOrderId":null,"sinceDate":""}`, noRange},
		{`{"missingMerchantOrderId":false}`, noRange},
		{`{"missingMerchantOrderId":null}`, noRange},
		{`{"statuses":true}`, noRange},
		{`{"sinceOrderId":1,"sinceDate":"20150101"}`, "Cannot specify both Parameters sinceOrderId and sinceDate."},
		{`{"throughDate":"20150101"}`, "Parameter sinceDate is required with throughDate."},
		{`{"sinceOrderId":1,"throughDate":"20150101"}`, "Parameter sinceDate is required with throughDate."},
		{`{"missingMerchantOrderId":true,"throughDate":"20150101"}`, "Parameter sinceDate is required with throughDate."},
		{`{"sinceDate":"2015-01-01"}`, "sinceDate: 2015-01-01 is not a valid date, expected yyyymmdd"},
		{`{"sinceDate":"20150229"}`, "sinceDate: 20150229 is not a valid date, expected yyyymmdd"},
		{`{"sinceDate":20151301}`, "sinceDate: 20151301 is not a valid date, expected yyyymmdd"},
		{`{"sinceDate":20150101.5}`, "sinceDate: 20150101.5 is not a valid date, expected yyyymmdd"},
		{`{"sinceDate":150101}`, "sinceDate: 150101 is not a valid date, expected yyyymmdd"},
		{`{"sinceDate":-20150101}`, "sinceDate: -20150101 is not a valid date, expected yyyymmdd"},
		{`{"sinceDate":"20150101 "}`, ""},
		{`{"sinceDate":"201501011"}`, "sinceDate: 201501011 is not a valid date, expected yyyymmdd"},
		{`{"sinceDate":true}`, "sinceDate: true is not a valid date, expected yyyymmdd"},
		{`{"sinceDate":["20150101"]}`, `sinceDate: ["20150101"] is not a valid date, expected yyyymmdd`},
		{`{"sinceDate":"20150101","throughDate":"x"}`, "throughDate: x is not a valid date, expected yyyymmdd"},
		{`{"sinceDate":"20150102","throughDate":20150101}`, "throughDate: 20150101 is before sinceDate: 20150102"},
		{`{"sinceOrderId":"998-1"}`, "orderId: 998-1 is not a valid orderId"},
		{`{"sinceOrderId":[1]}`, "orderId: [1] is not a valid orderId"},
		{`{"missingMerchantOrderId":"yes","sinceOrderId":1}`, `missingMerchantOrderId: "yes" is not true or false`},
	}
	for _, tt := range tests {
		_, err := DecodeNumbers(parse(t, tt.body), 999)
		if got := textOf(t, OrderNumbers, err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.body, got, tt.want)
		}
	}
}

// The day on which some languages' time begins is a range like any other, not
// the absence of one.
func TestDayOfYearOne(t *testing.T) {
	r, err := DecodeNumbers(parse(t, `{"sinceDate":"00010101","missingMerchantOrderId":true}`), 999)
	if err != nil || r.Query.PlacedFrom.IsZero() {
		t.Errorf("sinceDate 00010101 sets no range: %+v, %v", r.Query, err)
	}
	r, err = DecodeNumbers(parse(t, `{"sinceDate":"00000101","throughDate":"00001231"}`), 999)
	if err != nil || r.Query.PlacedBefore.IsZero() || r.Query.PlacedBefore.After(day("1970-01-02")) {
		t.Errorf("throughDate 00001231 sets no range: %+v, %v", r.Query, err)
	}
	_, err = DecodeNumbers(parse(t, `{"sinceDate":"00010102","throughDate":"00010101"}`), 999)
	if got, want := textOf(t, OrderNumbers, err), "throughDate: 00010101 is before sinceDate: 00010102"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
