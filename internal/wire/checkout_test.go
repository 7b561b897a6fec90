package wire

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

const everyCheckoutKey = `{"name":"A. Person","company":"C","email":"a@example.com","phone":"1","altPhone":"2",
	"address1":"1 Road","address2":"Flat 2","address3":"Back","city":"Kuwait City","state":"K","zip":"00000","countryCode":"kw",
	"billingName":"B. Person","billingCompany":"BC","billingEmail":"b@example.com","billingPhone":"3","billingAltPhone":"4",
	"billingAddress1":"9 Street","billingAddress2":"b","billingAddress3":"c","billingCity":"Wien","billingState":"W",
	"billingZip":1010,"billingCountryCode":"AT","billingCountryName":"Oesterreich",
	"nationalIdentifier":"N-1","birthDate":19700101,"poNumber":"PO-1","shipComplete":"true","cslListMatch":1,"optInEmail":"false",
	"customerSelectedShippingName":"Fast","shippingCarrierServiceLevel":"DHL_EXPRESS","shippingInstructions":"ring",
	"carrierAccountNumber":"123","carrierAccountShippingMethod":"GROUND",
	"shippingTotal":"10.005","dutyTaxesTotal":5,"remittance_amount":1.50,"quotedDutyTaxes":4.99,
	"foreignCurrencyCode":"kwd","exchangeRate":"0.307","itemsTotalForeign":61.4005,"shippingTotalForeign":"3.07",
	"quotedDutyTaxesForeign":1.5,"grandTotalForeign":66,
	"dutyTaxesBreakdown":{"brokerageFee":1,"dispursementFee":"0.5","duty":2,"prepaymentFee":0.25,"vatOnDispursementFee":0.1,"vatTax":1.15},
	"paymentProcessing":{"paymentGateway":"shop","captureDate":1420097594123,"cardType":"VISA","lastFour":1111,
		"transactionId":"T-1","transactionType":"AUTH_CAPTURE"},
	"promoCode":{"code":"SAVE5","amount":"5"},"testOrder":true,"fraudReview":"1"}`

func everyCheckout(t testing.TB) order.Checkout {
	t.Helper()
	rate, err := money.ParseRate("0.307")
	if err != nil {
		t.Fatal(err)
	}
	return order.Checkout{
		ShipTo: order.Address{
			Name: "A. Person", Company: "C", Email: "a@example.com", Phone: "1", AltPhone: "2",
			Address1: "1 Road", Address2: "Flat 2", Address3: "Back",
			City: "Kuwait City", State: "K", Zip: "00000", CountryCode: "KW", CountryName: "Kuwait",
		},
		BillTo: order.Address{
			Name: "B. Person", Company: "BC", Email: "b@example.com", Phone: "3", AltPhone: "4",
			Address1: "9 Street", Address2: "b", Address3: "c",
			City: "Wien", State: "W", Zip: "1010", CountryCode: "AT", CountryName: "Oesterreich",
		},
		NationalIdentifier: "N-1", BirthDate: "19700101", PONumber: "PO-1",
		ShipComplete: true, CSLListMatch: true, OptInEmail: pointer(false),
		Shipping: order.Shipping{
			Name: "Fast", ServiceLevel: "DHL_EXPRESS", Instructions: "ring",
			CarrierAccountNumber: "123", CarrierAccountMethod: "GROUND",
		},
		Settlement: order.Settlement{
			Currency: money.Currency{Code: "KWD", Places: 3}, Rate: &rate,
			Shipping: 1001, DutyTaxes: 500, Remittance: 150, QuotedDutyTaxes: pointer[money.Amount](499),
			Breakdown: order.DutyTaxesBreakdown{
				BrokerageFee: 100, DisbursementFee: 50, Duty: 200, PrepaymentFee: 25, VATOnDisbursementFee: 10, VAT: 115,
			},
			ItemsForeign: pointer[money.Amount](61401), ShippingForeign: pointer[money.Amount](3070),
			QuotedDutyTaxesForeign: pointer[money.Amount](1500), GrandForeign: pointer[money.Amount](66000),
		},
		Payment: order.Payment{
			Gateway: "shop", CapturedAt: pointer(time.UnixMilli(1420097594123).UTC()), CardType: "VISA",
			LastFour: "1111", TransactionID: "T-1", TransactionType: "AUTH_CAPTURE",
		},
		Promo: &order.Promo{Code: "SAVE5", Amount: 500},
		Test:  true, Screen: true,
	}
}

