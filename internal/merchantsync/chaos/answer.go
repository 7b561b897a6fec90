package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// repeated is how many earlier answers to a request may come again.
const repeated = 4

// answer passes the server's answer on, more or less.
func (x *exchange) answer(what mishap) {
	a, err := x.ask()
	if err != nil || what == cutAfter {
		hangUp(x.w)
		return
	}
	if a.status == http.StatusOK && (x.isList() || x.isDetail()) {
		a = x.remember(a, what == stale)
	}
	if x.isList() {
		a.body = x.rearrange(a.body)
	}
	switch what {
	case cutWithin:
		x.sendHalf(a)
	case truncate:
		a.body = x.half(a.body)
		x.send(a)
	default:
		x.send(a)
	}
}

func (x *exchange) isList() bool   { return strings.HasSuffix(x.r.URL.Path, "/orderNumbers") }
func (x *exchange) isDetail() bool { return strings.HasSuffix(x.r.URL.Path, "/orderDetail") }

// remember keeps an answer, and answers an earlier one where that is wanted.
func (x *exchange) remember(a answer, old bool) answer {
	x.mu.Lock()
	defer x.mu.Unlock()
	earlier := x.before[x.key]
	x.before[x.key] = append(earlier[max(0, len(earlier)-repeated+1):len(earlier):len(earlier)], a)
	if old && len(earlier) > 0 {
		old := earlier[x.random.IntN(len(earlier))]
		if !bytes.Equal(old.body, a.body) {
			x.counts["stale, and different"]++
		}
		return old
	}
	return a
}

// list is what this package knows of a list.
type list struct {
	Total  int               `json:"totalCount"`
	Live   int               `json:"orderCount"`
	Test   int               `json:"testOrderCount"`
	Orders []json.RawMessage `json:"orders"`
}

// rearrange leaves late orders out of a list and shuffles the rest.
func (x *exchange) rearrange(body []byte) []byte {
	var l list
	if err := json.Unmarshal(body, &l); err != nil || l.Orders == nil {
		return body // an error of the API
	}
	if len(l.Orders) > 1 { // who has nothing before the first one cannot look back for it
		l.Orders = append(l.Orders[:1:1], slices.DeleteFunc(l.Orders[1:], x.isLate)...)
	}
	if x.draw(x.rates.Shuffle) {
		x.count("shuffled")
		x.random.Shuffle(len(l.Orders), func(i, j int) { l.Orders[i], l.Orders[j] = l.Orders[j], l.Orders[i] })
	}
	return l.write()
}

// lateLists is how many lists a late order is missing from.
const lateLists = 3

// isLate reports whether an order is left out of a list. Which ones are, the
// seed says, and that they come some lists later.
func (x *exchange) isLate(raw json.RawMessage) bool {
	var order struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &order) != nil {
		return false
	}
	random := rand.New(rand.NewPCG(x.seed, hash("late "+order.ID)))
	if random.IntN(1000) >= x.rates.Late {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, met := x.late[order.ID]; !met {
		x.late[order.ID] = 1 + random.IntN(lateLists)
		x.counts["late"]++
	}
	x.late[order.ID]--
	return x.late[order.ID] >= 0
}

func (l *list) write() []byte {
	l.Total, l.Live, l.Test = len(l.Orders), 0, 0
	for _, raw := range l.Orders {
		if bytes.Contains(raw, []byte(`"testOrder":true`)) {
			l.Test++
		}
	}
	l.Live = l.Total - l.Test
	body, err := json.Marshal(l)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return body
}

// half ends an answer early. A list may even end after a whole order, and be
// closed: only its counts tell.
func (x *exchange) half(body []byte) []byte {
	if len(body) == 0 {
		return body
	}
	cut := body[:x.random.IntN(len(body))]
	if last := bytes.LastIndexByte(cut, '}'); x.isList() && last > 0 && x.draw(500) {
		x.count("truncated, and closed")
		return append(slices.Clone(cut[:last+1]), "]}"...)
	}
	return cut
}

// send answers by Content-Length or in chunks; both say that it is whole.
func (x *exchange) send(a answer) {
	h := x.w.Header()
	h.Set("Content-Type", a.header.Get("Content-Type"))
	chunked := x.draw(500)
	if !chunked {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	x.w.WriteHeader(a.status)
	if f, ok := x.w.(http.Flusher); ok && chunked {
		f.Flush()
	}
	_, _ = x.w.Write(a.body) // who has gone does not read it
}

// sendHalf announces an answer, sends a part of it and hangs up.
func (x *exchange) sendHalf(a answer) {
	h, ok := x.w.(http.Hijacker)
	if !ok {
		panic(errNoHijack)
	}
	conn, _, err := h.Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	text := fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		a.status, http.StatusText(a.status), a.header.Get("Content-Type"), len(a.body), a.body)
	_, _ = conn.Write(text[:x.random.IntN(len(text))]) // who has gone does not read it
}
