package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// answering is a connection to somebody who answers every request, whatever it
// is, with the same bytes, in pieces as the reader cuts them.
func answering(t *testing.T, answer string, cut func(io.Reader) io.Reader) *connection {
	t.Helper()
	ours, theirs := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = theirs.Close() }()
		request := make([]byte, 4096)
		for {
			if _, err := theirs.Read(request); err != nil {
				return
			}
			if _, err := io.Copy(theirs, cut(strings.NewReader(answer))); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { _ = ours.Close(); <-done })
	return &connection{conn: ours, path: "/", in: make([]byte, window)}
}

func whole(r io.Reader) io.Reader { return r }

func ok(body string) string {
	return "HTTP/1.1 200 OK\r\nX-Request-Id: 1\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\nDate: now\r\n\r\n" + body
}

func nothing(dst []byte) []byte { return dst }

func TestAnswersInPieces(t *testing.T) {
	bodies := map[string]string{
		"short": `{"a":1}`, "empty": "", "as long as the window": `{` + strings.Repeat("x", window-2) + `}`,
		"longer": `{` + strings.Repeat("y", 3*window) + `}`,
	}
	cuts := map[string]func(io.Reader) io.Reader{
		"whole": whole, "halves": iotest.HalfReader, "the end with the last byte": iotest.DataErrReader,
		"bytes": func(r io.Reader) io.Reader { return onlyReader{iotest.OneByteReader(r)} },
	}
	for name, body := range bodies {
		for how, cut := range cuts {
			t.Run(name+", "+how, func(t *testing.T) {
				c := answering(t, ok(body), cut)
				start := body[:min(1, len(body))]
				for _, keep := range []bool{true, false, true, false} { // each leaves the connection ready for the next
					got, size, err := c.exchange(nothing, start, keep)
					if err != nil || size != len(body) {
						t.Fatalf("size %d, %v; want %d", size, err, len(body))
					}
					if keep && string(got) != body {
						t.Fatalf("got %d bytes %.20q, want %d", len(got), got, len(body))
					}
				}
			})
		}
	}
}

// onlyReader hides what would let io.Copy write more at a time.
type onlyReader struct{ io.Reader }

func TestBadAnswers(t *testing.T) {
	answers := map[string]string{
		"status":            strings.Replace(ok(`{"a":1}`), "200", "500", 1),
		"no length":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n\r\n",
		"negative length":   "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{",
		"more than it says": "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}",
		"begins otherwise":  ok(`[]`),
		"endless head":      "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2*window),
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			c := answering(t, answer, whole)
			if got, _, err := c.exchange(nothing, "{", true); err == nil {
				t.Errorf("taken for an answer: %.100q", got)
			}
		})
	}
}

// TestRequest sees that a real server understands what is sent.
func TestRequest(t *testing.T) {
	body := credentials(nil, 999)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan *http.Request, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(sent, body) {
			t.Errorf("the server read %q, %v", sent, err)
		}
		got <- r
		w.Header().Set("Content-Length", "2")
		_, _ = io.WriteString(w, "{}")
	})}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Shutdown(context.Background()) }()
	c, err := dial(t.Context(), listener.Addr().String(), "/v2/orderDetail")
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if _, _, err := c.exchange(func(dst []byte) []byte { return append(dst, body...) }, "{}", true); err != nil {
		t.Fatal(err)
	}
	r := <-got
	if r.Method != http.MethodPost || r.URL.Path != "/v2/orderDetail" || r.Header.Get("Content-Type") != "application/json" || r.Close {
		t.Errorf("the server got %+v", r)
	}
}
