package kept

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"entrepot/internal/api"
	"entrepot/internal/order"
)

// questions are what is asked of a database that Fill has filled.
func questions() (a Answers) {
	a = Answers{Store: int64(main), Secret: secret, Told: map[string]string{}}
	add := func(path string, keys map[string]any) {
		a.Answers = append(a.Answers, Answer{Path: path, Keys: keys})
	}
	for _, keys := range []map[string]any{
		{"sinceDate": "20250101", "statuses": true},
		{"sinceDate": "20250101", "missingMerchantOrderId": true},
		{"sinceDate": "20260210", "throughDate": "20260228"},
		{"sinceOrderId": "999-30", "statuses": true},
		{"sinceOrderId": "999-1000"},
	} {
		add("/v1/orderNumbers", keys)
	}
	for n := 1; n <= orders+2; n++ {
		add("/v2/orderDetail", map[string]any{"orderId": n})
	}
	for i := range order.Statuses() {
		add("/v2/orderDetail", map[string]any{"orderId": 100 + i})
		add("/v1/orderDetail", map[string]any{"referenceId": fmt.Sprintf("import-%d", i)})
	}
	return a
}

// ask asks all questions of other answers again.
func ask(t *testing.T, storage order.Storage, was Answers) Answers {
	t.Helper()
	clock := func() time.Time { return now }
	server := httptest.NewServer(api.New(api.Config{Service: service(storage), SpoolDir: t.TempDir(), Clock: clock, Log: slog.New(slog.DiscardHandler)}))
	defer server.Close()
	is := Answers{Store: was.Store, Secret: was.Secret}
	for _, q := range was.Answers {
		q.Answer = post(t, server.URL, was, q)
		is.Answers = append(is.Answers, q)
	}
	if was.Told != nil { // the oldest have none
		is.Told = tell(t, storage)
		is.Told["the cart"] = checkOut(t, storage, server.URL, was)
	}
	return is
}

func post(t *testing.T, url string, a Answers, q Answer) string {
	t.Helper()
	keys := map[string]any{"store": a.Store, "secret": a.Secret}
	for key, value := range q.Keys {
		keys[key] = value
	}
	body, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(url+q.Path, "application/json", bytes.NewReader(body)) //nolint:noctx // a server of this process
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tell is what the API does not say: stores, and the orders' histories.
func tell(t *testing.T, storage order.Storage) map[string]string {
	t.Helper()
	s, told := service(storage), map[string]string{}
	stores, err := s.Stores(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, store := range stores {
		told[fmt.Sprint("store ", store.Number)] = fmt.Sprintf("%q, test %t, %s since %d, secret for carts %t, carts for %s, shipping %s, identities for %s, origins %q, %d secrets",
			store.Name, store.Test, store.State, store.CreatedAt.UnixMilli(), store.Settings.RequireSecretForCarts, store.Settings.CartLifetime,
			store.Settings.DomesticShipping, store.Settings.RetainIdentity, store.Settings.AllowedOrigins, len(store.Secrets))
		err := s.Export(t.Context(), order.OrdersQuery{Store: store.Number}, func(r *order.Record) error {
			h := r.Head
			text := fmt.Sprintf("%s, back to %q, cart %s, %d notes", h.State.Status, h.State.Resume, h.Cart, h.Notes)
			for _, c := range r.History {
				text += fmt.Sprintf("\n%d %d %s %s %q %q %q", c.Seq, c.At.UnixMilli(), c.Actor, c.Kind, c.From, c.To, c.Reason)
			}
			told[h.String()] = text
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return told
}

// checkOut makes an order of the cart that waits, and answers what it is like.
func checkOut(t *testing.T, storage order.Storage, url string, a Answers) string {
	t.Helper()
	placed, err := service(storage).Place(t.Context(), waiting, order.Checkout{
		ShipTo: order.Address{Name: "Ann Example", Address1: "1 Example Street", City: "Toronto", CountryCode: "CA"},
	}, order.Why{Actor: "checkout"})
	if err != nil {
		t.Fatal(err)
	}
	return post(t, url, a, Answer{Path: "/v2/orderDetail", Keys: map[string]any{"orderId": placed.ID.String()}})
}
