package demo

import (
	"fmt"
	"slices"

	"entrepot/internal/money"
	"entrepot/internal/wire"
)

// country is one that the shop sells to: what its people and addresses look
// like, how it is paid, and what it charges for imports.
//
// In patterns # is a digit, ? one that is not zero, and @ a letter.
type country struct {
	code  string // ISO 3166, two letters
	often int    // orders of about a thousand

	currency string // of settlement, ISO 4217
	rate     string // a dollar in it, about
	whole    bool   // nobody uses its decimals

	vat, duty int64 // basis points
	// Dollars; goods worth no more are free of duty, and of everything.
	dutyFree, taxFree money.Amount
	// Dollars; up to this worth the checkout takes the VAT and remits it.
	remits money.Amount

	people     people
	addresses  addresses
	phones     []string // reserved for fiction, or with 000 where no number begins so
	nationalID string   // of a form that is asked for, and of nobody; "" where none is
	legal      string   // the form of a company
}

type people struct {
	given, family []string
	familyFirst   bool
	whole         []string // full names in the country's own script
}

// addresses are lines from the first to the third; {no} is a house number and
// {street} one of the streets.
type addresses struct {
	line1   string
	streets []string
	line2   []string
	line3   []string
	places  []place
}

// place is a town, its state as the country writes it where that is part of an
// address, and the pattern of its postal codes where it has any.
type place struct{ city, state, zip string }

// usd is so many whole dollars.
func usd(n int64) money.Amount { return money.Amount(n * 100) }

// countries are all that the shop sells to.
var countries = slices.Concat(americas, westernEurope, restOfEurope, eastAsia, asiaPacific, middleEastAndAfrica)

// land is a country with what can be looked up for it.
type land struct {
	*country
	name     string
	currency money.Currency
	rate     money.Rate
}

func (l *land) frequency() int { return l.often }

func resolve(list []country) ([]*land, error) {
	lands := make([]*land, len(list))
	for i := range list {
		c := &list[i]
		currency, err := money.ParseCurrency(c.currency)
		if err != nil {
			return nil, fmt.Errorf("country %s: %w", c.code, err)
		}
		rate, err := money.ParseRate(c.rate)
		if err != nil {
			return nil, fmt.Errorf("exchange rate of %s: %w", c.code, err)
		}
		lands[i] = &land{country: c, name: wire.CountryName(c.code), currency: currency, rate: rate}
	}
	return lands, nil
}

// abroad is dollars in the country's currency.
func (l *land) abroad(dollars money.Amount) (money.Amount, error) {
	if !l.whole {
		return l.rate.Convert(dollars, l.currency.Places)
	}
	units, err := l.rate.Convert(dollars, 0)
	for range l.currency.Places {
		units *= 10
	}
	return units, err
}
