package conformance

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// guessWindow is a little shorter than the contract's minute, so that a count is sure to lie within one.
const guessWindow = 50 * time.Second

// awaitGuesses spends one guess to see whether guessing is slowed down already.
func (r *runner) awaitGuesses(ctx context.Context) error {
	limited, err := r.guess(ctx)
	if err != nil || !limited || r.noWait {
		return err
	}
	if err := r.forget(ctx); err != nil {
		return err
	}
	_, err = r.guess(ctx)
	return err
}

// forget waits until the server has forgotten all wrong secrets.
func (r *runner) forget(ctx context.Context) error {
	_, _ = fmt.Fprintln(r.progress, "guessing is slowed down (an earlier run?): waiting for a minute")
	if err := r.pause(ctx, time.Minute+time.Second); err != nil {
		return fmt.Errorf("wait for a minute: %w", err)
	}
	r.guesses = 0
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (r *runner) guess(ctx context.Context) (limited bool, err error) {
	r.countGuess()
	body := "{" + credentials(r.globals["store"], r.globals["wrongSecret"]) + "}"
	a, err := r.caller.send(ctx, request{method: http.MethodPost, path: "/v1/orderNumbers", body: body})
	if err != nil {
		return false, fmt.Errorf("ask the server: %w", err)
	}
	return a.status == http.StatusTooManyRequests, nil
}

func (r *runner) countGuess() {
	if r.guesses == 0 {
		r.firstGuess = time.Now()
	}
	r.guesses++
}

// tryCase runs a case once more when guesses of an earlier run may have spoilt it. A
// server that slows guesses down too early does so again.
func (r *runner) tryCase(ctx context.Context, c *Case, row row) Result {
	r.slowed = false
	result := r.runCase(ctx, c, row)
	if !r.slowed || r.waited || r.noWait || r.forget(ctx) != nil {
		return result
	}
	r.waited = true
	return r.runCase(ctx, c, row)
}
