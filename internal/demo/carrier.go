package demo

import (
	"math/rand/v2"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

// carrier is a service level of one, and what it charges.
type carrier struct {
	often        int
	level, name  string
	instructions string

	base, perPound        money.Amount
	disbursement          int64 // basis points of what is laid out for the buyer
	brokerage, prepayment money.Amount

	tracking string // the pattern of its numbers; none that it gives out
	account  string // the pattern of its customers' accounts
}

func (c carrier) frequency() int { return c.often }

var carriers = []carrier{
	{
		often: 40, level: "DHL_EXPRESS", name: "DHL Express Worldwide (2 to 4 days)",
		instructions: "Commercial invoice in a pouch outside the parcel, three copies.",
		base:         1850, perPound: 310, disbursement: 250,
		tracking: "0000######", account: "9600000##",
	},
	{
		often: 24, level: "UPS_EXPEDITED", name: "UPS Worldwide Expedited (4 to 6 days)",
		base: 1625, perPound: 285, brokerage: 1150,
		tracking: "1Z999AA1##########", account: "999AA#",
	},
	{
		often: 18, level: "FEDEX_PRIORITY", name: "FedEx International Priority (2 to 5 days)",
		base: 1990, perPound: 325, disbursement: 200, prepayment: 250,
		tracking: "0000########", account: "0000000##",
	},
	{
		often: 18, level: "USPS_PRIORITY_MAIL_INTERNATIONAL", name: "USPS Priority Mail International (6 to 10 days)",
		instructions: "Customs form CN 23 on the parcel.",
		base:         1245, perPound: 240,
		tracking: "CP000######US",
	},
}

// shipping is the level as the order shows it, now and then on the buyer's
// own account.
func (c carrier) shipping(r *rand.Rand) order.Shipping {
	s := order.Shipping{Name: c.name, ServiceLevel: c.level, Instructions: c.instructions}
	if c.account != "" && chance(r, 2) {
		s.CarrierAccountNumber, s.CarrierAccountMethod = fill(r, c.account), c.level
	}
	return s
}

// charge is the base and so much for every pound begun.
func (c carrier) charge(items []order.Item) money.Amount {
	pounds := (ounces(items) + 15) / 16
	return c.base + c.perPound*money.Amount(pounds)
}

// ouncesOf a hundredth of each unit of weight, in ten-thousandths.
var ouncesOf = map[string]int64{"LB": 1600, "OZ": 100, "KG": 3527, "G": 4}

func ounces(items []order.Item) int64 {
	total := int64(0)
	for _, item := range items {
		if item.Weight != nil {
			total += int64(*item.Weight) * ouncesOf[item.WeightUnits] * item.Quantity
		}
	}
	return total / 10_000
}
