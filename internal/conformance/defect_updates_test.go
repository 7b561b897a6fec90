package conformance_test

import "strings"

// updateDefects are of updateMerchantOrderId and updateVendorOrderStatus.
var updateDefects = []defect{
	{name: "success names the full id", caught: "an updating endpoint takes every way of writing an id", of: tells(anywhere, `Updated Order: (\d+)`, `Updated Order: 999-$1`)},
	{name: "success has a full stop too many", caught: "a merchant order id is set and set back", of: tells(merchant, `(Updated Order: .*)"\}`, `$1."}`)},
	{name: "success is a boolean", caught: "an order is moved forwards and back", of: tells(status, `"success":"[^"]*"`, `"success":true`)},
	{name: "a merchant order id is forgotten", caught: "a merchant order id is set and set back", of: forgets(merchant, `"orderId": ?"?(?:999-)?0*(\d+)"?(?:\.0)?, ?"merchantOrderId": ?"?([^"}]*)"?`, `Updated Order: $1 with new merchantOrderId: $2`)},
	{name: "a merchant order id is set once only", caught: "a number is as good as a string, and is answered as a string", of: func(next answering) answering {
		return func(c *call) *reply {
			if c.URL.Path == merchant && strings.Contains(c.body, "100000123") {
				return instead(merchant, `"orderId": ?"?(?:999-)?(\d+)"?`, `{"success":"Updated Order: $1 with new merchantOrderId: 100000123"}`)(next)(c)
			}
			return next(c)
		}
	}},
	{name: "a merchant order id that is a number is refused", caught: "a number is as good as a string, and is answered as a string", of: asks(merchant, `"merchantOrderId": ?\d+`, `"merchantOrderId": ""`)},
	{name: "a merchant order id is told as HTML", caught: "a merchant order id is kept, and the order is no longer listed as missing one", of: tells(merchant, `&`, `&amp;`)},
	{name: "a blank merchant order id is taken", caught: "the keys are required, one after the other", of: asks(merchant, `"merchantOrderId": "   "`, `"merchantOrderId": "x"`)},
	{name: "a cancelled order takes no merchant order id", caught: "a merchant order id is taken in every status, which it does not change", of: refuses(merchant, `"orderStatus":"IGLOBAL_ORDER_CANCELLED"`)},
	{name: "a merchant order id moves the status's date", caught: "a merchant order id is taken in every status, which it does not change", of: afterwards(merchant, `("orderStatusDate":\d{12})\d`, `${1}0`)},
	{name: "an order with its id is still listed as missing one", caught: "a merchant order id is kept, and the order is no longer listed as missing one", of: asks(list, `"missingMerchantOrderId": true`, `"x": 1, "sinceDate": "20000101"`)},
	{name: "the order that is not there is told in v2's words", caught: "an order that is not there has no merchant order id", of: tells(merchant, `Could not retrieve order to updateMerchantOrderId for`, `Could not find an order with`)},
	{name: "what is required is told in the tone of others", caught: "the keys are required, one after the other", of: tells(merchant, `to processUpdateMerchantOrderId`, `to updateMerchantOrderId`)},
	{name: "a status is shown as it was sent", caught: "an order is moved forwards and back", of: tells(anywhere, `"orderStatus":"VENDOR_LABELS_PRINTED_DATE"`, `"orderStatus":"VENDOR_LABELS_PRINTED"`)},
	{name: "a status is echoed wrongly", caught: "an order is moved forwards and back", of: tells(status, `order status: VENDOR_LABELS_PRINTED"`, `order status: VENDOR_LABELS_PRINTED_DATE"`)},
	{name: "a status is echoed normalised in an error", caught: "an order is asked for the status that it has", of: tells(status, `current status: VENDOR_LABELS_PRINTED"`, `current status: VENDOR_LABELS_PRINTED_DATE"`)},
	{name: "a status is forgotten", caught: "an order is moved forwards and back", of: forgets(status, `"orderId": ?"?(?:999-)?0*(\d+)"?(?:\.0)?, ?"orderStatus": ?"(VENDOR_SHIPMENT_READY)"`, `Updated Order: $1 to new order status: $2`)},
	{name: "a list shows an old status", caught: "the list shows a status as soon as it has changed", of: tells(list, `"orderStatus":"VENDOR_LABELS_PRINTED_DATE"`, `"orderStatus":"IGLOBAL_ORDER_IN_PROCESS"`)},
	{name: "a status without its prefix is taken", caught: "a status that is none, and one that is not the vendor's to set", of: asks(status, `"VENDOR_PREPARING"`, `"VENDOR_PREPARING_ORDER"`)},
	{name: "a status in small letters is taken", caught: "a status that is none, and one that is not the vendor's to set", of: asks(status, `"vendor_preparing_order"`, `"VENDOR_PREPARING_ORDER"`)},
	{name: "text 7 stands for 8", caught: "a status that is none, and one that is not the vendor's to set", of: tells(status, `Could not update order status to invalid status: (\w+)`, `New status: $1 is not a valid order status`)},
	{name: "text 8 stands for 7", caught: "a status that is none, and one that is not the vendor's to set", of: tells(status, `New status: (.*) is not a valid order status`, `Could not update order status to invalid status: $1`)},
	{name: "text 11 stands for 9", caught: "a cancelled order stays as it is", of: tells(status, `(OrderId: \S+) has been cancelled and status cannot be updated\.`, `$1 cannot be moved to order status: VENDOR_PREPARING_ORDER while in status: IGLOBAL_ORDER_CANCELLED`)},
	{name: "text 9 stands for 11", caught: "an order in a locked status cannot be moved", of: tells(status, `(OrderId: \S+) cannot be moved to order status: \w+ while in status: IGLOBAL_ORDER_ON_HOLD`, `$1 has been cancelled and status cannot be updated.`)},
	{name: "the status that an order has is set again", caught: "an order is asked for the status that it has", of: tells(status, `"error":"OrderId: (?:999-)?0*(\d+) already has current status: (\w+)"`, `"success":"Updated Order: $1 to new order status: $2"`)},
	{name: "the other name of the status is another status", caught: "an order is asked for the status that it has", of: tells(status, `already has current status: VENDOR_LABELS_PRINTED"`, `cannot be moved"`)},
	{name: "a locked order is moved", caught: "an order in a locked status cannot be moved", of: tells(status, `"error":"OrderId: (?:999-)?(\d+) cannot be moved to order status: (\w+) while in status: IGLOBAL_LABELS_PROCESSING"`, `"success":"Updated Order: $1 to new order status: $2"`)},
	{name: "a completed order is moved", caught: "an order in a locked status cannot be moved", of: tells(status, `"error":"OrderId: (?:999-)?(\d+) cannot be moved to order status: (\w+) while in status: VENDOR_END_OF_DAY_COMPLETE"`, `"success":"Updated Order: $1 to new order status: $2"`)},
	{name: "an order is never moved back", caught: "an order is moved forwards and back", of: tells(status, `"success":"Updated Order: (\d+) to new order status: VENDOR_PREPARING_ORDER"`, `"error":"OrderId: $1 cannot be moved"`)},
	{name: "a cancellation is no status of the vendor's", caught: "an order in process may be moved to any status of the vendor's", of: asks(status, `VENDOR_CANCELLATION_REQUEST`, `IGLOBAL_ORDER_CANCELLED`)},
	{name: "the status is looked at before the id", caught: "what is wrong with the request is looked at in this order", of: asks(status, `"orderId": "nonsense", "orderStatus": "NO_SUCH_STATUS"`, `"orderId": 1, "orderStatus": "NO_SUCH_STATUS"`)},
	{name: "the id is looked at before what is required", caught: "what is wrong with the request is looked at in this order", of: telling(status, func(c *call, a *reply) {
		if strings.Contains(c.body, `"nonsense" }`) {
			a.body = `{"error":"orderId: nonsense is not a valid orderId"}`
		}
	})},
	{name: "an order on hold takes a cancellation", caught: "an order in a locked status cannot be cancelled or finished by the vendor", of: tells(status, `"error":"OrderId: 999-(\d+) cannot be moved to order status: (VENDOR_CANCELLATION_REQUEST) while in status: IGLOBAL_ORDER_ON_HOLD"`, `"success":"Updated Order: $1 to new order status: $2"`)},
	{name: "a cancellation is taken back", caught: "after the vendor's last word no status of the vendor's is taken", of: tells(status, `"error":"OrderId: (\d+) cannot be moved to order status: (\w+) while in status: VENDOR_CANCELLATION_REQUEST"`, `"success":"Updated Order: $1 to new order status: $2"`)},
	{name: "a test order cannot be moved", caught: "a test order is moved and moved back", of: refuses(status, `"testOrder":true`)},
}

// forgets answers success and leaves the order as it is.
func forgets(path, expr, success string) func(answering) answering {
	return instead(path, expr, `{"success":"`+success+`"}`)
}

// refuses an update of orders whose detail says something.
func refuses(path, saying string) func(answering) answering {
	return func(next answering) answering {
		return func(c *call) *reply {
			if c.URL.Path != path {
				return next(c)
			}
			c.URL.Path = detail
			refused := strings.Contains(next(c).body, saying)
			c.URL.Path = path
			a := next(c)
			if refused {
				a.body = `{"error":"The order cannot be changed."}`
			}
			return a
		}
	}
}

// afterwards tells otherwise, once a path has been asked for.
func afterwards(path, expr, with string) func(answering) answering {
	return func(next answering) answering {
		asked := false
		changed := tells(detail, expr, with)(next)
		return func(c *call) *reply {
			asked = asked || c.URL.Path == path
			if asked {
				return changed(c)
			}
			return next(c)
		}
	}
}
