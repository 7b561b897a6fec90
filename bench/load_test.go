package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"entrepot/internal/order"
)

// shop is a server that answers as the service should, in its own words.
type shop struct {
	calendar calendar
	mu       sync.Mutex
	status   map[string]string
	repeated []string // orders that were asked for the status that they had
	falsify  func(string) string
}

type shopRequest struct {
	OrderID string `json:"orderId"`
	Status  string `json:"orderStatus"`
	Since   int    `json:"sinceOrderId"`
	From    int    `json:"sinceDate"`
	Through int    `json:"throughDate"`
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var request shopRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer := s.falsify(s.answer(r.URL.Path, request))
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	_, _ = io.WriteString(w, answer)
}

func (s *shop) answer(path string, r shopRequest) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch path {
	case "/v2/orderDetail":
		return detail(r.OrderID, s.status[r.OrderID])
	case "/v1/updateVendorOrderStatus":
		if s.status[r.OrderID] == r.Status {
			s.repeated = append(s.repeated, r.OrderID)
		}
		s.status[r.OrderID] = r.Status
		_, number, _ := strings.Cut(r.OrderID, "-")
		return fmt.Sprintf(`{"success":"Updated Order: %s to new order status: %s"}`, number, r.Status)
	}
	return s.list(r)
}

func detail(id, status string) string {
	return fmt.Sprintf(`{"order":{"orderId":%q,"orderStatus":%q}}`, id, status)
}

// list answers in the form of the contract, made by encoding/json.
func (s *shop) list(r shopRequest) string {
	type entry struct {
		Test bool   `json:"testOrder"`
		ID   string `json:"id"`
		At   string `json:"timestamp"`
	}
	var l struct {
		Total  int     `json:"totalCount"`
		Live   int     `json:"orderCount"`
		Tests  int     `json:"testOrderCount"`
		Orders []entry `json:"orders"`
	}
	for n := 1; n <= s.calendar.orders(); n++ {
		at := s.calendar.placed(n)
		day, _ := strconv.Atoi(at.Format("20060102"))
		if n <= r.Since || (r.From > 0 && (day < r.From || day > r.Through)) {
			continue
		}
		id := order.ID{Store: s.calendar.Store, Number: order.Number(n)}
		l.Orders = append(l.Orders, entry{s.calendar.test(n), id.String(), stamp(at)})
		l.Total++
		if s.calendar.test(n) {
			l.Tests++
		}
	}
	l.Live = l.Total - l.Tests
	body, _ := json.Marshal(l)
	return string(body)
}

// stamp writes a time as the contract says: at least one digit after the point,
// and no zeros that can be left away.
func stamp(t time.Time) string {
	fraction := strings.TrimRight(fmt.Sprintf("%03d", t.Nanosecond()/1_000_000), "0")
	if fraction == "" {
		fraction = "0"
	}
	return t.Format("2006-01-02 15:04:05.") + fraction
}

var tiny = scale{Orders: 50, Large: calendar{Store: 7, PerDay: 20, Days: 9}}

// newShop starts a shop, and a loader that knows its answers.
func newShop(t *testing.T) (*shop, *loader, string) {
	t.Helper()
	s := &shop{calendar: tiny.Large, status: map[string]string{}, falsify: func(a string) string { return a }}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	l := &loader{scale: tiny, moved: newMoved(tiny.Large)}
	for n := range tiny.Orders {
		l.sums = append(l.sums, sum([]byte(detail(fmt.Sprintf("%d-%d", lookups, n+1), ""))))
	}
	return s, l, server.Listener.Addr().String()
}

var loads = map[string]job{
	"details": {Kind: askDetail}, "lists": {Kind: askList, List: list{Days: 2}},
	"all": {Kind: askList, List: list{Days: 9}}, "updates": {Kind: askUpdate},
}

func TestRightAnswers(t *testing.T) {
	for name, j := range loads {
		t.Run(name, func(t *testing.T) {
			s, l, address := newShop(t)
			j.Address, j.Connections, j.Counted = address, 4, 50*time.Millisecond
			o := l.do(t.Context(), j)
			if o.Error != "" || o.Counted == 0 || o.Checked == 0 || o.Answered < o.Counted || o.Bytes < o.Answered {
				t.Errorf("%+v", o)
			}
			if len(s.repeated) > 0 {
				t.Errorf("orders %q were moved to the status that they had", s.repeated)
			}
		})
	}
}

