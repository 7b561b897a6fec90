package api

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAccept(t *testing.T) {
	tests := []struct {
		accept []string
		want   bool
	}{
		{nil, true},
		{[]string{""}, true},
		{[]string{" "}, true},
		{[]string{"*/*"}, true},
		{[]string{"application/*"}, true},
		{[]string{"application/json"}, true},
		{[]string{"Application/JSON"}, true},
		{[]string{"*"}, true},
		{[]string{"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"}, true}, // Java's own client
		{[]string{"application/json;charset=utf-8"}, true},
		{[]string{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, true},
		{[]string{"text/html", "application/json"}, true},
		{[]string{"", ""}, true},
		{[]string{","}, true}, // a list of nothing is no wish
		{[]string{",, application/json ,"}, true},
		{[]string{"application/json;q=0.001"}, true},
		{[]string{"application/json;q=1.000"}, true},
		{[]string{"application/json ; q=0.5"}, true},

		{[]string{"text/html"}, false},
		{[]string{"text/*"}, false},
		{[]string{"application/xml"}, false},
		{[]string{"application/jsonp"}, false},
		{[]string{"application/problem+json"}, false},
		{[]string{"application/json-seq, text/json"}, false},
		{[]string{"application/json;q=0"}, false},
		{[]string{"application/json;q=0.000"}, false},
		{[]string{"application/json;Q=0"}, false},
		{[]string{"application/json;q=0;charset=utf-8"}, false},
		{[]string{"application/json;charset=utf-8;q=0"}, false},
		{[]string{"*/*;q=0"}, false},
		{[]string{"*;q=0"}, false},
		{[]string{"application/*;q=0"}, false},

		// The most specific range decides, wherever it stands.
		{[]string{"*/*, application/json;q=0"}, false},
		{[]string{"application/json;q=0, */*"}, false},
		{[]string{"application/json;q=0", "*/*;q=1"}, false},
		{[]string{"application/*;q=0, */*"}, false},
		{[]string{"application/*, application/json;q=0, */*"}, false},
		{[]string{"application/json, */*;q=0"}, true},
		{[]string{"*/*;q=0, application/json"}, true},
		{[]string{"application/*;q=0.1, */*;q=0"}, true},
		{[]string{"application/*;q=0, application/json;q=0.1"}, true},
		{[]string{"text/html;q=0, */*;q=0.1"}, true},
		{[]string{"application/json;q=0, application/json"}, true}, // twice the same: one admits it

		// What cannot be read is as if it were not there.
		{[]string{"application/json;q="}, true},
		{[]string{"application/json;q=high"}, true},
		{[]string{"application/json;q"}, true},
		{[]string{"application/json;;;"}, true},
		{[]string{"json"}, false},
		{[]string{"/"}, false},
		{[]string{"application/"}, false},
		{[]string{";q=1"}, false},
		{[]string{"garbage \x7f, application/json"}, true},
		{[]string{"text/html;level=1;q=0.1, application/json;q=-1"}, false},
	}
	for _, tt := range tests {
		if got := acceptsJSON(http.Header{"Accept": tt.accept}); got != tt.want {
			t.Errorf("%q: %t, want %t", tt.accept, got, tt.want)
		}
	}
}

func TestAcceptOverHTTP(t *testing.T) {
	f := start(t)
	f.ask("/v1/orderNumbers", `"sinceDate":"20150101"`).whole(t, jsonType)
	f.post("/v1/orderNumbers", credentials(`"sinceDate":"20150101"`), "Accept", "application/json;q=0, */*").page(t, http.StatusNotAcceptable)
}

func TestContentType(t *testing.T) {
	tests := []struct {
		contentType string
		want        bool
	}{
		{"application/json", true},
		{"application/json; charset=utf-8", true},
		{"application/json;charset=UTF-8", true},
		{"Application/JSON", true},
		{" application/json ", true},
		{"application/json;", true},
		{"application/json; charset", true},
		{"application/json; charset=", true},
		{`application/json; charset="utf-8"`, true},
		{"application/json; charset=utf-8; boundary=x", true},

		{"", false},
		{" ", false},
		{"text/plain", false},
		{"text/json", false},
		{"application/javascript", false},
		{"application/x-www-form-urlencoded", false},
		{"application/jsonp", false},
		{"application/problem+json", false},
		{"json", false},
		{"*/*", false},
		{"application/*", false},
		{"application/json, text/plain", false},
		{"text/plain; application/json", false},
		{"application / json", false},
	}
	for _, tt := range tests {
		if got := sendsJSON(http.Header{"Content-Type": {tt.contentType}}); got != tt.want {
			t.Errorf("%q: %t, want %t", tt.contentType, got, tt.want)
		}
	}
	if sendsJSON(http.Header{}) {
		t.Error("no Content-Type was taken")
	}
}

// bodyOf is a request for an order's detail, of exactly so many bytes.
func bodyOf(size int) string {
	body := credentials(`"orderId":1,"padding":""`)
	return strings.Replace(body, `""`, `"`+strings.Repeat("x", size-len(body))+`"`, 1)
}

// chunked hides how long a body is.
type chunked struct{ io.Reader }

func TestLargestBody(t *testing.T) {
	f := start(t)
	const found = "Could not find an order with orderId: 1"
	const tooLarge = "The body is larger than 1 MiB."
	const mebibyte = 1024 * 1024
	for name, send := range map[string]func(string) io.Reader{
		"with its length": func(s string) io.Reader { return strings.NewReader(s) },
		"in chunks":       func(s string) io.Reader { return chunked{strings.NewReader(s)} },
	} {
		t.Run(name, func(t *testing.T) {
			f.do(http.MethodPost, "/v2/orderDetail", send(bodyOf(mebibyte))).want(t, http.StatusBadRequest, found)
			got := f.do(http.MethodPost, "/v2/orderDetail", send(bodyOf(mebibyte+1)))
			got.want(t, http.StatusRequestEntityTooLarge, tooLarge)
			got.whole(t, jsonType)
			f.do(http.MethodPost, "/v2/orderDetail", send(bodyOf(200))).want(t, http.StatusBadRequest, found)
		})
	}
}

// raw speaks to the server by itself.
func (f *fixture) raw() net.Conn {
	f.t.Helper()
	conn, err := new(net.Dialer).DialContext(f.t.Context(), "tcp", strings.TrimPrefix(f.url, "http://"))
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		f.t.Fatal(err)
	}
	return conn
}

