package api

import (
	"encoding/json"
	"sync"
	"testing"
	"time"
)

// patience bounds how long a test waits for what must happen.
const patience = time.Minute

// clock is a time that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2015, 1, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// logged is what was logged, line by line.
type logged struct {
	mu    sync.Mutex
	lines []map[string]any
	more  chan struct{} // closed, and made anew, with every line
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entry := map[string]any{"line": string(line)}
	if err := json.Unmarshal(line, &entry); err != nil {
		return 0, err
	}
	l.lines = append(l.lines, entry)
	close(l.more)
	l.more = make(chan struct{})
	return len(line), nil
}

// with are the lines in which a key has a value.
func (l *logged) with(key string, want any) (found []map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if line[key] == want {
			found = append(found, line)
		}
	}
	return found
}

// wait is the first line in which a key has a value, be it yet to come.
func (l *logged) wait(t *testing.T, key string, want any) map[string]any {
	t.Helper()
	return l.waitFor(t, 1, key, want)[0]
}

// waitFor are the lines in which a key has a value, once there are so many.
func (l *logged) waitFor(t *testing.T, count int, key string, want any) []map[string]any {
	t.Helper()
	deadline := time.After(patience)
	for {
		l.mu.Lock()
		more := l.more
		l.mu.Unlock()
		if found := l.with(key, want); len(found) >= count {
			return found
		}
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("%d lines were logged with %s = %v, want %d", len(l.with(key, want)), key, want, count)
		}
	}
}
