package wire

import (
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

// DecodeCheckout reads what a checkout adds to a cart, under the keys that
// orderDetail answers it with. Besides those: exchangeRate (a dollar in the
// currency of settlement), fraudReview and testOrder. Its errors name keys and
// repeat no values: they may end in a log.
func DecodeCheckout(o Object) (order.Checkout, error) {
	f := &fields{object: o, quiet: true}
	c := order.Checkout{
		ShipTo:             f.address("", "countryCode", "countryName"),
		BillTo:             f.address("billing", "billingCountryCode", "billingCountryName"),
		NationalIdentifier: f.text("nationalIdentifier"),
		BirthDate:          f.text("birthDate"),
		PONumber:           f.text("poNumber"),
		ShipComplete:       f.is("shipComplete"),
		CSLListMatch:       f.is("cslListMatch"),
		OptInEmail:         f.flag("optInEmail"),
		Shipping: order.Shipping{
			Name: f.text("customerSelectedShippingName"), ServiceLevel: f.text("shippingCarrierServiceLevel"),
			Instructions:         f.text("shippingInstructions"),
			CarrierAccountNumber: f.text("carrierAccountNumber"),
			CarrierAccountMethod: f.text("carrierAccountShippingMethod"),
		},
		Settlement: f.settlement(),
		Payment:    f.nested("paymentProcessing").payment(f),
		Promo:      f.nested("promoCode").promo(f),
		Test:       f.is("testOrder"),
		Screen:     f.is("fraudReview"),
	}
	return c, f.err
}

// address reads an address; the keys of one with a prefix go on with a
// capital letter (billingName).
func (f *fields) address(prefix, codeKey, nameKey string) order.Address {
	get := func(key string) string {
		if prefix != "" {
			key = prefix + strings.ToUpper(key[:1]) + key[1:]
		}
		return f.text(key)
	}
	a := order.Address{
		Name: get("name"), Company: get("company"), Email: get("email"),
		Phone: get("phone"), AltPhone: get("altPhone"),
		Address1: get("address1"), Address2: get("address2"), Address3: get("address3"),
		City: get("city"), State: get("state"), Zip: get("zip"),
		CountryCode: f.oneOf(codeKey, countryCodes, "a country code of two letters"),
		CountryName: f.text(nameKey),
	}
	if a.CountryCode != "" && a.CountryName == "" {
		if a.CountryName = CountryName(a.CountryCode); a.CountryName == "" {
			f.fail(codeKey, f.object.get(codeKey).quoted()+" is not the ISO 3166 code of a country")
		}
	}
	return a
}

// CountryName is the English name of a country, "" for a code that is none.
func CountryName(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() {
		return ""
	}
	return display.English.Regions().Name(region)
}

func (f *fields) settlement() order.Settlement {
	s := order.Settlement{
		Shipping: f.dollars("shippingTotal"), DutyTaxes: f.dollars("dutyTaxesTotal"),
		Remittance: f.dollars("remittance_amount"), QuotedDutyTaxes: f.amount("quotedDutyTaxes", money.Cents),
		Breakdown: f.nested("dutyTaxesBreakdown").breakdown(f),
		Currency:  money.Currency{Code: money.Dollar, Places: money.Cents},
	}
	if code := f.text("foreignCurrencyCode"); code != "" {
		currency, err := money.ParseCurrency(code)
		if err != nil {
			f.fail("foreignCurrencyCode", f.object.get("foreignCurrencyCode").quoted()+" is not an ISO 4217 currency code")
		}
		s.Currency = currency
	}
	if rate := f.text("exchangeRate"); rate != "" {
		r, err := money.ParseRate(rate)
		if err != nil {
			f.fail("exchangeRate", f.object.get("exchangeRate").quoted()+" "+err.Error())
		}
		s.Rate = &r
	}
	s.ItemsForeign = f.amount("itemsTotalForeign", s.Currency.Places)
	s.ShippingForeign = f.amount("shippingTotalForeign", s.Currency.Places)
	s.QuotedDutyTaxesForeign = f.amount("quotedDutyTaxesForeign", s.Currency.Places)
	s.GrandForeign = f.amount("grandTotalForeign", s.Currency.Places)
	return s
}

// nested reads a map under a key; nil when there is none.
func (f *fields) nested(key string) *fields {
	v := f.optional(key)
	if v.kind == absent {
		return nil
	}
	object, err := ParseObject(v.raw)
	if err != nil {
		f.fail(key, v.quoted()+" is not a map")
	}
	return &fields{object: object, prefix: f.prefix + key + ".", quiet: f.quiet}
}

// end hands a nested problem to the fields around it.
func (f *fields) end(outer *fields) {
	if outer.err == nil {
		outer.err = f.err
	}
}

func (f *fields) breakdown(outer *fields) order.DutyTaxesBreakdown {
	if f == nil {
		return order.DutyTaxesBreakdown{}
	}
	defer f.end(outer)
	return order.DutyTaxesBreakdown{
		BrokerageFee: f.dollars("brokerageFee"), DisbursementFee: f.dollars("dispursementFee"),
		Duty: f.dollars("duty"), PrepaymentFee: f.dollars("prepaymentFee"),
		VATOnDisbursementFee: f.dollars("vatOnDispursementFee"), VAT: f.dollars("vatTax"),
	}
}

// lastMillis is the end of the year 9999, the last that the contract's way of
// writing a time can say.
const lastMillis = 253_402_300_799_999

func (f *fields) payment(outer *fields) order.Payment {
	if f == nil {
		return order.Payment{}
	}
	defer f.end(outer)
	p := order.Payment{
		Gateway: f.text("paymentGateway"), CardType: f.text("cardType"), LastFour: f.text("lastFour"),
		TransactionID: f.text("transactionId"), TransactionType: f.text("transactionType"),
	}
	if v := f.object.get("captureDate"); v.kind != absent {
		ms, ok := v.wholeNumber()
		if !ok || ms > lastMillis {
			f.fail("captureDate", v.quoted()+" is not a time in milliseconds since the epoch")
		}
		at := time.UnixMilli(ms).UTC()
		p.CapturedAt = &at
	}
	return p
}

func (f *fields) promo(outer *fields) *order.Promo {
	if f == nil {
		return nil
	}
	defer f.end(outer)
	return &order.Promo{Code: f.required("code"), Amount: f.dollars("amount")}
}
