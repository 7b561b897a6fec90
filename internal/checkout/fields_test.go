package checkout_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"entrepot/internal/money"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
)

var (
	inputTag = regexp.MustCompile(`<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"`)
	chosen   = regexp.MustCompile(`value="(\w*)" selected`)
)

// inputs are the values of the page's fields.
func inputs(text string) map[string]string {
	found := map[string]string{}
	for _, tag := range inputTag.FindAllStringSubmatch(text, -1) {
		found[tag[1]] = html.UnescapeString(tag[2])
	}
	for _, list := range strings.Split(text, "<select ")[1:] {
		list, _, _ = strings.Cut(list, "</select>")
		_, name, _ := strings.Cut(list, `name="`)
		name, _, _ = strings.Cut(name, `"`)
		found[name] = ""
		if value := chosen.FindStringSubmatch(list); value != nil {
			found[name] = value[1]
		}
	}
	return found
}

// input is the value of a field; whether it has one.
func input(text, name string) (string, bool) {
	value, ok := inputs(text)[name]
	return value, ok
}

// prefills are those of the contract, section 2.
const prefills = `customerName, customerCompany, customerEmail, customerPhone, customerAltPhone, customerAddress1, customerAddress2, customerCity,
customerState, customerZip, customerCountry, billingName, billingCompany, billingEmail, billingPhone, billingAltPhone, billingAddress1,
billingAddress2, billingCity, billingState, billingZip, billingCountry, clientId`

func TestPrefills(t *testing.T) {
	w := newWorld(t)
	cart := w.cart(t, testStore, "")
	keys := regexp.MustCompile(`\w+`).FindAllString(prefills, -1)
	rapid.Check(t, func(r *rapid.T) {
		query := url.Values{"tempCartUUID": {cart}, "country": {""}}
		for _, key := range keys {
			if strings.HasSuffix(key, "Country") {
				query.Set(key, rapid.SampledFrom([]string{"", "CA", "DE", "US", "KR"}).Draw(r, key))
				continue
			}
			query.Set(key, strings.TrimSpace(rapid.StringMatching(`[ -~äß漢"'<>&]{0,30}`).Draw(r, key)))
		}
		found := inputs(w.get(r, query).text)
		for _, key := range keys {
			if got, ok := found[key]; !ok || got != query.Get(key) {
				r.Errorf("%s is %q in the form (%t), want %q", key, got, ok, query.Get(key))
			}
		}
	})
}

func TestCountry(t *testing.T) {
	w := newWorld(t)
	cart := w.cart(t, testStore, "")
	for _, test := range []struct{ country, customer, want string }{
		{"CA", "", "CA"}, {"ca", "", "CA"}, {"CAN", "", "CA"}, {"", "Canada", "CA"}, {"DE", "CA", "CA"}, {"XX", "", ""}, {"", "", ""}, {"EU", "", ""},
	} {
		text := w.get(t, url.Values{"tempCartUUID": {cart}, "country": {test.country}, "customerCountry": {test.customer}}).text
		if got, _ := input(text, "customerCountry"); got != test.want {
			t.Errorf("%+v: chosen is %q", test, got)
		}
	}
}

// TestOrder sees that the order says what was typed, and adds up.
func TestOrder(t *testing.T) { engines.Each(t, testOrder) }

