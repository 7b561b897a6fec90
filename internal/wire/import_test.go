package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// foreignAnswer is one of a server that is not ours: a bare id as a string,
// numbers as strings, keys left out, and keys of its own on every level, one
// of them ours but for its case.
const foreignAnswer = `{"order": {"orderId": "17", "orderDate": 1420072394000, "orderDateString": "2015-01-01 14:16:17.0",
	"orderStatus": "VENDOR_LABELS_PRINTED", "merchantOrderId": 4711, "name": "Ann Example", "Name": "A. E.", "zip": 1010,
	"shipComplete": "true", "itemsTotal": "40", "grandTotal": 40.5, "foreignCurrencyCode": "kwd", "grandTotalForeign": 12.3456,
	"items": [{"description": "Tent", "quantity": "2", "unitPrice": 20, "warehouse": {"aisle": 4}}],
	"notes": [{"note": "call", "dateCreatedString": "2015-01-01 00:33:14.25", "channel": "web"}],
	"dutyTaxesBreakdown": {"duty": "1.5", "excise": 0.25}, "paymentProcessing": {"paymentGateway": "x", "terminal": 9},
	"promoCode": {"code": "A", "amount": 1, "campaign": null}, "loyalty": [1, {"remittance_amount": 9}], "trackingNumber": "A,B"},
	"remittance_amount": 3, "requestId": "r-1"}`

func mustRecord(t *testing.T, line string, store order.StoreNumber) order.Record {
	t.Helper()
	r, err := DecodeRecord([]byte(line), store)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func answerOf(t *testing.T, r order.Record) Object {
	t.Helper()
	raw, err := AppendDetail(nil, &r.Stored)
	if err != nil {
		t.Fatal(err)
	}
	o, err := ParseObject(raw)
	if err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return o
}

// Whatever another server said is answered again, in the contract's form.
func TestForeignAnswer(t *testing.T) {
	answer := answerOf(t, mustRecord(t, foreignAnswer, 999))
	inner := object(answer["order"])
	want := map[string]string{
		"orderId": `"999-17"`, "orderDate": "1420072394000", "orderDateString": `"2015-01-01 00:33:14.0"`,
		"orderStatus": `"VENDOR_LABELS_PRINTED_DATE"`, "orderStatusDate": "1420072394000", "merchantOrderId": `"4711"`,
		"name": `"Ann Example"`, "Name": `"A. E."`, "zip": `"1010"`, "company": "null", "shipComplete": "true", "testOrder": "false",
		"itemsCount": "1", "itemsTotal": "40.00", "grandTotal": "40.50", "foreignCurrencyCode": `"KWD"`, "grandTotalForeign": "12.346",
		"dutyTaxesBreakdown": `{"brokerageFee":0.00,"dispursementFee":0.00,"duty":1.50,"prepaymentFee":0.00,"vatOnDispursementFee":0.00,"vatTax":0.00,"excise":0.25}`,
		"paymentProcessing":  `{"paymentGateway":"x","terminal":9}`,
		"promoCode":          `{"code":"A","amount":1.00,"campaign":null}`,
		"loyalty":            `[1,{"remittance_amount":9}]`, "trackingNumber": `"A,B"`, "remittance_amount": "3.00",
		"notes": `[{"createdByUser":null,"customerNote":false,"dateCreated":1420072394250,"dateCreatedString":"2015-01-01 00:33:14.25","flagged":false,"note":"call","channel":"web"}]`,
	}
	for key, value := range want {
		if got := string(inner[key]); got != value {
			t.Errorf("%s is %s, want %s", key, got, value)
		}
	}
	if got := string(answer["remittance_amount"]); got != "3.00" {
		t.Errorf("beside the order: remittance %s", got)
	}
	if got := string(answer["requestId"]); got != `"r-1"` {
		t.Errorf("beside the order: requestId %s", got)
	}
	if item := string(inner["items"]); !strings.Contains(item, `"warehouse":{"aisle":4}`) || !strings.Contains(item, `"quantity":2,"unitPrice":20.00`) {
		t.Errorf("items: %s", item)
	}
}

// A foreign answer that was imported once stays as it is from then on.
func TestForeignAnswerSettles(t *testing.T) {
	for name, line := range map[string]string{"whole": foreignAnswer, "inner": string(object([]byte(foreignAnswer))["order"])} {
		r := mustRecord(t, line, 999)
		first, err := AppendRecord(nil, &r)
		if err != nil {
			t.Fatal(err)
		}
		back := mustRecord(t, string(first), 0)
		second, err := AppendRecord(nil, &back)
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: %v\n%s\n%s", name, err, first, second)
		}
		if diff := cmp.Diff(r, back, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		d, err := Codec{}.DecodeDetails(r.Document)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := (Codec{}).EncodeDetails(d); err != nil || !bytes.Equal(again.Body, r.Document.Body) {
			t.Errorf("%s: decoded and encoded: %v\n%s\n%s", name, err, r.Document.Body, again.Body)
		}
	}
}

// Whatever an order holds, its export is read as the same order.
func TestRecordsRoundTrip(t *testing.T) {
	details, heads, notes := domain[order.Details](), domain[order.Head](), rapid.SliceOfN(domain[order.Note](), 0, 2)
	histories := rapid.SliceOfN(domain[order.Change](), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		r := order.Record{Stored: order.Stored{Head: heads.Draw(t, "head"), Notes: notes.Draw(t, "notes")}, History: histories.Draw(t, "history")}
		d := details.Draw(t, "details")
		plausible(&r, &d, rapid.SampledFrom(order.Statuses()).Draw(t, "status"))
		doc, err := Codec{}.EncodeDetails(&d)
		if err != nil {
			t.Fatal(err)
		}
		r.Document = doc
		line, err := AppendRecord(nil, &r)
		if err != nil || !json.Valid(line) || bytes.ContainsRune(line, '\n') {
			t.Fatalf("%v: %s", err, line)
		}
		back, err := DecodeRecord(line, 0)
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		again, err := AppendRecord(nil, &back)
		if err != nil || !bytes.Equal(line, again) {
			t.Fatalf("%v\n%s\n%s", err, line, again)
		}
	})
}

