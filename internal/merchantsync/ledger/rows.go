package ledger

import (
	"errors"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

const orderFields = `store:whole number:whole order_id standing test:flag status status_at:time placed_at:time
	merchant_order_id reference_id po_number
	ship_name ship_company ship_email ship_phone ship_address1 ship_address2 ship_address3
	ship_city ship_state ship_zip ship_country_code
	ship_complete:flag csl_list_match:flag shipping_name shipping_service tracking items_count:whole currency
	items_total:amount items_total_foreign:amount shipping_total:amount shipping_total_foreign:amount
	duty_taxes_total:amount grand_total:amount grand_total_foreign:amount remittance_amount:amount
	promo_code promo_amount:amount
	imported_at:time changed_at:time checks:whole check_at:time digest:blob document:json`

var orders = newTable("entrepot_orders", orderFields, replacing("store, number", orderFields, "imported_at"))

func (t tx) orderRow(e *merchantsync.Entry) ([]any, error) {
	o, to := e.Order, &e.Order.ShipTo
	promo := client.PromoCode{}
	if o.PromoCode != nil {
		promo = *o.PromoCode
	}
	var d decimals
	values := []any{
		t.store, e.Number, string(client.MakeOrderID(t.store, e.Number)), string(e.Standing), e.Test,
		text(string(e.Status)), optional(e.StatusAt), optional(e.PlacedAt),
		orNull(e.MerchantOrderID), orNull(o.ReferenceID), orNull(o.PONumber),
		orNull(to.Name), orNull(to.Company), orNull(to.Email), orNull(to.Phone),
		orNull(to.Address1), orNull(to.Address2), orNull(to.Address3),
		orNull(to.City), orNull(to.State), orNull(to.Zip), orNull(to.CountryCode),
		o.ShipComplete, o.CSLListMatch,
		orNull(o.CustomerSelectedShippingName), orNull(o.ShippingCarrierServiceLevel), orNull(o.TrackingNumber),
		o.ItemsCount, orNull(o.ForeignCurrencyCode),
		d.of(o.ItemsTotal), d.of(o.ItemsTotalForeign), d.of(o.ShippingTotal), d.of(o.ShippingTotalForeign),
		d.of(o.DutyTaxesTotal), d.of(o.GrandTotal), d.of(o.GrandTotalForeign), d.of(o.Remittance()),
		orNull(promo.Code), d.of(promo.Amount),
		e.SeenAt, e.SeenAt, int64(e.Checks), optional(e.CheckAt), e.Digest[:], document(e.Document),
	}
	return values, d.err
}

// decimals collects the errors of amounts.
type decimals struct{ err error }

func (d *decimals) of(a client.Amount) any {
	value, err := decimal(a)
	d.err = errors.Join(d.err, err)
	return value
}

// lineKind is one of the lists of an order, each in a table of its own.
type lineKind struct {
	table *table
	drop  string // those after the last one
	rows  func(store int64, e *merchantsync.Entry) ([][]any, error)
}

func newLineKind(name, fields string, rows func(int64, *merchantsync.Entry) ([][]any, error)) lineKind {
	fields = "store:whole number:whole line:whole " + fields
	return lineKind{
		table: newTable(name, fields, replacingOther(name, "store, number, line", fields)),
		drop:  "DELETE FROM " + name + " WHERE store = $1 AND number = $2 AND line > $3",
		rows:  rows,
	}
}

var lineKinds = []lineKind{
	newLineKind("entrepot_order_items", `description quantity:whole unit_price:amount product_id sku
		length:amount width:amount height:amount weight:amount weight_units
		non_shippable:flag country_of_origin hs_code brand category color customization status`, itemRows),
	newLineKind("entrepot_order_notes", "created_by created_at:time customer_note:flag flagged:flag note", noteRows),
	newLineKind("entrepot_order_tracking", "tracking_number", trackingRows),
}

func itemRows(store int64, e *merchantsync.Entry) ([][]any, error) {
	rows := make([][]any, len(e.Order.Items))
	var d decimals
	for i := range e.Order.Items {
		item := &e.Order.Items[i]
		rows[i] = []any{
			store, e.Number, int64(i) + 1,
			orNull(item.Description), item.Quantity, d.of(item.UnitPrice), orNull(item.ProductID), orNull(item.SKU),
			d.of(item.Length), d.of(item.Width), d.of(item.Height), d.of(item.Weight), orNull(item.WeightUnits),
			item.NonShippable, orNull(item.CountryOfOrigin), orNull(item.HSCode), orNull(item.Brand),
			orNull(item.Category), orNull(item.Color), orNull(item.Customization), orNull(item.Status),
		}
	}
	return rows, d.err
}

func noteRows(store int64, e *merchantsync.Entry) ([][]any, error) {
	rows := make([][]any, len(e.Order.Notes))
	for i := range e.Order.Notes {
		note := &e.Order.Notes[i]
		rows[i] = []any{
			store, e.Number, int64(i) + 1,
			orNull(note.CreatedByUser), optional(note.DateCreated), note.CustomerNote, note.Flagged, orNull(note.Note),
		}
	}
	return rows, nil
}

func trackingRows(store int64, e *merchantsync.Entry) ([][]any, error) {
	numbers := e.Order.TrackingNumbers()
	rows := make([][]any, len(numbers))
	for i, number := range numbers {
		rows[i] = []any{store, e.Number, int64(i) + 1, text(number)}
	}
	return rows, nil
}
