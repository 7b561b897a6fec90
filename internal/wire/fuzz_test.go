package wire

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"entrepot/internal/order"
)

// A decoder answers a value whose strings are UTF-8 without NUL, or a *Problem
// whose text can be sent, and never anything else.

// seeds are bodies as clients send them, and as they should not.
var seeds = []string{
	`{"store":999,"secret":"00000000-1111-2222-3333-444455556666"}`,
	`{"storeId":" 999","store":"0999.0","secret":false}`,
	`{"sinceOrderId":"999-7","statuses":false}`,
	`{"sinceDate":20150101,"throughDate":"20150131","missingMerchantOrderId":"1"}`,
	`{"orderId":99999.0,"referenceId":null}`,
	`{"orderId":"999-99999","merchantOrderId":100000012}`,
	`{"orderId":"999-99999","orderStatus":"VENDOR_LABELS_PRINTED"}`,
	`{"orderId":"7","trackingList":[{"number":"1Z1"},{"numbers":"1Z2,1Z3"},{"number":7}]}`,
	`{"referenceId":70001,"items":[{"description":"D","quantity":"1.0000","unitPrice":"-6.666666666666667"}]}`,
	`{"items":[` + everyItemKey + `],"domesticShippingCharge":".5","misc1":7,"boxCount":"22x15x15(1)"}`,
	everyCheckoutKey,
	`{"orderId":{"a":[1,"\ud800\u0000"]},"secret":["\u0000"],"store":1e1000000000,"sinceOrderId":[],"items":[null,7]}`,
	`{"orderId":"\u0000","sinceDate":"\u0000","throughDate":true,"trackingList":"x","merchantOrderId":{},"orderStatus":[" "]}`,
	`{"items":[{"description":"\u0000","quantity":1e999999999,"unitPrice":1e-999999999,"weight":"-0","weightUnits":"ſ"}]}`,
	`{"paymentProcessing":{"captureDate":9223372036854775807},"promoCode":[],"dutyTaxesBreakdown":{"duty":"x"},"exchangeRate":"0"}`,
}

// fuzzObject gives every body that is an object to a decoder.
func fuzzObject(f *testing.F, decode func(*testing.T, Object)) {
	for _, body := range seeds {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if o, err := ParseObject(body); err == nil {
			decode(t, o)
		}
	})
}

// checkProblem holds for every error of a decoder.
func checkProblem(t *testing.T, e Endpoint, err error) {
	t.Helper()
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		t.Fatalf("%T is no *Problem: %v", err, err)
	}
	text := Text(e, p.Key, p.Args)
	if strings.TrimSpace(text) == "" || !utf8.ValidString(text) || strings.Contains(text, "\x00") {
		t.Fatalf("%s has the text %q", p.Key, text)
	}
	var answer map[string]string
	if err := json.Unmarshal(AppendError(nil, text), &answer); err != nil || answer["error"] != text {
		t.Fatalf("%q is answered as %s", text, AppendError(nil, text))
	}
}

