package order

import (
	"context"
	"fmt"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/money"
)

// Checkout is what a shopper's way through the checkout adds to a cart.
type Checkout struct {
	ShipTo, BillTo     Address // an empty BillTo is the ShipTo
	NationalIdentifier string
	BirthDate          string
	PONumber           string
	ShipComplete       bool
	CSLListMatch       bool
	OptInEmail         *bool
	Shipping           Shipping
	Payment            Payment
	Promo              *Promo
	Settlement         Settlement

	Test   bool // a test order; every order of a test store is one
	Screen bool // begins in fraud review
}

// Settlement is what the shopper pays besides the items. A nil amount is
// worked out: the quote is what is charged, and foreign amounts are dollars
// times Rate.
type Settlement struct {
	Currency money.Currency // zero means dollars
	Rate     *money.Rate    // needed unless the currency is the dollar or every foreign amount is given

	Shipping, DutyTaxes, Remittance money.Amount
	QuotedDutyTaxes                 *money.Amount
	Breakdown                       DutyTaxesBreakdown

	ItemsForeign, ShippingForeign, QuotedDutyTaxesForeign, GrandForeign *money.Amount
}

// Placed is an order that exists.
type Placed struct {
	ID    ID
	Again bool // the cart had become this order before
}

// Place turns a cart into an order, once: however often and from however many
// callers it is asked for, the cart becomes one order, and everybody is told
// that one. The faults are NotFound, Expired and Invalid.
func (s *Service) Place(ctx context.Context, cart CartID, checkout Checkout, why Why) (placed Placed, err error) {
	err = s.storage.InTx(ctx, func(tx Tx) error {
		record, err := tx.Cart(cart)
		if err != nil {
			return fmt.Errorf("load cart %s: %w", cart, err)
		}
		if record.Became != 0 {
			placed = Placed{ID: ID{record.Store, record.Became}, Again: true}
			return nil
		}
		placed.Again = false
		placed.ID, err = s.place(tx, record, checkout, why, time.Time{})
		return err
	})
	return placed, err
}

// place places at a time that has passed; the zero time is now.
func (s *Service) place(tx Tx, record CartRecord, checkout Checkout, why Why, past time.Time) (ID, error) {
	cart, err := s.openCart(record)
	if err != nil {
		return ID{}, err
	}
	store, err := tx.Store(cart.Store)
	if err != nil {
		return ID{}, fmt.Errorf("load store %d: %w", cart.Store, err)
	}
	if store.State == StoreLoading {
		return ID{}, errLoading(store.Number)
	}
	details, err := compose(cart, checkout, store.Settings)
	if err != nil {
		return ID{}, err
	}
	doc, err := s.codec.EncodeDetails(details)
	if err != nil {
		return ID{}, fmt.Errorf("encode order: %w", err)
	}
	number, at, err := s.nextNumber(tx, store.Number, past)
	if err != nil {
		return ID{}, fmt.Errorf("take a number of store %d: %w", store.Number, err)
	}
	head := Head{
		ID: ID{store.Number, number}, PlacedAt: at, Test: checkout.Test || store.Test,
		State: FirstState(checkout.Screen), StatusAt: at,
		ReferenceID: cart.ReferenceID, Cart: cart.ID,
	}
	return head.ID, insert(tx, head, doc, why, at)
}

func insert(tx Tx, head Head, doc Document, why Why, at time.Time) error {
	if err := tx.InsertOrder(head, doc); err != nil {
		return fmt.Errorf("insert order %s: %w", head.ID, err)
	}
	if err := tx.SpendCart(head.Cart, head.Number); err != nil {
		return fmt.Errorf("spend cart %s: %w", head.Cart, err)
	}
	placed := Change{At: at, Actor: why.Actor, Kind: ChangePlaced, To: string(head.State.Status), Reason: why.Reason}
	return tx.AddChange(head.ID, placed)
}

