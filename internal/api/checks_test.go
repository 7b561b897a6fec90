package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"entrepot/internal/storage/storagetest/engines"
)

// endpoints with what each says first of a request that it cannot serve.
var endpoints = []struct {
	path             string
	version          int
	unparsable       string
	noStore          string
	noKeys           string
	fault            string
	faultStatus      int
	needsSecret      bool
	writes           bool
	request, success string // for an order that is there
}{
	{
		path: "/v1/createTempCart", version: 1, unparsable: "could not parse input", noStore: "Invalid security credentials",
		noKeys: "Parameter items is required.", fault: "Could not process createTempCart.", faultStatus: 200,
		writes: true, request: oneItem, success: "tempCartUUID",
	},
	{
		path: "/v1/orderNumbers", version: 1, unparsable: "could not parse input", noStore: "Invalid security credentials",
		noKeys: "Parameter sinceOrderId or sinceDate is required.", fault: "Could not process order details.", faultStatus: 200,
		needsSecret: true, request: `"sinceDate":"20150101"`, success: "totalCount",
	},
	{
		path: "/v1/orderDetail", version: 1, unparsable: "could not parse input", noStore: "Invalid security credentials",
		noKeys: "Parameter orderId or referenceId is required.", fault: "Could not process order details.", faultStatus: 200,
		needsSecret: true, request: `"orderId":1`, success: "orderDateString",
	},
	{
		path: "/v2/orderDetail", version: 2, unparsable: "Invalid post body", noStore: "Store is required",
		noKeys: "Parameter orderId or referenceId is required", fault: "Could not process order details", faultStatus: 500,
		needsSecret: true, request: `"orderId":1`, success: "orderDateString",
	},
	{
		path: "/v1/updateMerchantOrderId", version: 1, unparsable: "could not parse input", noStore: "Invalid security credentials",
		noKeys: "Parameter orderId is required to processUpdateMerchantOrderId", fault: "Could not process updateMerchantOrderId.", faultStatus: 200,
		needsSecret: true, writes: true, request: `"orderId":1,"merchantOrderId":7`, success: "Updated Order: 1 with new merchantOrderId: 7",
	},
	{
		path: "/v1/updateVendorOrderStatus", version: 1, unparsable: "could not parse input", noStore: "Invalid security credentials",
		noKeys: "Parameter orderId is required to updateVendorOrderStatus", fault: "Could not process updateVendorOrderStatus.", faultStatus: 200,
		needsSecret: true, writes: true, request: `"orderId":1,"orderStatus":"VENDOR_SHIPMENT_READY"`,
		success: "Updated Order: 1 to new order status: VENDOR_SHIPMENT_READY",
	},
	{
		path: "/v2/setShipmentTracking", version: 2, unparsable: "Invalid post body", noStore: "Store is required",
		noKeys: "Parameter orderId is required to setShipmentTracking", fault: "Could not process setShipmentTracking.", faultStatus: 500,
		needsSecret: true, writes: true, request: `"orderId":1,"trackingList":[{"number":"1Z"}]`,
		success: "Updated Order: 1 with new tracking info.",
	},
}