// TestWrongAnswers falsifies answers in ways in which a service under load
// could.
func TestWrongAnswers(t *testing.T) {
	wrong := map[string]func(string) string{
		"an error with status 200": func(string) string { return `{"error":"Invalid security credentials"}` },
		"nothing":                  func(string) string { return "" },
		"cut short":                func(a string) string { return a[:len(a)-1] },
		"one digit":                func(a string) string { return a[:len(a)-20] + flip(a[len(a)-20:]) },
		"another order": func(a string) string {
			return strings.NewReplacer("-1", "-2", "-2", "-3", "Order: ", "Order: 1").Replace(a)
		},
	}
	for what, falsify := range wrong {
		for name, j := range loads {
			t.Run(name+", "+what, func(t *testing.T) {
				s, l, address := newShop(t)
				s.falsify = falsify
				j.Address, j.Connections, j.Requests = address, 1, 50
				if o := l.do(t.Context(), j); o.Error == "" {
					t.Errorf("50 answers are taken for right: %+v", o)
				}
			})
		}
	}
}

// flip changes the first letter or digit.
func flip(text string) string {
	for i, c := range []byte(text) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return text[:i] + string(rune(c^1)) + text[i+1:]
		}
	}
	return text + "x"
}

func TestProof(t *testing.T) {
	s, l, address := newShop(t)
	update := job{Kind: askUpdate, Address: address, Connections: 3, Counted: 50 * time.Millisecond}
	if o := l.do(t.Context(), update); o.Error != "" {
		t.Fatal(o.Error)
	}
	proof := job{Kind: askProof, Address: address, Connections: 1, Requests: 500}
	if o := l.do(t.Context(), proof); o.Error != "" || o.Checked != 500 {
		t.Errorf("%+v", o)
	}
	for id := range s.status { // all are lost
		s.status[id] = string(order.InProcess)
	}
	if o := l.do(t.Context(), proof); !strings.Contains(o.Error, errWrong.Error()) {
		t.Errorf("lost updates are not noticed: %+v", o)
	}
}

// TestBaseline has the same load answered by the bare handler.
func TestBaseline(t *testing.T) {
	s, l, address := newShop(t)
	file := filepath.Join(t.TempDir(), "answers")
	sampling := job{Kind: askDetail, Address: address, Connections: 1, Requests: 5, File: file}
	if o := l.do(t.Context(), sampling); o.Error != "" || o.Checked != 5 {
		t.Fatalf("%+v", o)
	}
	answers, err := readAnswers(file)
	if err != nil || len(answers) != 5 {
		t.Fatalf("%d answers, %v", len(answers), err)
	}
	for _, a := range answers {
		if !strings.HasPrefix(string(a), `{"order":{"orderId":"999-`) {
			t.Errorf("kept %s", a)
		}
	}
	server := httptest.NewServer(bare(answers))
	defer server.Close()
	j := job{Kind: askDetail, Address: server.Listener.Addr().String(), Connections: 2, Counted: 50 * time.Millisecond, Unchecked: true}
	if o := l.do(t.Context(), j); o.Error != "" || o.Counted == 0 || o.Checked != 0 {
		t.Errorf("%+v", o)
	}
	if len(s.status) > 0 {
		t.Error("the shop was changed")
	}
}

func TestNoAnswers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "answers")
	if err := writeAnswers(file, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := readAnswers(file); err == nil {
		t.Error("a bare handler without answers is taken")
	}
}

// TestServerGone sees that a job ends when its server does.
func TestServerGone(t *testing.T) {
	_, l, _ := newShop(t)
	j := job{Kind: askDetail, Connections: 2, Counted: time.Hour}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer server.Close()
	j.Address = server.Listener.Addr().String()
	if o := l.do(t.Context(), j); !strings.Contains(o.Error, io.EOF.Error()) {
		t.Errorf("%+v", o)
	}
	server.Close()
	if o := l.do(t.Context(), j); o.Error == "" {
		t.Error("nobody listens, and nothing is wrong")
	}
}
