package wire

import (
	"entrepot/internal/money"
	"entrepot/internal/order"
)

func newDocument(d *order.Details) *document {
	t, to, by := d.Totals, d.ShipTo, d.BillTo
	abroad := func(a money.Amount) foreign { return foreign{a, t.Currency.Places} }
	j := &document{
		Name: text(to.Name), Company: text(to.Company), Email: text(to.Email),
		Phone: text(to.Phone), AltPhone: text(to.AltPhone),
		Address1: text(to.Address1), Address2: text(to.Address2), Address3: text(to.Address3),
		City: text(to.City), State: text(to.State), Zip: text(to.Zip),
		CountryCode: text(to.CountryCode), CountryName: text(to.CountryName),

		BillingName: text(by.Name), BillingCompany: text(by.Company), BillingEmail: text(by.Email),
		BillingPhone: text(by.Phone), BillingAltPhone: text(by.AltPhone),
		BillingAddress1: text(by.Address1), BillingAddress2: text(by.Address2), BillingAddress3: text(by.Address3),
		BillingCity: text(by.City), BillingState: text(by.State), BillingZip: text(by.Zip),
		BillingCountryCode: text(by.CountryCode), BillingCountryName: text(by.CountryName),

		NationalIdentifier: text(d.NationalIdentifier), BirthDate: text(d.BirthDate), PONumber: text(d.PONumber),
		ShipComplete: d.ShipComplete, CSLListMatch: d.CSLListMatch, OptInEmail: d.OptInEmail,

		ItemsCount: len(d.Items),
		ItemsTotal: dollars(t.Items), ItemsTotalForeign: abroad(t.ItemsForeign),
		ShippingTotal: dollars(t.Shipping), ShippingTotalForeign: abroad(t.ShippingForeign),
		DutyTaxesTotal:  dollars(t.DutyTaxes),
		QuotedDutyTaxes: dollars(t.QuotedDutyTaxes), QuotedDutyTaxesForeign: abroad(t.QuotedDutyTaxesForeign),
		GrandTotal: dollars(t.Grand), GrandTotalForeign: abroad(t.GrandForeign),
		ForeignCurrencyCode: t.Currency.Code,
		Breakdown: breakdownJSON{
			BrokerageFee: dollars(t.Breakdown.BrokerageFee), DisbursementFee: dollars(t.Breakdown.DisbursementFee),
			Duty: dollars(t.Breakdown.Duty), PrepaymentFee: dollars(t.Breakdown.PrepaymentFee),
			VATOnDisbursementFee: dollars(t.Breakdown.VATOnDisbursementFee), VAT: dollars(t.Breakdown.VAT),
			Extra: t.Breakdown.Extra,
		},

		BoxCount:                     text(d.BoxCount),
		CarrierAccountNumber:         text(d.Shipping.CarrierAccountNumber),
		CarrierAccountShippingMethod: text(d.Shipping.CarrierAccountMethod),
		CustomerSelectedShippingName: text(d.Shipping.Name),
		ShippingCarrierServiceLevel:  text(d.Shipping.ServiceLevel),
		ShippingInstructions:         text(d.Shipping.Instructions),

		Misc1: text(d.Misc[0]), Misc2: text(d.Misc[1]), Misc3: text(d.Misc[2]),
		Misc4: text(d.Misc[3]), Misc5: text(d.Misc[4]), Misc6: text(d.Misc[5]),

		Items:             newItems(d.Items),
		PaymentProcessing: newPayment(d.Payment),
		Remittance:        dollars(t.Remittance),
	}
	if d.Promo != nil {
		j.PromoCode = &promoJSON{Code: text(d.Promo.Code), Amount: dollars(d.Promo.Amount), Extra: d.Promo.Extra}
	}
	return j
}

func (j *document) details() (*order.Details, error) {
	d := &order.Details{
		ShipTo: order.Address{
			Name: string(j.Name), Company: string(j.Company), Email: string(j.Email),
			Phone: string(j.Phone), AltPhone: string(j.AltPhone),
			Address1: string(j.Address1), Address2: string(j.Address2), Address3: string(j.Address3),
			City: string(j.City), State: string(j.State), Zip: string(j.Zip),
			CountryCode: string(j.CountryCode), CountryName: string(j.CountryName),
		},
		BillTo: order.Address{
			Name: string(j.BillingName), Company: string(j.BillingCompany), Email: string(j.BillingEmail),
			Phone: string(j.BillingPhone), AltPhone: string(j.BillingAltPhone),
			Address1: string(j.BillingAddress1), Address2: string(j.BillingAddress2), Address3: string(j.BillingAddress3),
			City: string(j.BillingCity), State: string(j.BillingState), Zip: string(j.BillingZip),
			CountryCode: string(j.BillingCountryCode), CountryName: string(j.BillingCountryName),
		},
		NationalIdentifier: string(j.NationalIdentifier), BirthDate: string(j.BirthDate), PONumber: string(j.PONumber),
		ShipComplete: j.ShipComplete, CSLListMatch: j.CSLListMatch, OptInEmail: j.OptInEmail,
		BoxCount: string(j.BoxCount),
		Misc: [6]string{
			string(j.Misc1), string(j.Misc2), string(j.Misc3),
			string(j.Misc4), string(j.Misc5), string(j.Misc6),
		},
		Shipping: order.Shipping{
			Name: string(j.CustomerSelectedShippingName), ServiceLevel: string(j.ShippingCarrierServiceLevel),
			Instructions:         string(j.ShippingInstructions),
			CarrierAccountNumber: string(j.CarrierAccountNumber),
			CarrierAccountMethod: string(j.CarrierAccountShippingMethod),
		},
		Payment: j.PaymentProcessing.payment(),
		Items:   orderItems(j.Items),
	}
	if j.PromoCode != nil {
		d.Promo = &order.Promo{Code: string(j.PromoCode.Code), Amount: money.Amount(j.PromoCode.Amount), Extra: j.PromoCode.Extra}
	}
	var err error
	d.Totals, err = j.totals()
	return d, err
}

func (j *document) totals() (order.Totals, error) {
	currency, err := money.ParseCurrency(j.ForeignCurrencyCode)
	return order.Totals{
		Currency: currency,
		Items:    money.Amount(j.ItemsTotal), ItemsForeign: j.ItemsTotalForeign.amount,
		Shipping: money.Amount(j.ShippingTotal), ShippingForeign: j.ShippingTotalForeign.amount,
		DutyTaxes:       money.Amount(j.DutyTaxesTotal),
		QuotedDutyTaxes: money.Amount(j.QuotedDutyTaxes), QuotedDutyTaxesForeign: j.QuotedDutyTaxesForeign.amount,
		Grand: money.Amount(j.GrandTotal), GrandForeign: j.GrandTotalForeign.amount,
		Remittance: money.Amount(j.Remittance),
		Breakdown: order.DutyTaxesBreakdown{
			BrokerageFee: money.Amount(j.Breakdown.BrokerageFee), DisbursementFee: money.Amount(j.Breakdown.DisbursementFee),
			Duty: money.Amount(j.Breakdown.Duty), PrepaymentFee: money.Amount(j.Breakdown.PrepaymentFee),
			VATOnDisbursementFee: money.Amount(j.Breakdown.VATOnDisbursementFee), VAT: money.Amount(j.Breakdown.VAT),
			Extra: j.Breakdown.Extra,
		},
	}, err
}
