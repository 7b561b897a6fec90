package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// maxRefusal bounds an answer that takes the place of a list.
const maxRefusal = 1 << 20

var errSilent = errors.New("silent")

// list asks for a list and hands its orders out; take says whether to go on.
func (c *Client) list(ctx context.Context, q OrderNumbersQuery, take func(OrderNumber) bool) error {
	body, err := c.body(orderNumbers, q.keys())
	if err != nil {
		return &Error{Endpoint: orderNumbers.name(), Err: &InvalidRequestError{Text: err.Error()}}
	}
	return c.attempts(ctx, orderNumbers, func(t *try) error { return c.listOnce(ctx, q, body, t, take) })
}

func (c *Client) listOnce(ctx context.Context, q OrderNumbersQuery, body []byte, t *try, take func(OrderNumber) bool) error {
	watched, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(c.options.HeaderTimeout, func() { cancel(errSilent) })
	defer watch.Stop()
	resp, err := c.send(watched, orderNumbers, body, t)
	if err != nil {
		return silence(ctx, watched, c.options.HeaderTimeout, err)
	}
	defer resp.Body.Close()
	alive := &watchedBody{r: resp.Body, watch: watch, idle: c.options.IdleTimeout, read: &t.bytes}
	if resp.StatusCode != http.StatusOK {
		answer, err := readAtMost(alive, maxRefusal)
		if err != nil {
			return silence(ctx, watched, c.options.IdleTimeout, err)
		}
		return c.judge(resp, answer, func([]byte) error { return nil })
	}
	err = c.readList(resp, newListReader(alive), q, t, take)
	return silence(ctx, watched, c.options.IdleTimeout, err)
}

// silence tells why reading ended: the caller's end, too long a silence, or
// what it says.
func silence(caller, watched context.Context, after time.Duration, err error) error {
	broken, isList := errors.AsType[*BrokenListError](err)
	switch {
	case err == nil:
		return nil
	case caller.Err() != nil:
		return &callerGone{caller.Err()}
	case !errors.Is(context.Cause(watched), errSilent):
		return err
	}
	late := fmt.Errorf("nothing came for %s: %w", after, os.ErrDeadlineExceeded)
	if isList {
		return &BrokenListError{Orders: broken.Orders, Err: late}
	}
	return late
}

// readList reads an answer that should be a list.
func (c *Client) readList(resp *http.Response, l *listReader, q OrderNumbersQuery, t *try, take func(OrderNumber) bool) error {
	if first, err := l.peek(); errors.Is(err, io.EOF) || (err == nil && first != '{') {
		return c.stranger(resp, l.rest(), whatItIs(l.rest()))
	} else if err != nil {
		return err
	}
	err := l.read(func(counts Counts) {
		if q.Counts != nil {
			q.Counts(counts)
		}
	}, func(n OrderNumber) bool {
		t.orders++
		return take(n)
	})
	switch {
	case errors.Is(err, errSaid):
		return c.refusal(resp, c.secret.scrub(l.text))
	case errors.Is(err, errLeft):
		return nil
	case errors.Is(err, errNoList):
		return c.stranger(resp, []byte("{"), err.Error())
	case err != nil:
		return &BrokenListError{Orders: t.orders, Err: c.secret.clean(err)}
	}
	return nil
}

// watchedBody is a body that must not be silent for long. The time between
// reads is the caller's.
type watchedBody struct {
	r     io.Reader
	watch *time.Timer
	idle  time.Duration
	read  *int64
}

func (w *watchedBody) Read(p []byte) (int, error) {
	w.watch.Reset(w.idle)
	n, err := w.r.Read(p)
	w.watch.Stop()
	*w.read += int64(n)
	return n, err
}

// rest is what was read and not yet taken, for an excerpt.
func (l *listReader) rest() []byte { return bytes.Clone(l.buf[l.pos:l.end]) }
