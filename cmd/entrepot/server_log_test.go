package main

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// full is a listener that has run out of open files until it is let go on.
type full struct {
	net.Listener
	over atomic.Bool
}

func (f *full) Accept() (net.Conn, error) {
	if !f.over.Load() {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
	}
	return f.Listener.Accept()
}

// TestOutOfFiles sees that a service that cannot let anybody in says so, at
// the level that everybody reads, and goes on when it can.
func TestOutOfFiles(t *testing.T) {
	listener := &full{}
	r := runServerOn(t, func(l net.Listener) net.Listener {
		listener.Listener = l
		return listener
	}, 0)
	until(t, "the log says so", func() bool {
		return strings.Contains(r.log.String(), "level=ERROR") && strings.Contains(r.log.String(), "too many open files")
	})
	listener.over.Store(true)
	if got := fetch(t, "http://"+r.addr+"/v1/orderNumbers", "{}"); !strings.Contains(got, "credentials") {
		t.Errorf("%s", got)
	}
}

// TestHTTPErrors sees what net/http says, and that no address is in it.
func TestHTTPErrors(t *testing.T) {
	tests := map[string]string{
		"http: Accept error: accept tcp 127.0.0.1:8999: too many open files; retrying in 5ms": `level=ERROR msg="letting a client in failed; it is tried again" cause="accept tcp 127.0.0.1:8999: too many open files; retrying in 5ms"`,
		"http: TLS handshake error from 192.0.2.7:40000: EOF":                                 `level=DEBUG msg="a TLS handshake failed" cause=EOF`,
		"http: TLS handshake error from [2001:db8::7]:40000: bad: worse":                      `level=DEBUG msg="a TLS handshake failed" cause="bad: worse"`,
		"http: panic serving 192.0.2.7:40000: boom\ngoroutine 1 [running]":                    `level=ERROR msg="a request failed" cause="boom\ngoroutine 1 [running]"`,
		"http: superfluous response.WriteHeader call":                                         `level=DEBUG msg="http: superfluous response.WriteHeader call"`,
	}
	for line, want := range tests {
		var out bytes.Buffer
		log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
		httpErrors(log).Print(line)
		_, got, _ := strings.Cut(strings.TrimSpace(out.String()), " ")
		if got != want {
			t.Errorf("%s\nis logged as %s\nwant         %s", line, got, want)
		}
	}
}

// TestFailedHandshake sees that a real one is understood.
func TestFailedHandshake(t *testing.T) {
	files := newCertFiles(t, newPair(t, 1, time.Now().Add(time.Hour)))
	certificates, err := loadCertificates(files.cert, files.key, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	r := runServer(t, 0, func(s *server) { s.tls = certificates })
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	client := tls.Client(conn, &tls.Config{ServerName: "other.example.com", MinVersion: tls.VersionTLS12})
	if err := client.Handshake(); err == nil || errors.Is(err, io.EOF) {
		t.Fatalf("the client should not trust the certificate: %v", err)
	}
	until(t, "the log says so", func() bool { return strings.Contains(r.log.String(), "a TLS handshake failed") })
	if text := r.log.String(); strings.Contains(text, conn.LocalAddr().String()) {
		t.Errorf("the log has the client's address: %s", text)
	}
}

// TestGeneralOptions sees that net/http answers nothing behind the API's back.
func TestGeneralOptions(t *testing.T) {
	r := runServer(t, 0)
	conn := r.dial(t)
	if _, err := io.WriteString(conn, "OPTIONS * HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(answer); !strings.HasPrefix(text, "HTTP/1.1 404 ") || !strings.Contains(text, "X-Request-Id: ") {
		t.Errorf("%s", text)
	}
}

// TestFewFiles sees that the start warns of a limit that connections would run
// into.
func TestFewFiles(t *testing.T) {
	tests := []struct {
		limit       uint64
		connections int
		warns       bool
	}{{1024, 1024, true}, {2048, 1024, true}, {4096, 1024, false}, {1 << 62, 1 << 40, false}, {1024, 1 << 62, true}}
	for _, test := range tests {
		var out bytes.Buffer
		warnOfFiles(slog.New(slog.NewTextHandler(&out, nil)), test.limit, test.connections)
		if warns := strings.Contains(out.String(), "level=WARN"); warns != test.warns {
			t.Errorf("%d files for %d connections: %q", test.limit, test.connections, &out)
		}
	}
}
