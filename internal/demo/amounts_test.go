package demo

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"

	"entrepot/internal/money"
)

func checkAmounts(t *testing.T, _ Options, all []made) {
	for _, m := range all {
		a, b := m.details.Totals, m.details.Totals.Breakdown
		items := money.Amount(0)
		for _, item := range m.details.Items {
			items += item.UnitPrice * money.Amount(item.Quantity)
		}
		parts := b.Duty + b.VAT + b.DisbursementFee + b.VATOnDisbursementFee + b.BrokerageFee + b.PrepaymentFee
		for what, pair := range map[string][2]money.Amount{
			"itemsTotal":        {a.Items, items},
			"dutyTaxesTotal":    {a.DutyTaxes, parts},
			"grandTotal":        {a.Grand, items + a.Shipping + parts},
			"grandTotalForeign": {a.GrandForeign, a.ItemsForeign + a.ShippingForeign + a.QuotedDutyTaxesForeign},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %s is %s, adds up to %s", m.Head.ID, what, pair[0], pair[1])
			}
		}
		least := min(b.Duty, b.VAT, b.DisbursementFee, b.VATOnDisbursementFee, b.BrokerageFee, b.PrepaymentFee, a.QuotedDutyTaxes, a.Remittance)
		if items <= 0 || a.Shipping <= 0 || least < 0 {
			t.Errorf("%s has an amount that is too low: %+v", m.Head.ID, a)
		}
		if off := a.QuotedDutyTaxes - a.DutyTaxes; max(off, -off) > a.DutyTaxes/30+1 {
			t.Errorf("%s: quoted %s, charged %s", m.Head.ID, a.QuotedDutyTaxes, a.DutyTaxes)
		}
		if a.Remittance != 0 && (a.Remittance != b.VAT || parts != b.VAT) {
			t.Errorf("%s remits %s of %+v, want all of it and VAT only", m.Head.ID, a.Remittance, b)
		}
		checkForeign(t, m)
	}
}

// checkForeign converts once more, with rational numbers.
func checkForeign(t *testing.T, m made) {
	a, c := m.details.Totals, countryOf(m)
	for what, pair := range map[string][2]money.Amount{
		"items":    {a.Items, a.ItemsForeign},
		"shipping": {a.Shipping, a.ShippingForeign},
		"quoted":   {a.QuotedDutyTaxes, a.QuotedDutyTaxesForeign},
	} {
		rate, ok := new(big.Rat).SetString(c.rate)
		if !ok || c.currency != a.Currency.Code {
			t.Fatalf("%s: paid in %s at %s, want %s", m.Head.ID, a.Currency.Code, c.rate, c.currency)
		}
		places := a.Currency.Places
		if c.whole {
			places = 0
		}
		dollars := new(big.Rat).SetFrac64(int64(pair[0]), 100)
		want := dollars.Mul(dollars, rate).FloatString(places) // rounds half away from zero
		if c.whole {
			want += "." + strings.Repeat("0", a.Currency.Places)
		}
		if got := pair[1].Format(a.Currency.Places); got != want {
			t.Errorf("%s: %s of %s are %s %s, want %s", m.Head.ID, what, pair[0], got, c.currency, want)
		}
	}
}

func countryOf(m made) country {
	i := slices.IndexFunc(countries, func(c country) bool { return c.code == m.details.ShipTo.CountryCode })
	return countries[max(i, 0)]
}

var foreignAmount = regexp.MustCompile(`"\w+Foreign":-?\d+\.(\d+)`)

func checkPlaces(t *testing.T, _ Options, all []made) {
	seen := map[string]bool{}
	for _, m := range all {
		code, want := m.details.Totals.Currency.Code, 2
		if code == "KWD" {
			want = 3
		}
		seen[code] = true
		found := foreignAmount.FindAllSubmatch(m.answer, -1)
		if len(found) != 4 {
			t.Errorf("%s answers %d foreign amounts, want 4", m.Head.ID, len(found))
		}
		for _, f := range found {
			if len(f[1]) != want {
				t.Errorf("%s in %s answers %s, want %d places", m.Head.ID, code, f[0], want)
			}
			if code == "JPY" && string(f[1]) != "00" {
				t.Errorf("%s answers parts of a yen: %s", m.Head.ID, f[0])
			}
		}
	}
	for _, code := range []string{"JPY", "KWD", "EUR", "GBP", "CAD", "AUD", "CHF", "BRL", "KRW", "CNY"} {
		if !seen[code] {
			t.Errorf("no order is paid in %s", code)
		}
	}
}
