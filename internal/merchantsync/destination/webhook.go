package destination

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"entrepot/internal/merchantsync"
)

// Headers of a webhook's requests.
const (
	KeyHeader       = "Idempotency-Key"
	SignatureHeader = "Entrepot-Signature"
)

// Webhook is a receiver that posts each change to a URL. It takes a change by
// answering 2xx, and may answer with the shop's own id.
type Webhook struct {
	url     string
	client  *http.Client
	secrets string // file; "" for no signature
	clock   func() time.Time
}

// WebhookOptions change how a Webhook works.
type WebhookOptions struct {
	SecretFile string        // signs requests with what is in it
	Timeout    time.Duration // of a whole request; 30 s when zero

	Clock func() time.Time // for tests; defaults to time.Now
}

var errURL = errors.New("the webhook's URL must begin with http:// or https:// and name a host")

// NewWebhook posts to address.
func NewWebhook(address string, o WebhookOptions) (*Webhook, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, errURL // not with the cause, which repeats what may hold a password
	}
	w := &Webhook{url: address, secrets: o.SecretFile, clock: o.Clock, client: &http.Client{
		Transport:     transport(),
		Timeout:       cmp.Or(o.Timeout, defaultTimeout),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if w.clock == nil {
		w.clock = time.Now
	}
	if _, err := w.secret(); err != nil {
		return nil, err
	}
	return w, nil
}

// transport keeps a connection for each change on its way, and holds little of
// what a receiver sends.
func transport() http.RoundTripper {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	t.MaxIdleConnsPerHost = 32
	t.IdleConnTimeout = time.Minute
	t.MaxResponseHeaderBytes = maxAnswer
	return t
}

var errNoSecret = errors.New("the file of the webhook's secret is empty")

// secret is read for each request, so that it can be changed any time.
func (w *Webhook) secret() ([]byte, error) {
	if w.secrets == "" {
		return nil, nil
	}
	text, err := os.ReadFile(w.secrets)
	if err != nil {
		return nil, fmt.Errorf("read the webhook's secret: %w", err)
	}
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return nil, errNoSecret
	}
	return text, nil
}

// Signature is the header's value for a body at a time: the time in seconds
// since the epoch, and in hexadecimal the HMAC-SHA256 of that time, a point,
// and the body.
func Signature(secret, body []byte, at time.Time) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Deliver posts the change once.
func (w *Webhook) Deliver(ctx context.Context, change merchantsync.Change) (string, error) {
	message, err := Message(&change)
	if err != nil {
		return "", err
	}
	request, err := w.request(ctx, message, Key(&change))
	if err != nil {
		return "", err
	}
	response, err := w.client.Do(request)
	if err != nil {
		return "", notTaken("%v", withoutURL(err))
	}
	defer response.Body.Close()
	answer, err := readSome(response.Body)
	if response.StatusCode/100 == 2 {
		if err != nil { // its id may be in what is missing
			return "", notTaken("the answer %s broke off: %v", response.Status, withoutURL(err))
		}
		return merchantOrderID(answer), nil
	}
	return "", w.refusal(response, answer)
}

func (w *Webhook) request(ctx context.Context, message []byte, key string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(message))
	if err != nil {
		return nil, errURL
	}
	secret, err := w.secret()
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "entrepot-sync")
	request.Header.Set(KeyHeader, key)
	if secret != nil {
		request.Header.Set(SignatureHeader, Signature(secret, message, w.clock()))
	}
	return request, nil
}

// withoutURL: a URL may have a password or a token in it.
func withoutURL(err error) error {
	if os.IsTimeout(err) {
		return errTimeout
	}
	if of, ok := errors.AsType[*url.Error](err); ok {
		err = of.Err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errBrokeOff
	}
	return err
}

var (
	errTimeout  = errors.New("no whole answer in time")
	errBrokeOff = errors.New("the connection broke off")
)

// refusal: most of 4xx means that the same request will fail again.
func (w *Webhook) refusal(response *http.Response, answer []byte) error {
	failed := notTaken("answered %s", response.Status)
	switch code := response.StatusCode; {
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests:
		failed.After = retryAfter(response, w.clock())
	case code/100 == 4:
		failed.Refused = true
	case code/100 == 3:
		failed.Reason += ", a redirect, which is not followed: change the webhook's URL"
		return failed
	case code == http.StatusServiceUnavailable:
		failed.After = retryAfter(response, w.clock())
	}
	if text := excerpt(answer[:min(len(answer), maxReason)]); text != "" {
		failed.Reason += ": " + text
	}
	return failed
}

// maxRetryAfter bounds how long a receiver can put us off.
const maxRetryAfter = time.Hour

// retryAfter reads seconds, or a date.
func retryAfter(response *http.Response, now time.Time) time.Duration {
	text := strings.TrimSpace(response.Header.Get("Retry-After"))
	wait := time.Duration(0)
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}
