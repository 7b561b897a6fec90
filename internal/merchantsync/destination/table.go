package destination

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

// columns of a CSV of orders. Money is in USD but for grand_total_foreign.
var columns = []string{
	"key", "sequence", "kind", "order_id", "standing", "status", "test", "at",
	"merchant_order_id", "reference_id", "po_number", "placed_at", "status_at",
	"name", "company", "email", "phone", "address1", "address2", "address3", "city", "state", "zip", "country_code", "country_name",
	"items", "items_total", "shipping_total", "duty_taxes_total", "grand_total", "currency", "grand_total_foreign",
	"promo_code", "promo_amount", "service_level", "shipping_instructions", "tracking", "notes",
}

// row is a change as a line of CSV with its end.
func row(c *merchantsync.Change) ([]byte, error) {
	order, err := client.DecodeOrder(c.Document)
	if err != nil {
		return nil, fmt.Errorf("read the kept document of order %s: %w", c.OrderID, err)
	}
	cells := append(changeCells(c), orderCells(order)...)
	for i := range cells {
		cells[i] = harmless(oneLine(cells[i]))
	}
	return csvLine(cells)
}

func csvLine(cells []string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(cells); err != nil {
		return nil, fmt.Errorf("write a line of CSV: %w", err)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("write a line of CSV: %w", err)
	}
	return b.Bytes(), nil
}

func changeCells(c *merchantsync.Change) []string {
	return []string{
		Key(c), strconv.FormatInt(c.Seq, 10), string(c.Kind), string(c.OrderID), string(c.Standing), string(c.Status),
		strconv.FormatBool(c.Test), formatTime(c.At),
	}
}

func orderCells(o *client.Order) []string {
	to := o.ShipTo
	promo, promoAmount := "", ""
	if o.PromoCode != nil {
		promo, promoAmount = o.PromoCode.Code, string(o.PromoCode.Amount)
	}
	return []string{
		o.MerchantOrderID, o.ReferenceID, o.PONumber, formatTime(o.Placed()), formatTime(o.StatusSince()),
		to.Name, to.Company, to.Email, to.Phone, to.Address1, to.Address2, to.Address3, to.City, to.State, to.Zip, to.CountryCode, to.CountryName,
		strconv.Itoa(len(o.Items)), string(o.ItemsTotal), string(o.ShippingTotal), string(o.DutyTaxesTotal), string(o.GrandTotal),
		o.ForeignCurrencyCode, string(o.GrandTotalForeign),
		promo, promoAmount, o.ShippingCarrierServiceLevel, o.ShippingInstructions, o.TrackingNumber, strconv.Itoa(len(o.Notes)),
	}
}

// lineBreaks become blanks: a record is one line, which is how half of one is
// recognised, and what tools that count lines expect. A NUL would be taken for
// what a power cut leaves.
var lineBreaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\v", " ", "\f", " ",
	"\u0085", " ", "\u2028", " ", "\u2029", " ", "\x00", "")

func oneLine(cell string) string { return strings.ToValidUTF8(lineBreaks.Replace(cell), "\uFFFD") }

// harmless keeps a cell from being a formula when a spreadsheet opens it: an
// apostrophe in front, but for numbers and the like. Shoppers choose what
// stands in most of the cells. The wide forms count in East Asian locales.
func harmless(cell string) string {
	first, size := utf8.DecodeRuneInString(cell)
	if cell == "" || !strings.ContainsRune("=+-@\t＝＋－＠", first) {
		return cell
	}
	if (first == '+' || first == '-') && strings.Trim(cell[size:], "0123456789. ") == "" {
		return cell
	}
	return "'" + cell
}
