// Package checkout is a plain checkout for test stores, so that the way from
// the cart to the shop's success page can be walked before the real one is
// there: one page, two shipping options, three test cards, and no rule about
// money beyond adding up.
package checkout

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// The addresses of the pages. The cart's is the contract's: GET /.
const (
	PlacePath  = "/checkout"
	ThanksPath = "/checkout/thanks"
)

// Config is what the checkout needs.
type Config struct {
	Service *order.Service
	Demo    order.StoreNumber // the demo's store, which is no test store but a sandbox; zero for none
	Log     *slog.Logger
}

// Checkout serves the pages.
type Checkout struct {
	Config
	place http.Handler
}

// New makes the handler of the pages.
func New(c Config) *Checkout {
	checkout := &Checkout{Config: c}
	sameOrigin := new(http.CrossOriginProtection)
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		checkout.show(w, "", http.StatusForbidden, plainTemplate, foreignPage)
	}))
	checkout.place = sameOrigin.Handler(http.HandlerFunc(checkout.order))
	return checkout
}

// Serves reports whether a request is for these pages. The contract's address
// of the checkout is the root, where other pages may be, too: a cart in the
// query makes the difference.
func Serves(r *http.Request) bool {
	switch r.URL.Path {
	case "/":
		return r.URL.Query().Has(cartKey)
	case PlacePath, ThanksPath:
		return true
	}
	return false
}

const (
	cartKey  = "tempCartUUID"
	storeKey = "store"
	orderKey = "orderId"
	backKey  = "externalConfirmationPageURL" // of a press that comes again: the cart has forgotten it
)

// ServeHTTP answers one request.
func (c *Checkout) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case r.URL.Path == PlacePath && r.Method == http.MethodPost:
		c.place.ServeHTTP(w, r)
	case r.URL.Path == PlacePath:
		w.Header().Set("Allow", http.MethodPost)
		c.show(w, "", http.StatusMethodNotAllowed, plainTemplate, methodPage)
	case !reading:
		w.Header().Set("Allow", "GET, HEAD")
		c.show(w, "", http.StatusMethodNotAllowed, plainTemplate, methodPage)
	case r.URL.Path == ThanksPath:
		c.thanks(w, r)
	default:
		c.cart(w, r)
	}
}

// visit is a cart that somebody has come with, and its store.
type visit struct {
	store  order.Store
	cart   order.Cart // empty when it has become an order
	became order.ID   // zero number while it waits
}

// find loads what a request names. Whatever is not for this visitor is
// answered alike, so that no cart of a shop can be told from one that never
// was.
func (c *Checkout) find(ctx context.Context, query url.Values) (v visit, err error) {
	id, ok := wire.ParseCartID(query.Get(cartKey))
	if !ok {
		return v, fault.New(fault.NotFound, "the cart's name is no UUID")
	}
	if v.became, err = c.Service.Became(ctx, id); err != nil {
		return v, err
	}
	if v.store, err = c.Service.Store(ctx, v.became.Store); err != nil {
		return v, err
	}
	if err := c.admit(v.store, query.Get(storeKey)); err != nil {
		return v, err
	}
	if v.became.Number == 0 {
		v.cart, err = c.Service.Cart(ctx, id)
	}
	if fault.Is(err, fault.Exists) { // since
		v.became, err = c.Service.Became(ctx, id)
	}
	return v, err
}

// admit refuses a cart of another store than the link names, and of stores
// that are no sandboxes.
func (c *Checkout) admit(store order.Store, named string) error {
	if named != "" {
		if n, err := order.ParsePositive(named); err != nil || order.StoreNumber(n) != store.Number {
			return fault.New(fault.NotFound, "the cart is another store's")
		}
	}
	if !store.Test && (c.Demo == 0 || store.Number != c.Demo) {
		return fault.New(fault.Closed, "the store is no test store")
	}
	return nil
}

// cart shows the page of a cart, or of the order that it has become.
func (c *Checkout) cart(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	query.Set(storeKey, trimmed(query.Get(storeKey)))
	v, err := c.find(r.Context(), query)
	switch {
	case err != nil:
		c.refuse(w, v.store, err)
	case v.became.Number != 0:
		c.showThanks(w, v)
	default:
		c.showForm(w, http.StatusOK, v, prefilled(query), nil)
	}
}

// thanks shows the order that a cart has become, and nothing of its shopper.
func (c *Checkout) thanks(w http.ResponseWriter, r *http.Request) {
	v, err := c.find(r.Context(), r.URL.Query())
	switch {
	case err != nil:
		c.refuse(w, v.store, err)
	case v.became.Number == 0: // nobody has pressed the button
		http.Redirect(w, r, "/?"+r.URL.RawQuery, http.StatusSeeOther)
	default:
		c.showThanks(w, v)
	}
}

// refuse says why there is nothing to check out.
func (c *Checkout) refuse(w http.ResponseWriter, store order.Store, err error) {
	status, page := http.StatusInternalServerError, faultPage
	switch fault.CodeOf(err) {
	case fault.NotFound:
		status, page = http.StatusNotFound, unknownPage
	case fault.Expired:
		status, page = http.StatusGone, expiredPage
	case fault.Closed:
		status, page = http.StatusNotFound, closedPage
	default:
		c.Log.Error("the sandbox checkout failed", "cause", err.Error())
	}
	c.show(w, framing(store), status, plainTemplate, page)
}
