package console

import "strings"

// provocation is what a request has to be to get an error text.
type provocation struct {
	keys      string // members of the body, besides the credentials
	raw       string // the whole body instead
	condition string
	repeat    int
}

const (
	cartItems = `"items":[{"description":"Tent","quantity":1,"unitPrice":199.00}]`
	openCart  = `{"store":"{store}",` + cartItems + `}` // the limits are of who sends no secret
	noOrder   = "999999999"

	whenFails     = "Only while the service cannot reach its database."
	whenClosed    = "Only while the store is closed (entrepot store close)."
	whenLoading   = "Only while the store is being loaded (entrepot store add --loading)."
	whenUnread    = "Only where the order is there and cannot be read, such as on a damaged disk."
	whenRace      = "Only where others change the same order at the same moment, several times over."
	whenFlooded   = "Only when hundreds of carts come within a second."
	whenStoreFull = "Only when the store holds as many waiting carts as it may (200,000)."
	whenFull      = "Only when an address holds as many waiting carts as it may (50,000)."
)

// item is a cart whose one item has other keys besides, or instead.
func item(keys string) provocation {
	return provocation{keys: `"items":[{"description":"Tent","quantity":1,"unitPrice":199.00,` + keys + `}]`}
}

func keys(members string) provocation { return provocation{keys: members} }

func when(condition string) provocation { return provocation{condition: condition} }

// rightKeys make a request of each endpoint that is right, so that what comes
// besides is what is wrong.
var rightKeys = map[string]string{
	"createTempCart":          cartItems,
	"orderNumbers":            `"sinceOrderId":"{earlier}"`,
	"orderDetail":             `"orderId":"{newest}"`,
	"orderDetailV1":           `"orderId":"{newest}"`,
	"updateMerchantOrderId":   `"orderId":"{newest}","merchantOrderId":"12-34567"`,
	"updateVendorOrderStatus": `"orderId":"{IGLOBAL_ORDER_IN_PROCESS}","orderStatus":"VENDOR_PREPARING_ORDER"`,
	"setShipmentTracking":     `"orderId":"{newest}","trackingList":[{"number":"1Z0000000000000001"}]`,
	"magentoRegion":           `"region":"ON"`,
}

