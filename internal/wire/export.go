package wire

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"entrepot/internal/order"
)

// entrepotKey is where an export says what answers do not show.
const entrepotKey = "entrepot"

// AppendRecord writes an order as orderDetail answers it, on one line, and
// besides, under "entrepot", what an import needs to go on from there: the
// status to return to, and the history.
func AppendRecord(dst []byte, r *order.Record) ([]byte, error) {
	dst, err := AppendDetail(dst, &r.Stored)
	if err != nil {
		return dst, fmt.Errorf("write order %s: %w", r.Head.ID, err)
	}
	dst = append(dst[:len(dst)-1], `,"entrepot":{"resume":`...)
	dst = appendText(dst, string(r.Head.State.Resume))
	dst = append(dst, `,"history":[`...)
	for i, c := range r.History {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendChange(dst, c)
	}
	return append(dst, "]}}"...), nil
}

func appendChange(dst []byte, c order.Change) []byte {
	dst = appendTwins(append(dst, '{'), "at", c.At.UnixMilli())
	for _, member := range []struct{ key, text string }{
		{"actor", c.Actor}, {"kind", string(c.Kind)}, {"from", c.From}, {"to", c.To}, {"reason", c.Reason},
	} {
		dst = appendText(append(append(append(dst, `,"`...), member.key...), `":`...), member.text)
	}
	return append(dst, '}')
}

// TableHeader names the columns of Table. Money is in dollars but for
// grandTotalForeign; times are UTC, as RFC 3339.
var TableHeader = []string{
	"orderId", "merchantOrderId", "referenceId", "orderDate", "orderStatus", "orderStatusDate", "testOrder",
	"name", "company", "email", "phone", "address1", "address2", "address3", "city", "state", "zip", "countryCode", "countryName",
	"itemsCount", "itemsTotal", "shippingTotal", "dutyTaxesTotal", "grandTotal", "foreignCurrencyCode", "grandTotalForeign",
	"promoCode", "promoAmount", "shippingCarrierServiceLevel", "trackingNumber", "notes",
}

// Table writes orders as CSV (RFC 4180) for people: a row for each order.
type Table struct{ w *csv.Writer }

// NewTable begins a table with its header.
func NewTable(w io.Writer) (*Table, error) {
	t := &Table{csv.NewWriter(w)}
	if err := t.w.Write(TableHeader); err != nil {
		return nil, fmt.Errorf("write the table: %w", err)
	}
	return t, nil
}

// Add writes the row of an order.
func (t *Table) Add(r *order.Record) error {
	d, err := Codec{}.DecodeDetails(r.Document)
	if err != nil {
		return fmt.Errorf("write order %s: %w", r.Head.ID, err)
	}
	cells := tableRow(&r.Head, d)
	for i := range cells {
		cells[i] = harmless(cells[i])
	}
	if err := t.w.Write(cells); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

// Close writes what waits.
func (t *Table) Close() error {
	t.w.Flush()
	return t.w.Error()
}

func tableRow(h *order.Head, d *order.Details) []string {
	to, sums := d.ShipTo, d.Totals
	promo, promoAmount := "", ""
	if d.Promo != nil {
		promo, promoAmount = d.Promo.Code, d.Promo.Amount.String()
	}
	return []string{
		h.String(), h.MerchantOrderID, h.ReferenceID, h.PlacedAt.Format(time.RFC3339Nano), string(h.State.Status),
		h.StatusAt.Format(time.RFC3339Nano), strconv.FormatBool(h.Test),
		to.Name, to.Company, to.Email, to.Phone, to.Address1, to.Address2, to.Address3, to.City, to.State, to.Zip, to.CountryCode, to.CountryName,
		strconv.Itoa(len(d.Items)), sums.Items.String(), sums.Shipping.String(), sums.DutyTaxes.String(), sums.Grand.String(),
		sums.Currency.Code, sums.GrandForeign.Format(sums.Currency.Places),
		promo, promoAmount, d.Shipping.ServiceLevel, strings.Join(h.Tracking, ","), strconv.FormatInt(h.Notes, 10),
	}
}

// formulaStarts are what a spreadsheet takes for the beginning of a formula, or
// skips before one. The wide ones are for Japanese and Chinese keyboards.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// harmless keeps a cell from being a formula when a spreadsheet opens it: an
// apostrophe in front, but for numbers and the like. Shoppers choose what
// stands in most of the cells.
func harmless(cell string) string {
	first, _ := utf8.DecodeRuneInString(cell)
	if cell == "" || !strings.ContainsRune(formulaStarts, first) {
		return cell
	}
	if (cell[0] == '+' || cell[0] == '-') && strings.Trim(cell[1:], "0123456789. ") == "" {
		return cell
	}
	return "'" + cell
}
