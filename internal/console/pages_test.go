package console_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"entrepot/internal/console"
	"entrepot/internal/order"
)

func demoPages(t *testing.T) *console.Console {
	t.Helper()
	c, err := console.New(console.Config{Demo: &console.Demo{Store: store, Secret: secret}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func get(c http.Handler, path string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8999"+path, nil)
	r.RemoteAddr = "127.0.0.1:40000"
	change(r)
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w
}

// The demo's secret is in the page for who asks from the same machine, under
// its address, and for nobody else.
func TestWhoGetsTheDemosSecret(t *testing.T) {
	t.Parallel()
	c := demoPages(t)
	for name, change := range map[string]func(*http.Request){
		"yes, by address":     func(*http.Request) {},
		"yes, by name":        func(r *http.Request) { r.Host = "localhost:8999" },
		"yes, by IPv6":        func(r *http.Request) { r.Host, r.RemoteAddr = "[::1]:8999", "[::1]:40000" },
		"no, rebound name":    func(r *http.Request) { r.Host = "evil.example.com:8999" },
		"no, like localhost":  func(r *http.Request) { r.Host = "localhost.example.com" },
		"no, from elsewhere":  func(r *http.Request) { r.RemoteAddr = "192.0.2.7:40000" },
		"no, through a proxy": func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.7") },
		"no, forwarded":       func(r *http.Request) { r.Header.Set("Forwarded", "for=192.0.2.7") },
	} {
		w := get(c, "/console", change)
		if got := strings.Contains(w.Body.String(), secret); w.Code != http.StatusOK || got != strings.HasPrefix(name, "yes") {
			t.Errorf("%s: status %d, secret in the page: %t", name, w.Code, got)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	c := demoPages(t)
	for _, path := range []string{"/console", "/console/reference", "/console/static/console.js", "/console/static/nothing"} {
		h := get(c, path, func(*http.Request) {}).Header()
		policy := h.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%s: the policy is %q", path, policy)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers are %v", path, h)
		}
	}
	if got := get(c, "/console", func(*http.Request) {}).Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("the page with the secret may be kept: %q", got)
	}
	tag := get(c, "/console/static/console.js", func(*http.Request) {}).Header().Get("ETag")
	if w := get(c, "/console/static/console.js", func(r *http.Request) { r.Header.Set("If-None-Match", tag) }); w.Code != http.StatusNotModified {
		t.Errorf("a file that is known is sent again: %d", w.Code)
	}
}

// The pages have everything of the document: endpoints, keys and errors.
func TestPagesAreWhole(t *testing.T) {
	t.Parallel()
	c := demoPages(t)
	reference := get(c, "/console/reference", func(*http.Request) {}).Body.String()
	forms := get(c, "/console", func(*http.Request) {}).Body.String()
	list := endpoints(t)
	if len(list) != 8 {
		t.Errorf("%d endpoints", len(list))
	}
	for _, e := range list {
		for _, key := range e.Keys {
			if key.Name != "store" && key.Name != "secret" && !strings.Contains(forms, `id="`+e.ID+"-"+key.Name) && !key.List {
				t.Errorf("%s has no field for %s", e.ID, key.Name)
			}
			if key.About == "" {
				t.Errorf("%s: %s is not explained", e.ID, key.Name)
			}
		}
		for _, p := range e.Errors {
			if !strings.Contains(reference, "example="+p.ID) {
				t.Errorf("the reference lacks %s of %s", p.ID, e.ID)
			}
		}
		if e.ID != "magentoRegion" && (len(e.FlatKeys()) < 4 || len(e.Flat()) == 0 || len(e.Errors) < 8) {
			t.Errorf("%s: %d keys, %d of the answer, %d errors", e.ID, len(e.FlatKeys()), len(e.Flat()), len(e.Errors))
		}
	}
}

// The drawing has every status once, and an arrow for every way between two
// boxes; the table has every move.
func TestMachine(t *testing.T) {
	t.Parallel()
	page := get(demoPages(t), "/console/reference", func(*http.Request) {}).Body.String()
	drawing := page[strings.Index(page, "<svg"):strings.Index(page, "</svg>")]
	for _, s := range order.Statuses() {
		if n := strings.Count(drawing, ">"+string(s)+"<"); n != 1 {
			t.Errorf("%s is drawn %d times", s, n)
		}
		for _, m := range order.Allowed(s) {
			if !strings.Contains(page, `<code>`+string(s)+`</code></th><td>`+string(m)+`</td>`) {
				t.Errorf("the table lacks %s of %s", m, s)
			}
		}
	}
	for _, m := range order.Moves() {
		labels := strings.FieldsFunc(strings.NewReplacer(`class="label"`, "", ">", " ", "<", " ", ",", " ").Replace(drawing), func(r rune) bool { return r == ' ' || r == '\n' })
		if !slices.Contains(labels, string(m)) {
			t.Errorf("%s is not drawn", m)
		}
	}
	if n := strings.Count(drawing, `class="line"`); n != 14 {
		t.Errorf("%d arrows", n)
	}
}
