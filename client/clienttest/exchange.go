package clienttest

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"entrepot/client"
)

// exchange is one request whose credentials hold.
type exchange struct {
	endpoint endpoint
	object   object
	store    *store
}

const badCredentials = "Invalid security credentials"

// serve parses, checks the credentials and asks the endpoint.
func (s *Server) serve(e endpoint, r *http.Request, body []byte) *answer {
	o, ok := parse(body)
	x := &exchange{endpoint: e, object: o}
	if !ok {
		return x.refuse(e.fault)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.admit(x, r); a != nil {
		return a
	}
	return e.serve(s, x)
}

// refuse answers an error in the way of the endpoint's version.
func (x *exchange) refuse(text string) *answer {
	if x.endpoint.version == 2 {
		return errorAnswer(http.StatusBadRequest, text)
	}
	return errorAnswer(http.StatusOK, text)
}

func (x *exchange) succeed(text string) *answer {
	return newAnswer(http.StatusOK, jsonType, []byte(`{"success":`+quote(text)+`}`))
}

// admit finds the store; nil when its credentials hold.
func (s *Server) admit(x *exchange, r *http.Request) *answer {
	given, other := x.object.get("store"), x.object.get("storeId")
	if given.kind == absent {
		given, other = other, given
	}
	if given.kind == absent && x.endpoint.version == 2 {
		return x.refuse("Store is required")
	}
	number, _ := given.whole()
	if again, _ := other.whole(); other.kind != absent && again != number {
		number = 0
	}
	secret := x.object.given("secret")
	x.store = s.stores[number]
	open := x.endpoint.name == "v1/createTempCart" && x.store != nil && !x.store.CartSecret
	switch {
	case open && secret.kind == absent, x.store.holds(secret):
		return nil
	case number != 0 && secret.kind != absent && s.guesses.slow(guess{address(r), number}, s.clock()):
		a := errorAnswer(http.StatusTooManyRequests, "Too many wrong secrets for this store from your address.")
		a.header.Set("Retry-After", "60")
		return a
	}
	return x.refuse(badCredentials)
}

func (st *store) holds(secret value) bool {
	if st == nil || secret.kind != isString {
		return false
	}
	return strings.EqualFold(secret.text, st.Secret) || (st.NextSecret != "" && strings.EqualFold(secret.text, st.NextSecret))
}

// guess is who guesses at whose secret.
type guess struct {
	address string
	store   int64
}

type guessing struct {
	wrong int
	ends  time.Time
}

const freeGuesses = 30

// slow counts a wrong secret and says whether there were too many in a minute.
func (s guesses) slow(g guess, now time.Time) bool {
	seen := s[g]
	if !now.Before(seen.ends) {
		seen = guessing{ends: now.Add(time.Minute)}
	}
	seen.wrong++
	s[g] = seen
	return seen.wrong > freeGuesses
}

type guesses map[guess]guessing

func address(r *http.Request) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host
}

// orderNumber reads an order's id, full or bare, of a store.
func (v value) orderNumber(store int64) (int64, bool) {
	text := strings.TrimSpace(v.text)
	of, number, full := strings.Cut(text, "-")
	if v.kind != isString || !full {
		return v.whole()
	}
	n, ok := digitsOnly(number)
	named, isStore := digitsOnly(of)
	return n, ok && isStore && named == store
}

func digitsOnly(text string) (int64, bool) {
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err == nil && n > 0
}

// order finds the order that orderId names. The answer is nil when it is
// there; missing is the text with which the endpoint says that it is not.
func (x *exchange) order(id value, missing string) (*client.Order, *answer) {
	number, ok := id.orderNumber(x.store.Number)
	if !ok {
		return nil, x.refuse("orderId: " + id.text + " is not a valid orderId")
	}
	order := x.store.orders[number]
	if order == nil {
		return nil, x.refuse(missing + id.text)
	}
	return order, nil
}
