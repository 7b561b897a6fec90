package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const excerptLength = 200

var (
	errNoSuccess = errors.New(`it has neither "success" nor "error"`)
	errNoCart    = errors.New(`it has neither "tempCartUUID" nor "error"`)
)

// judge says what an answer means, whichever way its version tells errors.
func (c *Client) judge(resp *http.Response, body []byte, read func([]byte) error) error {
	text, isJSON, err := errorText(body)
	switch {
	case err != nil:
		return err
	case !isJSON:
		return c.stranger(resp, body, whatItIs(body))
	case text != "":
		return c.refusal(resp, c.secret.scrub(text))
	case resp.StatusCode != http.StatusOK:
		return c.stranger(resp, body, `it has no "error"`)
	}
	if err := read(body); errors.Is(err, errNoOrder) || errors.Is(err, errNoSuccess) || errors.Is(err, errNoCart) {
		return c.stranger(resp, body, err.Error())
	} else if err != nil {
		return &errBadAnswer{err}
	}
	return nil
}

// errorText is what stands under "error"; clients test for its presence, and
// null is as good as absent. An object that ends too early is an answer that
// broke off.
func errorText(body []byte) (text string, isJSON bool, err error) {
	var answer map[string]json.RawMessage
	if err := json.Unmarshal(body, &answer); err != nil || answer == nil {
		if startsObject(body) && endsEarly(err) {
			return "", false, fmt.Errorf("the answer ends in the middle: %w", io.ErrUnexpectedEOF)
		}
		return "", false, nil
	}
	return textOf(answer["error"]), true, nil
}

// textOf is a text even where "error" is no string.
func textOf(raw json.RawMessage) string {
	text, err := decodeText(raw)
	if err != nil {
		text = string(raw)
	}
	if text == "" && len(raw) > 0 && string(raw) != "null" {
		return "(an error without a text)"
	}
	return text
}

func startsObject(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{"))
}

func endsEarly(err error) bool {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	return ok && strings.Contains(syntax.Error(), "unexpected end")
}

func whatItIs(body []byte) string {
	if len(bytes.TrimSpace(body)) == 0 {
		return "it is empty"
	}
	if trimmed := bytes.TrimSpace(body); trimmed[0] == '<' {
		return "it is a web page"
	}
	return "it is no JSON object"
}

// refusal is an error that the API said.
func (c *Client) refusal(resp *http.Response, text string) error {
	switch status := resp.StatusCode; {
	case status == http.StatusTooManyRequests:
		return &ThrottledError{RetryAfter: c.retryAfter(resp.Header), Text: text}
	case status >= http.StatusInternalServerError:
		return &ServerFaultError{Status: status, Text: text}
	case status == http.StatusNotFound:
		return &NotAPIError{Status: status, ContentType: c.contentType(resp), Reason: "the server does not know the endpoint", Excerpt: c.printable(text, excerptLength)}
	case status == http.StatusMethodNotAllowed || status == http.StatusRequestEntityTooLarge:
		return &InvalidRequestError{Text: text}
	}
	return meaning(text)
}

// stranger is an answer that the API did not give. JSON is not quoted: it may
// say whom an order goes to.
func (c *Client) stranger(resp *http.Response, body []byte, reason string) error {
	e := &NotAPIError{Status: resp.StatusCode, ContentType: c.contentType(resp), Reason: reason}
	if first := bytes.TrimSpace(body); len(first) > 0 && first[0] != '{' && first[0] != '[' {
		e.Excerpt = c.printable(strings.Join(strings.Fields(string(body[:min(len(body), 4096)])), " "), excerptLength)
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return &ThrottledError{RetryAfter: c.retryAfter(resp.Header), Text: e.Error()}
	case resp.StatusCode >= http.StatusInternalServerError:
		return &ServerFaultError{Status: resp.StatusCode, Err: e}
	case resp.StatusCode >= http.StatusMultipleChoices && resp.StatusCode < http.StatusBadRequest:
		e.Reason = "it redirects to " + c.redirectHost(resp)
	}
	return e
}

// redirectHost leaves out what else a Location says.
func (c *Client) redirectHost(resp *http.Response) string {
	u, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || u.Host == "" {
		return "another page"
	}
	return c.printable(u.Scheme+"://"+u.Host, 100)
}

// retryAfter reads seconds or a date (RFC 9110, section 10.2.3).
func (c *Client) retryAfter(h http.Header) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(c.options.Clock()))
	}
	return 0
}
