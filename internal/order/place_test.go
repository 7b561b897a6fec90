package order

import (
	"strings"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/money"
)

func cartOf(charge money.Amount, items ...Item) Cart {
	return Cart{CartContents: CartContents{Items: items, DomesticCharge: charge}}
}

func checkoutTo(country string) Checkout {
	return Checkout{ShipTo: Address{Name: "Ann Example", Address1: "1 Example Street", City: "Toronto", CountryCode: country}}
}

func rate(t *testing.T, text string) *money.Rate {
	t.Helper()
	r, err := money.ParseRate(text)
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

func TestTotals(t *testing.T) {
	kwd, err := money.ParseCurrency("KWD")
	if err != nil {
		t.Fatal(err)
	}
	cart := cartOf(550, Item{Quantity: 3, UnitPrice: 667}, Item{Quantity: 1, UnitPrice: -101})
	c := checkoutTo("KW")
	c.Promo = &Promo{Code: "TEN", Amount: 1000}
	c.Settlement = Settlement{Currency: kwd, Rate: rate(t, "0.31"), Shipping: 1000, DutyTaxes: 333, Remittance: 20}
	d, err := compose(cart, c, StoreSettings{})
	if err != nil {
		t.Fatal(err)
	}
	want := Totals{
		Currency: kwd, Items: 1900, ItemsForeign: 5890, Shipping: 1550, ShippingForeign: 4805,
		DutyTaxes: 333, QuotedDutyTaxes: 333, QuotedDutyTaxesForeign: 1032, // 1.0323
		Grand: 3783, GrandForeign: 11727, Remittance: 20,
	}
	if d.Totals != want {
		t.Errorf("totals %+v, want %+v", d.Totals, want)
	}
	if d.BillTo != d.ShipTo {
		t.Error("without a bill-to the ship-to pays")
	}
}

func TestDomesticChargeAsLine(t *testing.T) {
	cart := cartOf(550, Item{Description: "Tent", Quantity: 1, UnitPrice: 1000})
	d, err := compose(cart, checkoutTo("CA"), StoreSettings{DomesticShipping: ShippingOwnLine})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Items) != 2 || d.Items[1].UnitPrice != 550 || d.Totals.Items != 1550 || d.Totals.Shipping != 0 || len(cart.Items) != 1 {
		t.Errorf("items %+v, totals %+v", d.Items, d.Totals)
	}
	if d, err = compose(cartOf(0), checkoutTo("CA"), StoreSettings{DomesticShipping: ShippingOwnLine}); err != nil || len(d.Items) != 0 {
		t.Errorf("no charge made a line: %+v, %v", d, err)
	}
}

func TestGivenAmountsWin(t *testing.T) {
	cad, _ := money.ParseCurrency("CAD")
	quoted, items, shipping, duty, grand := money.Amount(40), money.Amount(1500), money.Amount(10), money.Amount(60), money.Amount(9999)
	c := checkoutTo("CA")
	c.Settlement = Settlement{
		Currency: cad, DutyTaxes: 50, QuotedDutyTaxes: &quoted,
		ItemsForeign: &items, ShippingForeign: &shipping, QuotedDutyTaxesForeign: &duty, GrandForeign: &grand,
	}
	d, err := compose(cartOf(0, Item{Quantity: 1, UnitPrice: 1000}), c, StoreSettings{})
	if err != nil {
		t.Fatal(err)
	}
	got := d.Totals
	if got.QuotedDutyTaxes != quoted || got.ItemsForeign != items || got.ShippingForeign != shipping ||
		got.QuotedDutyTaxesForeign != duty || got.GrandForeign != grand || got.Grand != 1050 {
		t.Errorf("totals %+v", got)
	}
}

func TestCheckoutErrors(t *testing.T) {
	huge := cartOf(0, Item{Quantity: 1_000_000_000, UnitPrice: money.Max})
	cad, _ := money.ParseCurrency("CAD")
	tests := []struct {
		name  string
		cart  Cart
		spoil func(*Checkout)
		field string
	}{
		{"no name", cartOf(0), func(c *Checkout) { c.ShipTo.Name = "" }, "name"},
		{"no street", cartOf(0), func(c *Checkout) { c.ShipTo.Address1 = "" }, "address1"},
		{"no city", cartOf(0), func(c *Checkout) { c.ShipTo.City = "" }, "city"},
		{"no country", cartOf(0), func(c *Checkout) { c.ShipTo.CountryCode = "" }, "countryCode"},
		{"negative shipping", cartOf(0), func(c *Checkout) { c.Settlement.Shipping = -1 }, "shippingTotal"},
		{"negative duty", cartOf(0), func(c *Checkout) { c.Settlement.DutyTaxes = -1 }, "dutyTaxesTotal"},
		{"negative remittance", cartOf(0), func(c *Checkout) { c.Settlement.Remittance = -1 }, "remittance_amount"},
		{"no rate", cartOf(0), func(c *Checkout) { c.Settlement.Currency = cad }, "itemsTotalForeign"},
		{"too many goods", huge, func(*Checkout) {}, "items"},
		{"too dear", cartOf(0, Item{Quantity: 1, UnitPrice: money.Max}), func(c *Checkout) { c.Settlement.Shipping = 1 }, "grandTotal"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := checkoutTo("CA")
			test.spoil(&c)
			_, err := compose(test.cart, c, StoreSettings{})
			if !fault.Is(err, fault.Invalid) || !strings.HasPrefix(err.Error(), test.field+": ") {
				t.Errorf("got %v, want a problem of %s", err, test.field)
			}
		})
	}
}
