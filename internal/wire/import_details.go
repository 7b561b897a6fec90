package wire

import (
	"strconv"
	"strings"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

// details reads what was fixed at placing, and keeps what it does not know.
func (f *fields) details(answer Object) *order.Details {
	d := &order.Details{
		ShipTo:             f.givenAddress("", "countryCode", "countryName"),
		BillTo:             f.givenAddress("billing", "billingCountryCode", "billingCountryName"),
		NationalIdentifier: f.text("nationalIdentifier"), BirthDate: f.text("birthDate"), PONumber: f.text("poNumber"),
		ShipComplete: f.is("shipComplete"), CSLListMatch: f.is("cslListMatch"), OptInEmail: f.flag("optInEmail"),
		BoxCount: f.text("boxCount"), Items: f.givenItems(), Totals: f.totals(answer),
		Shipping: order.Shipping{
			Name: f.text("customerSelectedShippingName"), ServiceLevel: f.text("shippingCarrierServiceLevel"),
			Instructions:         f.text("shippingInstructions"),
			CarrierAccountNumber: f.text("carrierAccountNumber"),
			CarrierAccountMethod: f.text("carrierAccountShippingMethod"),
		},
		Payment: f.givenPayment(), Promo: f.givenPromo(),
	}
	for i := range d.Misc {
		d.Misc[i] = f.text("misc" + strconv.Itoa(i+1))
	}
	d.Extra = f.object.extra(knownOrder)
	if answer.has("order") && !answer.has("orderId") {
		d.Beside = answer.extra(knownBeside)
	}
	return d
}

// inner reads a map under a key; nil when there is none.
func (f *fields) inner(key string) *fields {
	v := f.optional(key)
	if v.kind == absent {
		return nil
	}
	o := splitObject(v.raw)
	if o == nil {
		f.fail(key, "is not a map")
	}
	return &fields{object: o, prefix: f.prefix + key + ".", quiet: f.quiet}
}

// givenAddress reads an address as it is, without the checks of a checkout:
// the order exists.
func (f *fields) givenAddress(prefix, codeKey, nameKey string) order.Address {
	get := func(key string) string {
		if prefix != "" {
			key = prefix + strings.ToUpper(key[:1]) + key[1:]
		}
		return f.text(key)
	}
	return order.Address{
		Name: get("name"), Company: get("company"), Email: get("email"), Phone: get("phone"), AltPhone: get("altPhone"),
		Address1: get("address1"), Address2: get("address2"), Address3: get("address3"),
		City: get("city"), State: get("state"), Zip: get("zip"),
		CountryCode: f.text(codeKey), CountryName: f.text(nameKey),
	}
}

func (f *fields) givenItems() []order.Item {
	maps := f.maps("items")
	items := make([]order.Item, len(maps))
	for i, m := range maps {
		items[i] = order.Item{
			Description: m.text("description"), Quantity: m.quantity(), UnitPrice: m.dollars("unitPrice"),
			ProductID: m.text("productId"), SKU: m.text("sku"),
			Length: m.amount("length", money.Cents), Width: m.amount("width", money.Cents),
			Height: m.amount("height", money.Cents), Weight: m.amount("weight", money.Cents),
			WeightUnits: m.text("weightUnits"), NonShippable: m.is("itemNonShippable"),
			CountryOfOrigin: m.text("countryOfOrigin"), ImageURL: m.text("imageURL"), URL: m.text("itemURL"),
			Brand: m.text("itemBrand"), Category: m.text("itemCategory"), Color: m.text("itemColor"),
			Customization:       m.text("itemCustomization"),
			DescriptionDetailed: m.text("itemDescriptionDetailed"), DescriptionLong: m.text("itemDescriptionLong"),
			FabricContent: m.text("itemFabricContent"), HSCode: m.text("itemHSCode"),
			LTLClass: m.text("itemLtlClass"), Material: m.text("itemMaterial"), Status: m.text("status"),
			Extra: m.object.extra(knownItem),
		}
		m.end(f)
	}
	return items
}

func (f *fields) totals(answer Object) order.Totals {
	currency := money.Currency{Code: money.Dollar, Places: money.Cents}
	if code := f.text("foreignCurrencyCode"); code != "" {
		var err error
		if currency, err = money.ParseCurrency(code); err != nil {
			f.say("foreignCurrencyCode", "is not an ISO 4217 currency code")
		}
	}
	abroad := func(key string) money.Amount {
		if a := f.amount(key, currency.Places); a != nil {
			return *a
		}
		return 0
	}
	t := order.Totals{
		Currency: currency,
		Items:    f.dollars("itemsTotal"), ItemsForeign: abroad("itemsTotalForeign"),
		Shipping: f.dollars("shippingTotal"), ShippingForeign: abroad("shippingTotalForeign"),
		DutyTaxes:       f.dollars("dutyTaxesTotal"),
		QuotedDutyTaxes: f.dollars("quotedDutyTaxes"), QuotedDutyTaxesForeign: abroad("quotedDutyTaxesForeign"),
		Grand: f.dollars("grandTotal"), GrandForeign: abroad("grandTotalForeign"),
		Remittance: f.dollars("remittance_amount"),
	}
	if b := f.inner("dutyTaxesBreakdown"); b != nil {
		t.Breakdown = b.breakdown(f)
		t.Breakdown.Extra = b.object.extra(knownBreakdown)
	}
	if f.object.get("remittance_amount").kind == absent {
		beside := &fields{object: answer, quiet: true}
		t.Remittance = beside.dollars("remittance_amount")
		beside.end(f)
	}
	return t
}

func (f *fields) givenPayment() order.Payment {
	p := f.inner("paymentProcessing")
	if p == nil {
		return order.Payment{}
	}
	payment := order.Payment{
		Gateway: p.text("paymentGateway"), CardType: p.text("cardType"), LastFour: p.text("lastFour"),
		TransactionID: p.text("transactionId"), TransactionType: p.text("transactionType"),
		Extra: p.object.extra(knownPayment),
	}
	if p.object.get("captureDate", "captureDateString").kind != absent {
		at := p.time("captureDate")
		payment.CapturedAt = &at
	}
	p.end(f)
	return payment
}

// givenPromo takes a promo code of which nothing is known for none.
func (f *fields) givenPromo() *order.Promo {
	p := f.inner("promoCode")
	if p == nil || len(p.object) == 0 {
		return nil
	}
	defer p.end(f)
	return &order.Promo{Code: p.text("code"), Amount: p.dollars("amount"), Extra: p.object.extra(knownPromo)}
}