// plausible makes of what was drawn an order as intake lets it through: no
// blank texts, no NUL, statuses that are some.
func plausible(r *order.Record, d *order.Details, status order.Status) {
	r.Head.ID = order.ID{Store: 999, Number: 17}
	r.Head.State = order.State{Status: status}
	if order.CanResume(status, order.Preparing) {
		r.Head.State.Resume = order.Preparing
	}
	r.Head.Tracking = nil
	for i := range r.History {
		r.History[i].Kind = order.ChangeMerchantOrderID // whose texts may be any
	}
	if len(r.History) > 0 {
		r.History[0].Kind, r.History[0].From, r.History[0].To = order.ChangePlaced, "", string(status)
	}
	for i := range d.Items {
		d.Items[i].Quantity = 1 + (d.Items[i].Quantity&0xffff)%1000
	}
	letThrough(reflect.ValueOf(r).Elem())
	letThrough(reflect.ValueOf(d).Elem())
}

func letThrough(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		s := strings.ReplaceAll(string([]rune(v.String())), "\x00", "")
		if strings.TrimSpace(s) == "" {
			s = ""
		}
		v.SetString(s)
	case reflect.Pointer:
		if !v.IsNil() {
			letThrough(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			letThrough(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				letThrough(v.Field(i))
			}
		}
	}
}

