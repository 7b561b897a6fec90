package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// DecodeOrder reads a whole answer of orderDetail: {"order": {…}, …}.
func DecodeOrder(answer []byte) (*Order, error) {
	answer = slices.Clone(answer)
	members, err := decodeMembers(answer)
	if err != nil {
		return nil, err
	}
	o := &Order{Raw: answer}
	found := false
	for _, m := range members {
		if m.key == "order" {
			found = true
			err = o.UnmarshalJSON(m.raw)
		}
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("order: %w", err)
	case !found:
		return nil, errNoOrder
	}
	o.Beside = beside(members)
	return o, nil
}

// decodeMembers sees to it that the bytes are JSON.
func decodeMembers(answer []byte) ([]member, error) {
	if !json.Valid(answer) {
		var raw json.RawMessage
		return nil, fmt.Errorf("it is no JSON object: %w", json.Unmarshal(answer, &raw))
	}
	return readMembers(answer)
}

var errNoOrder = errors.New(`it has no "order"`)

func beside(members []member) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	for _, m := range members {
		if m.key != "order" {
			all[m.key] = m.raw
		}
	}
	return all
}

// Answer writes the order as a whole answer of orderDetail.
func (o *Order) Answer() ([]byte, error) {
	order, err := o.MarshalJSON()
	if err != nil {
		return nil, err
	}
	w := objectWriter{seen: map[string]bool{}}
	w.raw("order", order)
	for _, key := range slices.Sorted(maps.Keys(o.Beside)) {
		w.raw(key, o.Beside[key])
	}
	if o.Beside == nil { // made here, not read
		remittance, err := o.RemittanceAmount.MarshalJSON()
		if err != nil {
			return nil, err
		}
		w.raw("remittance_amount", remittance)
	}
	return w.bytes(), nil
}

// UnmarshalJSON reads an order, without what is beside it in an answer.
func (o *Order) UnmarshalJSON(data []byte) error {
	*o = Order{Raw: o.Raw}
	if err := o.from.read(data, o, &o.Extra); err != nil {
		return err
	}
	if o.ID == "" {
		return errNoID
	}
	return nil
}

var errNoID = errors.New("it has no id")

// decodeID reads an id that may come as a number.
func decodeID(raw []byte) (OrderID, error) {
	text, err := decodeText(raw)
	if err != nil || isBool(raw) {
		return "", fmt.Errorf("%.40s is no id", raw)
	}
	return tidy(text), nil
}

// tidy drops what a number may carry that means nothing.
func tidy(id string) OrderID { return OrderID(strings.TrimSuffix(strings.TrimSpace(id), ".0")) }

// MarshalJSON writes an order, without what is beside it in an answer.
func (o Order) MarshalJSON() ([]byte, error) { return o.from.write(&o, o.Extra) }

// UnmarshalJSON reads a breakdown and keeps unknown keys.
func (b *DutyTaxesBreakdown) UnmarshalJSON(data []byte) error {
	return b.from.read(data, b, &b.Extra)
}

// MarshalJSON writes a breakdown with its unknown keys.
func (b DutyTaxesBreakdown) MarshalJSON() ([]byte, error) { return b.from.write(&b, b.Extra) }

// UnmarshalJSON reads an item and keeps unknown keys.
func (i *Item) UnmarshalJSON(data []byte) error { return i.from.read(data, i, &i.Extra) }

// MarshalJSON writes an item with its unknown keys.
func (i Item) MarshalJSON() ([]byte, error) { return i.from.write(&i, i.Extra) }

// UnmarshalJSON reads a note and keeps unknown keys.
func (n *Note) UnmarshalJSON(data []byte) error { return n.from.read(data, n, &n.Extra) }

// MarshalJSON writes a note with its unknown keys.
func (n Note) MarshalJSON() ([]byte, error) { return n.from.write(&n, n.Extra) }

// UnmarshalJSON reads how an order was paid and keeps unknown keys.
func (p *PaymentProcessing) UnmarshalJSON(data []byte) error { return p.from.read(data, p, &p.Extra) }

// MarshalJSON writes how an order was paid, with unknown keys.
func (p PaymentProcessing) MarshalJSON() ([]byte, error) { return p.from.write(&p, p.Extra) }

// UnmarshalJSON reads a promo code and keeps unknown keys.
func (p *PromoCode) UnmarshalJSON(data []byte) error { return p.from.read(data, p, &p.Extra) }

// MarshalJSON writes a promo code with its unknown keys.
func (p PromoCode) MarshalJSON() ([]byte, error) { return p.from.write(&p, p.Extra) }