// checkStrings holds for all strings in a value.
func checkStrings(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); !utf8.ValidString(s) || strings.Contains(s, "\x00") {
			t.Fatalf("%q was taken in", s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			checkStrings(t, v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			checkStrings(t, v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			checkStrings(t, v.Elem())
		}
	}
}

// check is what holds for the result of any decoder.
func check(t *testing.T, e Endpoint, got any, err error) {
	t.Helper()
	if err != nil {
		checkProblem(t, e, err)
		return
	}
	checkStrings(t, reflect.ValueOf(got))
}

func FuzzDecodeCredentials(f *testing.F) {
	fuzzObject(f, func(t *testing.T, o Object) {
		c := DecodeCredentials(o)
		check(t, OrderDetailV2, c, nil)
		if c.Store < 0 || (c.Store != 0 && !c.StoreGiven) || (c.Secret != "" && strings.TrimSpace(c.Secret) == "") {
			t.Fatalf("%+v", c)
		}
	})
}

func FuzzDecodeNumbers(f *testing.F) {
	fuzzObject(f, func(t *testing.T, o Object) {
		r, err := DecodeNumbers(o, 999)
		check(t, OrderNumbers, r, err)
		if err != nil {
			return
		}
		q := r.Query
		if q.After < 0 || (q.After == 0 && q.PlacedFrom.IsZero() && !q.Unmerchanted) || (q.After != 0 && !q.PlacedFrom.IsZero()) {
			t.Fatalf("%+v", q)
		}
		if !q.PlacedBefore.IsZero() && !q.PlacedBefore.After(q.PlacedFrom) || r.Statuses != o.has("statuses") {
			t.Fatalf("%+v", r)
		}
	})
}

func FuzzDecodeDetail(f *testing.F) {
	fuzzObject(f, func(t *testing.T, o Object) {
		r, err := DecodeDetail(o, 999)
		check(t, OrderDetailV1, r, err)
		check(t, OrderDetailV2, r, err)
		if err == nil && (r.ByOrder != (r.Order.Number > 0) || r.ByOrder == (r.Reference != "")) {
			t.Fatalf("%+v", r)
		}
	})
}

func FuzzDecodeMerchantOrderID(f *testing.F) {
	fuzzObject(f, func(t *testing.T, o Object) {
		r, err := DecodeMerchantOrderID(o, 999)
		check(t, UpdateMerchantOrderID, r, err)
		if err == nil && (r.Order.Number <= 0 || r.MerchantOrderID == "") {
			t.Fatalf("%+v", r)
		}
	})
}

func FuzzDecodeStatus(f *testing.F) {
	fuzzObject(f, func(t *testing.T, o Object) {
		r, err := DecodeStatus(o, 999)
		check(t, UpdateVendorOrderStatus, r, err)
		if err == nil && (r.Order.Number <= 0 || r.Sent == "") {
			t.Fatalf("%+v", r)
		}
	})
}

func FuzzDecodeTracking(f *testing.F) {
	fuzzObject(f, func(t *testing.T, o Object) {
		r, err := DecodeTracking(o, 999)
		check(t, SetShipmentTracking, r, err)
		if err == nil && (r.Order.Number <= 0 || len(r.Numbers) == 0) {
			t.Fatalf("%+v", r)
		}
		for _, n := range r.Numbers {
			if n == "" || strings.ContainsRune(n, ',') || strings.TrimSpace(n) != n {
				t.Fatalf("%q", n)
			}
		}
	})
}

func FuzzDecodeCart(f *testing.F) {
	fuzzObject(f, func(t *testing.T, o Object) {
		c, err := DecodeCart(o)
		check(t, CreateTempCart, c, err)
		if err != nil {
			return
		}
		for _, item := range c.Items {
			if item.Description == "" || item.Quantity <= 0 || item.WeightUnits == "" {
				t.Fatalf("%+v", item)
			}
		}
		checkKept(t, c)
	})
}

// checkKept holds that a cart comes back from storage as it went in.
func checkKept(t *testing.T, c *order.CartContents) {
	doc, err := Codec{}.EncodeCart(c)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Codec{}.DecodeCart(doc)
	if diff := cmp.Diff(c, back, cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Fatalf("%v\n%s", err, diff)
	}
}

func FuzzDecodeCheckout(f *testing.F) {
	fuzzObject(f, func(t *testing.T, o Object) {
		c, err := DecodeCheckout(o)
		check(t, CreateTempCart, c, err)
		if p, ok := errors.AsType[*Problem](err); ok && strings.ContainsAny(p.Args["problem"], `"[{`) {
			t.Fatalf("a problem repeats what was sent: %q", p.Args)
		}
		if err == nil && (c.Settlement.Currency.Code == "" || c.Settlement.Currency.Places < 2) {
			t.Fatalf("%+v", c.Settlement)
		}
	})
}

// What storage hands back may be damaged: that is an error, never a panic.
func FuzzDecodeDetails(f *testing.F) {
	d := everyDetail()
	doc, err := Codec{}.EncodeDetails(&d)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc.Body)
	f.Add([]byte(`{"items":[null],"foreignCurrencyCode":"KWD","itemsTotalForeign":1.2345678901234567890123456789e-5}`))
	f.Add([]byte(`{"foreignCurrencyCode":"KWD","paymentProcessing":null,"remittance_amount":1e5}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		details, err := Codec{}.DecodeDetails(order.Document{Format: detailsFormat, Body: body})
		if err != nil {
			return
		}
		if _, err := (Codec{}).EncodeDetails(details); err != nil {
			t.Fatalf("%s was decoded, but cannot be encoded: %v", body, err)
		}
	})
}
