package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"entrepot/internal/console"
	"entrepot/internal/order"
)

// clock is set by tests.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newRecent() (*console.Recent, *clock) {
	c := &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	return console.NewRecent(func(_ context.Context, n order.StoreNumber) bool { return n < 100 }, c.Now), c
}

func TestRecentIsBounded(t *testing.T) {
	t.Parallel()
	r, c := newRecent()
	own := console.Request{Store: 1, Admitted: true, Secret: true, At: c.Now(), RequestID: "own"}
	r.Record(own)
	for i := range 3 * console.KeptRequests { // others, without a secret, and another store
		r.Record(console.Request{Store: 1, Admitted: true, At: c.Now(), RequestID: fmt.Sprint(i)})
		r.Record(console.Request{Store: 2, Admitted: true, Secret: true, At: c.Now()})
	}
	list := r.Of(1)
	if len(list) != console.KeptRequests+1 {
		t.Errorf("%d requests are kept", len(list))
	}
	if list[0].RequestID != "own" && list[len(list)-1].RequestID != "own" {
		t.Error("others have pushed out the store's own")
	}
	long := console.Request{Store: 3, Admitted: true, Secret: true, At: c.Now(), Error: strings.Repeat("x", console.KeptBytes/4)}
	for range 20 {
		r.Record(long)
	}
	if n := len(r.Of(3)); n < 1 || n > 4 {
		t.Errorf("%d large requests are kept", n)
	}
	c.pass(console.KeptFor + time.Second)
	if n := len(r.Of(1)); n != 0 {
		t.Errorf("%d old requests are kept", n)
	}
}

// What claims to be a store's is looked up, and kept when there is such a
// store.
func TestRecentOfStrangers(t *testing.T) {
	t.Parallel()
	asked := make(chan order.StoreNumber, 2)
	r := console.NewRecent(func(_ context.Context, n order.StoreNumber) bool { asked <- n; return n == 1 }, time.Now)
	r.Record(console.Request{Store: 7, At: time.Now()})
	<-asked
	r.Record(console.Request{Store: 1, At: time.Now(), Error: "Invalid security credentials"})
	<-asked
	for len(r.Of(1)) == 0 {
		time.Sleep(time.Millisecond) // it is kept right after it was looked up
	}
	if len(r.Of(7)) != 0 {
		t.Error("requests of a store that is not there are kept")
	}
}

// The page's question for recent requests needs the secret, and tells no
// secrets and nothing of people.
func TestRecentRequests(t *testing.T) {
	t.Parallel()
	s := open(t, setup{orders: 20})
	keys := func(more string) string { return fmt.Sprintf(`{"store":%d,"secret":%q,%s}`, store, secret, more) }
	s.post("/v2/orderDetail", keys(`"orderId":"999-12345","name":"Ann Example","shopSecret":"s3cret"`))
	s.post("/v2/orderDetail", keys(`"orderId":"ann@example.com"`))
	s.post("/v1/updateMerchantOrderId", keys(`"orderId":"999-1","merchantOrderId":"`+secret+`"`))
	s.post("/v1/createTempCart", keys(`"items":[{"description":"Ann's tent","quantity":"for Ann","unitPrice":1}]`))
	s.post("/v1/createTempCart", fmt.Sprintf(`{"store":%d,"ann@example.com":1,"items":[{"description":"Tent","quantity":1,"unitPrice":1}]}`, store))
	status, answer := s.post("/console/recent", fmt.Sprintf(`{"store":%d,"secret":%q}`, store, secret))
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	for _, never := range []string{secret, "Ann", "ann@", "s3cret", "Tent"} {
		if strings.Contains(answer, never) {
			t.Errorf("it tells %s: %s", never, answer)
		}
	}
	var list struct {
		Requests []struct {
			Endpoint, Error, RequestID string
			Keys                       []string
			Status                     int
			Secret                     bool
			Bytes                      int64
		}
	}
	if err := json.Unmarshal([]byte(answer), &list); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, q := range list.Requests {
		got = append(got, fmt.Sprint(q.Status, " ", q.Endpoint, " ", q.Secret, " ", q.Error, " ", q.Keys))
		if len(q.RequestID) != 16 || q.Bytes == 0 {
			t.Errorf("%+v has no id or no size", q)
		}
	}
	want := []string{
		"200 createTempCart false  [items store=999 …]",
		"200 createTempCart true items[0].quantity: … is not a positive whole number [items secret store=999]",
		"200 updateMerchantOrderId true  [merchantOrderId=… orderId=999-1 secret store=999]",
		"400 v2/orderDetail true orderId: … is not a valid orderId [orderId=… secret store=999]",
		"400 v2/orderDetail true Could not find an order with orderId: 999-12345 [name orderId=999-12345 secret shopSecret store=999]",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("it tells\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A wrong secret counts as it does at the API.
func TestRecentCountsGuesses(t *testing.T) {
	t.Parallel()
	s := open(t, setup{})
	wrong := fmt.Sprintf(`{"store":%d,"secret":"nobody-has-this"}`, store)
	for i := range 15 {
		if status, answer := s.post("/console/recent", wrong); status != http.StatusForbidden {
			t.Fatalf("guess %d: %d %s", 2*i, status, answer)
		}
		if status, _ := s.post("/v1/orderNumbers", wrong); status != http.StatusOK {
			t.Fatalf("guess %d at the API: %d", 2*i+1, status)
		}
	}
	for _, path := range []string{"/console/recent", "/console/orders", "/v1/orderNumbers"} {
		if status, answer := s.post(path, wrong); status != http.StatusTooManyRequests {
			t.Errorf("%s after 30 guesses: %d %s", path, status, answer)
		}
	}
	for _, path := range []string{"/console/recent", "/console/orders"} {
		if status, answer := s.post(path, fmt.Sprintf(`{"store":%d,"secret":%q}`, store, secret)); status != http.StatusOK {
			t.Errorf("%s with the right secret: %d %s", path, status, answer)
		}
		if status, answer := s.post(path, "[1]"); status != http.StatusBadRequest {
			t.Errorf("%s of a list: %d %s", path, status, answer)
		}
	}
}
