package money

import (
	"fmt"
	"strings"

	"golang.org/x/text/currency"
)

// Dollar is the currency in which every total is kept.
const Dollar = "USD"

// Currency is a currency of settlement: its ISO 4217 code, and the decimal
// places with which its amounts are kept and shown.
type Currency struct {
	Code   string
	Places int
}

// ParseCurrency reads an ISO 4217 code in any case.
//
// Amounts show at least two places, as the contract's money does, and three
// for currencies with a thousandth (KWD, BHD, ...).
func ParseCurrency(code string) (Currency, error) {
	unit, err := currency.ParseISO(strings.TrimSpace(code))
	if err != nil {
		return Currency{}, fmt.Errorf("%q is not an ISO 4217 currency code", code)
	}
	places, _ := currency.Standard.Rounding(unit)
	return Currency{Code: unit.String(), Places: max(places, Cents)}, nil
}
