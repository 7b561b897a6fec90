package destination_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/destination"
)

// answers of webhooks, and what comes of them.
var answers = map[string]struct {
	answer  http.HandlerFunc
	id      string
	failed  string // in the reason
	refused bool
	after   time.Duration
}{
	"id":                {answer: says(200, `{"merchantOrderId": "12-34567"}`), id: "12-34567"},
	"id as a number":    {answer: says(201, ` {"merchantOrderId": 12, "more": []}`), id: "12"},
	"nothing":           {answer: says(204, "")},
	"no id":             {answer: says(200, `{}`)},
	"null":              {answer: says(200, `{"merchantOrderId": null}`)},
	"garbage":           {answer: says(200, "<html>\x00\xff OK")},
	"another kind":      {answer: says(200, `{"merchantOrderId": {"id": 1}}`)},
	"a list":            {answer: says(200, `[1]`)},
	"control character": {answer: says(200, `{"merchantOrderId": "1\u001b2"}`)},
	"long id":           {answer: says(200, `{"merchantOrderId": "`+strings.Repeat("9", 300)+`"}`)},
	"endless":           {answer: endless},
	"400":               {answer: says(400, "no such\n\tarticle\x1b[0m"), failed: "answered 400 Bad Request: no such article [0m", refused: true},
	"404":               {answer: says(404, ""), failed: "answered 404 Not Found", refused: true},
	"long refusal":      {answer: says(422, strings.Repeat("é", 5000)), failed: "answered 422", refused: true},
	"408":               {answer: says(408, ""), failed: "408"},
	"425":               {answer: says(425, ""), failed: "425"},
	"429":               {answer: later(429, "120"), failed: "429", after: 2 * time.Minute},
	"429 for ever":      {answer: later(429, "999999999"), failed: "429", after: time.Hour},
	"429 at a time":     {answer: later(429, "Wed, 02 Jan 2030 03:05:05 GMT"), failed: "429", after: time.Minute},
	"429 nonsense":      {answer: later(429, "soon"), failed: "429"},
	"500":               {answer: says(500, "oops"), failed: "answered 500 Internal Server Error: oops"},
	"503":               {answer: later(503, "30"), failed: "503", after: 30 * time.Second},
	"redirect":          {answer: redirects, failed: "a redirect, which is not followed"},
	"breaks off":        {answer: breaksOff, failed: "broke off"},
	"breaks off in it":  {answer: breaksOffInside, failed: "broke off"},
	"no HTTP":           {answer: noHTTP, failed: "malformed HTTP"},
}

func says(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

func later(status int, retryAfter string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", retryAfter)
		w.WriteHeader(status)
	}
}

func redirects(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
}

// endless ends when nobody reads any more.
func endless(w http.ResponseWriter, _ *http.Request) {
	for {
		if _, err := w.Write(make([]byte, 32<<10)); err != nil {
			return
		}
	}
}

func breaksOff(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func breaksOffInside(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, `{"merchantOrderId": "12"`)
	panic(http.ErrAbortHandler)
}

func noHTTP(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(conn, "220 mail.example.com ESMTP\r\n\r\n")
	_ = conn.Close()
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func webhook(t *testing.T, url string, o destination.WebhookOptions) *destination.Webhook {
	t.Helper()
	o.Clock = func() time.Time { return time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC) }
	w, err := destination.NewWebhook(url, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWebhookAnswers(t *testing.T) {
	for what, c := range answers {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/elsewhere" {
					t.Error("a redirect was followed")
				}
				c.answer(w, r)
			})
			id, err := webhook(t, url+"/?token=hush", destination.WebhookOptions{}).Deliver(t.Context(), changeOf(7, 1001, false))
			if id != c.id || (err == nil) != (c.failed == "") {
				t.Fatalf("%q, %v", id, err)
			}
			if err == nil {
				return
			}
			var told *merchantsync.NotTakenError
			if !errors.As(err, &told) || told.Refused != c.refused || told.After != c.after || !strings.Contains(told.Reason, c.failed) {
				t.Errorf("%#v", told)
			}
			if len(told.Reason) > 600 || strings.Contains(told.Reason, "hush") || strings.Contains(told.Reason, "127.0.0.1") {
				t.Errorf("the reason is %q", told.Reason)
			}
		})
	}
}

func TestWebhookHangs(t *testing.T) {
	for what, begin := range map[string]string{"before": "", "within": `{"merchant`} {
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // so that the server notices the end of the client
			if begin != "" {
				_, _ = io.WriteString(w, begin)
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
		})
		_, err := webhook(t, url, destination.WebhookOptions{Timeout: 50 * time.Millisecond}).Deliver(t.Context(), changeOf(7, 1001, false))
		if err == nil || !strings.Contains(err.Error(), "in time") {
			t.Errorf("hangs %s its answer: %v", what, err)
		}
	}
}

