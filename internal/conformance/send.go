package conformance

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const mostAnswer = 512 << 20 // bytes read of one answer

// request is one that is about to be sent.
type request struct {
	method, path, body string
	headers            map[string]*string
	chunked            bool
}

// answer is what came back, unpacked when it was packed.
type answer struct {
	status int
	header http.Header
	length int64 // the Content-Length, -1 without one
	body   []byte
}

// caller sends requests to one server.
type caller struct {
	url    string
	client *http.Client
}

func newCaller(t Target) *caller {
	client := http.Client{Timeout: time.Minute}
	if t.Client != nil {
		client = *t.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &caller{strings.TrimSuffix(t.URL, "/"), &client}
}

// usual are the headers of a request that says nothing else. Without an
// Accept-Encoding of its own the client would ask for gzip behind our back.
func usual() http.Header {
	return http.Header{
		"Content-Type":    {"application/json"},
		"Accept":          {"*/*"},
		"Accept-Encoding": {"identity"},
	}
}

func (c *caller) send(ctx context.Context, r request) (*answer, error) {
	req, err := c.build(ctx, r)
	if err != nil {
		return nil, err
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := unpack(resp)
	if err != nil {
		return nil, fmt.Errorf("%s %s: read answer: %w", r.method, r.path, err)
	}
	return &answer{resp.StatusCode, resp.Header, resp.ContentLength, body}, nil
}

func (c *caller) build(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader = strings.NewReader(r.body)
	if r.chunked {
		body = io.MultiReader(body) // hides the length
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.url+r.path, body)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header = usual()
	for name, value := range r.headers {
		req.Header.Del(name)
		if value != nil {
			req.Header.Set(name, *value)
		}
	}
	return req, nil
}

func unpack(resp *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	if err != nil || len(body) == 0 || resp.Header.Get("Content-Encoding") != "gzip" {
		return body, err
	}
	packed, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return io.ReadAll(io.LimitReader(packed, mostAnswer))
}

// describe is for the report: method, path, what is unusual in the headers, and the body.
func (r request) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", r.method, r.path)
	for _, name := range sortedKeys(r.headers) {
		value := "(none)"
		if r.headers[name] != nil {
			value = *r.headers[name]
		}
		fmt.Fprintf(&b, "\n%s: %s", name, value)
	}
	if r.chunked {
		b.WriteString("\n(sent in chunks)")
	}
	fmt.Fprintf(&b, "\n%s", readable(r.body))
	return b.String()
}

func (a *answer) describe() string {
	return fmt.Sprintf("%d %s\n%s", a.status, a.header.Get("Content-Type"), readable(string(a.body)))
}

// readable shortens, and writes bytes that cannot be shown as \x.. .
func readable(s string) string {
	const most = 800
	tail, whole := "", utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\r")
	if len(s) > most {
		tail = fmt.Sprintf("… (%d bytes)", len(s))
		s = s[:most]
	}
	if whole {
		return strings.TrimSpace(strings.ToValidUTF8(s, "")) + tail // the cut may go through a character
	}
	return fmt.Sprintf("%+q", s) + tail
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
