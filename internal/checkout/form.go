package checkout

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"

	"entrepot/internal/money"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// The fields of the form bear the names of the contract's prefills (section 2).
const (
	customer    = "customer"
	billing     = "billing"
	countryKey  = "country"
	clientKey   = "clientId" // of the shop's statistics; handed through, kept nowhere
	shippingKey = "shipping"
	cardKey     = "card"
)

// parts are the fields of an address, with what is asked for.
var parts = []part{
	{"Name", "Full name", "name", "text", true},
	{"Company", "Company", "organization", "text", false},
	{"Email", "E-mail", "email", "email", false},
	{"Phone", "Phone", "tel", "tel", false},
	{"AltPhone", "Other phone", "off", "tel", false},
	{"Address1", "Street and number", "address-line1", "text", true},
	{"Address2", "Apartment, floor", "address-line2", "text", false},
	{"Zip", "Postal code", "postal-code", "text", false},
	{"City", "City", "address-level2", "text", true},
	{"State", "State or province", "address-level1", "text", false},
	{"Country", "Country", "country", "select", true},
}

type part struct {
	Key, Label, Autocomplete, Type string
	Required                       bool
}

// form is what the page's fields hold: values by their names.
type form map[string]string

// problems say what is wrong with fields, by their names.
type problems map[string]string

func trimmed(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", ""))
}

// read takes the fields out of what a page sent, or a link.
func read(values url.Values) form {
	f := form{clientKey: values.Get(clientKey), shippingKey: values.Get(shippingKey), cardKey: trimmed(values.Get(cardKey))}
	for _, whose := range []string{customer, billing} {
		for _, p := range parts {
			f[whose+p.Key] = trimmed(values.Get(whose + p.Key))
		}
		f[whose+"Country"] = readCountry(f[whose+"Country"])
	}
	return f
}

// prefilled is what a shop's link brings, and what is chosen until the shopper
// chooses.
func prefilled(query url.Values) form {
	f := read(query)
	f[cardKey] = "" // no link types a card
	if f[customer+"Country"] == "" {
		f[customer+"Country"] = readCountry(trimmed(query.Get(countryKey)))
	}
	if _, ok := shippingOption(f[shippingKey]); !ok {
		f[shippingKey] = shippingOptions[0].ID
	}
	return f
}

// readCountry takes a code of two or three letters, or the English name.
func readCountry(text string) string {
	if region, err := language.ParseRegion(text); err == nil && wire.CountryName(region.String()) != "" {
		return region.Canonicalize().String()
	}
	for _, c := range countries {
		if strings.EqualFold(c.Name, text) {
			return c.Code
		}
	}
	return ""
}

const maxField = 200 // characters

// check says what is wrong, field by field.
func (f form) check() problems {
	wrong := problems{}
	f.checkAddress(customer, wrong)
	if f.billed() {
		f.checkAddress(billing, wrong)
	}
	if _, ok := shippingOption(f[shippingKey]); !ok {
		wrong[shippingKey] = "Choose one of the two ways to ship."
	}
	switch card, ok := cardOf(f[cardKey]); {
	case f[cardKey] == "":
		wrong[cardKey] = "Type one of the test cards, such as " + cards[0].Number + "."
	case !ok:
		wrong[cardKey] = "This is none of the test cards. Type one of them, such as " + cards[0].Number + ", and never a real one."
	case card.Declined && len(wrong) == 0:
		wrong[cardKey] = "The card was declined, as this test card always is. Nothing was ordered. Try " + cards[0].Number + "."
	}
	return wrong
}

func (f form) checkAddress(whose string, wrong problems) {
	for _, p := range parts {
		value := f[whose+p.Key]
		switch {
		case value == "" && p.Key == "Country":
			wrong[whose+p.Key] = "Choose a country from the list."
		case value == "" && p.Required:
			wrong[whose+p.Key] = "Fill this in: " + strings.ToLower(p.Label[:1]) + p.Label[1:] + "."
		case utf8.RuneCountInString(value) > maxField:
			wrong[whose+p.Key] = "Shorten this to 200 characters."
		case p.Type == "email" && value != "" && !strings.Contains(value, "@"):
			wrong[whose+p.Key] = "This needs an @, as in person@example.com."
		}
	}
}

// billed reports whether there is a billing address of its own.
func (f form) billed() bool {
	for _, p := range parts {
		if f[billing+p.Key] != "" {
			return true
		}
	}
	return false
}

func (f form) address(whose string) order.Address {
	return order.Address{
		Name: f[whose+"Name"], Company: f[whose+"Company"], Email: f[whose+"Email"],
		Phone: f[whose+"Phone"], AltPhone: f[whose+"AltPhone"],
		Address1: f[whose+"Address1"], Address2: f[whose+"Address2"],
		City: f[whose+"City"], State: f[whose+"State"], Zip: f[whose+"Zip"],
		CountryCode: f[whose+"Country"], CountryName: wire.CountryName(f[whose+"Country"]),
	}
}

// checkout is what a form that has been checked adds to the cart.
func (f form) checkout() order.Checkout {
	option, _ := shippingOption(f[shippingKey])
	card, _ := cardOf(f[cardKey])
	c := order.Checkout{
		ShipTo:     f.address(customer),
		Shipping:   order.Shipping{Name: option.Name, ServiceLevel: option.ServiceLevel},
		Settlement: order.Settlement{Shipping: option.Price},
		Payment:    order.Payment{Gateway: "iGlobal_CC"},
		Test:       true, Screen: card.Review,
	}
	if f.billed() {
		c.BillTo = f.address(billing)
	}
	return c
}

// option is a way to ship, at a fixed price in dollars.
type option struct {
	ID, Name, ServiceLevel, Days string
	Price                        money.Amount
}

var shippingOptions = []option{
	{"standard", "Standard", "USPS_PRIORITY_MAIL_INTERNATIONAL", "6 to 10 days", 1200},
	{"express", "Express", "DHL_EXPRESS", "2 to 4 days", 2900},
}

func shippingOption(id string) (option, bool) {
	for _, o := range shippingOptions {
		if o.ID == id {
			return o, true
		}
	}
	return option{}, false
}

// testCard is a number that no bank has given out, and what comes of it.
type testCard struct {
	Number, Outcome  string
	Declined, Review bool
}

var cards = []testCard{
	{Number: "4111 1111 1111 1111", Outcome: "accepted"},
	{Number: "4000 0000 0000 0002", Outcome: "declined", Declined: true},
	{Number: "4000 0000 0000 0010", Outcome: "accepted, then held for fraud review", Review: true},
}

func cardOf(typed string) (testCard, bool) {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(typed)
	for _, c := range cards {
		if strings.ReplaceAll(c.Number, " ", "") == digits {
			return c, true
		}
	}
	return testCard{}, false
}
