package conformance_test

// idDefects are of how an order's id is read and echoed.
var idDefects = []defect{
	{name: "a zero fraction is refused", caught: "an order's id may be written in these ways", of: asks(anywhere, `"orderId": (\d+)\.0`, `"orderId":"x$1"`)},
	{name: "leading zeros are refused", caught: "an order's id may be written in these ways", of: asks(anywhere, `"orderId": "0`, `"orderId":"x0`)},
	{name: "a bare number is refused", caught: "an order's id may be written in these ways", of: asks(detail, `"orderId": (\d+) `, `"orderId":"x$1"`)},
	{name: "blanks around an id are not dropped", caught: "an order's id may be written in these ways", of: asks(detail, `"orderId": "  ?(\d)`, `"orderId": "x$1`)},
	{name: "a number beyond 63 bits wraps round", caught: "what is no order's id is refused and echoed as sent", of: asks(anywhere, `18446744073709551617`, `1`)},
	{name: "the largest number is refused", caught: "the largest number of 63 bits is an id, of an order that is not there", of: asks(anywhere, `9223372036854775807`, `9223372036854775808`)},
	{name: "an unknown store in an id is overlooked", caught: "what is no order's id is refused and echoed as sent", of: asks(anywhere, `"orderId": "\d{10}-5"`, `"orderId": 5`)},
	{name: "a negative number is its value", caught: "what is no order's id is refused and echoed as sent", of: asks(anywhere, `"orderId": "?-5"?`, `"orderId": 5`)},
	{name: "a fraction is cut off", caught: "what is no order's id is refused and echoed as sent", of: asks(anywhere, `"orderId": "?5\.50?"?`, `"orderId": 5`)},
	{name: "an id is echoed without its zeros", caught: "an order that is not there, by id", of: tells(anywhere, `(orderId: )00(\d+)`, `$1$2`)},
	{name: "an id is echoed without its store", caught: "an order that is not there, by id", of: tells(anywhere, `(find an order with orderId: )999-`, `$1`)},
	{name: "an id is echoed with its store", caught: "an order that is not there, by id", of: tells(anywhere, `(find an order with orderId: )(\d+)"`, `${1}999-$2"`)},
	{name: "an id is echoed without its fraction", caught: "an order that is not there, by id", of: tells(anywhere, `(with orderId: \d+)\.0"`, `$1"`)},
	{name: "an id that is null is invalid", caught: "an id that is null or blank is absent", of: asks(anywhere, `"orderId": null`, `"orderId": "null"`)},
	{name: "an id that is blank is invalid", caught: "an id that is null or blank is absent", of: asks(anywhere, `"orderId": "   "`, `"orderId": "x"`)},
	{name: "sinceOrderId takes no full id", caught: "sinceOrderId may be written in these ways", of: asks(list, `"sinceOrderId": "999-`, `"sinceOrderId": "998-`)},
	{name: "sinceOrderId is echoed normalised", caught: "sinceOrderId of an order that is not there", of: tells(list, `(for sinceOrderId: )00`, `$1`)},
	{name: "updates take no number", caught: "an updating endpoint takes every way of writing an id", of: asks(status, `"orderId": (\d+)\.0`, `"orderId": "x$1"`)},
}