var sameRate = cmp.Comparer(func(a, b money.Rate) bool {
	x, errX := a.Convert(money.Max/1000, 4)
	y, errY := b.Convert(money.Max/1000, 4)
	return x == y && errX == nil && errY == nil
})

func TestDecodeCheckout(t *testing.T) {
	got, err := DecodeCheckout(parse(t, everyCheckoutKey))
	if diff := cmp.Diff(everyCheckout(t), got, sameRate); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestEmptyCheckout(t *testing.T) {
	want := order.Checkout{Settlement: order.Settlement{Currency: money.Currency{Code: "USD", Places: 2}}}
	for _, body := range []string{
		`{}`,
		`{"name":null,"paymentProcessing":null,"promoCode":false,"dutyTaxesBreakdown":" ","foreignCurrencyCode":"","optInEmail":null}`,
	} {
		got, err := DecodeCheckout(parse(t, body))
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", body, err, diff)
		}
	}
}

func TestCheckoutRefuses(t *testing.T) {
	tests := []struct{ body, want string }{
		{`{"countryCode":"Kuwait"}`, `countryCode: is not a country code of two letters`},
		{`{"countryCode":"ZX"}`, `countryCode: is not the ISO 3166 code of a country`},
		{`{"countryCode":"EU"}`, `countryCode: is not the ISO 3166 code of a country`},
		{`{"billingCountryCode":"1"}`, `billingCountryCode: is not a country code of two letters`},
		{`{"name":["A"]}`, `name: is not a string`},
		{`{"shippingTotal":"x"}`, `shippingTotal: is not a decimal number`},
		{`{"optInEmail":"maybe"}`, `optInEmail: is not true or false`},
		{`{"foreignCurrencyCode":"ZZZ"}`, `foreignCurrencyCode: is not an ISO 4217 currency code`},
		{`{"exchangeRate":0}`, `exchangeRate: is not a positive decimal number`},
		{`{"exchangeRate":"x"}`, `exchangeRate: is not a decimal number`},
		{`{"dutyTaxesBreakdown":[]}`, `dutyTaxesBreakdown: is not a map`},
		{`{"dutyTaxesBreakdown":{"duty":"x"}}`, `dutyTaxesBreakdown.duty: is not a decimal number`},
		{`{"paymentProcessing":"x"}`, `paymentProcessing: is not a map`},
		{`{"paymentProcessing":{"captureDate":"soon"}}`, `paymentProcessing.captureDate: is not a time in milliseconds since the epoch`},
		{`{"promoCode":"SAVE5"}`, `promoCode: is not a map`},
		{`{"promoCode":{"amount":5}}`, `promoCode.code is required`},
		{`{"name":{},"promoCode":{}}`, `name: is not a string`}, // the first one
	}
	for _, tt := range tests {
		_, err := DecodeCheckout(parse(t, tt.body))
		if got := textOf(t, CreateTempCart, err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.body, got, tt.want)
		}
	}
}

func TestCheckoutErrorsAreShort(t *testing.T) {
	long := `"` + strings.Repeat("x", 1<<16) + `"`
	for _, key := range []string{"countryCode", "foreignCurrencyCode", "exchangeRate", "shippingTotal", "optInEmail", "promoCode"} {
		_, err := DecodeCheckout(parse(t, `{"`+key+`":`+long+`}`))
		if text := textOf(t, CreateTempCart, err); text == "" || len(text) > 300 {
			t.Errorf("%s: an error of %d bytes", key, len(text))
		}
	}
}

func TestCountryName(t *testing.T) {
	for code, want := range map[string]string{
		"CA": "Canada", "KW": "Kuwait", "GB": "United Kingdom", "DE": "Germany", "CI": "Côte d’Ivoire",
		"": "", "ZZ": "", "EU": "", "XX": "", "Q1": "", "CANADA": "",
	} {
		if got := CountryName(code); got != want {
			t.Errorf("CountryName(%q) = %q, want %q", code, got, want)
		}
	}
}
