package checkout

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // of the pages
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"entrepot/internal/fault"
	"entrepot/internal/money"
	"entrepot/internal/order"
)

//go:embed page.css
var style string

//go:embed frame.html
var frameText string

//go:embed form.html
var formText string

//go:embed plain.html
var plainText string

var (
	frame         = template.Must(template.New("frame").Funcs(template.FuncMap{"style": func() template.CSS { return template.CSS(style) }}).Parse(frameText)) //nolint:gosec // ours
	formTemplate  = template.Must(template.Must(frame.Clone()).Parse(formText))
	plainTemplate = template.Must(template.Must(frame.Clone()).Parse(plainText))
)

// plain is a page that only says something.
type plain struct {
	Title, Text string
	OrderID     string // "" for none
	Sandbox     bool
}

var (
	methodPage  = plain{Title: "Nothing to see here", Text: "This page is reached from a shop’s cart."}
	foreignPage = plain{Title: "That came from elsewhere", Text: "An order is placed from this service’s own page only. Nothing was ordered."}
	unreadPage  = plain{Title: "That did not arrive", Text: "The page’s fields could not be read. Go back and press the button again; nothing was ordered."}
	unknownPage = plain{Title: "There is no such cart", Text: "The link may be incomplete, or the cart may have lapsed. Go back to the shop and start the checkout again; nothing was ordered."}
	expiredPage = plain{Title: "This cart has lapsed", Text: "It has waited for too long. Go back to the shop and start the checkout again; nothing was ordered."}
	closedPage  = plain{Title: "There is no checkout here yet", Text: "This service takes the shop’s carts and keeps its orders; its checkout pages are still to come. Nothing was ordered."}
	faultPage   = plain{Title: "That did not work", Text: "It is the service’s fault, not yours. Try again in a moment: a cart becomes one order, however often the button is pressed."}
)

// field is one input with its label and what is wrong with it.
type field struct {
	part
	Name, Value, Problem string
	Countries            []country
}

type line struct {
	Description string
	Quantity    int64
	Total       string
}

type offer struct {
	option
	Cost, Grand string
	Chosen      bool
}

// formPage is what the form shows.
type formPage struct {
	Title                 string
	Sandbox               bool
	Shop, Store, Cart     string
	Lines                 []line
	Items, Domestic       string
	Continue, Back        string
	Ship, Bill            []field
	Billed                bool
	Offers                []offer
	ShippingProblem, Card string
	CardProblem, ClientID string
	Cards                 []testCard
	Wrong                 int
}

// showForm shows a cart with its form. An error of adding up is the cart's.
func (c *Checkout) showForm(w http.ResponseWriter, status int, v visit, f form, wrong problems) {
	p, err := newFormPage(v, f, wrong)
	if err != nil {
		c.refuse(w, v.store, err)
		return
	}
	secure(w.Header(), v.store, v.cart.ConfirmationURL)
	c.write(w, status, formTemplate, p)
}

func newFormPage(v visit, f form, wrong problems) (p formPage, err error) {
	p = formPage{
		Title: "Checkout", Sandbox: true, Shop: v.store.Name, Store: v.store.Number.String(), Cart: string(v.cart.ID),
		Ship: fields(customer, f, wrong), Bill: fields(billing, f, wrong), Billed: f.billed(),
		ShippingProblem: wrong[shippingKey], CardProblem: wrong[cardKey], ClientID: f[clientKey], Cards: cards, Wrong: len(wrong),
	}
	if _, ok := cardOf(f[cardKey]); ok { // what is no test card may be a real one, and is not sent back
		p.Card = f[cardKey]
	}
	if u := v.store.Settings.AllowedOrigins.Admits(v.cart.ContinueURL); u != nil {
		p.Continue = u.String()
	}
	if u := v.store.Settings.AllowedOrigins.Admits(v.cart.ConfirmationURL); u != nil {
		p.Back = u.String()
	}
	err = p.addUp(v.cart, f[shippingKey])
	return p, err
}

