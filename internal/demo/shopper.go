package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"entrepot/internal/order"
)

var (
	nicknames = []string{
		"hiker", "camper", "paddler", "angler", "stargazer", "climber", "birdwatcher", "gardener",
		"rambler", "skier", "cyclist", "baker", "potter", "beekeeper", "wanderer", "sailor",
	}
	mailDomains = []string{"example.com", "example.net", "example.org"} // of RFC 2606
	businesses  = []string{"Example Outdoor", "Sample Travel", "Placeholder Hostels", "Specimen Gardens"}
)

// address draws who orders, and where that is.
func (l *land) address(r *rand.Rand) order.Address {
	a := l.addresses
	at := pick(r, a.places)
	to := order.Address{
		Name: l.people.draw(r), Email: email(r), Phone: fill(r, pick(r, l.phones)),
		Address1: l.line1(r), Address2: fill(r, sometimes(r, 30, a.line2)),
		City: at.city, State: at.state, Zip: fill(r, at.zip),
		CountryCode: l.code, CountryName: l.name,
	}
	if to.Address2 != "" {
		to.Address3 = fill(r, sometimes(r, 40, a.line3))
	}
	if chance(r, 8) {
		to.Company = pick(r, businesses) + " " + l.legal
	}
	if chance(r, 6) {
		to.AltPhone = fill(r, pick(r, l.phones))
	}
	return to
}

// line1 is the street with a house number, low ones more often.
func (l *land) line1(r *rand.Rand) string {
	number := 1 + r.IntN(1+r.IntN(180))
	line := strings.NewReplacer("{no}", fmt.Sprint(number), "{street}", pick(r, l.addresses.streets))
	return fill(r, line.Replace(l.addresses.line1))
}

func (p people) draw(r *rand.Rand) string {
	if name := sometimes(r, 20, p.whole); name != "" {
		return name
	}
	given, family := pick(r, p.given), pick(r, p.family)
	if p.familyFirst {
		return family + " " + given
	}
	return given + " " + family
}

func email(r *rand.Rand) string {
	return fmt.Sprintf("%s%d@%s", pick(r, nicknames), 10+r.IntN(9990), pick(r, mailDomains))
}

// payer draws the bill-to: mostly the ship-to, which an empty one means; or
// else somebody at home who sends a present, or the same person elsewhere.
func (l *land) payer(r *rand.Rand, shipTo order.Address) order.Address {
	if chance(r, 82) {
		return order.Address{}
	}
	by := l.address(r)
	if chance(r, 60) {
		by.Name, by.Email, by.Phone = shipTo.Name, shipTo.Email, shipTo.Phone
	}
	return by
}
