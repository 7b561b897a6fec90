package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"entrepot/internal/order"
)

// keySet are the keys that are ours in a map of the contract.
type keySet map[string]bool

// keysOf are the keys of a type's JSON, and others.
func keysOf(shape any, others ...string) keySet {
	keys := keySet{}
	for _, key := range others {
		keys[key] = true
	}
	t := reflect.TypeOf(shape)
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		keys[name] = true
	}
	return keys
}

// The keys that are known, level by level.
var (
	knownOrder = keysOf(document{}, "orderId", "referenceId", "merchantOrderId", "orderDate", "orderDateString",
		"orderStatus", "orderStatusDate", "orderStatusDateString", "testOrder", "trackingNumber", "notes")
	knownBeside    = keySet{"order": true, "remittance_amount": true, entrepotKey: true}
	knownItem      = keysOf(itemJSON{})
	knownBreakdown = keysOf(breakdownJSON{})
	knownPayment   = keysOf(paymentJSON{})
	knownPromo     = keysOf(promoJSON{})
	knownNote      = keySet{
		"createdByUser": true, "customerNote": true, "dateCreated": true,
		"dateCreatedString": true, "flagged": true, "note": true,
	}
)

// extra collects the members of an object that are not ours, in the order of
// their keys, as they stand between the braces of a compact object.
func (o Object) extra(known keySet) order.Extra {
	var b []byte
	for _, key := range o.unknown(known) {
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = append(append(appendString(b, key), ':'), compact(o[key])...)
	}
	return order.Extra(b)
}

func (o Object) unknown(known keySet) (keys []string) {
	for key := range o {
		if !known[key] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// appendExtra writes the members after others.
func appendExtra(dst []byte, e order.Extra) []byte {
	if e == "" {
		return dst
	}
	return append(append(dst, ','), e...)
}

func hasExtra(d *order.Details) bool {
	return d.Extra != "" || d.Beside != "" || d.Payment.Extra != "" || d.Totals.Breakdown.Extra != "" ||
		(d.Promo != nil && d.Promo.Extra != "") ||
		slices.ContainsFunc(d.Items, func(i order.Item) bool { return i.Extra != "" })
}

// encodeExtra completes the details with the order's own extra keys, in front
// of the last member, and puts beside them what stands beside the order.
func encodeExtra(body []byte, d *order.Details) order.Document {
	b := append(make([]byte, 0, len(body)+len(d.Extra)+len(d.Beside)+64), `{"order":`...)
	at := bytes.LastIndex(body, remittanceKey)
	b = append(b, body[:at]...)
	if d.Extra != "" {
		b = append(append(b, d.Extra...), ',')
	}
	b = append(append(b, body[at:]...), `,"beside":{`...)
	b = append(append(b, d.Beside...), "}}"...)
	return order.Document{Format: extraFormat, Body: b}
}

// extended is the form of extraFormat.
type extended struct {
	Order  json.RawMessage `json:"order"`
	Beside json.RawMessage `json:"beside"`
}

var errForm = errors.New("the stored details are not in a form known here")

// splitBeside answers the details as they stand in the order, and what stands
// beside it.
func splitBeside(doc order.Document) (body []byte, beside order.Extra, err error) {
	switch doc.Format {
	case detailsFormat:
		return doc.Body, "", nil
	case extraFormat:
		var e extended
		if json.Unmarshal(doc.Body, &e) != nil || len(e.Beside) < 2 {
			return nil, "", errForm
		}
		return e.Order, order.Extra(e.Beside[1 : len(e.Beside)-1]), nil
	}
	return nil, "", errForm
}

func decodeExtra(body []byte) (*order.Details, error) {
	raw, beside, err := splitBeside(order.Document{Format: extraFormat, Body: body})
	if err != nil {
		return nil, err
	}
	o := object(raw)
	known, err := marshal(o.onlyKnown())
	if err != nil {
		return nil, err
	}
	d, err := Codec{}.DecodeDetails(order.Document{Format: detailsFormat, Body: known})
	if err != nil {
		return nil, err
	}
	d.Beside = beside
	gatherExtra(d, o)
	return d, nil
}

// onlyKnown is the order without extra keys: of two that differ in case only,
// encoding/json might take the wrong one.
func (o Object) onlyKnown() Object {
	known := o.without(knownOrder)
	for key, set := range map[string]keySet{"dutyTaxesBreakdown": knownBreakdown, "paymentProcessing": knownPayment, "promoCode": knownPromo} {
		if inner := object(o[key]); inner != nil {
			known[key] = inner.without(set).raw()
		}
	}
	var items []Object
	list, _ := readValue(o["items"]).elements()
	for _, raw := range list {
		items = append(items, object(raw).without(knownItem))
	}
	if items != nil {
		known["items"], _ = marshal(items) // of what was parsed
	}
	return known
}

func (o Object) without(known keySet) Object {
	kept := maps.Clone(o)
	maps.DeleteFunc(kept, func(key string, _ json.RawMessage) bool { return !known[key] })
	return kept
}

func (o Object) raw() json.RawMessage {
	raw, _ := marshal(o) // of what was parsed
	return raw
}

// gatherExtra fills in the extra keys of an object that details were read from.
func gatherExtra(d *order.Details, o Object) {
	d.Extra = o.extra(knownOrder)
	d.Totals.Breakdown.Extra = object(o["dutyTaxesBreakdown"]).extra(knownBreakdown)
	d.Payment.Extra = object(o["paymentProcessing"]).extra(knownPayment)
	if d.Promo != nil {
		d.Promo.Extra = object(o["promoCode"]).extra(knownPromo)
	}
	items, _ := readValue(o["items"]).elements()
	for i := range min(len(items), len(d.Items)) {
		d.Items[i].Extra = object(items[i]).extra(knownItem)
	}
}
