package conformance_test

import (
	"net/http"
	"strings"
)

// transportDefects are of what stands around the bodies.
var transportDefects = []defect{
	{name: "v2 answers 200", caught: "every endpoint answers at its path", of: telling("", func(c *call, a *reply) {
		if strings.HasPrefix(c.URL.Path, "/v2/") && a.status == http.StatusBadRequest {
			a.status = http.StatusOK
		}
	})},
	{name: "v1 answers 400", caught: "every endpoint answers at its path", of: telling("", func(c *call, a *reply) {
		if strings.HasPrefix(c.URL.Path, "/v1/") && strings.HasPrefix(a.body, `{"error"`) && a.status == http.StatusOK {
			a.status = http.StatusBadRequest
		}
	})},
	{name: "an unknown path is a page", caught: "an unknown path is not found", of: telling("", page(http.StatusNotFound))},
	{name: "an unknown path is answered", caught: "an unknown path is not found", of: asking("/v3/orderDetail", func(c *call) { c.URL.Path = detail })},
	{name: "a slash at the end is redirected", caught: "path, method, Content-Type, Accept, size and parsing are looked at in this order", of: func(next answering) answering {
		return func(c *call) *reply {
			if path, slash := strings.CutSuffix(c.URL.Path, "/x"); slash {
				return &reply{status: http.StatusMovedPermanently, header: http.Header{"Location": {path}}, body: "{}"}
			}
			return next(c)
		}
	}},
	{name: "the region question is refused", caught: "the Magento plug-ins' question for a region is answered", of: asking("/v1/magento-region", func(c *call) { c.URL.Path = "/v1/none" })},
	{name: "405 without Allow", caught: "methods other than POST are refused", of: telling("", func(_ *call, a *reply) { a.header.Del("Allow") })},
	{name: "Allow names GET too", caught: "methods other than POST are refused", of: telling("", func(_ *call, a *reply) {
		if a.header.Get("Allow") != "" {
			a.header.Set("Allow", "GET, POST")
		}
	})},
	{name: "GET is answered", caught: "methods other than POST are refused", of: asking(detail, func(c *call) {
		if c.Method == http.MethodGet {
			c.Method = http.MethodPost
			c.Header.Set("Content-Type", "application/json")
		}
	})},
	{name: "415 is JSON", caught: "another Content-Type, or none, is refused with a small page", of: telling("", func(_ *call, a *reply) {
		if a.status == http.StatusUnsupportedMediaType {
			a.body = `{"error":"unsupported"}`
			a.header.Set("Content-Type", "application/json")
		}
	})},
	{name: "any Content-Type is taken", caught: "another Content-Type, or none, is refused with a small page", of: asking("", func(c *call) { c.Header.Set("Content-Type", "application/json") })},
	{name: "a charset is refused", caught: "a Content-Type of JSON is taken, with parameters or without", of: asking("", func(c *call) {
		if strings.Contains(c.Header.Get("Content-Type"), "charset") {
			c.Header.Set("Content-Type", "text/plain")
		}
	})},
	{name: "406 is never answered", caught: "an Accept that does not admit JSON is refused with a small page", of: asking("", func(c *call) { c.Header.Del("Accept") })},
	{name: "a missing Accept is refused", caught: "an Accept that admits JSON is taken, and none as well", of: asking("", func(c *call) {
		if c.Header.Get("Accept") == "" {
			c.Header.Set("Accept", "text/html")
		}
	})},
	{name: "q-values are not read", caught: "an Accept that does not admit JSON is refused with a small page", of: asking("", func(c *call) {
		accept, _, _ := strings.Cut(c.Header.Get("Accept"), ";")
		c.Header.Set("Accept", accept)
	})},
	{name: "413 is 400", caught: "a body of one MiB is taken, one byte more is not", of: telling("", becomes(http.StatusRequestEntityTooLarge, http.StatusBadRequest))},
	{name: "one byte too many is taken", caught: "a body of one MiB is taken, one byte more is not", of: asking("", func(c *call) { c.body = strings.TrimSuffix(c.body, " ") })},
	{name: "exactly one MiB is too much", caught: "a body of one MiB is taken, one byte more is not", of: asking("", func(c *call) {
		if len(c.body) == 1<<20 {
			c.body += " "
		}
	})},
	{name: "chunks are not read", caught: "a body that is sent in chunks is read like any other", of: asking("", func(c *call) {
		if c.ContentLength < 0 {
			c.body = ""
		}
	})},
	{name: "429 without Retry-After", caught: "guessing a secret is slowed down, the right one is not", of: telling("", func(_ *call, a *reply) { a.header.Del("Retry-After") })},
	{name: "answers are text", caught: "answers are JSON in UTF-8 and say their length", of: telling("", func(_ *call, a *reply) {
		if a.status == http.StatusOK {
			a.header.Set("Content-Type", "text/plain")
		}
	})},
	{name: "answers are in another encoding", caught: "answers are JSON in UTF-8 and say their length", of: telling("", func(_ *call, a *reply) {
		a.header.Set("Content-Type", a.header.Get("Content-Type")+"; charset=iso-8859-1")
	})},
	{name: "no Content-Length", caught: "answers are JSON in UTF-8 and say their length", of: telling("", func(_ *call, a *reply) { a.noLength = true })},
	{name: "gzip is promised and not sent", caught: "a client that takes gzip is understood", of: telling("", func(c *call, a *reply) {
		if strings.Contains(c.Header.Get("Accept-Encoding"), "gzip") {
			a.header.Set("Content-Encoding", "gzip")
		}
	})},
	{name: "Accept is looked at before Content-Type", caught: "path, method, Content-Type, Accept, size and parsing are looked at in this order", of: asking("", func(c *call) {
		if c.Header.Get("Accept") == "text/html" {
			c.Header.Set("Content-Type", "application/json")
		}
	})},
}

// becomes answers one status for another.
func becomes(from, to int) func(*call, *reply) {
	return func(_ *call, a *reply) {
		if a.status == from {
			a.status = to
		}
	}
}

// page answers a status as HTML.
func page(status int) func(*call, *reply) {
	return func(_ *call, a *reply) {
		if a.status == status {
			a.body = "<html>"
			a.header.Set("Content-Type", "text/html")
		}
	}
}
