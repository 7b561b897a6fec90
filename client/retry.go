package client

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// try is one try of a call, as it goes.
type try struct {
	sentID string
	id     string // of the answer
	status int
	bytes  int64
	orders int64 // of a list, that the caller has
}

// attempts does a call until it succeeds, or there is no use in another try.
func (c *Client) attempts(ctx context.Context, e endpoint, do func(*try) error) error {
	touched := false // an earlier try may have done what was asked
	for n := 1; ; n++ {
		began, t := c.options.Clock(), &try{sentID: c.options.RequestID()}
		err := c.secret.clean(do(t))
		if touched && e.doneBefore(err) {
			err = nil
		}
		kind, wait := classify(err), time.Duration(0)
		if c.repeats(ctx, e, t, err, n) {
			wait = c.wait(err, n)
		}
		c.options.Observe(t.attempt(e, n, c.options.Clock().Sub(began), err, kind, wait))
		if err == nil {
			return nil
		}
		if wait == 0 {
			return t.failed(e, n, err)
		}
		touched = touched || !kind.untouched()
		if ended := c.options.Sleep(ctx, wait); ended != nil {
			return t.failed(e, n, &callerGone{fmt.Errorf("%w, waiting to try again after: %w", ended, err)})
		}
	}
}

// doneBefore: an earlier try did it, and its answer was lost.
func (e endpoint) doneBefore(err error) bool {
	return e == vendorStatus && isA[*AlreadyThereError](err)
}

// repeats says whether a failed try is followed by another.
func (c *Client) repeats(ctx context.Context, e endpoint, t *try, err error, n int) bool {
	kind := classify(err)
	switch {
	case ctx.Err() != nil || n >= c.options.Retry.Attempts || !kind.again() || t.orders > 0:
		return false
	case e.once && kind != classUnconnected && kind != classThrottled:
		return false
	}
	return retryAfter(err) <= c.options.Retry.MaxRetryAfter
}

func retryAfter(err error) time.Duration {
	if throttled, ok := errors.AsType[*ThrottledError](err); ok {
		return throttled.RetryAfter
	}
	return 0
}

// wait is the pause after the nth try: exponential, half of it random, and no
// shorter than the server asks for.
func (c *Client) wait(err error, n int) time.Duration {
	ceiling := c.options.Retry.MaxWait
	if shift := n - 1; shift < 30 {
		ceiling = min(ceiling, c.options.Retry.MinWait<<shift)
	}
	pause := ceiling/2 + time.Duration(c.options.Jitter()*float64(ceiling/2))
	return max(pause, retryAfter(err), 1)
}

func (t *try) attempt(e endpoint, n int, took time.Duration, err error, kind class, wait time.Duration) Attempt {
	return Attempt{
		Endpoint: e.name(), Number: n, RequestID: t.requestID(), Status: t.status, Duration: took,
		Bytes: t.bytes, Err: err, Class: string(kind), Wait: wait,
	}
}

func (t *try) requestID() string {
	if t.id != "" {
		return t.id
	}
	return t.sentID
}

func (t *try) failed(e endpoint, n int, err error) error {
	return &Error{Endpoint: e.name(), Attempts: n, Status: t.status, RequestID: t.requestID(), Err: err}
}