func testOrder(t *testing.T, e engines.Engine) {
	w := newWorldOn(t, e)
	form := filled(w.cart(t, testStore, shopOrigin+"/thanks"))
	form.Set("customerEmail", "ann@example.com")
	form.Set("billingName", "Bill Example")
	form.Set("billingAddress1", "2 Example Street")
	form.Set("billingCity", "Sampleton")
	form.Set("billingCountry", "DE")
	if p := w.press(t, form); p.status != http.StatusSeeOther {
		t.Fatal(p)
	}
	o := w.order(t, 1)
	shipTo := order.Address{Name: "Ann Example", Email: "ann@example.com", Address1: "1 Example Street", City: "Toronto", CountryCode: "CA", CountryName: "Canada"}
	billTo := order.Address{Name: "Bill Example", Address1: "2 Example Street", City: "Sampleton", CountryCode: "DE", CountryName: "Germany"}
	if o.ShipTo != shipTo || o.BillTo != billTo || !o.Test || o.State.Status != order.InProcess {
		t.Errorf("the order is %+v", o)
	}
	if want := money.Amount(39300 + 2900 + 250); o.Totals.Grand != want || o.Totals.DutyTaxes != 0 || o.Totals.GrandForeign != want {
		t.Errorf("the totals are %+v, want %s in all", o.Totals, want)
	}
	if o.Payment != (order.Payment{Gateway: "iGlobal_CC"}) || o.Shipping.ServiceLevel != "DHL_EXPRESS" {
		t.Errorf("paid by %+v, shipped by %+v", o.Payment, o.Shipping)
	}
}

func TestCards(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		card   string
		status int
		says   string
		became order.Status // "" for no order
	}{
		{"4111111111111111", 303, "", order.InProcess},
		{" 4111-1111-1111-1111 ", 303, "", order.InProcess},
		{"4000 0000 0000 0010", 303, "", order.FraudReview},
		{"4000000000000002", 422, "declined", ""},
		{"5105105105105100", 422, "none of the test cards", ""},
		{"", 422, "Type one of the test cards", ""},
	} {
		before := w.numbers(t, testStore)
		p := w.press(t, with(filled(w.cart(t, testStore, "")), "card", test.card))
		after := w.numbers(t, testStore)
		if p.status != test.status || !strings.Contains(p.text, test.says) || (len(after) > len(before)) != (test.became != "") {
			t.Errorf("%q: %d, orders %v, then %v", test.card, p.status, before, after)
		}
		if test.became != "" {
			if o := w.order(t, after[len(after)-1]); o.State.Status != test.became {
				t.Errorf("%q: the order is %s", test.card, o.State.Status)
			}
		}
		if test.card == "5105105105105100" && strings.Contains(p.text, test.card) {
			t.Error("what may be a real card is sent back")
		}
	}
	if strings.Contains(w.log.String(), "1111") {
		t.Errorf("the log has a card: %s", w.log)
	}
}

// TestWrongFields sees that each field says what it expects, and that nothing
// that was typed is lost.
func TestWrongFields(t *testing.T) {
	w := newWorld(t)
	cart := w.cart(t, testStore, shopOrigin+"/thanks")
	long := strings.Repeat("ä", 201)
	for key, value := range map[string]string{
		"customerName": "", "customerAddress1": " ", "customerCity": "", "customerCountry": "", "customerEmail": "ann",
		"customerPhone": long, "billingName": "Only A Name", "shipping": "pigeon",
	} {
		p := w.press(t, with(filled(cart), key, value))
		if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Nothing was ordered") {
			t.Errorf("%s=%q: %d", key, value, p.status)
		}
		if got, _ := input(p.text, key); key != "shipping" && got != strings.TrimSpace(value) {
			t.Errorf("%s: %q became %q", key, value, got)
		}
		for kept, want := range map[string]string{"customerName": "Ann Example", "customerCountry": "CA", "card": "4111 1111 1111 1111", "externalConfirmationPageURL": shopOrigin + "/thanks"} {
			if got, _ := input(p.text, kept); kept != key && got != want {
				t.Errorf("%s wrong: %s is %q, want %q", key, kept, got, want)
			}
		}
		marked := map[string]string{"billingName": "billingCity", "shipping": "shipping"}
		at := key
		if other, ok := marked[key]; ok {
			at = other
		}
		if !strings.Contains(p.text, `id="`+at+`-problem"`) {
			t.Errorf("%s=%q: nothing is said at %s", key, value, at)
		}
	}
	if list := w.numbers(t, testStore); len(list) != 0 {
		t.Errorf("orders were placed: %v", list)
	}
}
