package client

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// oldServers write ids, counts, times and amounts as strings, and leave keys
// out.
const oldAnswer = `{"remittance_amount":"3.10","order":{"orderId":99999,"referenceId":70001,"merchantOrderId":false,"orderDate":"1420072394000",
"orderStatus":"SOME_NEW_STATUS","testOrder":"true","shipComplete":null,"itemsCount":"2","grandTotal":"410.00","itemsTotal":0.10,"dutyTaxesTotal":".5",
"items":[{"quantity":"2","unitPrice":-25.50,"weight":null,"new":{"a":1}},null],"notes":null,"paymentProcessing":{"lastFour":1111,"new":1.10},
"promoCode":{"code":5,"amount":"5","new":[]},"dutyTaxesBreakdown":{"duty":"9.00"},"futureKey":{"deep":[1.0,"x"]},"misc1":""},"futureBeside":null}`

func TestOldAndNewerServers(t *testing.T) {
	o, err := DecodeOrder([]byte(oldAnswer))
	if err != nil {
		t.Fatal(err)
	}
	if o.ID != "99999" || o.ReferenceID != "70001" || o.Status != "SOME_NEW_STATUS" || o.Status.Known() || !o.TestOrder ||
		o.ItemsCount != 2 || o.GrandTotal != "410.00" || o.ItemsTotal != "0.10" || o.DutyTaxesTotal != "0.5" || o.Remittance() != "3.10" {
		t.Errorf("%+v", o)
	}
	if !o.Placed().Equal(time.UnixMilli(1420072394000)) || len(o.Items) != 2 || o.Items[0].UnitPrice != "-25.50" || o.Items[0].Quantity != 2 {
		t.Errorf("%+v", o)
	}
	if string(o.Extra["futureKey"]) != `{"deep":[1.0,"x"]}` || string(o.Items[0].Extra["new"]) != `{"a":1}` || o.PaymentProcessing.LastFour != "1111" {
		t.Errorf("%+v", o)
	}
	again, err := o.Answer()
	if err != nil {
		t.Fatal(err)
	}
	sameJSON(t, again, []byte(oldAnswer))
	sameJSON(t, o.Raw, []byte(oldAnswer))
}

