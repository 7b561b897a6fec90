package client

// Status is where an order stands (contract, section 6). A server may send
// others than these; they are kept as they came.
type Status string

// The statuses of the contract. Vendor… are the shop's to set.
const (
	FraudReview      Status = "IGLOBAL_FRAUD_REVIEW"
	OrderInProcess   Status = "IGLOBAL_ORDER_IN_PROCESS"
	OrderOnHold      Status = "IGLOBAL_ORDER_ON_HOLD"
	OrderCancelled   Status = "IGLOBAL_ORDER_CANCELLED"
	LabelsProcessing Status = "IGLOBAL_LABELS_PROCESSING"

	VendorPreparingOrder      Status = "VENDOR_PREPARING_ORDER"
	VendorShipmentReady       Status = "VENDOR_SHIPMENT_READY"
	VendorLabelsPrinted       Status = "VENDOR_LABELS_PRINTED_DATE"
	VendorCancellationRequest Status = "VENDOR_CANCELLATION_REQUEST"
	VendorEndOfDayComplete    Status = "VENDOR_END_OF_DAY_COMPLETE"
)

// knownStatuses says of each whether the vendor can move an order on from it.
var knownStatuses = map[Status]bool{
	FraudReview: false, OrderInProcess: true, OrderOnHold: false, OrderCancelled: false, LabelsProcessing: false,
	VendorPreparingOrder: true, VendorShipmentReady: true, VendorLabelsPrinted: true,
	VendorCancellationRequest: false, VendorEndOfDayComplete: false,
}

// Known reports whether the contract names the status.
func (s Status) Known() bool {
	_, known := knownStatuses[s]
	return known
}

// Held reports whether an order must wait: for the end of fraud review or of
// a hold.
func (s Status) Held() bool { return s == FraudReview || s == OrderOnHold }

// Locked reports whether the contract keeps the vendor from moving an order on
// from this status. Of an unknown status nobody knows, so it is false.
func (s Status) Locked() bool {
	movable, known := knownStatuses[s]
	return known && !movable
}
