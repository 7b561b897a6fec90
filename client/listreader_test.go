package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

const plainList = `{"totalCount":2,"orderCount":1,"testOrderCount":1,"orders":[` +
	`{"testOrder":false,"id":"999-1","timestamp":"2015-01-01 00:33:14.0","merchantOrderId":null,"orderStatus":"IGLOBAL_FRAUD_REVIEW","orderStatusDate":1420097594000,"orderStatusDateString":"2015-01-01 07:33:14.0"},` +
	`{"testOrder":true,"id":"999-2","timestamp":"2015-01-01 05:12:46.123","merchantOrderId":"ż \"12\"","orderStatus":"A_NEW_ONE","orderStatusDate":1420097594250,"orderStatusDateString":"2015-01-01 07:33:14.25","more":{"a":[1,"}"]}}]}`

func TestListTruncatedAtEveryByte(t *testing.T) {
	whole, _, err := readAll([]byte(plainList))
	if err != nil || len(whole) != 2 {
		t.Fatalf("%v %v", whole, err)
	}
	for n := range len(plainList) {
		orders, _, err := readAll([]byte(plainList[:n]))
		if err == nil {
			t.Errorf("cut after %d bytes it is taken for a whole list", n)
		}
		if len(orders) > 0 && !reflect.DeepEqual(orders, whole[:len(orders)]) {
			t.Errorf("cut after %d bytes: %v", n, orders)
		}
	}
}

// What the reader gives at once must not matter.
func TestListInPieces(t *testing.T) {
	whole, counts, err := readAll([]byte(plainList))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{
		"byte by byte":          iotest.OneByteReader(strings.NewReader(plainList)),
		"halves":                iotest.HalfReader(strings.NewReader(plainList)),
		"the end with the data": iotest.DataErrReader(strings.NewReader(plainList)),
	} {
		var got []OrderNumber
		var told Counts
		l := newListReader(r)
		err := l.read(func(c Counts) { told = c }, func(n OrderNumber) bool {
			got = append(got, n)
			return true
		})
		if err != nil || !reflect.DeepEqual(got, whole) || told != counts {
			t.Errorf("%s: %v %v %v", name, err, told, got)
		}
	}
}