// business is the status of a version's errors.
func business(version int) int {
	if version == 2 {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// A request with everything wrong is put right one thing at a time: each
// answer is about the first thing that is still wrong.
func TestOrderOfChecks(t *testing.T) { engines.Each(t, testOrderOfChecks) }

func testOrderOfChecks(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	garbage := strings.Repeat("x", MaxBody+1)
	for _, e := range endpoints {
		t.Run(strings.TrimPrefix(e.path, "/"), func(t *testing.T) {
			bad := []string{"Content-Type", "text/plain", "Accept", "text/html"}
			got := f.do(http.MethodPut, e.path+"s", strings.NewReader(garbage), bad...)
			got.refused(t, http.StatusNotFound)

			got = f.do(http.MethodPut, e.path, strings.NewReader(garbage), bad...)
			got.refused(t, http.StatusMethodNotAllowed)
			if got.header.Get("Allow") != http.MethodPost {
				t.Errorf("Allow: %q", got.header.Get("Allow"))
			}

			f.post(e.path, garbage, bad...).page(t, http.StatusUnsupportedMediaType)
			f.post(e.path, garbage, bad[2:]...).page(t, http.StatusNotAcceptable)
			f.post(e.path, garbage).refused(t, http.StatusRequestEntityTooLarge)

			status := business(e.version)
			f.post(e.path, garbage[:100]).want(t, status, e.unparsable)
			f.post(e.path, `{}`).want(t, status, e.noStore)
			f.post(e.path, `{"store":" ","secret":"x"}`).want(t, status, e.noStore)
			f.post(e.path, fmt.Sprintf(`{"storeId":999,"secret":%q}`, wrong)).want(t, status, "Invalid security credentials")
			if e.needsSecret {
				f.post(e.path, `{"store":999}`).want(t, status, "Invalid security credentials")
			}
			got = f.ask(e.path, "")
			got.want(t, status, e.noKeys)
			got.whole(t, jsonType)
		})
	}
}

func (a answer) refused(t testing.TB, status int) {
	t.Helper()
	a.whole(t, jsonType)
	if a.status != status || strings.TrimSpace(a.text(t)) == "" {
		t.Errorf("%d %s, want %d", a.status, a.body, status)
	}
}

func (a answer) page(t testing.TB, status int) {
	t.Helper()
	a.whole(t, "text/html; charset=utf-8")
	if a.status != status || !strings.HasPrefix(a.body, "<!DOCTYPE html>") {
		t.Errorf("%d %s, want %d", a.status, a.body, status)
	}
}

func TestEveryEndpointServes(t *testing.T) { engines.Each(t, testEveryEndpointServes) }

func testEveryEndpointServes(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	f.place()
	for _, e := range endpoints {
		got := f.ask(e.path, e.request)
		got.whole(t, jsonType)
		if got.status != http.StatusOK || !strings.Contains(got.body, e.success) || strings.Contains(got.body, `"error"`) {
			t.Errorf("%s: %d %s", e.path, got.status, got.body)
		}
	}
}

func TestPaths(t *testing.T) {
	f := start(t)
	for path, status := range map[string]int{
		"/v1/orderNumbers":               200,
		"/v1/orderNumbers?a=b":           200,
		"/v1/order%4Eumbers":             200,
		"/v1/orderNumbers/":              404,
		"/v1//orderNumbers":              404,
		"//v1/orderNumbers":              404,
		"/v1/../v1/orderNumbers":         404,
		"/v1/ordernumbers":               404,
		"/V1/orderNumbers":               404,
		"/v2/orderNumbers":               404,
		"/v2/createTempCart":             404,
		"/v1/setShipmentTracking":        404,
		"/v2/updateVendorOrderStatus":    404,
		"/v3/orderDetail":                404,
		"/":                              404,
		"/v1":                            404,
		"/v1/magento-region":             200,
		"/v1/magento-regions":            404,
		"/v1/orderNumbers%00":            404,
		"/v1/orderNumbers%2e":            404,
		"/<script>alert(1)</script>":     404,
		"/v1/updateVendorOrderStatus%20": 404,
	} {
		got := f.ask(path, "")
		if got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
		got.whole(t, jsonType)
	}
}

func TestMethods(t *testing.T) {
	f := start(t)
	for _, path := range []string{"/v1/orderNumbers", "/v2/orderDetail", regionPath} {
		for _, method := range []string{"GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "post", "POSTS"} {
			got := f.do(method, path, nil)
			if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != http.MethodPost {
				t.Errorf("%s %s: %d, Allow %q", method, path, got.status, got.header.Get("Allow"))
			}
			if (method == http.MethodHead) != (got.body == "") {
				t.Errorf("%s %s: %q", method, path, got.body)
			}
		}
	}
}

// The Magento plug-ins post a form there, and want JSON that says nothing.
func TestMagentoRegion(t *testing.T) {
	f := start(t)
	for _, contentType := range []string{"", "application/json", "application/x-www-form-urlencoded"} {
		got := f.post(regionPath, `a=b`, "Content-Type", contentType, "Accept", "text/html")
		if got.status != http.StatusOK || got.body != "{}" {
			t.Errorf("%q: %d %s", contentType, got.status, got.body)
		}
		got.whole(t, jsonType)
	}
}

func TestRequestIDsDiffer(t *testing.T) {
	f := start(t)
	seen := map[string]bool{}
	for range 50 {
		id := f.ask("/v1/orderNumbers", "").header.Get("X-Request-Id")
		if seen[id] {
			t.Fatalf("%s came twice", id)
		}
		seen[id] = true
		f.log.wait(t, "id", id)
	}
}