// compose fixes what the order will say for ever.
func compose(cart Cart, checkout Checkout, settings StoreSettings) (*Details, error) {
	if err := checkout.validate(); err != nil {
		return nil, err
	}
	d := &Details{
		ShipTo: checkout.ShipTo, BillTo: checkout.BillTo,
		NationalIdentifier: checkout.NationalIdentifier, BirthDate: checkout.BirthDate,
		PONumber: checkout.PONumber, ShipComplete: checkout.ShipComplete,
		CSLListMatch: checkout.CSLListMatch, OptInEmail: checkout.OptInEmail,
		Items: cart.Items, BoxCount: cart.BoxCount, Misc: cart.Misc,
		Shipping: checkout.Shipping, Payment: checkout.Payment, Promo: checkout.Promo,
	}
	if d.BillTo == (Address{}) {
		d.BillTo = d.ShipTo
	}
	settlement := checkout.Settlement
	if cart.DomesticCharge != 0 && settings.DomesticShipping == ShippingOwnLine {
		d.Items = append(d.Items[:len(d.Items):len(d.Items)], domesticLine(cart.DomesticCharge))
	} else {
		var err error
		if settlement.Shipping, err = settlement.Shipping.Add(cart.DomesticCharge); err != nil {
			return nil, fault.Field("shippingTotal", err.Error())
		}
	}
	var err error
	d.Totals, err = settlement.totals(d.Items)
	return d, err
}

func domesticLine(charge money.Amount) Item {
	return Item{Description: "Domestic shipping", Quantity: 1, UnitPrice: charge, WeightUnits: "LB", NonShippable: true}
}

func (c Checkout) validate() error {
	required := []struct{ field, value string }{
		{"name", c.ShipTo.Name},
		{"address1", c.ShipTo.Address1},
		{"city", c.ShipTo.City},
		{"countryCode", c.ShipTo.CountryCode},
	}
	for _, r := range required {
		if r.value == "" {
			return fault.Field(r.field, "is required")
		}
	}
	amounts := []struct {
		field string
		value money.Amount
	}{
		{"shippingTotal", c.Settlement.Shipping},
		{"dutyTaxesTotal", c.Settlement.DutyTaxes},
		{"remittance_amount", c.Settlement.Remittance},
	}
	for _, a := range amounts {
		if a.value < 0 {
			return fault.Field(a.field, "is negative; expected zero or more")
		}
	}
	return nil
}

func (s Settlement) totals(items []Item) (Totals, error) {
	t := Totals{
		Currency: s.Currency, Shipping: s.Shipping, DutyTaxes: s.DutyTaxes,
		QuotedDutyTaxes: s.DutyTaxes, Remittance: s.Remittance, Breakdown: s.Breakdown,
	}
	if s.QuotedDutyTaxes != nil {
		t.QuotedDutyTaxes = *s.QuotedDutyTaxes
	}
	if t.Currency.Code == "" {
		t.Currency = money.Currency{Code: money.Dollar, Places: money.Cents}
	}
	var err error
	if t.Items, err = ItemsTotal(items); err != nil {
		return Totals{}, err
	}
	if t.Grand, err = money.Sum(t.Items, t.Shipping, t.DutyTaxes); err != nil {
		return Totals{}, fault.Field("grandTotal", err.Error())
	}
	err = s.foreign(&t)
	return t, err
}

// foreign fills in the amounts in the currency of settlement. The grand total
// is the sum of the amounts that the shopper is shown above it.
func (s Settlement) foreign(t *Totals) error {
	parts := []struct {
		field   string
		dollars money.Amount
		given   *money.Amount
		to      *money.Amount
	}{
		{"itemsTotalForeign", t.Items, s.ItemsForeign, &t.ItemsForeign},
		{"shippingTotalForeign", t.Shipping, s.ShippingForeign, &t.ShippingForeign},
		{"quotedDutyTaxesForeign", t.QuotedDutyTaxes, s.QuotedDutyTaxesForeign, &t.QuotedDutyTaxesForeign},
	}
	for _, p := range parts {
		amount, err := s.convert(p.dollars, p.given, t.Currency)
		if err != nil {
			return fault.Field(p.field, err.Error())
		}
		*p.to = amount
	}
	if s.GrandForeign != nil {
		t.GrandForeign = *s.GrandForeign
		return nil
	}
	var err error
	if t.GrandForeign, err = money.Sum(t.ItemsForeign, t.ShippingForeign, t.QuotedDutyTaxesForeign); err != nil {
		return fault.Field("grandTotalForeign", err.Error())
	}
	return nil
}

func (s Settlement) convert(dollars money.Amount, given *money.Amount, to money.Currency) (money.Amount, error) {
	switch {
	case given != nil:
		return *given, nil
	case to.Code == money.Dollar:
		return dollars, nil
	case s.Rate == nil:
		return 0, fmt.Errorf("is required, or an exchangeRate from USD to %s", to.Code)
	}
	return s.Rate.Convert(dollars, to.Places)
}
