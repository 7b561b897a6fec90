package conformance

import "entrepot/internal/conformance/match"

// globals are the variables that every case may use.
var globals = []string{
	"store", "secret", "auth", // auth is both as members of an object
	"wrongSecret",
	"unknownStore", "ghostStore", // two numbers that no store has
	"noOrder",     // a number beyond the last order's
	"run",         // different in every run
	"guessesLeft", // wrong secrets until the limit
}

// need is something that a server has to hold for a case to be shown.
type need struct {
	means string
	binds []string
}

// Needs that are not met by finding a certain order.
const (
	needPlace       = "place"
	needFresh       = "fresh"
	needGuesses     = "guesses"
	needOtherStore  = "otherStore"
	needNextSecret  = "nextSecret"
	needOpenCart    = "openCart"
	needClosedCart  = "closedCart"
	needWindow      = "window"
	needDays        = "days"
	needMixedDays   = "mixedDays"
	needWholeList   = "wholeList"
	needRecent      = "recentMissing"
	needOld         = "oldMissing"
	needOtherOnly   = "otherOnly"
	mostWhole       = 50_000 // orders in a list that a case reads as a whole
	mostRange       = 400    // orders in a range of days
	mostDetails     = 400    // orders looked at in detail by the survey
	newestDetails   = 40     // of these the newest, one by one
	mostGuesses     = 30     // wrong secrets within a minute
	windowOfOrders  = 12
	sampleOfMissing = 20
)

// needs are all of them by name.
var needs = func() map[string]need {
	all := map[string]need{
		needPlace:      {"a way to place an order of a cart (Target.Place)", nil},
		needFresh:      {"a new order: a way to place one, or a test order in IGLOBAL_ORDER_IN_PROCESS without a merchant order id", []string{"fresh", "freshNumber"}},
		needGuesses:    {"less than a minute since the first wrong secret of the run", nil},
		needOtherStore: {"a second store", []string{"otherStore", "otherSecret", "otherAuth"}},
		needNextSecret: {"a second secret of the store", []string{"nextSecret"}},
		needOpenCart:   {"carts without a secret (Target.CartSecret)", nil},
		needClosedCart: {"a store that takes carts with its secret only", []string{"closedStore", "closedSecret"}},
		needWindow:     {"several orders", []string{"windowStart", "windowStartNumber", "windowIds"}},
		needDays:       {"orders on two days in the past, and before and after these", dayVars},
		needMixedDays:  {"days in the past with orders both with and without a merchant order id, and orders before and after these", append([]string{"rangeMissingIds"}, dayVars...)},
		needWholeList:  {"a list that is not too long to be read at once", []string{"allIds"}},
		needRecent:     {"an order of the last two weeks without a merchant order id", []string{"recentMissingIds", "twoWeeksAgo"}},
		needOld:        {"an order older than two weeks without a merchant order id", []string{"oldMissing"}},
		needOtherOnly:  {"a second store with a number that the first has not", []string{"otherOnly", "otherOnlyNumber"}},
	}
	for _, k := range orderKinds {
		all[k.name] = need{k.means, orderVars(k.name)}
	}
	return all
}()

var dayVars = []string{"day", "dayIds", "rangeFrom", "rangeThrough", "rangeIds", "rangeBefore", "rangeAfter"}

// orderVars are what is bound for an order of some kind.
func orderVars(kind string) []string {
	return []string{kind, kind + "Number", kind + "Placed", kind + "Status", kind + "MerchantId", kind + "Reference"}
}

// orderKind is an order that cases ask for: found in the list, or by a look at its detail.
type orderKind struct {
	name, means string
	listed      func(o listed) bool
	detail      func(order *match.Node) bool
}