func TestListsThatAreNone(t *testing.T) {
	head := `{"totalCount":1,"orderCount":1,"testOrderCount":0,"orders":[{"id":"999-1","testOrder":false,"timestamp":"2015-01-01 00:33:14.0"}`
	for body, want := range map[string]string{
		head + `]} x`:                              "something follows",
		head + `]}{}`:                              "something follows",
		head + `]}]`:                               "something follows",
		head + `,]}`:                               "something is missing",
		head + `]`:                                 "unexpected EOF",
		head + `,{"id":"999-2"}]}`:                 "it has 2 orders",
		head + `],"orders":[]}`:                    "two lists",
		head + `],"error":"Could not go on"}`:      "the server adds",
		head + ` {"id":"999-2"}]}`:                 `',' is missing`,
		head + `,{"id":"999-2",}]}`:                "not well formed",
		head + `,{"id":"999-2" "x":1}]}`:           "not well formed",
		head + `,{}]}`:                             "no id",
		head + `,5]}`:                              "no JSON object",
		head + `,null]}`:                           "no JSON object",
		head + `,{"id":"a","testOrder":"maybe"}]}`: "not true or false",
		head + `,{"id":"a","timestamp":"noon"}]}`:  "no time",
		head + "<html>":                            `',' is missing`,
		`{"totalCount":0,"orders":{}}`:             `'[' is missing`,
		`{"totalCount":"many","orders":[]}`:        "totalCount",
		`{"totalCount":0,"orders":[],}`:            "something is missing",
		`{"totalCount":0,"orders":nul}`:            "not well formed",
		`{totalCount:0}`:                           "a key is missing",
		`{"totalCount":0}`:                         errNoList.Error(),
		`{}`:                                       errNoList.Error(),
	} {
		if _, _, err := readAll([]byte(body)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

func TestListsThatAreUnusual(t *testing.T) {
	for body, want := range map[string]int{
		` { "orders" : [ ] , "totalCount" : 0 } ` + "\n":                                           0,
		`{"orders":null,"totalCount":"0"}`:                                                         0,
		`{"orders":[{"id":"1"}]}`:                                                                  1,
		`{"orders":[{"id":17}],"totalCount":"1","x":{"orders":[1]}}`:                               1,
		`{"totalCount":1,"error":null,"orders":[{"testOrder":"false","id":" 999-1 ","a":[{}]}]}`:   1,
		`{"\u006frders":[{"id":"999-1","timestamp":1420097594000,"testOrder":1}],"totalCount":1 }`: 1,
	} {
		orders, _, err := readAll([]byte(body))
		if err != nil || len(orders) != want {
			t.Errorf("%s: %v %v", body, orders, err)
		}
	}
}

func TestListIDsMayBeNumbers(t *testing.T) {
	orders, _, err := readAll([]byte(`{"orders":[{"id":99999},{"id":"99998.0"},{"id":"999-99997"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int64{99999, 99998, 99997} {
		if got := orders[i].ID.Number(); got != want {
			t.Errorf("%q is order %d, want %d", orders[i].ID, got, want)
		}
	}
}

// One order may be long, but not without end: that is what bounds memory.
func TestListOrderTooLong(t *testing.T) {
	long := `{"orders":[{"id":"999-1","more":"` + strings.Repeat("x", 300<<10) + `"}]}`
	if orders, _, err := readAll([]byte(long)); err != nil || len(orders) != 1 {
		t.Errorf("%d orders, %v", len(orders), err)
	}
	for _, endless := range []string{`{"orders":[{"id":"`, `{"x":"`, `{"x":[`, `{"orders":[{"id":[[`} {
		l := newListReader(io.MultiReader(strings.NewReader(endless), &forever{}))
		err := l.read(func(Counts) {}, func(OrderNumber) bool { return true })
		if err == nil || !strings.Contains(err.Error(), "one value has more than") {
			t.Errorf("%s…: %v", endless, err)
		}
		if len(l.buf) > 2*maxValue {
			t.Errorf("%s…: the buffer has grown to %d", endless, len(l.buf))
		}
	}
}

// forever gives the same letter again and again.
type forever struct{}

func (*forever) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '1'
	}
	return len(p), nil
}

func TestListReaderThatGivesNothing(t *testing.T) {
	l := newListReader(iotest.ErrReader(nil))
	if err := l.read(func(Counts) {}, func(OrderNumber) bool { return true }); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
}

func FuzzQuickOrder(f *testing.F) {
	var list struct{ Orders []json.RawMessage }
	if err := json.Unmarshal([]byte(plainList), &list); err != nil {
		f.Fatal(err)
	}
	for _, order := range list.Orders {
		f.Add([]byte(order))
	}
	f.Add([]byte(`{"id":"1","merchantOrderId":"\u0041\"b"}`))
	f.Add([]byte(`{"id":"1","merchantOrderId":"\u0041\/b"}`))
	f.Add([]byte(`{"id":"1.0","orderStatusDate":0,"orderStatusDate":1}`))
	f.Add([]byte(`{"id":"1","orderStatusDate":null,"merchantOrderId":5,"testOrder":"1"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var quick OrderNumber
		size, v := quickOrder(body, &quick)
		if v != quickDone {
			return
		}
		if !json.Valid(body[:size]) {
			t.Fatalf("taken, and not well formed: %s", body[:size])
		}
		slow, err := slowOrder(body[:size])
		if err != nil || !reflect.DeepEqual(quick, slow) {
			t.Fatalf("%s\nquick %+v\nslow  %+v %v", body[:size], quick, slow, err)
		}
	})
}

// FuzzList holds the reader to what encoding/json says of the same bytes.
func FuzzList(f *testing.F) {
	f.Add([]byte(plainList))
	f.Add([]byte(`{"totalCount":"1","orders":[{"id":1}],"error":null}`))
	f.Add([]byte(`{"error":"Invalid security credentials"}`))
	f.Add([]byte(`{"orders":[{"id":"1"}],"orders":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		orders, _, err := readAll(body)
		pieces, _, errPieces := readAllFrom(iotest.OneByteReader(bytes.NewReader(body)))
		if !reflect.DeepEqual(orders, pieces) || (err == nil) != (errPieces == nil) {
			t.Fatalf("at once %v %v, in pieces %v %v", orders, err, pieces, errPieces)
		}
		if err != nil {
			return
		}
		var want struct{ Orders []json.RawMessage }
		if !json.Valid(body) {
			t.Fatalf("taken, and not well formed: %q", body)
		}
		object, err := decodeMembers(body)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range object {
			if m.key == "orders" {
				_ = json.Unmarshal(m.raw, &want.Orders)
			}
		}
		if len(want.Orders) != len(orders) {
			t.Fatalf("%d orders of %d: %q", len(orders), len(want.Orders), body)
		}
	})
}

func readAllFrom(r io.Reader) (orders []OrderNumber, counts Counts, err error) {
	l := newListReader(r)
	err = l.read(func(c Counts) { counts = c }, func(n OrderNumber) bool {
		orders = append(orders, n)
		return true
	})
	return orders, counts, err
}
