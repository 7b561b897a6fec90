package wire

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"entrepot/internal/order"
)

// textOf is what a client reads of an error; "" for none.
func textOf(t testing.TB, e Endpoint, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		t.Fatalf("%v is no *Problem", err)
	}
	return Text(e, p.Key, p.Args)
}

func TestDecodeCredentials(t *testing.T) {
	none, given := false, true
	tests := []struct {
		body   string
		store  order.StoreNumber
		secret string
		given  bool
	}{
		{`{"store":999,"secret":"s"}`, 999, "s", given},
		{`{"storeId":999,"secret":"s"}`, 999, "s", given},
		{`{"store":"999","storeId":" 999","secret":"s"}`, 999, "s", given},
		{`{"store":" 999 "}`, 999, "", given},
		{`{"store":999,"storeId":null}`, 999, "", given},
		{`{"store":" ","storeId":"999"}`, 999, "", given},
		{`{"store":999,"storeId":"0999.0"}`, 999, "", given},
		{`{"store":999,"storeId":998}`, 0, "", given},
		{`{"store":999,"storeId":"abc"}`, 0, "", given},
		{`{"store":"abc","storeId":999}`, 0, "", given},
		{`{"store":"abc","storeId":"abc"}`, 0, "", given},
		{`{"store":true,"storeId":999}`, 0, "", given},
		{`{"store":[999]}`, 0, "", given},
		{`{"store":-1}`, 0, "", given},
		{`{"store":999,"store":998}`, 998, "", given},
		{`{}`, 0, "", none},
		{`{"store":null}`, 0, "", none},
		{`{"store":"","storeId":"  "}`, 0, "", none},
		{`{"store":999,"secret":null}`, 999, "", given},
		{`{"store":999,"secret":false}`, 999, "", given},
		{`{"store":999,"secret":""}`, 999, "", given},
		{`{"store":999,"secret":" \t"}`, 999, "", given},
		{`{"store":999,"secret":true}`, 999, "true", given},
		{`{"store":999,"secret":12345}`, 999, "12345", given},
		{`{"store":999,"secret":["s"]}`, 999, `["s"]`, given},
		{`{"store":999,"secret":"s\u0000"}`, 999, "s", given},
		{`{"store":999,"secret":" s "}`, 999, " s ", given},
	}
	for _, tt := range tests {
		want := Credentials{order.Credentials{Store: tt.store, Secret: tt.secret}, tt.given}
		if got := DecodeCredentials(parse(t, tt.body)); got != want {
			t.Errorf("%s: %+v, want %+v", tt.body, got, want)
		}
	}
}

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

func TestDecodeDetail(t *testing.T) {
	tests := []struct {
		body string
		want DetailRequest
	}{
		{`{"orderId":"999-5"}`, DetailRequest{Order: OrderRef{5, "999-5"}, ByOrder: true}},
		{`{"orderId":5,"referenceId":null}`, DetailRequest{Order: OrderRef{5, "5"}, ByOrder: true}},
		{`{"orderId":" 5 ","referenceId":"  "}`, DetailRequest{Order: OrderRef{5, " 5 "}, ByOrder: true}},
		{`{"referenceId":"cart 7"}`, DetailRequest{Reference: "cart 7"}},
		{`{"referenceId":70001,"orderId":""}`, DetailRequest{Reference: "70001"}},
		{`{"referenceId":"a\u0000b"}`, DetailRequest{Reference: "ab"}},
	}
	for _, tt := range tests {
		got, err := DecodeDetail(parse(t, tt.body), 999)
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v, want %+v", tt.body, got, err, tt.want)
		}
	}
}

func TestDecodeDetailRefuses(t *testing.T) {
	tests := []struct{ body, v1, v2 string }{
		{`{}`, "Parameter orderId or referenceId is required.", "Parameter orderId or referenceId is required"},
		{`{"orderId":" ","referenceId":null}`, "Parameter orderId or referenceId is required.", "Parameter orderId or referenceId is required"},
		{
			`{"orderId":"bad","referenceId":7}`,
			"Cannot specify both Parameters orderId and referenceId.", "Cannot specify both Parameters orderId and referenceId",
		},
		{`{"orderId":"998-5"}`, "orderId: 998-5 is not a valid orderId", "orderId: 998-5 is not a valid orderId"},
		{`{"orderId":{"a": 1}}`, `orderId: {"a":1} is not a valid orderId`, `orderId: {"a":1} is not a valid orderId`},
		{`{"orderId":" x "}`, "orderId:  x  is not a valid orderId", "orderId:  x  is not a valid orderId"},
		{`{"orderId":"{id}"}`, "orderId: {id} is not a valid orderId", "orderId: {id} is not a valid orderId"},
	}
	for _, tt := range tests {
		_, err := DecodeDetail(parse(t, tt.body), 999)
		if got := textOf(t, OrderDetailV1, err); got != tt.v1 {
			t.Errorf("v1, %s: %q, want %q", tt.body, got, tt.v1)
		}
		if got := textOf(t, OrderDetailV2, err); got != tt.v2 {
			t.Errorf("v2, %s: %q, want %q", tt.body, got, tt.v2)
		}
	}
}

