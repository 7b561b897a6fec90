package main

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func gunzip(t *testing.T, packed string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// pair is a certificate with its key, PEM.
type pair struct{ cert, key []byte }

func newPair(t *testing.T, serial int64, expires time.Time) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "shop.example.com"}, DNSNames: []string{"shop.example.com"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: expires,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pair{
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}),
	}
}

// certFiles are where a certificate lies.
type certFiles struct {
	t         *testing.T
	cert, key string
}

func newCertFiles(t *testing.T, p pair) certFiles {
	t.Helper()
	dir := t.TempDir()
	f := certFiles{t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	f.write(p)
	return f
}

func (f certFiles) write(p pair) {
	f.t.Helper()
	for name, body := range map[string][]byte{f.cert: p.cert, f.key: p.key} {
		if err := os.WriteFile(name, body, 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
}

func TestCertificateReload(t *testing.T) {
	later := time.Now().Add(24 * time.Hour)
	good, better := newPair(t, 1, later), newPair(t, 2, later)
	tests := []struct {
		name   string
		now    pair
		serial int64 // that is served afterwards
		cause  string
	}{
		{"a new pair", better, 2, ""},
		{"the same again", good, 1, ""},
		{"a new certificate before its key", pair{better.cert, good.key}, 1, "does not match"},
		{"no PEM", pair{[]byte("broken"), good.key}, 1, "PEM"},
		{"half a key", pair{better.cert, better.key[:40]}, 1, "PEM"},
		{"nothing", pair{}, 1, "PEM"},
		{"expired", newPair(t, 3, time.Now().Add(-time.Hour)), 1, "expired"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := newCertFiles(t, good)
			var log bytes.Buffer
			c, err := loadCertificates(files.cert, files.key, slog.New(slog.NewTextHandler(&log, nil)), nil)
			if err != nil {
				t.Fatal(err)
			}
			files.write(test.now)
			c.reloadChanged()
			if got := c.served.Load().Leaf.SerialNumber.Int64(); got != test.serial {
				t.Errorf("certificate %d is served, want %d", got, test.serial)
			}
			if complaint := strings.Contains(log.String(), "level=ERROR"); complaint != (test.cause != "") || !strings.Contains(log.String(), test.cause) {
				t.Errorf("want %q in the log:\n%s", test.cause, &log)
			}
			said := log.Len()
			c.reloadChanged()
			if log.Len() != said {
				t.Errorf("it is said again although nothing has changed:\n%s", &log)
			}
			files.write(better)
			c.reload()
			if got := c.served.Load().Leaf.SerialNumber.Int64(); got != 2 {
				t.Errorf("certificate %d is served when the files are good again, want 2", got)
			}
		})
	}
}

func TestCertificateMustLoad(t *testing.T) {
	files := newCertFiles(t, pair{[]byte("broken"), []byte("broken")})
	if _, err := loadCertificates(files.cert, files.key, slog.New(slog.DiscardHandler), nil); err == nil {
		t.Error("a service starts with a broken certificate")
	}
	if _, err := loadCertificates(files.cert+"-missing", files.key, slog.New(slog.DiscardHandler), nil); err == nil {
		t.Error("a service starts without its certificate")
	}
}

// TestHangup replaces the certificate of a running service.
func TestHangup(t *testing.T) {
	later := time.Now().Add(24 * time.Hour)
	files := newCertFiles(t, newPair(t, 1, later))
	hangups := make(chan os.Signal, 1)
	r := runServer(t, 1, func(s *server) {
		var err error
		if s.tls, err = loadCertificates(files.cert, files.key, s.log, nil); err != nil {
			t.Fatal(err)
		}
		s.hangups = hangups
	})
	ready, err := os.ReadFile(r.ready)
	if err != nil || !strings.Contains(string(ready), `"url":"https://`) {
		t.Errorf("%s, %v", ready, err)
	}
	if got := r.serial(t); got != 1 {
		t.Errorf("certificate %d is served, want 1", got)
	}
	files.write(newPair(t, 2, later))
	hangups <- syscall.SIGHUP
	until(t, "the new certificate is served", func() bool { return r.serial(t) == 2 })
	files.write(pair{})
	hangups <- syscall.SIGHUP
	until(t, "the log complains", func() bool { return strings.Contains(r.log.String(), "cannot be served") })
	if got := r.serial(t); got != 2 {
		t.Errorf("certificate %d is served, want the last good one, 2", got)
	}
	r.stop()
	if err := r.wait(t); err != nil {
		t.Error(err)
	}
}

// serial is the number of the certificate that a new connection is shown.
func (r *running) serial(t *testing.T) int64 {
	t.Helper()
	conn := tls.Client(r.dial(t), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2", "http/1.1"}}) //nolint:gosec // the test looks at it itself
	if err := conn.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	state := conn.ConnectionState()
	if state.NegotiatedProtocol != "http/1.1" {
		t.Errorf("the connection speaks %q; many requests at once on it would go round the limit", state.NegotiatedProtocol)
	}
	return state.PeerCertificates[0].SerialNumber.Int64()
}

// TestHangupWithoutCertificate must not end the service.
func TestHangupWithoutCertificate(t *testing.T) {
	hangups := make(chan os.Signal, 1)
	r := runServer(t, 1, func(s *server) { s.hangups = hangups })
	hangups <- syscall.SIGHUP
	until(t, "the log says so", func() bool { return strings.Contains(r.log.String(), "nothing to reload") })
	r.stop()
	if err := r.wait(t); err != nil {
		t.Error(err)
	}
}
