package wire

import (
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// inProcess is a line that goes on.
const inProcess = `{"orderId": "999-17", "orderDate": 1, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS"`

// history is the rest of a line whose order was placed, and changed once.
func history(change string) string {
	return `, "entrepot": {"history": [{"kind": "placed", "at": 1, "to": "IGLOBAL_ORDER_IN_PROCESS"}, {"at": 2, ` + change + `}]}}`
}

// A history holds nothing that an erasure would leave: names of people, say, as
// kinds. Nor does the refusal repeat them.
func TestHistoryIsRefused(t *testing.T) {
	for _, tt := range []struct{ change, want string }{
		{`"kind": "Ann"`, "kind: is none of placed, status, merchant-order-id, tracking, note, imported, erased"},
		{`"actor": "Ann"`, "kind: is required"},
		{`"kind": "status", "from": "IGLOBAL_ORDER_IN_PROCESS", "to": "Ann"`, "to: is no status known here"},
		{`"kind": "status", "from": "Ann", "to": "IGLOBAL_ORDER_IN_PROCESS"`, "from: is no status known here"},
		{`"kind": "status", "to": "IGLOBAL_ORDER_IN_PROCESS"`, "from: is required"},
		{`"kind": "imported", "to": "Ann"`, "to: is no status known here"},
		{`"kind": "imported", "from": "Ann", "to": "IGLOBAL_ORDER_IN_PROCESS"`, "from: has no place in an entry of kind imported"},
		{`"kind": "tracking", "from": "Ann", "to": "A"`, "from: has no place in an entry of kind tracking"},
		{`"kind": "note", "to": "Ann"`, "to: has no place in an entry of kind note"},
		{`"kind": "erased", "from": "Ann"`, "from: has no place in an entry of kind erased"},
	} {
		_, err := DecodeRecord([]byte(inProcess+history(tt.change)), 0)
		if want := "entrepot.history[1]." + tt.want; !fault.Is(err, fault.Invalid) || err.Error() != want {
			t.Errorf("%s: %v, want %s", tt.change, err, want)
		}
	}
}

// Every kind of change is read as an export writes it, also of an order that
// was erased.
func TestHistoryIsTaken(t *testing.T) {
	const placed = "IGLOBAL_ORDER_IN_PROCESS"
	for _, change := range []string{
		`"kind": "status", "from": "VENDOR_LABELS_PRINTED", "to": "` + placed + `"`,
		`"kind": "merchant-order-id", "from": "A", "to": "B"`, `"kind": "merchant-order-id", "from": "A"`,
		`"kind": "tracking", "to": "A,B"`, `"kind": "tracking", "to": "erased", "reason": "erased"`,
		`"kind": "note"`, `"kind": "imported", "to": "` + placed + `"`, `"kind": "erased", "actor": "dpo", "reason": "request 7"`,
	} {
		r := mustRecord(t, inProcess+history(change), 0)
		if len(r.History) != 2 || r.History[0].To != placed {
			t.Errorf("%s: %+v", change, r.History)
		}
		if from := r.History[1].From; from == "VENDOR_LABELS_PRINTED" {
			t.Errorf("a status of the history is %s, and of the order %s", from, order.LabelsPrinted)
		}
	}
}