func TestDecodeMerchantOrderID(t *testing.T) {
	tests := []struct {
		body string
		want MerchantOrderIDRequest
		err  string
	}{
		{body: `{"orderId":5,"merchantOrderId":"12-34567"}`, want: MerchantOrderIDRequest{OrderRef{5, "5"}, "12-34567"}},
		{body: `{"orderId":"999-5","merchantOrderId":100000012}`, want: MerchantOrderIDRequest{OrderRef{5, "999-5"}, "100000012"}},
		{body: `{"merchantOrderId":"1"}`, err: "Parameter orderId is required to processUpdateMerchantOrderId"},
		{body: `{}`, err: "Parameter orderId is required to processUpdateMerchantOrderId"},
		{body: `{"orderId":"bad"}`, err: "Parameter merchantOrderId is required to updateMerchantOrderId."},
		{body: `{"orderId":5,"merchantOrderId":" "}`, err: "Parameter merchantOrderId is required to updateMerchantOrderId."},
		{body: `{"orderId":5,"merchantOrderId":"\u0000"}`, err: "Parameter merchantOrderId is required to updateMerchantOrderId."},
		{body: `{"orderId":"bad","merchantOrderId":"1"}`, err: "orderId: bad is not a valid orderId"},
		{body: `{"orderId":5,"merchantOrderId":[1]}`, err: "merchantOrderId: [1] is not a string"},
		{body: `{"orderId":5,"merchantOrderId":true}`, err: "merchantOrderId: true is not a string"},
	}
	for _, tt := range tests {
		got, err := DecodeMerchantOrderID(parse(t, tt.body), 999)
		if text := textOf(t, UpdateMerchantOrderID, err); text != tt.err || (err == nil && got != tt.want) {
			t.Errorf("%s: %+v, %q", tt.body, got, text)
		}
	}
}

func TestDecodeStatus(t *testing.T) {
	tests := []struct {
		body string
		want StatusRequest
		err  string
	}{
		{body: `{"orderId":5,"orderStatus":"VENDOR_SHIPMENT_READY"}`, want: StatusRequest{OrderRef{5, "5"}, "VENDOR_SHIPMENT_READY"}},
		{body: `{"orderId":5,"orderStatus":7}`, want: StatusRequest{OrderRef{5, "5"}, "7"}},
		{body: `{"orderId":5,"orderStatus":["X"]}`, want: StatusRequest{OrderRef{5, "5"}, `["X"]`}},
		{body: `{}`, err: "Parameter orderId is required to updateVendorOrderStatus"},
		{body: `{"orderStatus":"X"}`, err: "Parameter orderId is required to updateVendorOrderStatus"},
		{body: `{"orderId":"bad"}`, err: "Parameter orderStatus is required to updateVendorOrderStatus."},
		{body: `{"orderId":5,"orderStatus":null}`, err: "Parameter orderStatus is required to updateVendorOrderStatus."},
		{body: `{"orderId":"bad","orderStatus":"X"}`, err: "orderId: bad is not a valid orderId"},
	}
	for _, tt := range tests {
		got, err := DecodeStatus(parse(t, tt.body), 999)
		if text := textOf(t, UpdateVendorOrderStatus, err); text != tt.err || (err == nil && got != tt.want) {
			t.Errorf("%s: %+v, %q", tt.body, got, text)
		}
	}
}

func TestDecodeTracking(t *testing.T) {
	const required = "Parameter trackingList is required to setShipmentTracking."
	tests := []struct {
		body string
		want []string
		err  string
	}{
		{body: `{"orderId":5,"trackingList":[{"number":"1Z1"},{"number":"1Z2"}]}`, want: []string{"1Z1", "1Z2"}},
		{body: `{"orderId":5,"trackingList":[{"numbers":"1Z1"}]}`, want: []string{"1Z1"}},
		{body: `{"orderId":5,"trackingList":[{"number":null,"numbers":"1Z1"}]}`, want: []string{"1Z1"}},
		{body: `{"orderId":5,"trackingList":[{"number":4201}]}`, want: []string{"4201"}},
		{body: `{"orderId":5,"trackingList":[{"number":" 1Z1 , 1Z2,,"}]}`, want: []string{"1Z1", "1Z2"}},
		{body: `{"orderId":5,"trackingList":[{"number":"1Z1","carrier":"UPS"}]}`, want: []string{"1Z1"}},
		{body: `{"trackingList":[{"number":"1"}]}`, err: "Parameter orderId is required to setShipmentTracking"},
		{body: `{"orderId":5}`, err: required},
		{body: `{"orderId":5,"trackingList":null}`, err: required},
		{body: `{"orderId":5,"trackingList":" "}`, err: required},
		{body: `{"orderId":5,"trackingList":[]}`, err: required},
		{body: `{"orderId":"bad","trackingList":[]}`, err: required},
		{body: `{"orderId":"bad","trackingList":[{"number":"1"}]}`, err: "orderId: bad is not a valid orderId"},
		{body: `{"orderId":5,"trackingList":[{}]}`, err: "trackingList[0].number is required"},
		{body: `{"orderId":5,"trackingList":[{"number":"1"},{"number":" "}]}`, err: "trackingList[1].number is required"},
		{body: `{"orderId":5,"trackingList":[{"number":","}]}`, err: "trackingList[0].number is required"},
		{body: `{"orderId":5,"trackingList":["1Z1"]}`, err: "trackingList[0].number is required"},
		{body: `{"orderId":5,"trackingList":[null]}`, err: "trackingList[0].number is required"},
		{body: `{"orderId":5,"trackingList":[{"number":["1"]}]}`, err: `trackingList[0].number: ["1"] is not a string`},
		{body: `{"orderId":5,"trackingList":{"number":"1"}}`, err: `trackingList: {"number":"1"} is not a list of maps with a number each`},
		{body: `{"orderId":5,"trackingList":"1Z1"}`, err: `trackingList: "1Z1" is not a list of maps with a number each`},
	}
	for _, tt := range tests {
		got, err := DecodeTracking(parse(t, tt.body), 999)
		if text := textOf(t, SetShipmentTracking, err); text != tt.err || (err == nil && !slices.Equal(got.Numbers, tt.want)) {
			t.Errorf("%s: %q, %q", tt.body, got.Numbers, text)
		}
	}
}
