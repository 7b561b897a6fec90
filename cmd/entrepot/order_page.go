package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

// page is what is known of something, for people to read: sections of lines.
type page struct {
	table
	titled bool
}

// section begins a part of the page under a title.
func (p *page) section(title string) {
	if p.titled {
		p.line("")
	}
	p.titled = true
	p.line(title)
}

// field writes a name and its value, if there is one.
func (p *page) field(name, value string) {
	if value != "" {
		p.line("  " + name + ":\t" + printable(value))
	}
}

// writeOrder writes everything that is known of an order. Absent values are
// left out.
func writeOrder(w io.Writer, o *order.Order) error {
	for i, part := range []func(*page, *order.Order){
		writeStanding, writeShipTo, writeBillTo, writeItems, writeTotals, writeShipping, writePayment, writeMisc, writeNotes,
	} {
		p := page{table: newTable(w), titled: i > 0} // each part has columns of its own
		part(&p, o)
		if err := p.flush(); err != nil {
			return err
		}
	}
	return nil
}

func writeStanding(p *page, o *order.Order) {
	title := "Order " + o.String()
	if o.Test {
		title += " (a test order: never to be shipped)"
	}
	p.section(title)
	p.field("status", string(o.State.Status)+" since "+when(o.StatusAt)+" UTC")
	if o.State.Resume != "" {
		p.field("goes back to", string(o.State.Resume))
	}
	p.field("placed", when(o.PlacedAt)+" UTC")
	p.field("reference id", o.ReferenceID)
	p.field("merchant order id", o.MerchantOrderID)
	p.field("purchase order", o.PONumber)
	p.field("tracking", strings.Join(o.Tracking, ", "))
	p.field("changes", fmt.Sprintf("%d, see `entrepot order history %s`", o.Changes, o.ID))
	if o.CSLListMatch {
		p.field("attention", "the buyer matches the US Consolidated Screening List")
	}
}

func writeShipTo(p *page, o *order.Order) {
	writeAddress(p, "Ship to", o.ShipTo)
	p.field("national identifier", o.NationalIdentifier)
	p.field("birth date", o.BirthDate)
}

func writeBillTo(p *page, o *order.Order) {
	if o.BillTo == o.ShipTo {
		p.section("Bill to: the same")
		return
	}
	writeAddress(p, "Bill to", o.BillTo)
}

func writeAddress(p *page, title string, a order.Address) {
	p.section(title)
	country := a.CountryName
	if a.CountryCode != "" {
		country = strings.TrimSpace(country + " (" + a.CountryCode + ")")
	}
	lines := []string{
		a.Name, a.Company, a.Address1, a.Address2, a.Address3,
		strings.Join(strings.Fields(a.Zip+" "+a.City+" "+a.State), " "), country,
		a.Email, a.Phone, a.AltPhone,
	}
	for _, l := range lines {
		if l != "" {
			p.line("  " + printable(l))
		}
	}
}

func writeItems(p *page, o *order.Order) {
	p.section("Items")
	p.line("  QTY\tPRICE USD\tTOTAL USD\tSKU\tDESCRIPTION")
	for _, item := range o.Items {
		total := "too large"
		if amount, err := item.Total(); err == nil {
			total = dollars(amount)
		}
		sku := cmp.Or(item.SKU, item.ProductID, "-")
		p.line(fmt.Sprintf("  %d\t%s\t%s\t%s\t%s", item.Quantity, dollars(item.UnitPrice), total, printable(sku), printable(item.Description)))
	}
}

func dollars(a money.Amount) string { return a.Format(money.Cents) }

func writeTotals(p *page, o *order.Order) {
	t := o.Totals
	foreign := func(a money.Amount) string { return a.Format(t.Currency.Places) }
	p.section("Totals")
	p.line("  \tUSD\t" + printable(t.Currency.Code))
	p.line("  items\t" + dollars(t.Items) + "\t" + foreign(t.ItemsForeign))
	p.line("  shipping\t" + dollars(t.Shipping) + "\t" + foreign(t.ShippingForeign))
	p.line("  duties and taxes, quoted\t" + dollars(t.QuotedDutyTaxes) + "\t" + foreign(t.QuotedDutyTaxesForeign))
	p.line("  duties and taxes\t" + dollars(t.DutyTaxes) + "\t")
	p.line("  grand total\t" + dollars(t.Grand) + "\t" + foreign(t.GrandForeign))
	if t.Remittance != 0 {
		p.line("  to be remitted\t" + dollars(t.Remittance) + "\t")
	}
	if o.Promo != nil {
		p.line("  promo code " + printable(o.Promo.Code) + " (not taken off)\t" + dollars(o.Promo.Amount) + "\t")
	}
}

func writeShipping(p *page, o *order.Order) {
	p.section("Shipping")
	p.field("chosen", o.Shipping.Name)
	p.field("service level", o.Shipping.ServiceLevel)
	p.field("instructions", o.Shipping.Instructions)
	p.field("shopper's carrier account", o.Shipping.CarrierAccountNumber)
	p.field("account's method", o.Shipping.CarrierAccountMethod)
	p.field("boxes", o.BoxCount)
	if o.ShipComplete {
		p.field("in one piece", "yes")
	}
}

func writePayment(p *page, o *order.Order) {
	p.section("Payment")
	p.field("gateway", o.Payment.Gateway)
	if o.Payment.CapturedAt != nil {
		p.field("captured", when(*o.Payment.CapturedAt)+" UTC")
	}
	p.field("card", strings.TrimSpace(o.Payment.CardType+" "+o.Payment.LastFour))
	p.field("transaction", strings.TrimSpace(o.Payment.TransactionID+" "+o.Payment.TransactionType))
}

func writeMisc(p *page, o *order.Order) {
	if o.Misc == ([6]string{}) {
		return
	}
	p.section("Misc")
	for i, value := range o.Misc {
		p.field(fmt.Sprintf("misc%d", i+1), value)
	}
}

func writeNotes(p *page, o *order.Order) {
	if len(o.NoteList) == 0 {
		return
	}
	p.section("Notes")
	for _, n := range o.NoteList {
		about := ""
		if n.Customer {
			about += ", customer"
		}
		if n.Flagged {
			about += ", important"
		}
		p.line("  " + when(n.CreatedAt) + " " + printable(n.CreatedBy) + about + ": " + printable(n.Text))
	}
}
