package checkout_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"entrepot/internal/checkout"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
)

func TestWhereItSends(t *testing.T) {
	w := newWorld(t)
	for i, test := range []struct{ back, want string }{
		{shopOrigin + "/thanks", shopOrigin + "/thanks?orderId=1000-1"},
		{"HTTPS://Shop.Example.com:443/", "https://Shop.Example.com:443/?orderId=1000-1"},
		{shopOrigin + "/t?b=%20x&orderId=5&a&order%49d=6#end", shopOrigin + "/t?b=%20x&a&orderId=1000-1#end"},
		{shopOrigin, shopOrigin + "?orderId=1000-1"},
		{"https://evil.example.net/", ""},
		{"https://shop.example.com.evil.example.net/", ""},
		{"https://shop.example.com@evil.example.net/", ""},
		{"https://ann@shop.example.com/", ""},
		{"http://shop.example.com/", ""},
		{"https://shop.example.com:8443/", ""},
		{"//shop.example.com/", ""},
		{`https:\\shop.example.com\`, ""},
		{"javascript:alert(1)", ""},
		{"", ""},
	} {
		id := fmt.Sprintf("1000-%d", i+1)
		form := filled(w.cart(t, testStore, test.back))
		own := checkout.ThanksPath + "?" + url.Values{"store": {"1000"}, "tempCartUUID": form["tempCartUUID"]}.Encode() + "&orderId=" + id
		for press := range 2 { // the second finds an order, and has the place from the form
			p := w.press(t, with(form, "externalConfirmationPageURL", test.back))
			want := strings.Replace(test.want, "1000-1", id, 1)
			if want == "" {
				want = own
			}
			if p.status != http.StatusSeeOther || p.header.Get("Location") != want {
				t.Errorf("%q, press %d: %d to %q, want %q", test.back, press, p.status, p.header.Get("Location"), want)
			}
		}
	}
}

// TestTwentyPresses presses the button at once from as many connections.
func TestTwentyPresses(t *testing.T) { engines.Each(t, testTwentyPresses) }

func testTwentyPresses(t *testing.T, e engines.Engine) {
	w := newWorldOn(t, e)
	form := with(filled(w.cart(t, testStore, shopOrigin+"/thanks")), "externalConfirmationPageURL", shopOrigin+"/thanks")
	begin := make(chan struct{})
	var presses sync.WaitGroup
	for range 20 {
		presses.Go(func() {
			<-begin
			p, err := w.send(t.Context(), http.MethodPost, "/checkout", form, w.url)
			if err != nil || p.status != http.StatusSeeOther || p.header.Get("Location") != shopOrigin+"/thanks?orderId=1000-1" {
				t.Errorf("%d to %s, %v", p.status, p.header.Get("Location"), err)
			}
		})
	}
	close(begin)
	presses.Wait()
	if list := w.numbers(t, testStore); len(list) != 1 {
		t.Errorf("the cart became the orders %v", list)
	}
}

// TestNothingToCheckOut tries carts that are not there for whoever asks.
func TestNothingToCheckOut(t *testing.T) { engines.Each(t, testNothingToCheckOut) }

func testNothingToCheckOut(t *testing.T, e engines.Engine) {
	w := newWorldOn(t, e)
	lapsed := w.cart(t, testStore, "")
	w.pass(order.DefaultCartLifetime)
	waiting, others, live := w.cart(t, testStore, ""), w.cart(t, otherStore, ""), w.cart(t, liveStore, "")
	for _, test := range []struct {
		name, store, cart string
		status            int
		title             string
	}{
		{"lapsed", "1000", lapsed, 410, "This cart has lapsed"},
		{"unknown", "1000", uuid.NewString(), 404, "There is no such cart"},
		{"no UUID", "1000", "x' OR 1", 404, "There is no such cart"},
		{"another store's", "1000", others, 404, "There is no such cart"},
		{"a store that is none", "abc", waiting, 404, "There is no such cart"},
		{"a live store's", "", live, 404, "There is no checkout here yet"},
		{"in capitals, with blanks", " 1000 ", " " + strings.ToUpper(waiting) + " ", 200, "Checkout"},
	} {
		p := w.get(t, url.Values{"store": {test.store}, "tempCartUUID": {test.cart}})
		if p.status != test.status || !strings.Contains(p.text, "<h1>"+test.title+"</h1>") {
			t.Errorf("%s: %d %s", test.name, p.status, p.text)
		}
		if test.status == 200 {
			continue
		}
		form := with(filled(test.cart), "store", test.store)
		if p := w.press(t, form); p.status != test.status {
			t.Errorf("%s, pressed: %d", test.name, p.status)
		}
	}
	for _, store := range []order.StoreNumber{testStore, otherStore, liveStore} {
		if list := w.numbers(t, store); len(list) != 0 {
			t.Errorf("store %d has orders: %v", store, list)
		}
	}
}

// TestThanks sees that whoever has the link of a cart learns its order's
// number, and nothing of its shopper.
func TestThanks(t *testing.T) {
	w := newWorld(t)
	form := filled(w.cart(t, testStore, ""))
	on := w.press(t, form).header.Get("Location")
	own, err := w.send(t.Context(), http.MethodGet, strings.Replace(on, "1000-1", "1000-77", 1), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	again := w.get(t, url.Values{"tempCartUUID": form["tempCartUUID"], "customerName": {"Eve Example"}})
	for _, p := range []page{own, again} {
		if p.status != 200 || !strings.Contains(p.text, "1000-1</strong>") || strings.Contains(p.text, "Example") || strings.Contains(p.text, "1000-77") {
			t.Errorf("%d %s", p.status, p.text)
		}
	}
}

// TestElsewhere sees that no other page can press the button.
func TestElsewhere(t *testing.T) {
	w := newWorld(t)
	form := filled(w.cart(t, testStore, ""))
	for _, origin := range []string{"https://evil.example.net", shopOrigin, "null"} {
		p, err := w.send(t.Context(), http.MethodPost, "/checkout", form, origin)
		if err != nil || p.status != http.StatusForbidden {
			t.Errorf("from %s: %d, %v", origin, p.status, err)
		}
	}
	if list := w.numbers(t, testStore); len(list) != 0 {
		t.Errorf("orders were placed: %v", list)
	}
}

func TestHeaders(t *testing.T) {
	w := newWorld(t)
	p := w.get(t, url.Values{"tempCartUUID": {w.cart(t, testStore, shopOrigin+"/thanks")}})
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'self' " + shopOrigin, "form-action 'self' " + shopOrigin} {
		if got := p.header.Get("Content-Security-Policy"); !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	if p.header.Get("Cache-Control") != "no-store" || !strings.Contains(p.text, "Sandbox.") || strings.Contains(p.text, "Tent <b>") {
		t.Errorf("%v %s", p.header, p.text)
	}
	w.allow(t, "")
	p = w.get(t, url.Values{"tempCartUUID": {w.cart(t, testStore, shopOrigin+"/thanks")}})
	if got := p.header.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'none'") || strings.Contains(got, shopOrigin) {
		t.Errorf("without origins: %q", got)
	}
}