func TestDecodeRecordRefuses(t *testing.T) {
	good := `{"orderId": "999-17", "orderDate": 1420072394000, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS"`
	mustRecord(t, good+"}", 0)
	tests := []struct {
		name, line string
		store      order.StoreNumber
		field      string
		says       string
	}{
		{"an error answer", `{"error": "Could not find an order with orderId: 17"}`, 999, "", "is an error, not an order"},
		{"an error beside an order", `{"order": ` + good + `}, "error": "Ann could not be processed"}`, 0, "", "is an error, not an order"},
		{"an error in an order", good + `, "error": {"code": 7}}`, 0, "", "is an error, not an order"},
		{"an order that is no map", `{"order": 17}`, 999, "order", "is not a map"},
		{"a bare number without a store", `{"orderId": 17, "orderDate": 1, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS"}`, 0, "orderId", "--store"},
		{"another store's order", good + "}", 1000, "orderId", "is not an order of store 1000"},
		{"no number", `{"orderId": "x", "orderDate": 1, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS"}`, 999, "orderId", "is not an order id"},
		{"no date", `{"orderId": 17, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS"}`, 999, "orderDate", "is required"},
		{"a date that is none", `{"orderId": 17, "orderDate": "yesterday", "orderStatus": "IGLOBAL_ORDER_IN_PROCESS"}`, 999, "orderDate", "milliseconds"},
		{"a date before all dates", `{"orderId": 17, "orderDate": -1, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS"}`, 999, "orderDate", "milliseconds"},
		{"no status", `{"orderId": 17, "orderDate": 1}`, 999, "orderStatus", "is required"},
		{"a status of tomorrow", `{"orderId": 17, "orderDate": 1, "orderStatus": "IGLOBAL_NEW"}`, 999, "orderStatus", `"IGLOBAL_NEW" is no status known here`},
		{"a name that is none", good + `, "name": {"first": "Ann"}}`, 0, "name", "is not a string"},
		{"money that is none", good + `, "grandTotal": "forty"}`, 0, "grandTotal", "is not a decimal number"},
		{"a currency that is none", good + `, "foreignCurrencyCode": "ZZZ"}`, 0, "foreignCurrencyCode", "ISO 4217"},
		{"items that are none", good + `, "items": 2}`, 0, "items", "is not a list"},
		{"a payment that is none", good + `, "paymentProcessing": []}`, 0, "paymentProcessing", "is not a map"},
		{"an item that is none", good + `, "items": [{"quantity": 1}, 2]}`, 0, "items[1]", "is not a map"},
		{"a quantity that is none", good + `, "items": [{"quantity": 0.5}]}`, 0, "items[0].quantity", "is not a positive whole number"},
		{"a note without a date", good + `, "notes": [{"note": "x"}]}`, 0, "notes[0].dateCreated", "is required"},
		{"a capture date that is none", good + `, "paymentProcessing": {"captureDate": "x"}}`, 0, "paymentProcessing.captureDate", "milliseconds"},
		{"a status nobody goes back to", good + `, "entrepot": {"resume": "VENDOR_PREPARING_ORDER"}}`, 0, "entrepot.resume", "goes back"},
		{"a history of another order", good + `, "entrepot": {"history": [{"kind": "placed", "at": 1, "to": "IGLOBAL_FRAUD_REVIEW"}]}}`, 0, "entrepot.history", "does not end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := DecodeRecord([]byte(tt.line), tt.store)
			f, ok := err.(*fault.Error) //nolint:errorlint // it is not wrapped
			if !ok || f.Code != fault.Invalid || f.Field != tt.field || !strings.Contains(f.Message, tt.says) {
				t.Errorf("%v, want %s: … %s …", err, tt.field, tt.says)
			}
			if ok && (strings.Contains(f.Error(), "Ann") || strings.Contains(f.Error(), "forty")) {
				t.Errorf("it repeats a value: %v", err)
			}
		})
	}
}

func TestDefaultResume(t *testing.T) {
	for _, status := range order.Statuses() {
		r := mustRecord(t, `{"orderId": 17, "orderDate": 1, "orderStatus": "`+string(status)+`"}`, 999)
		if want := order.DefaultResume(status); r.Head.State.Resume != want {
			t.Errorf("%s goes back to %q, want %q", status, r.Head.State.Resume, want)
		}
		if remembers := status == order.OnHold || status == order.CancellationRequest; remembers != (r.Head.State.Resume == order.InProcess) {
			t.Errorf("%s goes back to %q", status, r.Head.State.Resume)
		}
	}
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add([]byte(foreignAnswer))
	f.Add([]byte(`{"orderId":"999-1","orderDate":0,"orderStatus":"IGLOBAL_ORDER_ON_HOLD","items":[{"quantity":1,"":{"":[]}}],"entrepot":{"resume":"IGLOBAL_FRAUD_REVIEW","history":[{"kind":"imported","at":1,"to":"IGLOBAL_ORDER_ON_HOLD"},{"kind":"note","at":2,"actor":"\u0000"}]}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := DecodeRecord(line, 999)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		first, err := AppendRecord(nil, &r)
		if err != nil || !json.Valid(first) {
			t.Fatalf("%v: %s", err, first)
		}
		back, err := DecodeRecord(first, 999)
		if err != nil {
			t.Fatalf("%v: %s", err, first)
		}
		if second, err := AppendRecord(nil, &back); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%v\n%s\n%s", err, first, second)
		}
	})
}
