package conformance_test

import "strings"

// trackingDefects are of setShipmentTracking.
var trackingDefects = []defect{
	{name: "numbers for number is overlooked", caught: "tracking numbers are added, each once, in the order given", of: asks(tracking, `"numbers"`, `"xx"`)},
	{name: "tracking numbers have blanks between", caught: "tracking numbers are added, each once, in the order given", of: tells(detail, `("trackingNumber":"[^",]*),`, `$1, `)},
	{name: "tracking numbers are a list", caught: "several tracking numbers are separated by commas without blanks", of: tells(detail, `"trackingNumber":("[^"]*")`, `"trackingNumber":[$1]`)},
	{name: "new tracking numbers take the place of old ones", caught: "tracking numbers are added, each once, in the order given", of: tells(detail, `("trackingNumber":")[^",]*,`, `$1`)},
	{name: "new tracking numbers come first", caught: "tracking numbers are added, each once, in the order given", of: tells(detail, `("trackingNumber":")([^",]*),([^"]*)"`, `$1$3,$2"`)},
	{name: "a tracking number is there twice", caught: "tracking numbers are added, each once, in the order given", of: tells(detail, `("trackingNumber":")([^",]*)"`, `$1$2,$2"`)},
	{name: "tracking numbers are forgotten", caught: "tracking numbers are added, each once, in the order given", of: forgets(tracking, `"orderId": ?"?(?:999-)?0*(\d+)"?(?:\.0)?, ?"trackingList": ?\[\{"number`, `Updated Order: $1 with new tracking info.`)},
	{name: "tracking changes the status", caught: "tracking numbers are added, each once, in the order given", of: afterwards(tracking, `"orderStatus":"IGLOBAL_ORDER_IN_PROCESS"`, `"orderStatus":"VENDOR_SHIPMENT_READY"`)},
	{name: "tracking is refused in fraud review", caught: "tracking numbers are taken in every status, which they do not change", of: refuses(tracking, `"orderStatus":"IGLOBAL_FRAUD_REVIEW"`)},
	{name: "success of tracking has no full stop", caught: "tracking numbers are added, each once, in the order given", of: tells(tracking, `new tracking info\."`, `new tracking info"`)},
	{name: "an empty trackingList is taken", caught: "the keys of setShipmentTracking are required, one after the other", of: asks(tracking, `"trackingList": \[\]`, `"trackingList": [{"number":"x"}]`)},
	{name: "a tracking number that is missing is skipped", caught: "each tracking number is required", of: asks(tracking, `\{\}, `, ``)},
	{name: "the tracking number that is missing is always the first", caught: "the tracking number that is missing is named by its place", of: tells(tracking, `trackingList\[2\]`, `trackingList[0]`)},
	{name: "half of a bad list is taken", caught: "each tracking number is required", of: func(next answering) answering {
		return func(c *call) *reply {
			a := next(c)
			if c.URL.Path == tracking && strings.Contains(a.body, "is required\"") && strings.Contains(c.body, "unwanted") {
				c.body = strings.ReplaceAll(strings.ReplaceAll(c.body, `{}, `, ""), `, {}`, "")
				next(c)
			}
			return a
		}
	}},
	{name: "the order that is not there is told in v1's words", caught: "an order that is not there has no tracking number", of: tells(tracking, `Could not find an order with orderId`, `Could not retrieve order for orderId`)},
	{name: "a tracking number that is there is refused", caught: "a tracking number that an order has is taken again", of: instead(tracking, `"number": "[A-Z0-9]+"`, `{"error":"The order has this number."}`)},
}
