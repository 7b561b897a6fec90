package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// certificateInterval is how often the files of the certificate are looked at.
const certificateInterval = 30 * time.Second

// certificates are the certificate that is served, which its files may
// replace at any time.
type certificates struct {
	certFile, keyFile string
	log               *slog.Logger
	recorder          recorder // nil for none
	served            atomic.Pointer[tls.Certificate]

	mu   sync.Mutex
	seen []byte // hash of the files at the last attempt
}

// loadCertificates reads both files.
func loadCertificates(certFile, keyFile string, log *slog.Logger, r recorder) (*certificates, error) {
	c := &certificates{certFile: certFile, keyFile: keyFile, log: log, recorder: r}
	pair, seen, err := c.read()
	if err != nil {
		return nil, withHint(err, "--tls-cert takes the certificate with its intermediates, --tls-key its private key, both PEM")
	}
	c.seen = seen
	c.serve(pair)
	if left := time.Until(pair.Leaf.NotAfter); left <= 0 {
		log.Warn("the certificate has expired", "expired", pair.Leaf.NotAfter)
	}
	if info, err := os.Stat(keyFile); err == nil && info.Mode().Perm()&0o004 != 0 {
		log.Warn("everybody on this machine can read the private key", "file", keyFile)
	}
	return c, nil
}

func (c *certificates) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.served.Load(), nil },
	}
}

// read answers the pair, and a hash of the files even when they are no pair.
func (c *certificates) read() (*tls.Certificate, []byte, error) {
	cert, err := os.ReadFile(c.certFile)
	if err != nil {
		return nil, nil, fmt.Errorf("read the certificate: %w", err)
	}
	key, err := os.ReadFile(c.keyFile)
	if err != nil {
		return nil, nil, fmt.Errorf("read the certificate's key: %w", err)
	}
	hash := sha256.New()
	_, _ = fmt.Fprintf(hash, "%d\n%s%s", len(cert), cert, key) // a hash takes everything
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		err = fmt.Errorf("read the certificate of %s with the key of %s: %w", c.certFile, c.keyFile, err)
	}
	return &pair, hash.Sum(nil), err
}

func (c *certificates) serve(pair *tls.Certificate) {
	c.served.Store(pair)
	c.report(pair.Leaf.NotAfter, nil)
}

func (c *certificates) report(expires time.Time, err error) {
	if c.recorder != nil {
		c.recorder.Reloaded(expires, err)
	}
}

var errExpired = errors.New("the certificate has expired")

// reload serves what the files hold now, or goes on with what it has when that
// is no good.
func (c *certificates) reload() {
	c.mu.Lock()
	defer c.mu.Unlock()
	pair, seen, err := c.read()
	c.replace(pair, seen, err)
}

// reloadChanged reloads when the files are not what they were, so that files
// that are no good are complained of once.
func (c *certificates) reloadChanged() {
	c.mu.Lock()
	defer c.mu.Unlock()
	pair, seen, err := c.read()
	if !bytes.Equal(seen, c.seen) {
		c.replace(pair, seen, err)
	}
}

func (c *certificates) replace(pair *tls.Certificate, seen []byte, err error) {
	c.seen = seen
	if err == nil && time.Now().After(pair.Leaf.NotAfter) {
		err = errExpired
	}
	if err != nil {
		c.log.Error("the new certificate cannot be served; the old one still is",
			"cause", err.Error(), "expires", c.served.Load().Leaf.NotAfter)
		c.report(time.Time{}, err)
		return
	}
	c.serve(pair)
	c.log.Info("serving a new certificate", "expires", pair.Leaf.NotAfter, "names", pair.Leaf.DNSNames)
}
