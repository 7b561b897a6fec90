package wire

import (
	"errors"
	"slices"
	"testing"

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
