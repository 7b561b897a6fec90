package order_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

var arrow = regexp.MustCompile(`^\s+([A-Za-z_*\[\]]+) --> ([A-Za-z_*\[\]]+)(?:: (.*))?$`)

// expand is what a name in the drawing stands for.
func expand(name string) []string {
	if name == "movable" {
		return []string{string(order.InProcess), string(order.Preparing), string(order.ShipmentReady), string(order.LabelsPrinted)}
	}
	return []string{name}
}

// TestDrawing holds the drawing in docs/state-machine.md to the state machine:
// every arrow is a move that Next makes, and every move has its arrow, but for
// the vendor's own ways among the movable statuses.
func TestDrawing(t *testing.T) {
	page, err := os.ReadFile("../../docs/state-machine.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```mermaid")
	drawing, _, _ := strings.Cut(rest, "```")
	drawn := map[string]bool{}
	for line := range strings.SplitSeq(drawing, "\n") {
		parts := arrow.FindStringSubmatch(line)
		if parts == nil || strings.Contains(line, "[*]") {
			continue
		}
		for move := range strings.SplitSeq(parts[3], ", ") {
			for _, from := range expand(parts[1]) {
				for _, to := range expand(parts[2]) {
					drawn[from+" "+move+" "+to] = true
				}
			}
		}
	}
	if len(drawn) < 30 {
		t.Fatalf("the drawing has %d arrows", len(drawn))
	}
	for key := range drawn {
		parts := strings.Fields(key)
		state := order.State{Status: order.Status(parts[0]), Resume: order.Status(parts[2])}
		next, err := order.Next(state, order.Move(parts[1]), order.Status(parts[2]))
		if err != nil || string(next.Status) != parts[2] {
			t.Errorf("the drawing shows %s; the program goes to %q, %v", key, next.Status, err)
		}
	}
	usual := append(expand("movable"), string(order.InProcess))
	for _, from := range order.Statuses() {
		for _, move := range order.Moves() {
			for _, requested := range order.Statuses() {
				next, err := order.Next(order.State{Status: from, Resume: requested}, move, requested)
				own := move == order.Vendor && slices.Contains(usual, string(next.Status))
				toReview := move == order.RefuseCancellation && requested == order.FraudReview
				odd := (move == order.Release || move == order.RefuseCancellation) && !slices.Contains(usual, string(requested))
				vendors := move != order.Vendor || slices.Contains(order.VendorStatuses(), requested)
				if err == nil && vendors && !own && !toReview && (!odd || requested == order.FraudReview) && !drawn[string(from)+" "+string(move)+" "+string(next.Status)] {
					t.Errorf("the program moves %s by %s to %s; the drawing does not show it", from, move, next.Status)
				}
			}
		}
	}
}

func TestParseVendorStatus(t *testing.T) {
	tests := []struct {
		text string
		want order.Status
		code fault.Code
	}{
		{"VENDOR_PREPARING_ORDER", order.Preparing, ""},
		{"VENDOR_LABELS_PRINTED", order.LabelsPrinted, ""},
		{"VENDOR_LABELS_PRINTED_DATE", order.LabelsPrinted, ""},
		{"IGLOBAL_ORDER_CANCELLED", "", fault.StatusNotVendors},
		{"IGLOBAL_LABELS_PROCESSING", "", fault.StatusNotVendors},
		{"vendor_preparing_order", "", fault.StatusUnknown},
		{" VENDOR_PREPARING_ORDER", "", fault.StatusUnknown},
		{"", "", fault.StatusUnknown},
	}
	for _, test := range tests {
		got, err := order.ParseVendorStatus(test.text)
		if got != test.want || (test.code == "") != (err == nil) || (err != nil && fault.CodeOf(err) != test.code) {
			t.Errorf("%q is %q, %v; want %q, %q", test.text, got, err, test.want, test.code)
		}
	}
}

// TestRefusals holds the order in which refusals are looked at (contract,
// section 6, texts 9 to 11).
func TestRefusals(t *testing.T) {
	tests := []struct {
		now       order.Status
		requested order.Status
		code      fault.Code
	}{
		{order.Cancelled, order.Preparing, fault.StatusCancelled},
		{order.CancellationRequest, order.CancellationRequest, fault.StatusUnchanged},
		{order.EndOfDayComplete, order.EndOfDayComplete, fault.StatusUnchanged},
		{order.LabelsPrinted, order.LabelsPrinted, fault.StatusUnchanged},
		{order.EndOfDayComplete, order.Preparing, fault.StatusLocked},
		{order.FraudReview, order.Preparing, fault.StatusLocked},
		{order.OnHold, order.CancellationRequest, fault.StatusLocked},
		{order.LabelsProcessing, order.LabelsPrinted, fault.StatusLocked},
	}
	for _, test := range tests {
		_, err := order.Next(order.State{Status: test.now}, order.Vendor, test.requested)
		if !fault.Is(err, test.code) {
			t.Errorf("%s to %s: %v, want %s", test.now, test.requested, err, test.code)
		}
	}
	if _, err := order.Next(order.State{Status: order.InProcess}, "fly", ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("a move that there is not: %v", err)
	}
}
