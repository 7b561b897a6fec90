package pgdb_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// counter counts what an Observer is told.
type counter struct {
	retried, wrote, failed atomic.Int64
	states                 sync.Map // SQLSTATE of each run that failed
}

func (c *counter) Retried(err error) {
	c.retried.Add(1)
	e, _ := errors.AsType[*pgconn.PgError](err)
	if e == nil {
		e = &pgconn.PgError{}
	}
	c.states.Store(e.Code, true)
}

// wantOnly sees that transactions were run again, and for one reason.
func (c *counter) wantOnly(t *testing.T, state string) {
	t.Helper()
	if _, ok := c.states.Load(state); !ok {
		t.Errorf("nothing was run again because of %s", state)
	}
	c.states.Range(func(other, _ any) bool {
		if other != state {
			t.Errorf("something was run again because of %q", other)
		}
		return true
	})
}

func (c *counter) Wrote(_ time.Duration, err error) {
	c.wrote.Add(1)
	if err != nil {
		c.failed.Add(1)
	}
}

// states is an Observer that hands on the SQLSTATE of each run that failed.
type states chan string

func (s states) Wrote(time.Duration, error) {}

func (s states) Retried(err error) {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		s <- e.Code
	} else {
		s <- err.Error()
	}
}
