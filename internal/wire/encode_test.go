package wire

import (
	"testing"

	"pgregory.net/rapid"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

// These let encoding/json write what encode writes.

func (t text) MarshalJSON() ([]byte, error) { return t.appendJSON(nil), nil }

func (d dollars) MarshalJSON() ([]byte, error) { return d.appendJSON(nil), nil }

func (f foreign) MarshalJSON() ([]byte, error) { return f.appendJSON(nil), nil }

func (t timeValue) MarshalJSON() ([]byte, error) { return t.appendJSON(nil), nil }

// TestEncode: what is kept is what encoding/json makes of it, to the byte.
func TestEncode(t *testing.T) {
	details, carts := domain[order.Details](), domain[order.CartContents]()
	rapid.Check(t, func(t *rapid.T) {
		d, c := details.Draw(t, "details"), carts.Draw(t, "cart")
		withoutExtra(&d)
		j := cartJSON{Misc: [6]text{"", "a"}, Items: newItems(c.Items), DomesticCharge: dollars(c.DomesticCharge)}
		for i := range j.Items {
			j.Items[i].Extra = ""
		}
		sameAsJSON(t, newDocument(&d))
		sameAsJSON(t, &j)
	})
}

func withoutExtra(d *order.Details) {
	d.Extra, d.Payment.Extra, d.Totals.Breakdown.Extra = "", "", ""
	if d.Promo != nil {
		d.Promo.Extra = ""
	}
	for i := range d.Items {
		d.Items[i].Extra = ""
	}
}

func sameAsJSON[T any](t *rapid.T, v *T) {
	t.Helper()
	want, err := marshal(v)
	if got := encode(v); err != nil || string(got) != string(want) {
		t.Fatalf("%v\n%s\nwant\n%s", err, got, want)
	}
}

// TestEncodeExtra: extra keys stand at the end of their map, behind a comma
// only where something is in front of them.
func TestEncodeExtra(t *testing.T) {
	d := &order.Details{
		Totals:  order.Totals{Currency: money.Currency{Code: money.Dollar, Places: money.Cents}},
		Payment: order.Payment{Extra: `"terminal":9`}, Promo: &order.Promo{Code: "A", Extra: `"campaign":null`},
	}
	o := object(encode(newDocument(d)))
	for key, want := range map[string]string{
		"paymentProcessing": `{"terminal":9}`, "promoCode": `{"code":"A","amount":0.00,"campaign":null}`, "items": "[]",
	} {
		if got := string(o[key]); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
}
