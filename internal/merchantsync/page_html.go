package merchantsync

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // of the page's style
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
)

//go:embed page.css
var pageStyle string

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// pageContent is what our own page says.
type pageContent struct {
	Style   template.CSS
	Title   string
	Text    string
	OrderID string // "" for none
}

var (
	methodPage  = pageContent{Title: "Nothing to see here", Text: "This page can only be looked at."}
	unclearPage = pageContent{Title: "This link is not complete", Text: "We cannot read the number of an order in it. If you have paid, your order is safe; look for the shop’s e-mail."}
)

// thanksPage promises nothing of the order: it may not be one.
func thanksPage(shop, id string) pageContent {
	text := "You can close this page."
	if shop != "" {
		text = shop + " takes it from here. " + text
	}
	return pageContent{Title: "Thank you", Text: text, OrderID: id}
}

// show writes one of our own pages.
func (p *Page) show(w http.ResponseWriter, status int, content pageContent) {
	content.Style = template.CSS(pageStyle) //nolint:gosec // ours
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, content); err != nil {
		p.o.Log.Error("the success page could not be written", "error", err)
		status = http.StatusInternalServerError
		page.Reset()
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(page.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // who asked may have gone
}

// styleHash admits our style, and no other.
var styleHash = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return base64.StdEncoding.EncodeToString(sum[:])
}()

// secureHeaders: the page needs nothing but its style, belongs in nobody's
// frame, and its address is nobody else's business.
func secureHeaders(h http.Header) {
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'sha256-"+styleHash+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
}
