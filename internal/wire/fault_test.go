package wire

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

func TestFaultProblem(t *testing.T) {
	_, locked := order.Next(order.State{Status: order.FraudReview}, order.Vendor, order.Preparing)
	coded := func(code fault.Code) error { return fmt.Errorf("change order: %w", fault.New(code, "inner words")) }
	tests := []struct {
		name string
		at   Endpoint
		err  error
		want string
	}{
		{"a problem", OrderDetailV2, fmt.Errorf("decode: %w", problem(BadOrderID, Args{"id": "x"})), "orderId: x is not a valid orderId"},
		{"a problem beside a fault", OrderDetailV2, errors.Join(problem(ReferenceUnread, Args{"reference": "7"}), coded(fault.Unavailable)), "Could not retrieve order with referenceId: 7"},
		{"credentials", OrderNumbers, coded(fault.Credentials), "Invalid security credentials"},
		{"no order", OrderDetailV1, coded(fault.NotFound), "Could not find an order with orderId: 999-99999"},
		{"no order to list from", OrderNumbers, coded(fault.NotFound), "Couldn't find order for sinceOrderId: 999-99999"},
		{"a broken rule", UpdateMerchantOrderID, fault.Field("merchantOrderId", "is longer than 255 characters"), "merchantOrderId: is longer than 255 characters"},
		{"locked", UpdateVendorOrderStatus, fmt.Errorf("change: %w", locked), "OrderId: 999-99999 cannot be moved to order status: VENDOR_PREPARING_ORDER while in status: IGLOBAL_FRAUD_REVIEW"},
		{"race", UpdateVendorOrderStatus, coded(fault.Conflict), "Could not update order status to status: VENDOR_PREPARING_ORDER"},
		{"race elsewhere", SetShipmentTracking, coded(fault.Conflict), "Could not process setShipmentTracking."},
		{"database", OrderDetailV2, coded(fault.Unavailable), "Could not process order details"},
		{"anything", OrderDetailV1, errors.New("inner words"), "Could not process order details."},
	}
	for _, tt := range tests {
		p := FaultProblem(tt.at, tt.err, Args{"id": "999-99999", "status": "VENDOR_PREPARING_ORDER"})
		if got := Text(tt.at, p.Key, p.Args); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// codes are all fault codes but Invalid, whose text is the fault's own.
var codes = []fault.Code{
	fault.Internal, fault.NotFound, fault.Exists, fault.Credentials, fault.Duplicate, fault.StatusUnknown,
	fault.StatusNotVendors, fault.StatusCancelled, fault.StatusUnchanged, fault.StatusLocked, fault.Conflict,
	fault.Expired, fault.TooMany, fault.Closed, fault.Unavailable, fault.Unsupported, "a code of tomorrow",
}

// Whatever fails wherever: the text is one that the endpoint has, it shows
// nothing of what is inside, and no blank of it is left open.
func TestEveryFaultHasAText(t *testing.T) {
	blank := regexp.MustCompile(`\{[a-z]+\}`)
	known := Args{"id": "999-99999"} // what every request about an order echoes
	for _, e := range all {
		for _, code := range codes {
			given := maps.Clone(known)
			if e == CreateTempCart {
				given = Args{}
			}
			if e == UpdateVendorOrderStatus {
				given["status"], given["from"] = "VENDOR_PREPARING_ORDER", "IGLOBAL_FRAUD_REVIEW"
			}
			p := FaultProblem(e, fault.Wrap(code, "inner words", errors.New("deeper words")), given)
			text := Text(e, p.Key, p.Args)
			held := slices.ContainsFunc(heldTexts(p.Key), func(at Endpoint) bool { return at == e })
			if text == "" || blank.MatchString(text) || regexp.MustCompile("words").MatchString(text) || !held {
				t.Errorf("endpoint %d, %s: %q (%s)", e, code, text, p.Key)
			}
		}
	}
}

// heldTexts are the endpoints at which a text can occur.
func heldTexts(key Key) (endpoints []Endpoint) {
	for _, tt := range contractTexts {
		if tt.key == key {
			endpoints = append(endpoints, tt.endpoints...)
		}
	}
	return endpoints
}

func TestProblemNamesItsKey(t *testing.T) {
	if got, want := problem(BadDate, nil).Error(), "the request is wrong: date"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
