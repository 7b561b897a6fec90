package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// endpoint is one address of the API.
type endpoint struct {
	path string
	once bool // what it does twice cannot be told from once
	open bool // it is asked without the secret
}

var (
	orderNumbers = endpoint{path: "/v1/orderNumbers"}
	detailV1     = endpoint{path: "/v1/orderDetail"}
	detailV2     = endpoint{path: "/v2/orderDetail"}
	merchantID   = endpoint{path: "/v1/updateMerchantOrderId"}
	vendorStatus = endpoint{path: "/v1/updateVendorOrderStatus"}
	tracking     = endpoint{path: "/v2/setShipmentTracking"}
	tempCart     = endpoint{path: "/v1/createTempCart", once: true}
)

func (e endpoint) name() string { return e.path[1:] }

// call asks a small request and reads its answer.
func (c *Client) call(ctx context.Context, e endpoint, keys any, read func(body []byte) error) error {
	body, err := c.body(e, keys)
	if err != nil {
		return &Error{Endpoint: e.name(), Err: &InvalidRequestError{Text: err.Error()}}
	}
	return c.attempts(ctx, e, func(t *try) error { return c.small(ctx, e, body, t, read) })
}

// body puts the credentials before the keys of a request.
func (c *Client) body(e endpoint, keys any) ([]byte, error) {
	rest, err := json.Marshal(keys)
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	body := strconv.AppendInt([]byte(`{"store":`), c.store, 10)
	if text := c.secret.reveal(); text != "" && !e.open {
		quoted, err := json.Marshal(text)
		if err != nil {
			return nil, errors.New("write the request: the secret cannot be written")
		}
		body = append(append(body, `,"secret":`...), quoted...)
	}
	if len(rest) > len("{}") {
		body = append(body, ',')
	}
	return append(body, rest[1:]...), nil
}

func (c *Client) small(ctx context.Context, e endpoint, body []byte, t *try, read func([]byte) error) error {
	bounded, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	resp, err := c.send(bounded, e, body, t)
	if err != nil {
		return networkError(ctx, bounded, c.options.Timeout, err)
	}
	defer resp.Body.Close()
	answer, err := readAtMost(resp.Body, c.options.MaxAnswer)
	t.bytes = int64(len(answer))
	if errors.Is(err, errTooLarge) {
		return &NotAPIError{Status: resp.StatusCode, ContentType: c.contentType(resp), Reason: fmt.Sprintf("more than %d bytes", c.options.MaxAnswer)}
	}
	if err != nil {
		return networkError(ctx, bounded, c.options.Timeout, fmt.Errorf("read the answer: %w", err))
	}
	return c.judge(resp, answer, read)
}

// send sends a request. That the answer came says nothing of what it is.
func (c *Client) send(ctx context.Context, e endpoint, body []byte, t *try) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+e.path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.options.UserAgent)
	req.Header.Set("X-Request-Id", t.sentID)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	t.status, t.id = resp.StatusCode, c.printable(resp.Header.Get("X-Request-Id"), 100)
	return resp, nil
}

// networkError tells the caller's end from a time-out of ours.
func networkError(caller, bounded context.Context, after time.Duration, err error) error {
	switch {
	case caller.Err() != nil:
		return &callerGone{caller.Err()}
	case bounded.Err() != nil:
		return fmt.Errorf("no whole answer within %s: %w", after, os.ErrDeadlineExceeded)
	}
	return err
}

var errTooLarge = errors.New("the answer is too large")

func readAtMost(r io.Reader, most int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(body)) > most {
		return nil, errTooLarge
	}
	return body, err
}

// printable is what a server sent, without what does not belong in a log.
func (c *Client) printable(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' || (r >= 0x80 && !strconv.IsPrint(r)) {
			return -1
		}
		return r
	}, c.secret.scrub(text))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

func (c *Client) contentType(resp *http.Response) string {
	return c.printable(resp.Header.Get("Content-Type"), 100)
}
