package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The keys of orderDetail as section 4 of the contract lists them.
var (
	orderKeys = strings.Fields(`
		orderId referenceId merchantOrderId poNumber orderDate orderDateString
		orderStatus orderStatusDate orderStatusDateString testOrder shipComplete cslListMatch optInEmail
		name company email phone altPhone address1 address2 address3 city state zip countryCode countryName
		billingName billingCompany billingEmail billingPhone billingAltPhone billingAddress1 billingAddress2
		billingAddress3 billingCity billingState billingZip billingCountryCode billingCountryName
		nationalIdentifier birthDate itemsCount
		itemsTotal itemsTotalForeign shippingTotal shippingTotalForeign dutyTaxesTotal
		quotedDutyTaxes quotedDutyTaxesForeign grandTotal grandTotalForeign
		foreignCurrencyCode dutyTaxesBreakdown remittance_amount boxCount
		carrierAccountNumber carrierAccountShippingMethod
		customerSelectedShippingName shippingCarrierServiceLevel shippingInstructions
		trackingNumber misc1 misc2 misc3 misc4 misc5 misc6 items notes paymentProcessing promoCode`)
	breakdownKeys = strings.Fields(`brokerageFee dispursementFee duty prepaymentFee vatOnDispursementFee vatTax`)
	itemKeys      = strings.Fields(`
		description quantity unitPrice productId sku length width height weight weightUnits itemNonShippable
		countryOfOrigin imageURL itemURL itemBrand itemCategory itemColor itemCustomization itemDescriptionDetailed
		itemDescriptionLong itemFabricContent itemHSCode itemLtlClass itemMaterial status`)
	noteKeys    = strings.Fields(`createdByUser customerNote dateCreated dateCreatedString flagged note`)
	paymentKeys = strings.Fields(`paymentGateway captureDate captureDateString cardType lastFour transactionId transactionType`)
	promoKeys   = strings.Fields(`code amount`)
)

// documentedKeys are the paths of all keys of an answer with one item and one
// note, and whether the contract lets a key be left out.
func documentedKeys() (paths map[string]bool) {
	paths = map[string]bool{"order": false, "remittance_amount": false}
	add := func(prefix string, keys []string, optional bool) {
		for _, key := range keys {
			paths[prefix+key] = optional
		}
	}
	add("order.", orderKeys, false)
	paths["order.promoCode"] = true
	add("order.dutyTaxesBreakdown.", breakdownKeys, false)
	add("order.items[0].", itemKeys, false)
	add("order.notes[0].", noteKeys, false)
	add("order.paymentProcessing.", paymentKeys, true)
	add("order.promoCode.", promoKeys, true)
	return paths
}

// countKeys counts the paths of all keys; a key twice in one object counts
// twice.
func countKeys(t *testing.T, answer []byte) map[string]int {
	counts := map[string]int{}
	d := json.NewDecoder(bytes.NewReader(answer))
	walk(t, d, "", counts)
	if d.More() {
		t.Fatal("there is data after the answer")
	}
	return counts
}

func walk(t *testing.T, d *json.Decoder, path string, counts map[string]int) {
	switch token(t, d) {
	case json.Delim('{'):
		for d.More() {
			key := strings.TrimPrefix(fmt.Sprintf("%s.%v", path, token(t, d)), ".")
			counts[key]++
			walk(t, d, key, counts)
		}
		token(t, d)
	case json.Delim('['):
		for i := 0; d.More(); i++ {
			walk(t, d, fmt.Sprintf("%s[%d]", path, i), counts)
		}
		token(t, d)
	}
}

func token(t *testing.T, d *json.Decoder) json.Token {
	t.Helper()
	token, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestEveryKeyIsThereOnce(t *testing.T) {
	documented := documentedKeys()
	optional := func(path string) bool { return documented[path] }
	inList := func(path string) bool { return strings.Contains(path, "[0]") } // nothing was in the lists

	full := countKeys(t, detailAnswer(t, everyHead(), everyDetail(), twoNotes))
	bare := countKeys(t, absentDetail(t))
	for path := range documented {
		if full[path] != 1 {
			t.Errorf("with everything, %s is there %d times", path, full[path])
		}
		if want := !optional(path) && !inList(path); (bare[path] == 1) != want || bare[path] > 1 {
			t.Errorf("with nothing, %s is there %d times", path, bare[path])
		}
	}
	for path := range full {
		if _, ok := documented[strings.ReplaceAll(path, "[1]", "[0]")]; !ok {
			t.Errorf("%s is not documented", path)
		}
	}
}

// Real clients read keys as attributes and properties.
func TestKeysAreIdentifiers(t *testing.T) {
	identifier := regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	python := strings.Fields("False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield")
	for path := range countKeys(t, detailAnswer(t, everyHead(), everyDetail(), twoNotes)) {
		key := path[strings.LastIndex(path, ".")+1:]
		if !identifier.MatchString(key) || slices.Contains(python, key) {
			t.Errorf("%s is no identifier everywhere", path)
		}
	}
}

// What section 4 says of the kinds of values, of the order with nothing in it.
func TestKindsOfAbsentValues(t *testing.T) {
	var answer struct{ Order map[string]any }
	if err := json.Unmarshal(absentDetail(t), &answer); err != nil {
		t.Fatal(err)
	}
	notNull := map[string]any{
		"orderId": "999-1", "orderDate": 1420072394000.0, "orderDateString": "2015-01-01 00:33:14.0",
		"orderStatus": "IGLOBAL_ORDER_IN_PROCESS", "orderStatusDate": 1420072394000.0, "orderStatusDateString": "2015-01-01 00:33:14.0",
		"testOrder": false, "shipComplete": false, "cslListMatch": false, "foreignCurrencyCode": "USD",
	}
	for key, want := range notNull {
		if got := answer.Order[key]; got != want {
			t.Errorf("%s = %v, want %v", key, got, want)
		}
	}
	for key, got := range answer.Order {
		_, known := notNull[key]
		switch v := got.(type) {
		case nil:
		case float64:
			if v != 0 && !known {
				t.Errorf("%s = %v, want 0", key, v)
			}
		case []any:
			if (key != "items" && key != "notes") || len(v) != 0 {
				t.Errorf("%s = %v", key, v)
			}
		case map[string]any:
			if key != "dutyTaxesBreakdown" && key != "paymentProcessing" {
				t.Errorf("%s = %v", key, v)
			}
		default:
			if !known {
				t.Errorf("%s = %v, want null", key, got)
			}
		}
	}
}
