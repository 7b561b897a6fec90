package checkout_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"entrepot/internal/checkout"
	"entrepot/internal/order"
	"entrepot/internal/testkit/axe"
)

// shopper is a browser before a world's checkout.
type shopper struct {
	axe.Browser
	t *testing.T
	w *world
}

func newShopper(t *testing.T) shopper { return shopper{axe.Open(t), t, newWorld(t)} }

// comes opens a new cart, with an address filled in but for what is typed.
func (s shopper) comes(typed url.Values) (cart string) {
	s.t.Helper()
	cart = s.w.cart(s.t, testStore, "")
	query := filled(cart)
	for key, values := range typed {
		query[key] = values
	}
	s.Goto(s.w.url + "/?" + query.Encode())
	return cart
}

func (s shopper) pays(card string) {
	s.t.Helper()
	s.Run(fmt.Sprintf(`document.getElementById('card').value = %q; document.querySelector('button').click()`, card))
}

// sees looks at a page that has a text.
func (s shopper) sees(name, selector, text string) {
	s.t.Helper()
	if got := s.Await(selector); !strings.Contains(got, text) {
		s.t.Fatalf("%s: %s says %q, want %q", name, selector, got, text)
	}
	s.Check(axe.View{Name: name})
}

// Nothing that the pages show keeps anybody out, as far as axe-core can tell.
func TestAccessible(t *testing.T) {
	s := newShopper(t)
	cart := s.comes(nil)
	s.sees("cart", "form", "Express")
	s.pays("4000 0000 0000 0002")
	s.sees("declined", "#card-problem", "declined")

	s.comes(url.Values{"customerName": {""}, "customerEmail": {"ann"}, "customerCountry": {""}, "billingName": {"Bob"}})
	s.pays("1")
	s.sees("wrong", ".summary", "7 fields")

	paid := s.comes(nil)
	s.pays("4111 1111 1111 1111")
	s.sees("thanks", ".plain .number", "1000-1")
	s.Goto(s.w.url + "/?tempCartUUID=" + paid)
	s.sees("spent cart", ".plain .number", "1000-1")

	s.w.pass(2 * order.DefaultCartLifetime)
	s.Goto(s.w.url + "/?tempCartUUID=" + cart)
	s.sees("lapsed cart", ".plain h1", "lapsed")
}

// The same holds for what is said where there is nothing to check out.
func TestAccessibleRefusals(t *testing.T) {
	s := newShopper(t)
	s.Goto(s.w.url + "/?tempCartUUID=gone")
	s.sees("unknown cart", ".plain h1", "no such cart")
	s.Goto(s.w.url + "/?tempCartUUID=" + s.w.cart(t, liveStore, ""))
	s.sees("live store", ".plain h1", "no checkout here")
	s.Goto(s.w.url + "/checkout")
	s.sees("no form", ".plain h1", "Nothing to see")
	s.comes(nil)
	s.Run(`document.getElementById('clientId').value = 'x'.repeat(100000); document.querySelector('button').click()`)
	s.sees("too much", ".plain h1", "did not arrive")
	s.Goto("data:text/html," + url.PathEscape(`<form method="post" action="`+s.w.url+`/checkout"></form>`))
	s.Run(`document.forms[0].submit()`)
	s.sees("from elsewhere", ".plain h1", "from elsewhere")
	s.Goto(brokenDown(t) + "/?tempCartUUID=00000000-0000-4000-8000-000000000000")
	s.sees("fault", ".plain h1", "did not work")
}

type broken struct{ order.Storage }

func (broken) View(context.Context, func(order.View) error) error {
	return errors.New("a page is torn")
}

// brokenDown is the address of a checkout whose storage fails.
func brokenDown(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(checkout.New(checkout.Config{
		Service: order.NewService(order.Config{Storage: broken{}}), Log: slog.New(slog.DiscardHandler),
	}))
	t.Cleanup(server.Close)
	return server.URL
}
