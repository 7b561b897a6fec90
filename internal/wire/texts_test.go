package wire

import (
	"regexp"
	"strings"
	"testing"
)

// v1 and all are the endpoints of which the contract says so.
var (
	v1  = []Endpoint{CreateTempCart, OrderNumbers, OrderDetailV1, UpdateMerchantOrderID, UpdateVendorOrderStatus}
	v2  = []Endpoint{OrderDetailV2, SetShipmentTracking}
	all = append(append([]Endpoint{}, v1...), v2...)
)

// args fill in every blank of every text, with the contract's own examples.
var args = Args{
	"id": "999-99999", "number": "99999", "reference": "999999", "store": "999", "value": "12-34567",
	"status": "VENDOR_PREPARING_ORDER", "from": "IGLOBAL_FRAUD_REVIEW",
	"field": "items[2].quantity", "problem": `"abc" is not a positive whole number`,
	"through": "20150101", "since": "20150102",
}

// contractTexts are the texts as the contract has them, section by section, at
// the endpoints where they can occur.
var contractTexts = []struct {
	key       Key
	endpoints []Endpoint
	want      string
}{
	// Section 1.
	{Unparsable, v1, "could not parse input"},
	{Unparsable, v2, "Invalid post body"},
	{BadCredentials, all, "Invalid security credentials"},
	{StoreRequired, v2, "Store is required"},
	{BadOrderID, []Endpoint{OrderNumbers, OrderDetailV1, OrderDetailV2, UpdateMerchantOrderID, UpdateVendorOrderStatus, SetShipmentTracking}, "orderId: 999-99999 is not a valid orderId"},
	// Section 2.
	{ItemsRequired, []Endpoint{CreateTempCart}, "Parameter items is required."},
	{BadField, all, `items[2].quantity: "abc" is not a positive whole number`},
	{FieldRequired, []Endpoint{CreateTempCart, SetShipmentTracking}, "items[2].quantity is required"},
	{ServerFault, []Endpoint{CreateTempCart}, "Could not process createTempCart."},
	// Section 3.
	{SinceNotFound, []Endpoint{OrderNumbers}, "Couldn't find order for sinceOrderId: 999-99999"},
	{StoreLoading, []Endpoint{OrderNumbers}, "The orders of this store are being loaded and cannot be listed yet."},
	{ServerFault, []Endpoint{OrderNumbers}, "Could not process order details."},
	{SinceRequired, []Endpoint{OrderNumbers}, "Parameter sinceOrderId or sinceDate is required."},
	{BothSince, []Endpoint{OrderNumbers}, "Cannot specify both Parameters sinceOrderId and sinceDate."},
	{ThroughNeedsSince, []Endpoint{OrderNumbers}, "Parameter sinceDate is required with throughDate."},
	{ThroughBeforeSince, []Endpoint{OrderNumbers}, "throughDate: 20150101 is before sinceDate: 20150102"},
	// Section 4.
	{OrderNotFound, []Endpoint{OrderDetailV1, OrderDetailV2}, "Could not find an order with orderId: 999-99999"},
	{SelectorRequired, []Endpoint{OrderDetailV2}, "Parameter orderId or referenceId is required"},
	{SelectorRequired, []Endpoint{OrderDetailV1}, "Parameter orderId or referenceId is required."},
	{BothSelectors, []Endpoint{OrderDetailV2}, "Cannot specify both Parameters orderId and referenceId"},
	{BothSelectors, []Endpoint{OrderDetailV1}, "Cannot specify both Parameters orderId and referenceId."},
	{ReferenceNotFound, []Endpoint{OrderDetailV1, OrderDetailV2}, "Could not find an order with referenceId: 999999 for storeId: 999"},
	{ReferenceDuplicate, []Endpoint{OrderDetailV1, OrderDetailV2}, "Duplicate referenceId: 999999 for storeId: 999"},
	{ReferenceUnread, []Endpoint{OrderDetailV1, OrderDetailV2}, "Could not retrieve order with referenceId: 999999"},
	{ServerFault, []Endpoint{OrderDetailV2}, "Could not process order details"},
	{ServerFault, []Endpoint{OrderDetailV1}, "Could not process order details."},
	// Section 5.
	{UpdatedMerchantOrderID, []Endpoint{UpdateMerchantOrderID}, "Updated Order: 99999 with new merchantOrderId: 12-34567"},
	{OrderIDRequired, []Endpoint{UpdateMerchantOrderID}, "Parameter orderId is required to processUpdateMerchantOrderId"},
	{MerchantOrderIDRequired, []Endpoint{UpdateMerchantOrderID}, "Parameter merchantOrderId is required to updateMerchantOrderId."},
	{OrderNotFound, []Endpoint{UpdateMerchantOrderID}, "Could not retrieve order to updateMerchantOrderId for orderId: 999-99999"},
	{ServerFault, []Endpoint{UpdateMerchantOrderID}, "Could not process updateMerchantOrderId."},
	// Section 6.
	{UpdatedStatus, []Endpoint{UpdateVendorOrderStatus}, "Updated Order: 99999 to new order status: VENDOR_PREPARING_ORDER"},
	{OrderIDRequired, []Endpoint{UpdateVendorOrderStatus}, "Parameter orderId is required to updateVendorOrderStatus"},
	{StatusRequired, []Endpoint{UpdateVendorOrderStatus}, "Parameter orderStatus is required to updateVendorOrderStatus."},
	{OrderNotFound, []Endpoint{UpdateVendorOrderStatus}, "Could not retrieve order to updateVendorOrderStatus from orderId: 999-99999"},
	{StatusUnknown, []Endpoint{UpdateVendorOrderStatus}, "New status: VENDOR_PREPARING_ORDER is not a valid order status"},
	{StatusNotVendors, []Endpoint{UpdateVendorOrderStatus}, "Could not update order status to invalid status: VENDOR_PREPARING_ORDER"},
	{StatusCancelled, []Endpoint{UpdateVendorOrderStatus}, "OrderId: 999-99999 has been cancelled and status cannot be updated."},
	{StatusUnchanged, []Endpoint{UpdateVendorOrderStatus}, "OrderId: 999-99999 already has current status: VENDOR_PREPARING_ORDER"},
	{StatusLocked, []Endpoint{UpdateVendorOrderStatus}, "OrderId: 999-99999 cannot be moved to order status: VENDOR_PREPARING_ORDER while in status: IGLOBAL_FRAUD_REVIEW"},
	{StatusRaceLost, []Endpoint{UpdateVendorOrderStatus}, "Could not update order status to status: VENDOR_PREPARING_ORDER"},
	{ServerFault, []Endpoint{UpdateVendorOrderStatus}, "Could not process updateVendorOrderStatus."},
	// Section 7.
	{UpdatedTracking, []Endpoint{SetShipmentTracking}, "Updated Order: 99999 with new tracking info."},
	{OrderIDRequired, []Endpoint{SetShipmentTracking}, "Parameter orderId is required to setShipmentTracking"},
	{TrackingRequired, []Endpoint{SetShipmentTracking}, "Parameter trackingList is required to setShipmentTracking."},
	{OrderNotFound, []Endpoint{SetShipmentTracking}, "Could not find an order with orderId: 999-99999"},
	{ServerFault, []Endpoint{SetShipmentTracking}, "Could not process setShipmentTracking."},
}

