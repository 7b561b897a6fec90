package checkout

import (
	"net/http"
	"net/url"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// maxForm bounds what a page sends: some thirty short fields.
const maxForm = 64 << 10

// order takes the press of the button. However often it comes, the cart
// becomes one order, and every press is sent to it.
func (c *Checkout) order(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		c.show(w, "", http.StatusBadRequest, plainTemplate, unreadPage)
		return
	}
	v, err := c.find(r.Context(), r.PostForm)
	if err != nil {
		c.refuse(w, v.store, err)
		return
	}
	back := r.PostForm.Get(backKey)
	if v.became.Number == 0 {
		back = v.cart.ConfirmationURL
		f := read(r.PostForm)
		wrong := f.check()
		if len(wrong) > 0 {
			c.showForm(w, http.StatusUnprocessableEntity, v, f, wrong)
			return
		}
		placed, err := c.Service.Place(r.Context(), v.cart.ID, f.checkout(), order.Why{Actor: "shopper", Reason: "sandbox checkout"})
		if fault.Is(err, fault.Invalid) {
			c.showForm(w, http.StatusUnprocessableEntity, v, f, problems{cardKey: "The order could not be placed: the cart adds up to more than this service counts."})
			return
		}
		if err != nil {
			c.refuse(w, v.store, err)
			return
		}
		v.became = placed.ID
	}
	c.sendOn(w, r, v, back)
}

// sendOn sends the browser to the shop at once, if the store knows the place;
// otherwise to our own page.
func (c *Checkout) sendOn(w http.ResponseWriter, r *http.Request, v visit, back string) {
	target := v.store.Settings.AllowedOrigins.Admits(back)
	if target == nil {
		query := url.Values{storeKey: {v.store.Number.String()}, cartKey: {r.PostForm.Get(cartKey)}}
		target = &url.URL{Path: ThanksPath, RawQuery: query.Encode()}
	}
	w.Header().Set("Location", withOrder(target, v.became))
	secure(w.Header(), v.store, back)
	w.WriteHeader(http.StatusSeeOther)
}

// withOrder puts the order's id into a query, in place of one that is there.
// All other parameters stay as they were written, and where they were.
func withOrder(target *url.URL, id order.ID) string {
	to := *target
	to.RawQuery = without(to.RawQuery, orderKey)
	if to.RawQuery != "" {
		to.RawQuery += "&"
	}
	to.RawQuery += orderKey + "=" + id.String()
	return to.String()
}

// unescaped is a parameter's name as it is read; one that cannot be is itself.
func unescaped(key string) string {
	if name, err := url.QueryUnescape(key); err == nil {
		return name
	}
	return key
}
