package conformance_test

import "strings"

// detailDefects are of orderDetail.
var detailDefects = []defect{
	{name: "v1 lacks a key", caught: "v1 answers what v2 answers", of: tells(detailV1, `"cslListMatch":(false|true),`, ``)},
	{name: "v1 rounds otherwise", caught: "v1 answers what v2 answers", of: tells(detailV1, `"shippingTotal":(\d+)\.\d\d`, `"shippingTotal":$1.00`)},
	{name: "v1 has v2's texts", caught: "neither id nor reference", of: tells(detailV1, `is required\."`, `is required"`)},
	{name: "v2 has v1's texts", caught: "neither id nor reference", of: tells(detail, `(referenceId is required|orderId and referenceId)"`, `$1."`)},
	{name: "remittance_amount is missing beside the order", caught: "duties and taxes of the order", of: tells(anywhere, `,"remittance_amount":[\d.]+\}$`, `}`)},
	{name: "remittance_amount is missing in the order", caught: "duties and taxes of the order", of: tells(anywhere, `,"remittance_amount":[\d.]+\},`, `},`)},
	{name: "the two remittance_amounts differ", caught: "duties and taxes of the order", of: tells(anywhere, `,"remittance_amount":[\d.]+\}$`, `,"remittance_amount":0.01}`)},
	{name: "promoCode is null", caught: "what has no value is null", of: telling(detail, func(_ *call, a *reply) {
		if !strings.Contains(a.body, "promoCode") {
			a.body = strings.Replace(a.body, `"order":{`, `"order":{"promoCode":null,`, 1)
		}
	})},
	{name: "promoCode is a string", caught: "the promo code, and its absence", of: tells(detail, `"promoCode":\{"code":("[^"]*"),"amount":[\d.]+\}`, `"promoCode":$1`)},
	{name: "the promo code is taken off", caught: "the promo code, and its absence", of: tells(detail, `"grandTotal":\d+(\.\d\d.*"promoCode":)`, `"grandTotal":1$1`)},
	{name: "payment keys that do not apply are null", caught: "the payment, where the checkout took it", of: tells(detail, `"paymentProcessing":\{"paymentGateway":("iGlobal_\w+")\}`, `"paymentProcessing":{"paymentGateway":$1,"cardType":null}`)},
	{name: "the gateway has a name of its own", caught: "the payment, where the checkout took it", of: tells(detail, `"iGlobal_(CC|PayPal)"`, `"$1"`)},
	{name: "a capture has no twin", caught: "the payment, where the shop's own gateway took it", of: tells(detail, `"captureDateString":"([^"]*)\d"`, `"captureDateString":"${1}9"`)},
	{name: "a note has no dateCreatedString", caught: "notes of the order", of: tells(detail, `"dateCreatedString":"[^"]*",`, ``)},
	{name: "notes are plain texts", caught: "notes of the order", of: tells(detail, `"notes":\[\{.*?\}\]`, `"notes":["x"]`)},
	{name: "dispursement is spelled right", caught: "duties and taxes of the order", of: tells(detail, `dispursementFee`, `disbursementFee`)},
	{name: "a fee that is zero is left out", caught: "duties and taxes of the order", of: tells(detail, `"prepaymentFee":0\.00,`, ``)},
	{name: "a quantity is a string", caught: "items of the order", of: tells(detail, `"quantity":(\d+)`, `"quantity":"$1"`)},
	{name: "a size has no decimals", caught: "items of the order", of: tells(detail, `"length":(\d+)\.00`, `"length":$1`)},
	{name: "itemNonShippable is a word", caught: "items of the order", of: tells(detail, `"itemNonShippable":(\w+)`, `"itemNonShippable":"$1"`)},
	{name: "coupons are no items", caught: "a negative price is taken off the total", of: tells(detail, `,\{"description":"Coupon[^}]*\}`, ``)},
	{name: "coupons are not counted", caught: "totals of the order", of: tells(detail, `"itemsCount":\d+(.*"unitPrice":-)`, `"itemsCount":1$1`)},
	{name: "test orders are shown as live ones", caught: "test orders and live ones say what they are", of: tells(detail, `"testOrder":true`, `"testOrder":false`)},
	{name: "a boolean is a digit", caught: "booleans of the order", of: tells(detail, `"shipComplete":false`, `"shipComplete":0`)},
	{name: "the newsletter box is false where it was not shown", caught: "an order of a bare cart has every key", of: tells(detail, `"optInEmail":null`, `"optInEmail":false`)},
	{name: "addresses are in a map", caught: "addresses of the order", of: tells(detail, `"name":("[^"]*"),`, `"shipTo":{"name":$1},`)},
	{name: "a country is a name only", caught: "addresses of the order", of: tells(detail, `"countryCode":"[^"]*","countryName":("[^"]*")`, `"countryCode":$1,"countryName":$1`)},
	{name: "dollars are converted", caught: "an order settled in dollars has the same amounts twice", of: tells(detail, `"itemsTotalForeign":\d+(\..*"foreignCurrencyCode":"USD")`, `"itemsTotalForeign":1$1`)},
	{name: "the newest of duplicates is shown", caught: "two new orders with one reference", of: func(next answering) answering {
		return func(c *call) *reply {
			a := next(c)
			if c.URL.Path == detail && strings.Contains(a.body, "Duplicate referenceId") {
				c.body = `{"store":999,"secret":"` + secret + `","orderId":1}`
				a = next(c)
			}
			return a
		}
	}},
	{name: "Duplicate does not name the store", caught: "a reference that several orders carry", of: tells(anywhere, `(Duplicate referenceId: .*) for storeId: 999`, `$1`)},
	{name: "a reference is found by its beginning", caught: "an order that is not there, by reference", of: asks(detail, `"referenceId": "%[^"]*%"`, `"orderId": 1`)},
	{name: "of id and reference the id counts", caught: "id and reference exclude each other", of: asks(detail, `("orderId": "999-\d+"), "referenceId": "x"`, `$1`)},
	{name: "a blank reference is not absent", caught: "an order by its id and by its reference", of: asks(detail, `"referenceId": "  "`, `"referenceId": "x"`)},
	{name: "a key has a hyphen", caught: "every key is always there, null where there is no value", of: tells(detail, `"order":\{`, `"order":{"gift-wrapped":false,`)},
	{name: "the status is since another time", caught: "a time says the same in both forms", of: tells(detail, `"orderStatusDate":(\d{12})\d`, `"orderStatusDate":${1}0`)},
	{name: "the status is older than the order", caught: "dates of the order", of: tells(detail, `"orderStatusDate":\d+,"orderStatusDateString":"[^"]*"`, `"orderStatusDate":0,"orderStatusDateString":"1970-01-01 00:00:00.0"`)},
	{name: "a reference of null is a reference", caught: "a shop imports an order and reports its progress", of: asks(detail, `"referenceId":null`, `"referenceId":"null"`)},
	{name: "live orders are shown as test orders", caught: "the list says of an order what its detail says", of: tells(detail, `"testOrder":false`, `"testOrder":true`)},
	{name: "a service level is a map", caught: "shipping of the order", of: tells(detail, `"shippingCarrierServiceLevel":("[^"]*")`, `"shippingCarrierServiceLevel":{"id":$1}`)},
	{name: "a coupon counts twice", caught: "an item with a negative price is one of the order's items", of: tells(detail, `"quantity":1,"unitPrice":-`, `"quantity":2,"unitPrice":-`)},
	{name: "two statuses look the same", caught: "an order shows its status, and so does the list", of: tells(detail, `"orderStatus":"VENDOR_SHIPMENT_READY"`, `"orderStatus":"VENDOR_PREPARING_ORDER"`)},
}
