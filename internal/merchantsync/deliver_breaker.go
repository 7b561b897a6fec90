package merchantsync

import "time"

// breaker notices a receiver that is down: so many failures in a row that it
// is no use to try every order. Refusals are answers, and count as life.
type breaker struct {
	threshold int
	waits     Waits
	failures  int // in a row
	resume    time.Time
}

// probes is how many changes a receiver that seems to be down gets to try at most:
// one that failed before and a new one, in case only some orders fail.
const probes = 2

func (b *breaker) down() bool { return b.failures >= b.threshold }

// open reports whether nothing is to be tried yet.
func (b *breaker) open(now time.Time) bool { return b.down() && now.Before(b.resume) }

func (b *breaker) note(failed bool, now time.Time, jitter float64) {
	if !failed {
		b.failures = 0
		return
	}
	b.failures++
	if b.down() {
		b.resume = now.Add(b.waits.After((b.failures-b.threshold)/probes+1, jitter))
	}
}