// addUp fills in the amounts.
func (p *formPage) addUp(cart order.Cart, chosen string) error {
	for _, item := range cart.Items {
		total, err := item.Total()
		if err != nil {
			return fmt.Errorf("add the cart up: %w", err)
		}
		p.Lines = append(p.Lines, line{item.Description, item.Quantity, dollars(total)})
	}
	items, err := order.ItemsTotal(cart.Items)
	if err != nil {
		return err
	}
	p.Items = dollars(items)
	if cart.DomesticCharge != 0 {
		p.Domestic = dollars(cart.DomesticCharge)
	}
	for _, o := range shippingOptions {
		grand, err := money.Sum(items, cart.DomesticCharge, o.Price)
		if err != nil {
			return fault.Wrap(fault.Internal, "add the cart up", err)
		}
		p.Offers = append(p.Offers, offer{o, dollars(o.Price), dollars(grand), o.ID == chosen})
	}
	return nil
}

func dollars(a money.Amount) string {
	if a < 0 {
		return "−$" + (-a).String()
	}
	return "$" + a.String()
}

func fields(whose string, f form, wrong problems) (list []field) {
	for _, p := range parts {
		one := field{part: p, Name: whose + p.Key, Value: f[whose+p.Key], Problem: wrong[whose+p.Key]}
		if whose == billing {
			one.Required = false // none of it, or all that an address needs
			one.Autocomplete = "billing " + one.Autocomplete
		} else {
			one.Autocomplete = "shipping " + one.Autocomplete
		}
		if strings.HasSuffix(one.Autocomplete, " off") {
			one.Autocomplete = "off"
		}
		if p.Type == "select" {
			one.Countries = countries
		}
		list = append(list, one)
	}
	return list
}

func (c *Checkout) showThanks(w http.ResponseWriter, v visit) {
	c.show(w, framing(v.store), http.StatusOK, plainTemplate, plain{
		Title: "Thank you", Text: "This was a test: nothing is shipped and nothing was paid. You can close this page.",
		OrderID: v.became.String(), Sandbox: true,
	})
}

// show writes a page without a form, which the given may frame.
func (c *Checkout) show(w http.ResponseWriter, framers order.Origins, status int, t *template.Template, page any) {
	secure(w.Header(), order.Store{Settings: order.StoreSettings{AllowedOrigins: framers}}, "")
	c.write(w, status, t, page)
}

func framing(store order.Store) order.Origins { return store.Settings.AllowedOrigins }

func (c *Checkout) write(w http.ResponseWriter, status int, t *template.Template, page any) {
	var body bytes.Buffer
	if err := t.ExecuteTemplate(&body, "frame", page); err != nil {
		c.Log.Error("a page of the sandbox checkout could not be written", "cause", err.Error())
		status = http.StatusInternalServerError
		body.Reset()
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // who asked may have gone
}

// styleHash admits our style, and no other.
var styleHash = func() string {
	sum := sha256.Sum256([]byte(style))
	return base64.StdEncoding.EncodeToString(sum[:])
}()

// secure: the pages need their style only, belong in the frames of the store's
// own pages, and their addresses, which name people, are nobody's business. A
// browser holds the way on from a form to form-action, too.
func secure(h http.Header, store order.Store, back string) {
	framers, targets := "'none'", "'self'"
	if list := store.Settings.AllowedOrigins; list != "" {
		framers = "'self' " + string(list)
		if list.Admits(back) != nil {
			targets += " " + string(list)
		}
	}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+styleHash+"'; base-uri 'none'; form-action "+targets+"; frame-ancestors "+framers)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // no-referrer would hide the origin from our own check, too
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
}

// without takes a parameter out of a query and leaves the others as they are
// written.
func without(query, name string) string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if unescaped(key) != name && pair != "" {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}
