package wire

import (
	"runtime"
	"strings"
	"testing"
)

// hostile are values of a size that cost much to who is careless with them.
func hostile(size int) map[string]string {
	return map[string]string{
		"nesting just within":  strings.Repeat("[", 9_990) + strings.Repeat("]", 9_990),
		"maps just within":     strings.Repeat(`{"orderId":`, 9_990) + "1" + strings.Repeat("}", 9_990),
		"a long number":        strings.Repeat("9", size),
		"a long fraction":      "0." + strings.Repeat("1", size),
		"a long exponent":      "1e" + strings.Repeat("9", size),
		"zeros in an exponent": "1e" + strings.Repeat("0", size) + "1",
		"a huge exponent":      "1e1000000000",
		"a tiny exponent":      "1e-1000000000",
		"a large exponent":     "1e999999",
		"a small exponent":     "1e-999999",
		"a quoted exponent":    `"1e1000000000"`,
		"a long string":        `"` + strings.Repeat("x", size) + `"`,
		"a long blank":         `"` + strings.Repeat(" ", size) + `"`,
		"many escapes":         `"` + strings.Repeat(`\u0000`, size/6) + `"`,
		"many hyphens":         `"` + strings.Repeat("-", size) + `"`,
		"many zeros":           `"` + strings.Repeat("0", size) + `1"`,
		"many commas":          `"` + strings.Repeat(",", size) + `"`,
		"many elements":        "[" + strings.Repeat("0,", size/2) + "0]",
		"many maps":            "[" + strings.Repeat("{},", size/3) + "{}]",
	}
}

// decoders with the keys that they look at.
var decoders = []struct {
	at     Endpoint
	keys   string
	decode func(Object) error
}{
	{OrderDetailV2, "store storeId secret", func(o Object) error { DecodeCredentials(o); return nil }},
	{OrderNumbers, "sinceOrderId sinceDate throughDate missingMerchantOrderId statuses", func(o Object) error {
		_, err := DecodeNumbers(o, 999)
		return err
	}},
	{OrderDetailV2, "orderId referenceId", func(o Object) error { _, err := DecodeDetail(o, 999); return err }},
	{UpdateMerchantOrderID, "orderId merchantOrderId", func(o Object) error { _, err := DecodeMerchantOrderID(o, 999); return err }},
	{UpdateVendorOrderStatus, "orderId orderStatus", func(o Object) error { _, err := DecodeStatus(o, 999); return err }},
	{SetShipmentTracking, "trackingList orderId", func(o Object) error { _, err := DecodeTracking(o, 999); return err }},
	{CreateTempCart, "items misc1 domesticShippingCharge", func(o Object) error { _, err := DecodeCart(o); return err }},
	{CreateTempCart, "name countryCode birthDate exchangeRate foreignCurrencyCode shippingTotal paymentProcessing", func(o Object) error {
		_, err := DecodeCheckout(o)
		return err
	}},
}

// maxFactor bounds how many bytes of memory a byte of a body may cost in all,
// however short-lived. The race detector makes pools forget on purpose.
const maxFactor = 100 * raceFactor

// Whatever stands under whatever key: an answer comes, and what it costs grows
// with what was sent.
func TestHostileValues(t *testing.T) {
	for what, raw := range hostile(32 << 10) {
		for _, d := range decoders {
			for _, key := range strings.Fields(d.keys) {
				body := `{"orderId":7,"` + key + `":` + raw + `}`
				hostileBody(t, what+" as "+key, body, d.at, d.decode)
			}
		}
	}
}

// The largest values that the API lets in, in the largest places.
func TestLargestValues(t *testing.T) {
	decode := func(o Object) error { _, err := DecodeCart(o); return err }
	for what, raw := range hostile(1 << 20) {
		if raw[0] != '[' {
			raw = `[{"description":"D","unitPrice":1,"quantity":1,"weight":` + raw + `}]`
		}
		hostileBody(t, what, `{"items":`+raw+`}`, CreateTempCart, decode)
	}
	items := strings.Repeat(`{"description":1,"quantity":1,"unitPrice":1},`, 5000)
	hostileBody(t, "many items", `{"items":[`+strings.TrimSuffix(items, ",")+`]}`, CreateTempCart, decode)
}

func hostileBody(t *testing.T, name, body string, e Endpoint, decode func(Object) error) {
	t.Helper()
	var problem error
	cost := allocated(func() {
		o, err := ParseObject([]byte(body))
		if err != nil {
			t.Errorf("%s: the body was not taken for JSON", name)
			return
		}
		problem = decode(o)
	})
	if problem != nil {
		checkProblem(t, e, problem)
	}
	if cost > uint64(maxFactor*len(body)+1<<20) {
		t.Errorf("%s: a body of %d bytes cost %d bytes of memory", name, len(body), cost)
	}
}

func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestNestingBeyondTheLimitIsNoJSON(t *testing.T) {
	for name, body := range map[string]string{
		"lists":         `{"a":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + `}`,
		"maps":          strings.Repeat(`{"a":`, 10_001) + "1" + strings.Repeat("}", 10_001),
		"a million":     `{"a":` + strings.Repeat("[", 1_000_000),
		"in a string":   `{"a":"` + strings.Repeat("[", 1_000_000), // not closed
		"behind a list": `{"a":[],"b":` + strings.Repeat(`[{"a":`, 150_000),
	} {
		var err error
		cost := allocated(func() { _, err = ParseObject([]byte(body)) })
		if err == nil || cost > uint64(8*len(body)+1<<20) {
			t.Errorf("%s: %v, %d bytes of memory for %d", name, err, cost, len(body))
		}
	}
}