// begin sends the beginning of a request by hand.
func begin(t *testing.T, conn net.Conn, path string, length int64, body string) {
	t.Helper()
	_, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, length, body)
	if err != nil {
		t.Fatal(err)
	}
}

// A body that is announced as too large is refused before it is sent.
func TestLargeBodyIsNotAwaited(t *testing.T) {
	f := start(t)
	conn := f.raw()
	begin(t, conn, "/v2/orderDetail", 1<<40, "{")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge || !resp.Close {
		t.Errorf("%d, close %t", resp.StatusCode, resp.Close)
	}
}

// A client that breaks off in the middle of its body has sent no object.
func TestHalfABody(t *testing.T) {
	f := start(t)
	conn := f.raw()
	begin(t, conn, "/v1/orderNumbers", 2, "{")
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if line := f.log.wait(t, "endpoint", "orderNumbers"); line["outcome"] == "ok" {
		t.Errorf("%v", line)
	}
}

// Many bodies at once do not get into each other's way: buffers are reused.
func TestBodiesAreApart(t *testing.T) {
	f := start(t)
	done := make(chan error, 8)
	for i := range cap(done) {
		go func() { done <- f.echo(i) }()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func (f *fixture) echo(i int) error {
	for n := range 20 {
		id := fmt.Sprintf("x%d-%d-%s", i, n, strings.Repeat("y", i*n*10))
		got, err := f.try(http.MethodPost, "/v2/orderDetail", strings.NewReader(credentials(fmt.Sprintf(`"orderId":%q`, id))))
		if err != nil {
			return err
		}
		if want := `{"error":"orderId: ` + id + ` is not a valid orderId"}`; got.body != want {
			return fmt.Errorf("%s, want %s", got.body, want)
		}
	}
	return nil
}
