package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

// domain makes values of the domain's types: every field is drawn, so that one
// that is added later is covered, too.
func domain[V any]() *rapid.Generator[V] {
	texts := rapid.OneOf(rapid.Just(""), rapid.String(), rapid.SampledFrom([]string{
		"null", " ", `"`, `\`, "</script>", "\u2028", "größe", "😀", "\n", `"remittance_amount":1.00`, `,"remittance_amount":`, "}",
	}))
	amounts := rapid.OneOf(
		rapid.Int64Range(-1_000_000, 1_000_000),
		rapid.SampledFrom([]int64{0, int64(money.Max), -int64(money.Max)}),
	)
	times := rapid.Map(rapid.Int64Range(0, 253402300799999), func(ms int64) time.Time { return time.UnixMilli(ms).UTC() })
	currencies := rapid.SampledFrom([]money.Currency{{Code: "USD", Places: 2}, {Code: "JPY", Places: 2}, {Code: "KWD", Places: 3}})
	extras := rapid.SampledFrom([]order.Extra{
		"", "", `"a":1`, `"label":"other","name ":null`, `"a":{"remittance_amount":9.99},"b":[null,"}"]`, "\"größe \u2028\":1.50",
	})
	return rapid.MakeCustom[V](rapid.MakeConfig{
		Types: map[reflect.Type]*rapid.Generator[any]{
			reflect.TypeFor[money.Amount]():   rapid.Map(amounts, func(n int64) money.Amount { return money.Amount(n) }).AsAny(),
			reflect.TypeFor[money.Currency](): currencies.AsAny(),
			reflect.TypeFor[time.Time]():      times.AsAny(),
			reflect.TypeFor[order.Extra]():    extras.AsAny(),
			reflect.TypeFor[[]order.Item]():   rapid.SliceOfN(rapid.Deferred(domain[order.Item]), 0, 3).AsAny(),
		},
		Kinds: map[reflect.Kind]*rapid.Generator[any]{reflect.String: texts.AsAny()},
	})
}

func TestDetailsRoundTrip(t *testing.T) {
	details := domain[order.Details]()
	rapid.Check(t, func(t *rapid.T) {
		d := details.Draw(t, "details")
		doc, err := Codec{}.EncodeDetails(&d)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Codec{}.DecodeDetails(doc)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&d, back, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		again, err := Codec{}.EncodeDetails(back)
		if err != nil || again.Format != doc.Format || !bytes.Equal(again.Body, doc.Body) {
			t.Fatalf("%v\n%s\n%s", err, doc.Body, again.Body)
		}
	})
}

func TestCartRoundTrip(t *testing.T) {
	contents := domain[order.CartContents]()
	rapid.Check(t, func(t *rapid.T) {
		c := contents.Draw(t, "cart")
		for i := range c.Items {
			c.Items[i].Extra = "" // carts ignore unknown keys
		}
		doc, err := Codec{}.EncodeCart(&c)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Codec{}.DecodeCart(doc)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&c, back, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		again, err := Codec{}.EncodeCart(back)
		if err != nil || again.Format != doc.Format || !bytes.Equal(again.Body, doc.Body) {
			t.Fatalf("%v\n%s\n%s", err, doc.Body, again.Body)
		}
	})
}

// Whatever an order holds, its answer is JSON that says it, with the
// remittance in the order and beside it.
func TestDetailAnswersWhatWasStored(t *testing.T) {
	details, heads, notes := domain[order.Details](), domain[order.Head](), rapid.SliceOfN(domain[order.Note](), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		d, head, list := details.Draw(t, "details"), heads.Draw(t, "head"), notes.Draw(t, "notes")
		doc, err := Codec{}.EncodeDetails(&d)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := AppendDetail(nil, &order.Stored{Head: head, Document: doc, Notes: list})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Order struct {
				OrderID, MerchantOrderID, Misc1, Name, TrackingNumber text
				OrderDate, OrderStatusDate                            int64
				Items                                                 []json.RawMessage
				Notes                                                 []struct{ Note text }
				Remittance                                            dollars `json:"remittance_amount"`
			}
			Remittance dollars `json:"remittance_amount"`
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		o := answer.Order
		if o.Remittance != dollars(d.Totals.Remittance) || answer.Remittance != o.Remittance {
			t.Fatalf("remittance %d and %d, want %d", o.Remittance, answer.Remittance, d.Totals.Remittance)
		}
		if string(o.OrderID) != head.String() || string(o.MerchantOrderID) != head.MerchantOrderID ||
			string(o.TrackingNumber) != strings.Join(head.Tracking, ",") || string(o.Misc1) != d.Misc[0] || string(o.Name) != d.ShipTo.Name {
			t.Fatalf("%s", raw)
		}
		if o.OrderDate != head.PlacedAt.UnixMilli() || o.OrderStatusDate != head.StatusAt.UnixMilli() ||
			len(o.Items) != len(d.Items) || len(o.Notes) != len(list) {
			t.Fatalf("%s", raw)
		}
		for i, n := range list {
			if string(o.Notes[i].Note) != n.Text {
				t.Fatalf("note %d is %q, want %q", i, o.Notes[i].Note, n.Text)
			}
		}
	})
}

// A client that broke the promise of UTF-8 somewhere must not break an answer.
func TestBrokenTextIsStillJSON(t *testing.T) {
	d := order.Details{ShipTo: order.Address{Name: "a\xffb"}, Totals: order.Totals{Currency: money.Currency{Code: "USD", Places: 2}}}
	doc, err := Codec{}.EncodeDetails(&d)
	if err != nil || !json.Valid(doc.Body) {
		t.Fatalf("%s, %v", doc.Body, err)
	}
	back, err := Codec{}.DecodeDetails(doc)
	if err != nil || back.ShipTo.Name != "a\ufffdb" {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestUnknownFormatsAreRefused(t *testing.T) {
	good, err := Codec{}.EncodeDetails(&order.Details{Totals: order.Totals{Currency: money.Currency{Code: "USD", Places: 2}}})
	if err != nil {
		t.Fatal(err)
	}
	documents := map[string]order.Document{
		"a format of tomorrow": {Format: extraFormat + 1, Body: good.Body},
		"another form":         {Format: extraFormat, Body: good.Body},
		"no format":            {Body: good.Body},
		"no body":              {Format: detailsFormat},
		"half a body":          {Format: detailsFormat, Body: good.Body[:len(good.Body)/2]},
		"no object":            {Format: detailsFormat, Body: []byte(`["remittance_amount":0.00]`)},
	}
	for name, doc := range documents {
		if _, err := (Codec{}).DecodeDetails(doc); err == nil {
			t.Errorf("DecodeDetails took %s", name)
		}
		if raw, err := AppendDetail([]byte("in front"), &order.Stored{Document: doc}); err == nil || string(raw) != "in front" {
			t.Errorf("AppendDetail made %s of %s", raw, name)
		}
		if _, err := (Codec{}).DecodeCart(doc); err == nil && name != "no body" && doc.Format != cartFormat {
			t.Errorf("DecodeCart took %s", name)
		}
	}
	amount := bytes.Replace(good.Body, []byte(`"itemsTotal":0.00`), []byte(`"itemsTotal":"free"`), 1)
	currency := bytes.Replace(good.Body, []byte(`"USD"`), []byte(`"ZZZ"`), 1)
	for _, body := range [][]byte{amount, currency} {
		if _, err := (Codec{}).DecodeDetails(order.Document{Format: detailsFormat, Body: body}); err == nil {
			t.Errorf("DecodeDetails took %s", body)
		}
	}
}
