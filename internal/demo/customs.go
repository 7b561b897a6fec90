package demo

import (
	"entrepot/internal/money"
	"entrepot/internal/order"
)

// assessment is what a country charges for an import, in dollars.
type assessment struct {
	breakdown  order.DutyTaxesBreakdown
	remittance money.Amount
}

// total is dutyTaxesTotal: the sum of all six parts of the breakdown.
func (a assessment) total() money.Amount {
	b := a.breakdown
	return b.Duty + b.VAT + b.DisbursementFee + b.VATOnDisbursementFee + b.BrokerageFee + b.PrepaymentFee
}

// assess works out duties and taxes on goods worth so much.
//
// Duty is on the goods, VAT on goods, shipping and duty. Where the checkout
// takes the VAT itself it is all that is charged, and is remitted. Otherwise,
// if anything is charged, the carrier adds the fees for laying it out, and
// there is VAT on its disbursement fee.
func (l *land) assess(goods, shipping money.Amount, by carrier) assessment {
	var a assessment
	b := &a.breakdown
	if goods <= l.taxFree {
		return a
	}
	if goods > l.dutyFree {
		b.Duty = share(goods, l.duty)
	}
	b.VAT = share(goods+shipping+b.Duty, l.vat)
	if goods <= l.remits {
		a.remittance = b.VAT
		return a
	}
	if laidOut := b.Duty + b.VAT; laidOut > 0 {
		b.DisbursementFee = share(laidOut, by.disbursement)
		b.VATOnDisbursementFee = share(b.DisbursementFee, l.vat)
		b.BrokerageFee, b.PrepaymentFee = by.brokerage, by.prepayment
	}
	return a
}

// share is so many basis points of an amount that is not negative, rounded
// half up.
func share(of money.Amount, basisPoints int64) money.Amount {
	return (of*money.Amount(basisPoints) + 5000) / 10000
}
