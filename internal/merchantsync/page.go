package merchantsync

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"entrepot/client"
)

// Importer brings one order into the tables at once, unless it is there. An
// order that the service does not know is a *client.NotFoundError.
type Importer interface {
	ImportNow(ctx context.Context, number int64) error
}

// PageOptions change how a Page works. Only Store is required.
type PageOptions struct {
	Store    int64
	Redirect string // the shop's page, to which shoppers are sent on; "" for our own
	ShopName string // on our own page

	Delay   time.Duration // between a request and its answer; 700 ms when zero
	Waiting int           // pages that may wait for it at a time; 256 when zero

	Rate    float64 // orders asked for a second; 5 when zero
	Burst   int     // at once; 20 when zero
	Queue   int     // orders that may wait to be asked for; 200 when zero
	Workers int     // orders asked for at the same time; 4 when zero
	Timeout time.Duration

	// Highest is the highest number that is known, so that guesses far above
	// it can be told; nil when nobody knows.
	Highest func(context.Context) (int64, error)
	Log     *slog.Logger
}

func (o PageOptions) withDefaults() PageOptions {
	o.Delay = cmp.Or(o.Delay, 700*time.Millisecond)
	o.Waiting = cmp.Or(o.Waiting, 256)
	o.Rate = cmp.Or(o.Rate, 5)
	o.Burst = max(cmp.Or(o.Burst, 20), farCost)
	o.Queue = cmp.Or(o.Queue, 200)
	o.Workers = cmp.Or(o.Workers, 4)
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	if o.Highest == nil {
		o.Highest = func(context.Context) (int64, error) { return 0, nil }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Page is the success page on which shoppers land with ?orderId=999-99999. It
// imports the order and sends the shopper on, or says thank you.
//
// Anybody can ask it anything, so its answer does not depend on what is known
// of an order: it is the same for each number, and goes out at a fixed time
// after the question, while the import takes its own time in a queue.
type Page struct {
	o       PageOptions
	target  *url.URL // nil for our own page
	waiting chan struct{}
	queue   *pageQueue
}

var errRedirect = errors.New("the page to redirect to must begin with https:// or http:// and name a host")

// NewPage is a page that works while Run does.
func NewPage(i Importer, o PageOptions) (*Page, error) {
	o = o.withDefaults()
	p := &Page{o: o, waiting: make(chan struct{}, o.Waiting), queue: newPageQueue(i, o)}
	if o.Redirect != "" {
		u, err := url.Parse(o.Redirect)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
			return nil, errRedirect
		}
		p.target = u
	}
	return p, nil
}

// Run imports what pages ask for, until ctx ends.
func (p *Page) Run(ctx context.Context) { p.queue.run(ctx) }

// ServeHTTP answers GET and HEAD; only the former imports.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secureHeaders(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		p.show(w, http.StatusMethodNotAllowed, methodPage)
		return
	}
	number, ok := p.numberIn(r.URL.Query().Get("orderId"))
	if !ok {
		p.show(w, http.StatusBadRequest, unclearPage)
		return
	}
	timer := time.NewTimer(p.o.Delay) // before anything that may take longer for some
	defer timer.Stop()
	if r.Method == http.MethodGet {
		p.queue.ask(number)
	}
	if p.wait(r.Context(), timer) == nil {
		p.answer(w, number)
	}
}

// maxIDLength is more than any order's id has.
const maxIDLength = 64

// numberIn reads a full id of our store: digits, a hyphen, digits.
func (p *Page) numberIn(id string) (number int64, ok bool) {
	store, rest, _ := strings.Cut(id, "-")
	s, storeErr := strconv.ParseUint(store, 10, 63)
	n, err := strconv.ParseUint(rest, 10, 63)
	if len(id) > maxIDLength || storeErr != nil || err != nil || int64(s) != p.o.Store || n == 0 {
		return 0, false
	}
	return int64(n), true
}

// wait ends with the timer. When too many wait already it ends at once, for
// any number alike.
func (p *Page) wait(ctx context.Context, timer *time.Timer) error {
	select {
	case p.waiting <- struct{}{}:
		defer func() { <-p.waiting }()
	default:
		return nil
	}
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Page) answer(w http.ResponseWriter, number int64) {
	id := string(client.MakeOrderID(p.o.Store, number))
	if p.target == nil {
		p.show(w, http.StatusOK, thanksPage(p.o.ShopName, id))
		return
	}
	w.Header().Set("Location", withOrderID(p.target, id))
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusSeeOther)
}

// withOrderID sets orderId in the query of a URL, and leaves the rest of it as
// it was written.
func withOrderID(target *url.URL, id string) string {
	var kept []string
	for part := range strings.SplitSeq(target.RawQuery, "&") {
		key, _, _ := strings.Cut(part, "=")
		if name, err := url.QueryUnescape(key); part != "" && (err != nil || name != "orderId") {
			kept = append(kept, part)
		}
	}
	to := *target
	to.RawQuery = strings.Join(append(kept, "orderId="+url.QueryEscape(id)), "&")
	return to.String()
}
