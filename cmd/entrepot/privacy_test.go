package main_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// mark is in every value here that is of a person; no log and no error may
// hold it, nor any secret.
const mark = "zqx"

func marked(what string) string { return mark + "-" + what }

// private is what must not show, besides the mark.
type private struct{ secrets []string }

func (p private) leaks(text string) (found []string) {
	lower := strings.ToLower(text)
	for _, word := range append([]string{mark}, p.secrets...) {
		if at := strings.Index(lower, strings.ToLower(word)); at >= 0 {
			found = append(found, text[max(0, at-120):min(len(text), at+60)])
		}
	}
	return found
}

// holds fails when text shows anything.
func (p private) holds(t *testing.T, what, text string) {
	t.Helper()
	for _, found := range p.leaks(text) {
		t.Errorf("%s shows ...%s...", what, found)
	}
}

// details are those of a checkout, with something of a person in every text.
func details() map[string]any {
	d := map[string]any{
		"countryCode": "CA", "billingCountryCode": "CA", "shippingTotal": 10, "dutyTaxesTotal": "3.20", "optInEmail": true,
		"paymentProcessing": map[string]any{
			"paymentGateway": marked("gateway"), "cardType": marked("card"), "lastFour": marked("4242"),
			"transactionId": marked("transaction"), "transactionType": marked("type"), "captureDate": 1420097594000,
		},
		"promoCode":          map[string]any{"code": marked("promo"), "amount": 1},
		"dutyTaxesBreakdown": map[string]any{"duty": 1},
	}
	for _, key := range []string{"name", "company", "email", "phone", "altPhone", "address1", "address2", "address3", "city", "state", "zip", "countryName"} {
		d[key] = marked(key)
		d["billing"+strings.ToUpper(key[:1])+key[1:]] = marked("billing-" + key)
	}
	for _, key := range []string{
		"nationalIdentifier", "birthDate", "poNumber", "customerSelectedShippingName", "shippingCarrierServiceLevel",
		"shippingInstructions", "carrierAccountNumber", "carrierAccountShippingMethod",
	} {
		d[key] = marked(key)
	}
	return d
}

// cart has something of a person in every text.
func cart() map[string]any {
	item := map[string]any{"quantity": 1, "unitPrice": "10", "countryOfOrigin": "CA", "weightUnits": "KG"}
	for _, key := range []string{
		"description", "productId", "sku", "itemHSCode", "itemBrand", "itemCategory", "itemColor", "itemMaterial", "itemCustomization",
		"itemFabricContent", "itemLtlClass", "itemDescriptionLong", "itemDescriptionDetailed", "itemURL", "imageURL", "status",
	} {
		item[key] = marked(key)
	}
	c := map[string]any{"items": []any{item}, "domesticShippingCharge": 1}
	for _, key := range []string{
		"referenceId", "externalConfirmationPageURL", "contShoppingURL", "boxCount", "footerHTML",
		"misc1", "misc2", "misc3", "misc4", "misc5", "misc6", "unknownKey",
	} {
		c[key] = marked(key)
	}
	return c
}

// jsonOf writes a map as JSON; inner leaves its braces out.
func jsonOf(t *testing.T, m map[string]any) string {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func inner(object string) string { return object[1 : len(object)-1] }

// Every detail of an order, wrong in every way, is named in an error and not
// repeated.
func TestOrderPlaceRepeatsNothingPersonal(t *testing.T) {
	s, p := served(t, 1)
	uuid := s.ask(t, cartPath, cartKeys).body.CartUUID
	file := filepath.Join(t.TempDir(), "details.json")
	place := func(details string) result {
		writeFile(t, file, details)
		return command(t, "order", "place", "--data", dataOf(p), "--cart", uuid, "--details", file)
	}
	secrets := private{}
	refused := 0
	for key := range details() {
		for _, value := range []any{marked("text"), []string{mark}, map[string]any{mark: mark, "amount": mark, "duty": mark, "captureDate": mark, "cardType": []string{mark}}, strings.Repeat(mark, 100)} {
			d := details()
			d["name"], d["city"] = "", "" // are required, so that nothing is placed
			d[key] = value
			r := place(jsonOf(t, d))
			secrets.holds(t, key, r.stderr)
			if r.code == 1 && strings.HasPrefix(r.stderr, "entrepot: error: "+file+": ") {
				refused++
			} else {
				t.Errorf("%s: %v: %+v", key, value, r)
			}
		}
	}
	if refused < 100 {
		t.Errorf("%d details are refused, want a hundred or more", refused)
	}
	for _, broken := range []string{mark, `{"name": "` + mark, `["` + mark + `"]`, "\xff" + mark} {
		r := place(broken)
		r.refused(t, file)
		secrets.holds(t, "broken details", r.stderr)
	}
	change(t, databaseOf(p), `UPDATE carts SET body = '{"items": [{"description": "`+mark+`", "quantity": "`+mark+`"}], "`+mark+`": 1}' WHERE became = 0`)
	uuid = cartWaiting(t, databaseOf(p))
	r := place(checkoutJSON)
	r.refused(t, "cart")
	secrets.holds(t, "a damaged cart", r.stderr)
}

// cartWaiting is a cart that is no order.
func cartWaiting(t *testing.T, file string) string {
	t.Helper()
	for id, order := range readCarts(t, file) {
		if order == "" {
			return id
		}
	}
	t.Fatal("no cart waits")
	return ""
}

func TestCommandsRepeatNoSecret(t *testing.T) {
	s, p := served(t, 1)
	file := filepath.Join(t.TempDir(), "secret")
	for _, secret := range []string{"letmein", "hunter2-hunter2-hunter2-hunter2", "11111111-1111-1111-1111-111111111111", strings.Repeat("long", 100), s.secret} {
		writeFile(t, file, secret+"\n")
		for _, args := range [][]string{
			{"store", "add", "--data", dataOf(p), "--number", "999", "--secret-file", file},
			{"store", "rotate-secret", "999", "--data", dataOf(p), "--secret-file", file},
			{"store", "rotate-secret", "12", "--data", dataOf(p), "--secret-file", file},
			{"conformance", "--url", "http://127.0.0.1:1", "--store", "999", "--secret-file", file},
			{"conformance", "--url", "127.0.0.1", "--store", "999", "--secret-file", file, "--other-store", "999", "--other-secret-file", file},
		} {
			r := command(t, args...)
			if r.code != 1 {
				t.Errorf("%v: exit code %d, want 1\n%s", args, r.code, r.stderr)
			}
			private{[]string{secret}}.holds(t, strings.Join(args, " "), r.stdout+r.stderr)
		}
	}
}
