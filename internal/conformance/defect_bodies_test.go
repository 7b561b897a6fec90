package conformance_test

import (
	"regexp"
	"strings"
)

// bodyDefects are of how a body is read, and of the form of answers.
var bodyDefects = []defect{
	{name: "what follows the object is overlooked", caught: "a body that is not one JSON object cannot be parsed", of: asks(anywhere, `\} x$`, "}")},
	{name: "a second object is overlooked", caught: "a body that is not one JSON object cannot be parsed", of: asks(anywhere, `\}\{\}$`, "}")},
	{name: "broken UTF-8 is mended", caught: "a body that is not one JSON object cannot be parsed", of: asking("", func(c *call) { c.body = strings.ToValidUTF8(c.body, "?") })},
	{name: "an empty body is an empty object", caught: "a body that is not one JSON object cannot be parsed", of: asks(anywhere, `^\s*$`, "{}")},
	{name: "null is an empty object", caught: "a body that is not one JSON object cannot be parsed", of: asks(anywhere, `^null$`, "{}")},
	{name: "a comma at the end is forgiven", caught: "a body that is not one JSON object cannot be parsed", of: asks(anywhere, `, \}$`, "}")},
	{name: "comments are skipped", caught: "a body that is not one JSON object cannot be parsed", of: asks(anywhere, `/\*.*\*/`, "")},
	{name: "leading zeros of a number are forgiven", caught: "a body that is not one JSON object cannot be parsed", of: asks(anywhere, `"orderId": 01 `, `"orderId": 1`)},
	{name: "an unknown key is refused", caught: "unknown keys are ignored", of: asks(anywhere, `"clientVersion": "9.9"\}`, `]`)},
	{name: "keys are told apart by letters only", caught: "unknown keys are ignored", of: asks(anywhere, `"ORDERID"`, `"orderId"`)},
	{name: "the first of two equal keys counts", caught: "of a key that is given twice the last one counts", of: asks(detail, `"orderId": "nonsense", "orderId": "[^"]*"`, `"orderId": "nonsense"`)},
	{name: "a NUL character is kept", caught: "a NUL character is dropped", of: asks(anywhere, `\\u0000`, "\uFFFD")},
	{name: "a NUL character ends the string", caught: "a NUL character is dropped", of: asks(anywhere, `\\u0000[^"]*"`, `"`)},
	{name: "a NUL character in a cart is kept", caught: "NUL characters are dropped from what is kept", of: asks(cart, `\\u0000`, "\uFFFD")},
	{name: "error is null on success", caught: "an answer without an error has no such key", of: tells(detail, `^\{"order":`, `{"error":null,"order":`)},
	{name: "error is blank on success", caught: "days without orders make an empty list", of: tells(list, `^\{"totalCount":`, `{"error":"","totalCount":`)},
	{name: "an error has more keys", caught: "every endpoint answers at its path", of: tells(anywhere, `^\{"error":`, `{"code":17,"error":`)},
	{name: "texts are escaped as HTML", caught: "an error's text is UTF-8 as well", of: telling("", func(_ *call, a *reply) { a.body = strings.ReplaceAll(a.body, "&", "&amp;") })},
	{name: "texts lose what is beyond ASCII", caught: "an error's text is UTF-8 as well", of: telling("", func(_ *call, a *reply) { a.body = beyondASCII.ReplaceAllString(a.body, "?") })},
	{name: "v2 says what v1 says of a broken body", caught: "what cannot be parsed, and credentials that do not hold, at both versions", of: tells(detail, `Invalid post body`, `could not parse input`)},
	{name: "credentials are looked at before the body is parsed", caught: "path, method, Content-Type, Accept, size and parsing are looked at in this order", of: func(next answering) answering {
		return func(c *call) *reply {
			if strings.HasSuffix(c.body, ", ") { // cut off behind credentials that do not hold
				c.body += `"x": 0}`
			}
			return next(c)
		}
	}},
	{name: "keys are looked at before credentials", caught: "credentials are looked at before keys", of: tells(list, `^\{"error":"Invalid security credentials"\}$`, `{"error":"Parameter sinceOrderId or sinceDate is required."}`)},
	{name: "a blank before a colon is refused", caught: "white space between JSON tokens is free", of: asks(detail, `"store"  :`, `"store"#`)},
	{name: "a line before the object is refused", caught: "white space around the object is free", of: asks(anywhere, `^\r\n`, "x")},
	{name: "a broken list is told in another case", caught: "what cannot be parsed, and credentials that do not hold", of: tells(list, `could not parse`, `Could not parse`)},
	{name: "updateMerchantOrderId says what v2 says of a broken body", caught: "what cannot be parsed, and credentials that do not hold, at updateMerchantOrderId", of: tells(merchant, `could not parse input`, `Invalid post body`)},
	{name: "setShipmentTracking says what v1 says of a broken body", caught: "what cannot be parsed, and credentials that do not hold, at setShipmentTracking", of: tells(tracking, `Invalid post body`, `could not parse input`)},
}

var beyondASCII = regexp.MustCompile(`[^\x00-\x7f]`)
