package client

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"time"
)

// Version is that of orderDetail, the one endpoint that exists twice. It
// changes how errors travel, not what a caller sees of them.
type Version int

// The versions; the zero value is V2.
const (
	V2 Version = iota
	V1
)

// Options change what a client does. The zero value is good.
type Options struct {
	// Version of orderDetail that is asked; V1 for servers without the other.
	Version Version

	// Timeout bounds each try of a small request, from dialling to the last
	// byte; 30 s when zero. Lists are not bounded by it.
	Timeout time.Duration
	// HeaderTimeout is how long a list may take to begin; 2 min when zero.
	HeaderTimeout time.Duration
	// IdleTimeout is how long a list may be silent between two reads; 1 min
	// when zero. The time that the caller's loop takes is not counted.
	IdleTimeout time.Duration

	Retry Retry

	// MaxAnswer bounds an answer that is not a list, in bytes after
	// unpacking; 16 MiB when zero.
	MaxAnswer int64

	// UserAgent comes before the client's own name in that header.
	UserAgent string
	// RequestID makes the X-Request-Id of a try; random when nil.
	RequestID func() string

	// Observe is told of every try when it is over, for logging and metrics.
	// It is called by the goroutine that asks and must not block.
	Observe func(Attempt)

	// Transport carries requests; nil for one of the client's own, with time
	// limits for dialling and gzip. Redirects are not its business.
	Transport http.RoundTripper

	// For tests: Clock defaults to time.Now, Sleep waits or returns when the
	// context ends, Jitter is in [0, 1).
	Clock  func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Jitter func() float64
}

// Retry bounds the repeating of a call.
type Retry struct {
	// Attempts in all, the first one included; 4 when zero, 1 for none again.
	Attempts int
	// MinWait is the longest pause before the second try; it doubles with
	// each try up to MaxWait, and half of each pause is random. 250 ms and
	// 10 s when zero.
	MinWait, MaxWait time.Duration
	// MaxRetryAfter is the longest Retry-After that is waited for; a server
	// that asks for more gets no further try. 1 min when zero.
	MaxRetryAfter time.Duration
}

const (
	defaultTimeout       = 30 * time.Second
	defaultHeaderTimeout = 2 * time.Minute
	defaultIdleTimeout   = time.Minute
	defaultMaxAnswer     = 16 << 20
	dialTimeout          = 10 * time.Second
	ownName              = "entrepot-client/1"
)

func (o Options) withDefaults() Options {
	o.Retry = o.Retry.withDefaults()
	o.Timeout = orElse(o.Timeout, defaultTimeout)
	o.HeaderTimeout = orElse(o.HeaderTimeout, defaultHeaderTimeout)
	o.IdleTimeout = orElse(o.IdleTimeout, defaultIdleTimeout)
	o.MaxAnswer = orElse(o.MaxAnswer, defaultMaxAnswer)
	if o.UserAgent = o.UserAgent + " " + ownName; o.UserAgent[0] == ' ' {
		o.UserAgent = ownName
	}
	if o.RequestID == nil {
		o.RequestID = randomID
	}
	if o.Observe == nil {
		o.Observe = func(Attempt) {}
	}
	return o.withWorld()
}

// withWorld sets what tests replace.
func (o Options) withWorld() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Jitter == nil {
		o.Jitter = mathrand.Float64
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	return o
}

func (r Retry) withDefaults() Retry {
	r.Attempts = orElse(r.Attempts, 4)
	r.MinWait = orElse(r.MinWait, 250*time.Millisecond)
	r.MaxWait = orElse(r.MaxWait, 10*time.Second)
	r.MaxRetryAfter = orElse(r.MaxRetryAfter, time.Minute)
	return r
}

func orElse[T int | int64 | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// newTransport asks for gzip and unpacks it by itself.
func newTransport() http.RoundTripper {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: dialTimeout,
		MaxIdleConns:        64,
		MaxIdleConnsPerHost: 16, // several at once of one host is the rule here
		IdleConnTimeout:     60 * time.Second,
	}
}

// httpClient never follows a redirect: the body has the secret.
func (o Options) httpClient() *http.Client {
	return &http.Client{
		Transport:     o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func randomID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return hex.EncodeToString(b[:])
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
