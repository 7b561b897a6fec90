package conformance_test

import "strings"

// valueDefects are of times, money, booleans, strings and null.
var valueDefects = []defect{
	{name: "a null key is dropped", caught: "every key is always there, null where there is no value", of: tells(anywhere, `"poNumber":null,`, "")},
	{name: "a null key is dropped where nobody looks", caught: "every key is always there, null where there is no value", of: tells(anywhere, `"carrierAccountShippingMethod":null,`, "")},
	{name: "null is a blank string", caught: "what has no value is null", of: tells(anywhere, `"merchantOrderId":null`, `"merchantOrderId":""`)},
	{name: "null is a word", caught: "an order of a bare cart has every key", of: tells(anywhere, `"trackingNumber":null`, `"trackingNumber":"null"`)},
	{name: ".000 for .0", caught: "a time says the same in both forms", of: tells(anywhere, `(\d\d:\d\d:\d\d)\.0"`, `$1.000"`)},
	{name: "no fraction for .0", caught: "a time says the same in both forms", of: tells(anywhere, `(\d\d:\d\d:\d\d)\.0"`, `$1"`)},
	{name: "zeros at the end of a fraction", caught: "a time says the same in both forms", of: tells(anywhere, `(\d\d:\d\d:\d\d\.\d\d)"`, `${1}0"`)},
	{name: "a T between date and time", caught: "the survey of what the server holds", of: tells(anywhere, `"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.)`, `"${1}T$2`)},
	{name: "milliseconds are dropped from one of the twins", caught: "a time says the same in both forms", of: tells(anywhere, `("orderDate":\d{10})\d{3}`, `${1}000`)},
	{name: "seconds for milliseconds", caught: "a time says the same in both forms", of: tells(anywhere, `("orderDate":\d{10})\d{3}`, `$1`)},
	{name: "milliseconds are a string", caught: "a time says the same in both forms", of: tells(anywhere, `"orderStatusDate":(\d+)`, `"orderStatusDate":"$1"`)},
	{name: "times are those of another zone", caught: "a time says the same in both forms", of: tells(detail, `("orderStatusDateString":"\d{4}-\d\d-\d\d) \d\d:`, `$1 99:`)},
	{name: "money has one decimal", caught: "money has two decimals and adds up", of: tells(anywhere, `(\d\.\d)0([,}])`, `$1$2`)},
	{name: "money is a string", caught: "money has two decimals and adds up", of: tells(anywhere, `"grandTotal":([\d.]+)`, `"grandTotal":"$1"`)},
	{name: "money is in cents", caught: "money has two decimals and adds up", of: tells(anywhere, `"shippingTotal":(\d+)\.(\d\d)`, `"shippingTotal":$1$2`)},
	{name: "a total is off by a few cents", caught: "money has two decimals and adds up", of: tells(anywhere, `"itemsTotal":(\d+)\.\d\d`, `"itemsTotal":$1.77`)},
	{name: "dinars have two decimals", caught: "a foreign amount has as many decimals as its currency", of: tells(anywhere, `(Foreign":[\d.]+\d\d)\d([,}])`, `$1$2`)},
	{name: "dollars have three decimals abroad", caught: "a foreign amount has as many decimals as its currency", of: tells(anywhere, `(Foreign":\d+\.\d\d)([,}])`, `${1}0$2`)},
	{name: "a price is cut off", caught: "prices are rounded half up to cents on intake, and totals are made of the rounded prices", of: asks(cart, `6\.666666666666667`, `6.66`)},
	{name: "a half is rounded to even", caught: "prices are rounded half up to cents on intake, and totals are made of the rounded prices", of: asks(cart, `0\.005|1\.005`, `1.00`)},
	{name: "a price goes through binary floating point", caught: "prices are rounded half up to cents on intake, and totals are made of the rounded prices", of: asks(cart, `1\.005`, `1.00499999999999989`)},
	{name: "a total is made of unrounded prices", caught: "prices are rounded half up to cents on intake, and totals are made of the rounded prices", of: tells(detail, `"itemsTotal":20\.01(.*)"grandTotal":20\.01`, `"itemsTotal":20.00$1"grandTotal":20.00`)},
	{name: "a leading point is refused", caught: "prices are rounded half up to cents on intake, and totals are made of the rounded prices", of: asks(cart, `"\.5"`, `"x"`)},
	{name: "an exponent is refused", caught: "prices are rounded half up to cents on intake, and totals are made of the rounded prices", of: asks(cart, `1\.5e2`, `"x"`)},
	{name: "a boolean of a word is not read", caught: "booleans may come in these ways", of: asks(list, `"missingMerchantOrderId": "false"`, `"missingMerchantOrderId": true`)},
	{name: "a boolean of a digit is not read", caught: "booleans may come in these ways", of: asks(list, `"missingMerchantOrderId": 1`, `"missingMerchantOrderId": false`)},
	{name: "a reference that is a number is refused", caught: "a reference that is a number is found by number and by string", of: asks(detail, `"referenceId": (\d+)`, `"referenceId": "x$1"`)},
	{name: "what came as a number is answered as one", caught: "a number is as good as a string, and is answered as a string", of: tells(detail, `"misc2":"22"`, `"misc2":22`)},
	{name: "a date that is a number is refused", caught: "dates may come as numbers", of: asks(list, `"sinceDate": (\d{8})`, `"sinceDate": "x$1"`)},
	{name: "items are null", caught: "every key is always there, null where there is no value", of: telling(detail, func(c *call, a *reply) {
		if strings.Contains(c.body, "999-300") {
			a.body = strings.Replace(a.body, `"items":[`, `"items":null,"moreItems":[`, 1)
		}
	})},
	{name: "notes are null", caught: "every key is always there, null where there is no value", of: tells(anywhere, `"notes":\[\]`, `"notes":null`)},
	{name: "0.1 and 0.2 are 0.31", caught: "sums are exact", of: tells(detail, `"itemsTotal":0\.30`, `"itemsTotal":0.31`)},
	{name: "a digit in a string is no boolean", caught: "a job polls for the orders that it has not acknowledged", of: asks(list, `"missingMerchantOrderId":"1"`, `"missingMerchantOrderId":"x"`)},
}
