package conformance

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// guarded slows guesses down after so many, until it forgets them.
type guarded struct{ guesses, limit int }

func (g *guarded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if strings.Contains(string(body), testSecret) {
		respond(w, http.StatusOK, emptyList)
		return
	}
	if g.guesses++; g.guesses > g.limit {
		respond(w, http.StatusTooManyRequests, `{"error": "slow"}`)
		return
	}
	respond(w, http.StatusBadRequest, `{"error": "wrong"}`)
}

const guessing = `
  - {name: early, shows: [item two], steps: [{path: /v2/x, guess: true, for: [a, b, c], refused: wrong}]}
  - name: limit
    shows: [item two]
    last: true
    needs: [guesses]
    steps:
      - {path: /v2/x, guess: true, times: "{{.guessesLeft}}", refused: wrong}
      - {path: /v2/x, guess: true, status: 429, json: '{"error": "slow"}'}
`

// A server that slows guesses down from the n-th on must be told from one that does it
// as the contract says, also when a minute's wait gives it another chance.
func TestGuessesAreCounted(t *testing.T) {
	for _, forgets := range []bool{false, true} {
		for limit, holds := range map[int]bool{2: false, 10: false, 29: false, 30: true, 31: false} {
			g := &guarded{limit: limit}
			forget := pausing(func(context.Context, time.Duration) error {
				if forgets {
					g.guesses = 0
				}
				return nil
			})
			if got := run(t, cases(t, guessing), target(t, g), forget); got.Failed() == holds || len(got.Results) != 2 {
				t.Errorf("a limit of %d: %+v", limit, got.Results)
			}
		}
	}
}

// Guesses of a run before, whole or broken off, are waited for, and say so.
func TestGuessesOfAnEarlierRunAreForgotten(t *testing.T) {
	for _, earlier := range []int{1, 20, 28, 29, 30, 31, 100} {
		g, waits := &guarded{limit: 30, guesses: earlier}, 0
		forget := pausing(func(_ context.Context, d time.Duration) error {
			g.guesses = 0
			waits++
			if d <= time.Minute {
				t.Errorf("waited for %s only", d)
			}
			return nil
		})
		var said strings.Builder
		report := run(t, cases(t, guessing), target(t, g), forget, Progress(&said))
		if report.Failed() || report.Count(Held) != 2 || waits != 1 || strings.Count(said.String(), "waiting for a minute") != 1 {
			t.Errorf("after %d guesses, waits %d, said %q: %+v", earlier, waits, said.String(), report.Results)
		}
	}
}

func TestNoWaitDoesNotWait(t *testing.T) {
	for _, earlier := range []int{20, 31} {
		never := pausing(func(context.Context, time.Duration) error { return errors.New("waited") })
		g := &guarded{limit: 30, guesses: earlier}
		if report := run(t, cases(t, guessing), target(t, g), never, NoWait()); !report.Failed() {
			t.Errorf("after %d guesses: %+v", earlier, report.Results)
		}
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	g := &guarded{limit: 30, guesses: 31}
	_, err := cases(t, guessing).run(ctx, target(t, g), Progress(cancelling(cancel)))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// cancelling ends a context when something is written.
type cancelling context.CancelFunc

func (c cancelling) Write(p []byte) (int, error) {
	c()
	return len(p), nil
}

func TestGuessesOfLongAgoAreNotCounted(t *testing.T) {
	r := &runner{guesses: 3, firstGuess: time.Now().Add(-guessWindow), survey: &survey{}}
	if _, err := r.meet(t.Context(), needGuesses); err == nil {
		t.Error("a count over more than a minute was taken")
	}
	r.firstGuess = time.Now()
	if _, err := r.meet(t.Context(), needGuesses); err != nil {
		t.Error(err)
	}
}