func TestTextsAreTheContracts(t *testing.T) {
	for _, tt := range contractTexts {
		for _, e := range tt.endpoints {
			if got := Text(e, tt.key, args); got != tt.want {
				t.Errorf("endpoint %d, %s: %q, want %q", e, tt.key, got, tt.want)
			}
		}
	}
	date := Args{"field": "sinceDate", "value": "2015-01-01"}
	if got, want := Text(OrderNumbers, BadDate, date), "sinceDate: 2015-01-01 is not a valid date, expected yyyymmdd"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Every text of the table is one that the contract has.
func TestEveryKeyIsHeld(t *testing.T) {
	held := map[Key]bool{BadDate: true}
	for _, tt := range contractTexts {
		held[tt.key] = true
	}
	for key := range texts {
		if !held[key] {
			t.Errorf("no test holds the text of %s", key)
		}
	}
}

// A blank of a text must have a value, or a client would read the braces.
func TestNoBlankIsLeft(t *testing.T) {
	blank := regexp.MustCompile(`\{[a-z]+\}`)
	for key, p := range texts {
		for _, e := range all {
			text := p.of(e)
			for _, name := range blank.FindAllString(text, -1) {
				if _, ok := args[strings.Trim(name, "{}")]; !ok && key != BadDate {
					t.Errorf("%s has a blank %s that nothing fills in", key, name)
				}
			}
		}
	}
}

// What a client sent is not read for blanks.
func TestArgumentsAreFilledInOnce(t *testing.T) {
	hostile := Args{"id": "{status}{from}{id}", "status": "{id}", "from": "$1\\{id}"}
	want := "OrderId: {status}{from}{id} cannot be moved to order status: {id} while in status: $1\\{id}"
	for range 20 { // maps are walked in any order
		if got := Text(UpdateVendorOrderStatus, StatusLocked, hostile); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}

func TestVersions(t *testing.T) {
	for _, e := range v1 {
		if e.Version() != 1 {
			t.Errorf("endpoint %d is of version %d", e, e.Version())
		}
	}
	for _, e := range v2 {
		if e.Version() != 2 {
			t.Errorf("endpoint %d is of version %d", e, e.Version())
		}
	}
}