// provocations are by the text's name, or by endpoint and name where
// endpoints differ.
var provocations = map[string]provocation{
	"UnparsableV1": {raw: "store=999"}, "UnparsableV2": {raw: "store=999"},
	"StoreRequired":               {raw: `{"secret":"{secret}"}`},
	"BodyTooLarge":                keys(`"padding":"{mebibyte}"`),
	"TooManyGuesses":              {repeat: 31},
	"TooManyCarts":                {raw: openCart, condition: whenFlooded},
	"CartsOfStore":                when(whenStoreFull),
	"CartsOfAddress":              {raw: openCart, condition: whenFull},
	"BadOrderId":                  keys(`"orderId":"abc","merchantOrderId":"12-34567","orderStatus":"VENDOR_PREPARING_ORDER","trackingList":[{"number":"1Z1"}]`),
	"OrderNotFound":               keys(`"orderId":"` + noOrder + `","trackingList":[{"number":"1Z1"}]`),
	"NotBoolean":                  keys(`"missingMerchantOrderId":"yes"`),
	"OrdersFailed":                when(whenFails),
	"OrderDetailFailed":           when(whenFails),
	"ReferenceUnread":             {keys: `"referenceId":"{reference}"`, condition: whenUnread},
	"ReferenceNotFound":           keys(`"referenceId":"no-such-cart"`),
	"ReferenceDuplicate":          keys(`"referenceId":"{duplicate}"`),
	"SelectorRequiredV1":          keys(`"orderId":null,"referenceId":null`),
	"SelectorRequiredV2":          keys(`"orderId":null,"referenceId":null`),
	"BothSelectorsV1":             keys(`"orderId":"{newest}","referenceId":"{reference}"`),
	"BothSelectorsV2":             keys(`"orderId":"{newest}","referenceId":"{reference}"`),
	"orderDetail/BadOrderId":      keys(`"orderId":"abc"`),
	"orderDetailV1/BadOrderId":    keys(`"orderId":"abc"`),
	"orderDetail/OrderNotFound":   keys(`"orderId":"` + noOrder + `"`),
	"orderDetailV1/OrderNotFound": keys(`"orderId":"` + noOrder + `"`),

	"createTempCart/NotText":    item(`"sku":["A"]`),
	"createTempCart/NotBoolean": item(`"itemNonShippable":"perhaps"`),
	"ItemsRequired":             keys(`"items":[]`),
	"ItemsNotList":              keys(`"items":{"0":{"description":"Tent","quantity":1,"unitPrice":199.00}}`),
	"ItemNotMap":                keys(`"items":["Tent"]`),
	"ItemKeyRequired":           keys(`"items":[{"description":"Tent","unitPrice":199.00}]`),
	"NotQuantity":               keys(`"items":[{"description":"Tent","quantity":"abc","unitPrice":199.00}]`),
	"QuantityTooLarge":          keys(`"items":[{"description":"Tent","quantity":4000000000,"unitPrice":199.00}]`),
	"NotDecimal":                keys(`"items":[{"description":"Tent","quantity":1,"unitPrice":"$199"}]`),
	"AmountTooLarge":            keys(`"items":[{"description":"Tent","quantity":1,"unitPrice":"99999999999999.00"}]`),
	"ItemsTooLarge":             keys(`"items":[{"description":"Tent","quantity":9,"unitPrice":9999999999999}]`),
	"Negative":                  item(`"weight":-1`),
	"NotUnit":                   item(`"weightUnits":"stone"`),
	"NotCountry":                item(`"countryOfOrigin":"Italy"`),
	"StoreClosed":               when(whenClosed),
	"StoreNotOpened":            when(whenLoading),
	"CreateTempCartFailed":      when(whenFails),

	"orderNumbers/BadOrderId": keys(`"sinceOrderId":"abc"`),
	"BothSince":               keys(`"sinceOrderId":"{earlier}","sinceDate":"{weekAgo}"`),
	"ThroughNeedsSince":       keys(`"throughDate":"{today}"`),
	"SinceRequired":           keys(`"statuses":true`),
	"BadDate":                 keys(`"sinceDate":"2015-01-01"`),
	"ThroughBeforeSince":      keys(`"sinceDate":"20150102","throughDate":"20150101"`),
	"SinceNotFound":           keys(`"sinceOrderId":"` + noOrder + `"`),
	"StoreLoading":            when(whenLoading),

	"MerchantIdOrderRequired":       keys(`"merchantOrderId":"12-34567"`),
	"MerchantOrderIdRequired":       keys(`"orderId":"{newest}"`),
	"MerchantOrderIdTooLong":        keys(`"orderId":"{newest}","merchantOrderId":"` + strings.Repeat("9", 256) + `"`),
	"MerchantIdOrderNotFound":       keys(`"orderId":"` + noOrder + `","merchantOrderId":"12-34567"`),
	"updateMerchantOrderId/NotText": keys(`"orderId":"{newest}","merchantOrderId":["A"]`),
	"UpdateMerchantOrderIdFailed":   when(whenFails),

	"StatusOrderRequired":           keys(`"orderStatus":"VENDOR_PREPARING_ORDER"`),
	"StatusRequired":                keys(`"orderId":"{newest}"`),
	"StatusOrderNotFound":           keys(`"orderId":"` + noOrder + `","orderStatus":"VENDOR_PREPARING_ORDER"`),
	"StatusUnknown":                 keys(`"orderId":"{newest}","orderStatus":"NEW_ORDER_STATUS"`),
	"StatusNotVendors":              keys(`"orderId":"{newest}","orderStatus":"IGLOBAL_ORDER_IN_PROCESS"`),
	"StatusCancelled":               keys(`"orderId":"{IGLOBAL_ORDER_CANCELLED}","orderStatus":"VENDOR_PREPARING_ORDER"`),
	"StatusUnchanged":               keys(`"orderId":"{VENDOR_SHIPMENT_READY}","orderStatus":"VENDOR_SHIPMENT_READY"`),
	"StatusLocked":                  keys(`"orderId":"{IGLOBAL_FRAUD_REVIEW}","orderStatus":"VENDOR_PREPARING_ORDER"`),
	"StatusRaceLost":                when(whenRace),
	"UpdateVendorOrderStatusFailed": when(whenFails),

	"TrackingOrderRequired":       keys(`"trackingList":[{"number":"1Z1"}]`),
	"TrackingRequired":            keys(`"orderId":"{newest}"`),
	"TrackingNotList":             keys(`"orderId":"{newest}","trackingList":"1Z1"`),
	"setShipmentTracking/NotText": keys(`"orderId":"{newest}","trackingList":[{"number":["1Z1"]}]`),
	"TrackingNumberRequired":      keys(`"orderId":"{newest}","trackingList":[{"number":null}]`),
	"TrackingNumberTooLong":       keys(`"orderId":"{newest}","trackingList":[{"number":"` + strings.Repeat("9", 101) + `"}]`),
	"TooManyTrackingNumbers":      keys(`"orderId":"{newest}","trackingList":[{"number":"{thousand}"}]`),
	"SetShipmentTrackingFailed":   when(whenFails),
}

// wrongSecret is nobody's.
const wrongSecret = "00000000-0000-4000-8000-000000000000"

// provoke makes the request that gets an error text.
func provoke(e Endpoint, p Problem) Example {
	how, ok := provocations[e.ID+"/"+p.ID]
	if !ok {
		how = provocations[p.ID]
	}
	made := Example{
		Name: p.ID, Title: p.Text, About: p.About, Expect: p.Text, Method: post, Path: e.Path,
		ContentType: jsonType, Accept: jsonType, Condition: how.condition, Repeat: how.repeat, Body: how.body(e, p),
	}
	switch p.ID {
	case "NoSuchEndpoint":
		made.Path += "/"
	case "OnlyPost":
		made.Method, made.Body = "GET", ""
	case "NotJSON":
		made.ContentType = "text/plain"
	case "JSONNotAccepted":
		made.Accept = htmlType
	}
	return made
}

func (how provocation) body(e Endpoint, p Problem) string {
	if how.raw != "" {
		return pretty(how.raw)
	}
	secret := theSecret
	if p.ID == "BadCredentials" || p.ID == "TooManyGuesses" {
		secret = wrongSecret
	}
	members := how.keys
	if members == "" {
		members = rightKeys[e.ID]
	}
	return pretty(`{"store":"{store}","secret":` + quote(secret) + "," + members + "}")
}