func TestWebhookNobodyThere(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := webhook(t, server.URL+"/?token=hush", destination.WebhookOptions{}).Deliver(t.Context(), changeOf(7, 1001, false))
	var told *merchantsync.NotTakenError
	if !errors.As(err, &told) || told.Refused || strings.Contains(told.Reason, "hush") || !strings.Contains(told.Reason, "refused") {
		t.Errorf("%v", err)
	}
}

func TestWebhookRequest(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("example-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	change := changeOf(7, 1001, true)
	var header http.Header
	var body []byte
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, _ = io.ReadAll(r.Body)
	})
	if _, err := webhook(t, url, destination.WebhookOptions{SecretFile: secret}).Deliver(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for key, want := range map[string]string{
		"Idempotency-Key": "999-7", "Content-Type": "application/json", "User-Agent": "entrepot-sync",
		"Entrepot-Signature": destination.Signature([]byte("example-secret"), body, at),
	} {
		if got := header.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	message, err := destination.Message(&change)
	if err != nil || string(body) != string(message) {
		t.Errorf("the body is %s, want %s", body, message)
	}
}

// TestSignatureOfTheDocuments is a signature that anybody can compute:
// printf '1893553445.{"key":"999-7"}' | openssl dgst -sha256 -hmac example-secret
func TestSignatureOfTheDocuments(t *testing.T) {
	got := destination.Signature([]byte("example-secret"), []byte(`{"key":"999-7"}`), time.Unix(1893553445, 0))
	text, err := os.ReadFile("../../../docs/sync-destinations.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), got) {
		t.Errorf("docs/sync-destinations.md does not have %s", got)
	}
}

func TestWebhookSettings(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"", "shop.example.com/hook", "ftp://shop.example.com/", "http://", "http://:password@[/"} {
		if _, err := destination.NewWebhook(url, destination.WebhookOptions{}); err == nil || strings.Contains(err.Error(), "password") {
			t.Errorf("%q: %v", url, err)
		}
	}
	for _, file := range []string{empty, empty + ".none"} {
		if _, err := destination.NewWebhook("http://shop.example.com/", destination.WebhookOptions{SecretFile: file}); err == nil {
			t.Errorf("with the secret of %s it is taken", file)
		}
	}
}

// TestMessage has everything that the service sent, on one line.
func TestMessage(t *testing.T) {
	c := changeOf(7, 1001, true)
	c.Document = []byte("{\n \"order\": {\"orderId\": \"999-1001\", \"name\": \"<A> &\u2028\", \"n\": 1.50},\n \"remittance_amount\": 0.00, \"key\": \"no\"}")
	got, err := destination.Message(&c)
	want := `{"key":"999-7","sequence":7,"kind":"imported","orderId":"999-1001","standing":"ready","status":"IGLOBAL_ORDER_IN_PROCESS",` +
		`"test":true,"at":"2030-01-01T00:00:07.000Z","order":{"orderId":"999-1001","name":"<A> &` + "\u2028" + `","n":1.50},"remittance_amount":0.00}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v\nwant %s", got, err, want)
	}
	for _, bad := range []string{``, `[]`, `{}`, `{"order":`} {
		c.Document = []byte(bad)
		if _, err := destination.Message(&c); err == nil || !strings.Contains(err.Error(), "999-1001") {
			t.Errorf("a document %q: %v", bad, err)
		}
	}
}

// TestFeedToAWebhook goes all the way.
func TestFeedToAWebhook(t *testing.T) {
	m := newMemory()
	m.fill(20, nil)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var message struct{ OrderID string }
		if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
			t.Error(err)
		}
		_, _ = fmt.Fprintf(w, `{"merchantOrderId": "for %s"}`, message.OrderID)
	})
	feed := merchantsync.NewReceiverFeed(webhook(t, url, destination.WebhookOptions{}), merchantsync.ReceiverOptions{
		FeedOptions: merchantsync.FeedOptions{Ledger: m, Name: name},
	})
	fed, err := feed.Pass(context.Background())
	if err != nil || fed.Taken != 20 || len(m.s.reports) != 20 {
		t.Fatalf("%+v, %v and %d reports", fed, err, len(m.s.reports))
	}
	for _, r := range m.s.reports {
		if r.Value != "for "+string(r.OrderID) {
			t.Errorf("%+v", r)
		}
	}
}
