package destination_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"entrepot/internal/merchantsync"
)

// TestRunFeed passes on a signal and by the clock, goes on after a failure,
// and ends with a lost place.
func TestRunFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f failingFeed
		wake, ended := make(chan struct{}, 1), make(chan error, 1)
		run := func(ctx context.Context) {
			ended <- merchantsync.RunFeed(ctx, &f, wake, time.Minute, func(error) { f.failures.Add(1) })
		}
		ctx, stop := context.WithCancel(t.Context())
		go run(ctx)
		f.passed(t, 1)
		wake <- struct{}{}
		f.passed(t, 2)
		time.Sleep(time.Minute)
		f.passed(t, 3)
		f.err.Store(&errCrash)
		wake <- struct{}{}
		f.passed(t, 4)
		time.Sleep(time.Minute)
		f.passed(t, 5)
		stop()
		if err := <-ended; err != nil || f.failures.Load() != 2 {
			t.Errorf("ended with %v after %d failures", err, f.failures.Load())
		}
		lost := fmt.Errorf("pass: %w", merchantsync.ErrInUse)
		f.err.Store(&lost)
		run(t.Context())
		if err := <-ended; !errors.Is(err, merchantsync.ErrInUse) {
			t.Errorf("ended with %v", err)
		}
	})
}

type failingFeed struct {
	passes, failures atomic.Int64
	err              atomic.Pointer[error]
}

func (f *failingFeed) Name() string { return name }

func (f *failingFeed) Pass(context.Context) (merchantsync.Fed, error) {
	f.passes.Add(1)
	if err := f.err.Load(); err != nil {
		return merchantsync.Fed{}, *err
	}
	return merchantsync.Fed{}, nil
}

func (f *failingFeed) passed(t *testing.T, want int64) {
	t.Helper()
	synctest.Wait()
	if got := f.passes.Load(); got != want {
		t.Errorf("%d passes, want %d", got, want)
	}
}
