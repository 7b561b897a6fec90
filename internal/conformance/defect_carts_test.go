package conformance_test

import (
	"context"
	"strings"
	"sync"
)

// cartDefects are of createTempCart and of what becomes of a cart.
var cartDefects = []defect{
	{name: "a blank secret is a wrong one", caught: "a cart needs no secret", of: asks(cart, `"secret": ""`, `"secret":"x"`)},
	{name: "a false secret is a wrong one", caught: "a cart needs no secret", of: asks(cart, `"secret": false`, `"secret":"x"`)},
	{name: "a cart needs a secret", caught: "a cart needs no secret", of: asks(cart, `\{ ("store": 999),`, `{ "store": 998,`)},
	{name: "a wrong secret of a cart is overlooked", caught: "a cart with a secret needs the right one, and a store that is there", of: asks(cart, `"store": 999, "secret": "[^"]+"`, `"store": 999`)},
	{name: "a store that wants a secret takes carts without", caught: "a store that is set so takes carts with its secret only", of: asks(cart, `"store": 998 ,`, `"store": 999 ,`)},
	{name: "every cart has the same identifier", caught: "each cart has an identifier of its own", of: tells(cart, `("tempCartUUID":")[^"]*`, `${1}`+secret)},
	{name: "a cart's identifier is a number", caught: "each cart has an identifier of its own", of: tells(cart, `"tempCartUUID":"[^"]*"`, `"tempCartUUID":"4711"`)},
	{name: "an empty cart is taken", caught: "an empty cart is refused", of: asks(cart, `"items": \[\]`, `"items": [{"description":"x","quantity":1,"unitPrice":1}]`)},
	{name: "an empty cart is told without a full stop", caught: "an empty cart is refused", of: tells(cart, `Parameter items is required\.`, `Parameter items is required`)},
	{name: "items may be one map", caught: "items that are no list of maps are refused", of: asks(cart, `"items": "x"`, `"items": [{"description":"x","quantity":1,"unitPrice":1}]`)},
	{name: "errors count items from one", caught: "a price is an amount", of: tells(cart, `items\[0\]`, `items[1]`)},
	{name: "errors do not name the item", caught: "the three required keys of an item", of: tells(cart, `items\[\d\]\.`, ``)},
	{name: "a description may be missing", caught: "the three required keys of an item", of: asks(cart, `\{ "quantity": 1, "unitPrice": 1 +\}`, `{"description":"x","quantity":1,"unitPrice":1}`)},
	{name: "a quantity of zero is taken", caught: "a quantity is a positive whole number", of: asks(cart, `"quantity": 0,`, `"quantity": 1,`)},
	{name: "a broken quantity is cut off", caught: "a quantity is a positive whole number", of: asks(cart, `"quantity": "?1\.5"?`, `"quantity": 1`)},
	{name: "a quantity with decimals is refused", caught: "a quantity may arrive in these ways", of: asks(cart, `"quantity": (\d)\.0000`, `"quantity": $1.5`)},
	{name: "a quantity in a string is refused", caught: "a quantity may arrive in these ways", of: asks(cart, `"quantity": ?"(\d)"`, `"quantity": "$1x"`)},
	{name: "a price that is none is zero", caught: "a price is an amount", of: asks(cart, `"unitPrice": "abc"`, `"unitPrice": 0`)},
	{name: "a negative price is refused", caught: "a negative price is taken off the total", of: asks(cart, `"unitPrice": "-`, `"unitPrice": "x`)},
	{name: "a negative price is positive", caught: "a negative price is taken off the total", of: asks(cart, `"unitPrice": ?"?-([\d.]+)"?`, `"unitPrice":$1`)},
	{name: "productID is overlooked", caught: "a shop in WordPress makes a cart", of: asks(cart, `"productID"`, `"xx"`)},
	{name: "weightUnit is overlooked", caught: "a shop in WordPress makes a cart", of: asks(cart, `"weightUnit"`, `"xx"`)},
	{name: "itemUrl is overlooked", caught: "a shop in WordPress makes a cart", of: asks(cart, `"itemUrl"`, `"xx"`)},
	{name: "nonShippable is overlooked", caught: "whether an item cannot be shipped may be written as any boolean", of: asks(cart, `"nonShippable"`, `"xx"`)},
	{name: "a key of the item is lost", caught: "items and cart keep all that was sent", of: asks(cart, `"itemFabricContent"`, `"xx"`)},
	{name: "a misc is trimmed", caught: "items and cart keep all that was sent", of: tells(detail, `"misc1":" kept  as it is "`, `"misc1":"kept as it is"`)},
	{name: "a misc is stripped of its tags", caught: "items and cart keep all that was sent", of: asks(cart, `<b>&amp;`, `&amp;`)},
	{name: "two equal boxes are one", caught: "items and cart keep all that was sent", of: asks(cart, `,8x8x4\(1\)"`, `"`)},
	{name: "a unit of weight in small letters is refused", caught: "a weight's unit may be written in any case", of: asks(cart, `"weightUnits": "oz"`, `"weightUnits": "xx"`)},
	{name: "without a unit there is none", caught: "a weight's unit may be written in any case", of: tells(detail, `"weightUnits":"LB"`, `"weightUnits":null`)},
	{name: "a weight is kept with all its decimals", caught: "a weight's unit may be written in any case", of: tells(detail, `"weight":1\.01`, `"weight":1.005`)},
	{name: "a blank key of an item is kept", caught: "all but the required keys may be null or blank", of: tells(detail, `"sku":null`, `"sku":""`)},
	{name: "a blank size is zero", caught: "items of the order", of: tells(detail, `"length":null`, `"length":0`)},
	{name: "a reference that is a number in a cart is lost", caught: "a number is as good as a string, and is answered as a string", of: asks(cart, `"referenceId": ?\d+,`, ``)},
	{name: "a domestic charge in a string is refused", caught: "the links, the footer and the domestic charge are taken", of: asks(cart, `"domesticShippingCharge": "5`, `"domesticShippingCharge": "x`)},
	{name: "a cart becomes an order each time", caught: "a cart becomes an order once only", placing: placedAgain},
	{name: "an order begins in preparation", caught: "an order begins in process or under review", of: tells(detail, `"IGLOBAL_ORDER_IN_PROCESS"`, `"VENDOR_PREPARING_ORDER"`)},
	{name: "a weight in a string is refused", caught: "a shop in PHP makes a cart", of: asks(cart, `"weight":"`, `"weight":"x`)},
}

// placedAgain tells another order of a cart that has become one.
func placedAgain(next placer) placer {
	var done sync.Map
	return func(ctx context.Context, cart string) (string, error) {
		id, err := next(ctx, cart)
		if _, again := done.LoadOrStore(cart, true); again {
			return strings.Replace(id, "999-", "999-1", 1), err
		}
		return id, err
	}
}
