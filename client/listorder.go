package client

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// slowOrder reads whatever JSON says.
func slowOrder(raw []byte) (OrderNumber, error) {
	var n OrderNumber
	err := n.UnmarshalJSON(raw)
	return n, err
}

// UnmarshalJSON reads an order of a list.
func (n *OrderNumber) UnmarshalJSON(data []byte) error {
	members, err := readMembers(slices.Clone(data)) // unknown keys are kept
	if err != nil {
		return err
	}
	*n = OrderNumber{}
	var dateText time.Time
	for _, m := range members {
		if err := n.member(m, &dateText); err != nil {
			return fmt.Errorf("%s: %w", m.key, err)
		}
	}
	if n.StatusDate.IsZero() {
		n.StatusDate = dateText
	}
	if n.ID == "" {
		return errNoID
	}
	return nil
}

func (n *OrderNumber) member(m member, dateText *time.Time) (err error) {
	switch m.key {
	case "testOrder":
		n.TestOrder, err = decodeBool(m.raw)
	case "id":
		n.ID, err = decodeID(m.raw)
	case "timestamp":
		n.Timestamp, err = decodeTime(m.raw)
	case "merchantOrderId":
		n.MerchantOrderID, err = decodeText(m.raw)
	case "orderStatus":
		var text string
		text, err = decodeText(m.raw)
		n.Status = internStatus([]byte(text))
	case "orderStatusDate":
		n.StatusDate, err = decodeTime(m.raw)
	case "orderStatusDateString":
		*dateText, err = decodeTime(m.raw)
	default:
		if n.Extra == nil {
			n.Extra = map[string]json.RawMessage{}
		}
		n.Extra[m.key] = m.raw
	}
	return err
}

// MarshalJSON writes an order of a list in the contract's form; the keys of
// its status when it has one.
func (n OrderNumber) MarshalJSON() ([]byte, error) {
	w := objectWriter{seen: map[string]bool{}}
	w.plain("testOrder", n.TestOrder)
	w.plain("id", n.ID)
	w.plain("timestamp", FormatTime(n.Timestamp))
	if n.Status != "" {
		w.text("merchantOrderId", n.MerchantOrderID)
		w.plain("orderStatus", n.Status)
		w.raw("orderStatusDate", appendMillis(nil, n.StatusDate))
		w.plain("orderStatusDateString", FormatTime(n.StatusDate))
	}
	for _, key := range slices.Sorted(maps.Keys(n.Extra)) {
		w.raw(key, n.Extra[key])
	}
	return w.bytes(), nil
}

func (w *objectWriter) plain(key string, value any) {
	raw, _ := json.Marshal(value) // a boolean and a string always can be
	w.raw(key, raw)
}

func (w *objectWriter) text(key, value string) {
	if value == "" {
		w.raw(key, []byte("null"))
		return
	}
	w.plain(key, value)
}
