package clienttest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"entrepot/client"
)

func (s *Server) orderDetail(x *exchange) *answer {
	id, reference := x.object.get("orderId"), x.object.get("referenceId")
	stop := "."
	if x.endpoint.version == 2 {
		stop = ""
	}
	switch {
	case id.kind != absent && reference.kind != absent:
		return x.refuse("Cannot specify both Parameters orderId and referenceId" + stop)
	case id.kind == absent && reference.kind == absent:
		return x.refuse("Parameter orderId or referenceId is required" + stop)
	case reference.kind != absent:
		return s.byReference(x, reference.text)
	}
	order, refused := x.order(id, "Could not find an order with orderId: ")
	if refused != nil {
		return refused
	}
	return s.detail(order)
}

func (s *Server) byReference(x *exchange, reference string) *answer {
	var found []*client.Order
	for _, number := range x.store.numbers {
		if order := x.store.orders[number]; order.ReferenceID == reference {
			found = append(found, order)
		}
	}
	switch len(found) {
	case 0:
		return x.refuse(fmt.Sprintf("Could not find an order with referenceId: %s for storeId: %d", reference, x.store.Number))
	case 1:
		return s.detail(found[0])
	}
	return x.refuse(fmt.Sprintf("Duplicate referenceId: %s for storeId: %d", reference, x.store.Number))
}

func (s *Server) detail(order *client.Order) *answer {
	body, err := order.Answer()
	if err != nil {
		return errorAnswer(http.StatusInternalServerError, "Could not process order details")
	}
	if s.strings {
		body = asStrings(body)
	}
	return newAnswer(http.StatusOK, jsonType, body)
}

func (s *Server) updateMerchantOrderID(x *exchange) *answer {
	id, own := x.object.get("orderId"), x.object.get("merchantOrderId")
	switch {
	case id.kind == absent:
		return x.refuse("Parameter orderId is required to processUpdateMerchantOrderId")
	case own.kind == absent:
		return x.refuse("Parameter merchantOrderId is required to updateMerchantOrderId.")
	}
	order, refused := x.order(id, "Could not retrieve order to updateMerchantOrderId for orderId: ")
	switch {
	case refused != nil:
		return refused
	case own.scalar() == "":
		return x.refuse("merchantOrderId: " + own.text + " is not a string")
	}
	order.MerchantOrderID = own.text
	return x.succeed(fmt.Sprintf("Updated Order: %d with new merchantOrderId: %s", order.ID.Number(), own.text))
}

func (s *Server) setShipmentTracking(x *exchange) *answer {
	id, list := x.object.get("orderId"), x.object.get("trackingList")
	entries, isList := list.elements()
	switch {
	case id.kind == absent:
		return x.refuse("Parameter orderId is required to setShipmentTracking")
	case list.kind == absent || (isList && len(entries) == 0):
		return x.refuse("Parameter trackingList is required to setShipmentTracking.")
	}
	order, refused := x.order(id, "Could not find an order with orderId: ")
	switch {
	case refused != nil:
		return refused
	case !isList:
		return x.refuse("trackingList: " + list.text + " is not a list of maps with a number each")
	}
	var numbers []string
	for i, entry := range entries {
		o, _ := parse(entry)
		more := tracked(o.get("number", "numbers").scalar())
		if len(more) == 0 {
			return x.refuse(fmt.Sprintf("trackingList[%d].number is required", i))
		}
		numbers = append(numbers, more...)
	}
	track(order, numbers)
	return x.succeed(fmt.Sprintf("Updated Order: %d with new tracking info.", order.ID.Number()))
}

// tracked: answers separate numbers by commas, so requests may, too.
func tracked(text string) (numbers []string) {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			numbers = append(numbers, part)
		}
	}
	return numbers
}

func track(order *client.Order, numbers []string) {
	all := order.TrackingNumbers()
	for _, number := range numbers {
		if !slices.Contains(all, number) {
			all = append(all, number)
		}
	}
	order.TrackingNumber = strings.Join(all, ",")
}

const labelsPrintedAlias = "VENDOR_LABELS_PRINTED"

func (s *Server) updateVendorOrderStatus(x *exchange) *answer {
	id, status := x.object.get("orderId"), x.object.get("orderStatus")
	switch {
	case id.kind == absent:
		return x.refuse("Parameter orderId is required to updateVendorOrderStatus")
	case status.kind == absent:
		return x.refuse("Parameter orderStatus is required to updateVendorOrderStatus.")
	}
	order, refused := x.order(id, "Could not retrieve order to updateVendorOrderStatus from orderId: ")
	if refused != nil {
		return refused
	}
	to := client.Status(status.text)
	if status.text == labelsPrintedAlias {
		to = client.VendorLabelsPrinted
	}
	if text := refusedMove(order, to, id.text, status.text); text != "" {
		return x.refuse(text)
	}
	s.move(order, to)
	return x.succeed("Updated Order: " + strconv.FormatInt(order.ID.Number(), 10) + " to new order status: " + status.text)
}

// refusedMove is why the vendor cannot move an order; "" when it can.
func refusedMove(order *client.Order, to client.Status, id, sent string) string {
	switch {
	case !to.Known():
		return "New status: " + sent + " is not a valid order status"
	case !strings.HasPrefix(string(to), "VENDOR_"):
		return "Could not update order status to invalid status: " + sent
	case order.Status == client.OrderCancelled:
		return "OrderId: " + id + " has been cancelled and status cannot be updated."
	case order.Status == to:
		return "OrderId: " + id + " already has current status: " + sent
	case order.Status.Locked():
		return "OrderId: " + id + " cannot be moved to order status: " + sent + " while in status: " + string(order.Status)
	}
	return ""
}
