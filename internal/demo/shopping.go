package demo

import (
	"fmt"
	"math/rand/v2"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

// shopping is what a shopper brings to the placing of an order.
type shopping struct {
	cart     order.CartContents
	checkout order.Checkout
	carrier  carrier
}

// shop draws the shopping of an index.
func (p *planner) shop(i int) (shopping, error) {
	r := source(p.options.Seed, ofShopping, uint64(i))
	from := p.from(r, i)
	s := shopping{cart: basket(r), carrier: weighted(r, carriers)}
	s.cart.ReferenceID = fmt.Sprint(40_000 + 5*i + r.IntN(5)) // not every quote is ordered
	if err := s.checkOut(r, from); err != nil {
		return shopping{}, err
	}
	return s, nil
}

func (s *shopping) checkOut(r *rand.Rand, from *land) error {
	c := &s.checkout
	c.ShipTo = from.address(r)
	c.BillTo = from.payer(r, c.ShipTo)
	c.NationalIdentifier = from.nationalID
	if from.nationalID != "" && chance(r, 50) {
		c.BirthDate = fmt.Sprintf("%d-%02d-%02d", 1950+r.IntN(55), 1+r.IntN(12), 1+r.IntN(28))
	}
	if c.ShipTo.Company != "" {
		c.PONumber = fill(r, "PO-?####")
	}
	c.ShipComplete = chance(r, 20)
	if optIn := chance(r, 35); c.ShipTo.Company == "" { // companies are not shown the box
		c.OptInEmail = &optIn
	}
	c.Shipping = s.carrier.shipping(r)
	var err error
	c.Settlement, err = s.settle(r, from)
	c.Promo = promo(r)
	return err
}

// settle works out what is paid besides the goods, and in which currency.
func (s *shopping) settle(r *rand.Rand, to *land) (order.Settlement, error) {
	goods, err := order.ItemsTotal(s.cart.Items)
	if err != nil {
		return order.Settlement{}, err
	}
	charge := s.carrier.charge(s.cart.Items)
	shipping := charge + s.cart.DomesticCharge // which the service adds
	taxes := to.assess(goods, shipping, s.carrier)
	settlement := order.Settlement{
		Currency: to.currency, Rate: &to.rate,
		Shipping: charge, DutyTaxes: taxes.total(), Remittance: taxes.remittance, Breakdown: taxes.breakdown,
	}
	quoted := settlement.DutyTaxes
	if chance(r, 8) { // charged otherwise than quoted, within three of a hundred
		quoted = quoted * money.Amount(97+r.IntN(7)) / 100
		settlement.QuotedDutyTaxes = &quoted
	}
	if to.whole {
		err = to.settleWhole(&settlement, goods, shipping, quoted)
	}
	return settlement, err
}

// settleWhole gives the foreign amounts in whole units.
func (l *land) settleWhole(s *order.Settlement, goods, shipping, quoted money.Amount) error {
	for _, part := range []struct {
		dollars money.Amount
		to      **money.Amount
	}{
		{goods, &s.ItemsForeign}, {shipping, &s.ShippingForeign}, {quoted, &s.QuotedDutyTaxesForeign},
	} {
		amount, err := l.abroad(part.dollars)
		if err != nil {
			return fmt.Errorf("convert to %s: %w", l.currency.Code, err)
		}
		*part.to = &amount
	}
	return nil
}

var promoCodes = []order.Promo{
	{Code: "FREEPEGS", Amount: 500},
	{Code: "WELCOME10", Amount: usd(10)},
	{Code: "BASECAMP", Amount: 750},
}

func promo(r *rand.Rand) *order.Promo {
	if !chance(r, 7) {
		return nil
	}
	p := pick(r, promoCodes)
	return &p
}