// What is changed is written, and nothing else is touched.
func TestChangedOrder(t *testing.T) {
	o, err := DecodeOrder([]byte(oldAnswer))
	if err != nil {
		t.Fatal(err)
	}
	o.Status, o.MerchantOrderID, o.Items[0].Quantity, o.BillTo.Name = VendorShipmentReady, "17", 3, "Bob Example"
	o.PromoCode = nil
	delete(o.Extra, "futureKey")
	o.Extra["mine"] = json.RawMessage(`1`)
	got, err := json.Marshal(*o) // by value, too
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer(
		`"SOME_NEW_STATUS"`, `"VENDOR_SHIPMENT_READY"`, `"merchantOrderId":false`, `"merchantOrderId":"17"`, `"quantity":"2"`, `"quantity":3`,
		`"promoCode":{"code":5,"amount":"5","new":[]},`, "", `"futureKey":{"deep":[1.0,"x"]}`, `"mine":1,"billingName":"Bob Example"`,
	).Replace(oldAnswer)
	members, err := decodeMembers([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	// The list of items is written anew: a null among them is an item then.
	var orders struct{ Items []json.RawMessage }
	if err := json.Unmarshal(got, &orders); err != nil || len(orders.Items) != 2 {
		t.Fatalf("%v: %s", err, got)
	}
	for _, m := range members {
		if m.key == "order" {
			wanted := strings.Replace(string(m.raw), ",null]", ","+string(orders.Items[1])+"]", 1)
			sameJSON(t, got, []byte(wanted))
		}
	}
}

func TestOrderTruncatedAtEveryByte(t *testing.T) {
	body, err := os.ReadFile("../internal/wire/testdata/detail_everything.json")
	if err != nil {
		t.Fatal(err)
	}
	body = []byte(strings.TrimSpace(string(body)))
	for n := range len(body) {
		if _, err := DecodeOrder(body[:n]); err == nil {
			t.Fatalf("cut after %d bytes it is taken for an order", n)
		}
	}
}

func TestAnswersThatCannotBeRead(t *testing.T) {
	for body, want := range map[string]string{
		`{}`:                                               `no "order"`,
		`[]`:                                               "no JSON object",
		`{"order":null}`:                                   "no JSON object",
		`{"order":[]}`:                                     "no JSON object",
		`{"order":{}}`:                                     "no id",
		`{"order":{"orderId":null}}`:                       "no id",
		`{"order":{"orderId":true}}`:                       "no id",
		`{"order":{"orderId":[1]}}`:                        "orderId",
		`{"order":{"orderId":1,"items":{}}}`:               "items: it is no list",
		`{"order":{"orderId":1,"items":[5]}}`:              "items: [0]: it is no JSON object",
		`{"order":{"orderId":1,"name":{}}}`:                "name",
		`{"order":{"orderId":1,"orderDate":""}}`:           "",
		`{"order":{"orderId":1,"orderDate":"soon"}}`:       "orderDate",
		`{"order":{"orderId":1,"grandTotal":"1,000.00"}}`:  "grandTotal",
		`{"order":{"orderId":1,"grandTotal":true}}`:        "grandTotal",
		`{"order":{"orderId":1,"grandTotal":1e999999999}}`: "grandTotal",
		`{"order":{"orderId":1,"itemsCount":1.5}}`:         "itemsCount",
		`{"order":{"orderId":1,"testOrder":"perhaps"}}`:    "testOrder",
	} {
		_, err := DecodeOrder([]byte(body))
		if (err == nil) != (want == "") || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
}

func TestAmounts(t *testing.T) {
	for amount, want := range map[Amount]int64{"199.00": 19900, "-25.5": -2550, "0.10": 10, "1e2": 10000, "0": 0} {
		if got, err := amount.Minor(2); err != nil || got != want {
			t.Errorf("%s: %d %v", amount, got, err)
		}
	}
	for _, amount := range []Amount{"", "0.005", "x", "1e999999999", "1/2", "0x1", "99999999999999999999", "1_0", "Inf"} {
		if got, err := amount.Minor(2); err == nil {
			t.Errorf("%s is %d", amount, got)
		}
	}
	if _, err := json.Marshal(Amount("12,50")); err == nil {
		t.Error("an amount that is none is written")
	}
}

func TestTimes(t *testing.T) {
	for text, millis := range map[string]int64{
		"2015-01-01 00:33:14.0": 1420072394000, "2015-01-01 07:33:14.25": 1420097594250, "2016-02-29 23:59:59.123": 1456790399123,
		"1970-01-01 00:00:00": 0,
	} {
		got, err := ParseTime(text)
		if err != nil || got.UnixMilli() != millis {
			t.Errorf("%s: %v %v", text, got, err)
		}
		if back := FormatTime(got); !strings.HasPrefix(back, text) {
			t.Errorf("%s is written as %s", text, back)
		}
	}
	for _, text := range []string{"", "2015-01-01", "2015-02-30 00:00:00.0", "2015-01-01 24:00:00.0", "2015-01-01 00:00:00.", "2015-01-01T00:00:00.0", "2015-01-01 00:00:00.0Z", "2015-13-01 00:00:00.0", "-015-01-01 00:00:00.0"} {
		if got, err := ParseTime(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestOrderIDs(t *testing.T) {
	for id, want := range map[OrderID][2]int64{
		"999-99999": {999, 99999}, "99999": {0, 99999}, "0999-0017": {999, 17}, "": {0, 0}, "x": {0, 0}, "999-": {999, 0},
		"999--5": {999, 0}, "-5": {0, 5}, "999-9223372036854775808": {999, 0},
	} {
		if got := [2]int64{id.Store(), id.Number()}; got != want {
			t.Errorf("%q: %v", id, got)
		}
	}
	if id := MakeOrderID(999, 17); id != "999-17" {
		t.Error(id)
	}
}

func TestStatuses(t *testing.T) {
	held, locked := 0, 0
	for s := range knownStatuses {
		if s.Held() {
			held++
		}
		if s.Locked() {
			locked++
		}
	}
	if held != 2 || locked != 6 || Status("NEW").Known() || Status("NEW").Held() || Status("NEW").Locked() {
		t.Errorf("%d held, %d locked", held, locked)
	}
}

func FuzzDecodeOrder(f *testing.F) {
	f.Add([]byte(oldAnswer))
	for _, name := range []string{"everything", "nothing", "bare_item"} {
		body, err := os.ReadFile("../internal/wire/testdata/detail_" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := DecodeOrder(body)
		if err != nil {
			return
		}
		again, err := o.Answer()
		if err != nil {
			t.Fatalf("read and not written: %v: %s", err, body)
		}
		once, err := DecodeOrder(again)
		if err != nil {
			t.Fatalf("not read again: %v: %s", err, again)
		}
		o.Raw, once.Raw = nil, nil
		if a, b := fields(o), fields(once); !reflect.DeepEqual(a, b) {
			t.Fatalf("%s\nbecame\n%s", a, b)
		}
	})
}

// fields is an order without the form in which it came.
func fields(o *Order) string {
	text, err := forget(*o).Answer()
	if err != nil {
		return err.Error()
	}
	return string(text)
}
