package wire

import "strings"

// Endpoint is one of the contract's endpoints.
type Endpoint int

// The endpoints.
const (
	CreateTempCart Endpoint = iota
	OrderNumbers
	OrderDetailV1
	OrderDetailV2
	UpdateMerchantOrderID
	UpdateVendorOrderStatus
	SetShipmentTracking
)

// Version is 1 or 2; it decides how errors travel.
func (e Endpoint) Version() int {
	if e == OrderDetailV2 || e == SetShipmentTracking {
		return 2
	}
	return 1
}

// Key names a text of the contract.
type Key string

// The keys of the texts.
const (
	Unparsable         Key = "unparsable"
	BadCredentials     Key = "credentials"
	StoreRequired      Key = "store required"
	ServerFault        Key = "server fault"
	BadOrderID         Key = "order id"
	BadField           Key = "field"
	FieldRequired      Key = "field required"
	ItemsRequired      Key = "items required"
	OrderIDRequired    Key = "order id required"
	OrderNotFound      Key = "order not found"
	SelectorRequired   Key = "orderId or referenceId required"
	BothSelectors      Key = "orderId and referenceId"
	ReferenceNotFound  Key = "reference not found"
	ReferenceDuplicate Key = "reference duplicate"
	ReferenceUnread    Key = "reference cannot be read"

	SinceRequired      Key = "since required"
	BothSince          Key = "both since"
	ThroughNeedsSince  Key = "through without since"
	BadDate            Key = "date"
	ThroughBeforeSince Key = "through before since"
	SinceNotFound      Key = "since not found"
	StoreLoading       Key = "store loading"

	MerchantOrderIDRequired Key = "merchant order id required"
	StatusRequired          Key = "status required"
	StatusUnknown           Key = "status unknown"
	StatusNotVendors        Key = "status not the vendor's"
	StatusCancelled         Key = "status cancelled"
	StatusUnchanged         Key = "status unchanged"
	StatusLocked            Key = "status locked"
	StatusRaceLost          Key = "status race lost"
	TrackingRequired        Key = "tracking required"

	UpdatedMerchantOrderID Key = "updated merchant order id"
	UpdatedStatus          Key = "updated status"
	UpdatedTracking        Key = "updated tracking"
)

// phrase is a text as an endpoint says it: by the endpoint's own entry, or
// else by its version's, or else by any's.
type phrase struct {
	any, v1, v2 string
	by          map[Endpoint]string
}

// texts holds every text that the API answers under "error" or "success".
// What stands in braces is filled in. Sections are the contract's.
var texts = map[Key]phrase{
	// Section 1.
	Unparsable:     {v1: "could not parse input", v2: "Invalid post body"},
	BadCredentials: {any: "Invalid security credentials"},
	StoreRequired:  {any: "Store is required"},
	BadOrderID:     {any: "orderId: {id} is not a valid orderId"},
	BadField:       {any: "{field}: {problem}"},
	FieldRequired:  {any: "{field} is required"},
	ServerFault: {by: map[Endpoint]string{
		CreateTempCart:          "Could not process createTempCart.",
		OrderNumbers:            "Could not process order details.",
		OrderDetailV1:           "Could not process order details.",
		OrderDetailV2:           "Could not process order details",
		UpdateMerchantOrderID:   "Could not process updateMerchantOrderId.",
		UpdateVendorOrderStatus: "Could not process updateVendorOrderStatus.",
		SetShipmentTracking:     "Could not process setShipmentTracking.",
	}},
	OrderIDRequired: {by: map[Endpoint]string{
		UpdateMerchantOrderID:   "Parameter orderId is required to processUpdateMerchantOrderId",
		UpdateVendorOrderStatus: "Parameter orderId is required to updateVendorOrderStatus",
		SetShipmentTracking:     "Parameter orderId is required to setShipmentTracking",
	}},
	OrderNotFound: {any: "Could not find an order with orderId: {id}", by: map[Endpoint]string{
		UpdateMerchantOrderID:   "Could not retrieve order to updateMerchantOrderId for orderId: {id}",
		UpdateVendorOrderStatus: "Could not retrieve order to updateVendorOrderStatus from orderId: {id}",
	}},

	// Section 2.
	ItemsRequired: {any: "Parameter items is required."},

	// Section 3.
	SinceRequired:      {any: "Parameter sinceOrderId or sinceDate is required."},
	BothSince:          {any: "Cannot specify both Parameters sinceOrderId and sinceDate."},
	ThroughNeedsSince:  {any: "Parameter sinceDate is required with throughDate."},
	BadDate:            {any: "{field}: {value} is not a valid date, expected yyyymmdd"},
	ThroughBeforeSince: {any: "throughDate: {through} is before sinceDate: {since}"},
	SinceNotFound:      {any: "Couldn't find order for sinceOrderId: {id}"},
	StoreLoading:       {any: "The orders of this store are being loaded and cannot be listed yet."},

	// Section 4.
	SelectorRequired: {
		v1: "Parameter orderId or referenceId is required.",
		v2: "Parameter orderId or referenceId is required",
	},
	BothSelectors: {
		v1: "Cannot specify both Parameters orderId and referenceId.",
		v2: "Cannot specify both Parameters orderId and referenceId",
	},
	ReferenceNotFound:  {any: "Could not find an order with referenceId: {reference} for storeId: {store}"},
	ReferenceDuplicate: {any: "Duplicate referenceId: {reference} for storeId: {store}"},
	ReferenceUnread:    {any: "Could not retrieve order with referenceId: {reference}"},

	// Section 5.
	MerchantOrderIDRequired: {any: "Parameter merchantOrderId is required to updateMerchantOrderId."},
	UpdatedMerchantOrderID:  {any: "Updated Order: {number} with new merchantOrderId: {value}"},

	// Section 6, in the order in which they are looked at.
	StatusRequired:   {any: "Parameter orderStatus is required to updateVendorOrderStatus."},
	StatusUnknown:    {any: "New status: {status} is not a valid order status"},
	StatusNotVendors: {any: "Could not update order status to invalid status: {status}"},
	StatusCancelled:  {any: "OrderId: {id} has been cancelled and status cannot be updated."},
	StatusUnchanged:  {any: "OrderId: {id} already has current status: {status}"},
	StatusLocked:     {any: "OrderId: {id} cannot be moved to order status: {status} while in status: {from}"},
	StatusRaceLost:   {any: "Could not update order status to status: {status}"},
	UpdatedStatus:    {any: "Updated Order: {number} to new order status: {status}"},

	// Section 7.
	TrackingRequired: {any: "Parameter trackingList is required to setShipmentTracking."},
	UpdatedTracking:  {any: "Updated Order: {number} with new tracking info."},
}

// Args fills in what stands in braces.
type Args map[string]string

// Text is what an endpoint says.
func Text(e Endpoint, key Key, args Args) string {
	pairs := make([]string, 0, 2*len(args))
	for name, value := range args {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(texts[key].of(e))
}

func (p phrase) of(e Endpoint) string {
	version := p.v1
	if e.Version() == 2 {
		version = p.v2
	}
	for _, text := range []string{p.by[e], version, p.any} {
		if text != "" {
			return text
		}
	}
	return ""
}

// Problem is what is wrong with a request.
type Problem struct {
	Key  Key
	Args Args
}

// Error names the text; what a client sees comes from Text.
func (p *Problem) Error() string { return "the request is wrong: " + string(p.Key) }

func problem(key Key, args Args) error { return &Problem{Key: key, Args: args} }