var orderKinds = append(statusKinds(), []orderKind{
	{"order", "an order", func(listed) bool { return true }, nil},
	{"live", "a live order", func(o listed) bool { return !o.Test }, nil},
	{"test", "a test order", func(o listed) bool { return o.Test }, nil},
	{"named", "an order with a merchant order id", func(o listed) bool { return o.MerchantID != "" }, nil},
	{"unnamed", "an order without a merchant order id", func(o listed) bool { return o.MerchantID == "" }, nil},
	{"wholeSecond", "an order placed on a whole second", func(o listed) bool { return o.Placed.UnixMilli()%1000 == 0 }, nil},
	{"shortFraction", "an order placed on a hundredth of a second", func(o listed) bool {
		ms := o.Placed.UnixMilli() % 1000
		return ms != 0 && ms%10 == 0
	}, nil},
	{"fullFraction", "an order placed on a thousandth of a second", func(o listed) bool { return o.Placed.UnixMilli()%10 != 0 }, nil},
	{"first", "a first order", nil, nil},
	{"last", "a last order", nil, nil},
	{"referenced", "an order with a referenceId that no other has", nil, hasText("referenceId")},
	{"numericReference", "an order with a referenceId of digits that no other has", nil, func(o *match.Node) bool {
		return digits.MatchString(o.Get("referenceId").Value())
	}},
	{"duplicated", "two orders with one referenceId", nil, hasText("referenceId")},
	{"tracked", "an order with a tracking number", nil, hasText("trackingNumber")},
	{"severalTracked", "an order with several tracking numbers", nil, matches("trackingNumber", `^[^, ]+(,[^, ]+)+$`)},
	{"untracked", "an order without a tracking number", nil, func(o *match.Node) bool { return o.Get("trackingNumber").Value() == "" }},
	{"noted", "an order with notes", nil, matches("notes", `^\[[^]]`)},
	{"unnoted", "an order without notes", nil, matches("notes", `^\[\]$`)},
	{"promo", "an order with a promo code", nil, hasText("promoCode")},
	{"noPromo", "an order without a promo code", nil, func(o *match.Node) bool { return o.Get("promoCode").Value() == "" }},
	{"coupon", "an order with a negative price", nil, matches("items", `"unitPrice":-`)},
	{"dollars", "an order settled in USD", nil, matches("foreignCurrencyCode", `^USD$`)},
	{"foreign", "an order settled in another currency than USD", nil, matches("foreignCurrencyCode", `^([^U]|U[^S]|US[^D])`)},
	{"threeDecimals", "an order settled in a currency with three decimals", nil, matches("foreignCurrencyCode", `^(BHD|JOD|KWD|LYD|OMR|TND)$`)},
	{"captured", "an order whose payment the shop's own gateway took", nil, matches("paymentProcessing", `"transactionType"`)},
	{"gateway", "an order whose payment the checkout took", nil, func(o *match.Node) bool {
		p := o.Get("paymentProcessing")
		return p.Get("paymentGateway").Value() != "" && p.Get("transactionType") == nil
	}},
	{"nullOptIn", "an order of a store that does not show the newsletter box", nil, func(o *match.Node) bool {
		n := o.Get("optInEmail")
		return n != nil && n.Kind == match.Null
	}},
}...)

// statuses of the contract and the names of the kinds of orders in them.
var statusNames = []struct{ kind, status string }{
	{"inFraudReview", "IGLOBAL_FRAUD_REVIEW"},
	{"inProcess", "IGLOBAL_ORDER_IN_PROCESS"},
	{"onHold", "IGLOBAL_ORDER_ON_HOLD"},
	{"cancelled", "IGLOBAL_ORDER_CANCELLED"},
	{"labelsProcessing", "IGLOBAL_LABELS_PROCESSING"},
	{"preparing", "VENDOR_PREPARING_ORDER"},
	{"shipmentReady", "VENDOR_SHIPMENT_READY"},
	{"labelsPrinted", "VENDOR_LABELS_PRINTED_DATE"},
	{"cancellationRequest", "VENDOR_CANCELLATION_REQUEST"},
	{"endOfDay", "VENDOR_END_OF_DAY_COMPLETE"},
}

// statusKinds: for every status an order in it, and a test order in it that may be written to.
func statusKinds() []orderKind {
	var kinds []orderKind
	for _, s := range statusNames {
		in := func(o listed) bool { return o.Status == s.status }
		test := func(o listed) bool { return o.Test && in(o) }
		kinds = append(kinds,
			orderKind{s.kind, "an order in " + s.status, in, nil},
			orderKind{s.kind + "Test", "a test order in " + s.status, test, nil})
	}
	return kinds
}
