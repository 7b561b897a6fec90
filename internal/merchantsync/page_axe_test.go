package merchantsync_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"entrepot/internal/merchantsync"
	"entrepot/internal/testkit/axe"
)

// Nothing on the success page keeps anybody out, as far as axe-core can tell.
func TestPageAccessible(t *testing.T) {
	browser := axe.Open(t)
	page, err := merchantsync.NewPage(newImporter(), merchantsync.PageOptions{Store: 999, ShopName: "Sample shop", Delay: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(page)
	t.Cleanup(server.Close)
	for name, walk := range map[string]func(){
		"Thank you":                 func() { browser.Goto(server.URL + "/?orderId=999-17") },
		"This link is not complete": func() { browser.Goto(server.URL) },
		"Nothing to see here": func() {
			browser.Goto("data:text/html," + url.PathEscape(`<form method="post" action="`+server.URL+`"></form>`))
			browser.Run(`document.forms[0].submit()`)
		},
	} {
		walk()
		if title := browser.Await("h1"); !strings.Contains(title, name) {
			t.Fatalf("the page says %q, want %q", title, name)
		}
		browser.Check(axe.View{Name: name})
	}
}
