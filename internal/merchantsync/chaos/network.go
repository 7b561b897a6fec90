package chaos

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Network stands before a server. It is an http.Handler.
type Network struct {
	target string // URL of the server
	seed   uint64
	client *http.Client

	mu     sync.Mutex
	rates  Rates
	asked  map[string]int      // how often, by request
	before map[string][]answer // earlier answers, by request
	late   map[string]int      // in how many lists an order still will not be
	counts map[string]int64
}

// New makes a network before the server at a URL.
func New(target string, seed uint64, rates Rates) *Network {
	return &Network{
		target: strings.TrimSuffix(target, "/"), seed: seed, rates: rates,
		client: &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32}},
		asked:  map[string]int{}, before: map[string][]answer{}, late: map[string]int{}, counts: map[string]int64{},
	}
}

// Set changes what happens from now on.
func (n *Network) Set(rates Rates) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.rates = rates
}

// Counts are how many requests met each mishap so far.
func (n *Network) Counts() map[string]int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return maps.Clone(n.counts)
}

// Close ends the connections to the server.
func (n *Network) Close() { n.client.CloseIdleConnections() }

// exchange is one request on its way.
type exchange struct {
	*Network
	w      http.ResponseWriter
	r      *http.Request
	body   []byte
	key    string // the same for the same request
	rates  Rates
	random *rand.Rand
}

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ServeHTTP passes a request on, or does not.
func (n *Network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		hangUp(w)
		return
	}
	x := n.exchange(w, r, body)
	if x.draw(x.rates.Delay) {
		x.count("delayed")
		if !pause(r.Context(), time.Duration(x.random.IntN(20))*time.Millisecond) {
			return // nobody waits for it any more
		}
	}
	what := x.rates.pick(x.random.IntN(1000))
	x.count(string(what))
	x.meet(what)
}

func (n *Network) exchange(w http.ResponseWriter, r *http.Request, body []byte) *exchange {
	key := r.URL.Path + " " + string(body)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked[key]++
	return &exchange{
		Network: n, w: w, r: r, body: body, key: key, rates: n.rates,
		random: rand.New(rand.NewPCG(n.seed, hash(key)+uint64(n.asked[key]))),
	}
}

// hash is FNV-1a: the same in each run.
func hash(text string) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(text) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// draw is true for so many of a thousand.
func (x *exchange) draw(rate int) bool { return x.random.IntN(1000) < rate }

func (n *Network) count(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.counts[what]++
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// meet does to the request what was drawn for it.
func (x *exchange) meet(what mishap) {
	switch what {
	case cutBefore:
		hangUp(x.w)
	case throttle:
		x.refuse(http.StatusTooManyRequests, `{"error": "Too many requests."}`)
	case broken, page:
		x.stumble(what)
	default:
		x.answer(what)
	}
}

// stumble answers what is no answer, after the server was asked or without.
func (x *exchange) stumble(what mishap) {
	if x.draw(500) {
		if _, err := x.ask(); err != nil {
			hangUp(x.w)
			return
		}
	}
	switch {
	case what == page:
		x.refuse(http.StatusOK, "<html><body>Please sign in to the network.</body></html>")
	case x.draw(500):
		x.refuse(http.StatusBadGateway, "<html><body>Bad gateway</body></html>")
	default:
		x.refuse(http.StatusInternalServerError, `{"error": "Could not process order details"}`)
	}
}

func (x *exchange) refuse(status int, body string) {
	kind := "application/json"
	if strings.HasPrefix(body, "<") {
		kind = "text/html"
	}
	x.w.Header().Set("Content-Type", kind)
	if status == http.StatusTooManyRequests {
		x.w.Header().Set("Retry-After", string('0'+rune(x.random.IntN(2))))
	}
	x.w.WriteHeader(status)
	_, _ = io.WriteString(x.w, body) // who has gone does not read it
}

// ask asks the server.
func (x *exchange) ask() (a answer, err error) {
	// Not with the context of who asks: what has arrived, arrives whole.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(x.r.Context()), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, x.r.Method, x.target+x.r.URL.Path, bytes.NewReader(x.body))
	if err != nil {
		return a, err
	}
	for _, name := range []string{"Content-Type", "Accept", "X-Request-Id"} {
		r.Header.Set(name, x.r.Header.Get(name))
	}
	resp, err := x.client.Do(r)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, body}, err
}

var errNoHijack = errors.New("the server cannot give its connection away")

// hangUp ends the connection without a word.
func hangUp(w http.ResponseWriter) {
	h, ok := w.(http.Hijacker)
	if !ok {
		panic(errNoHijack)
	}
	if conn, _, err := h.Hijack(); err == nil {
		_ = conn.Close() // that is what was wanted
	}
}
