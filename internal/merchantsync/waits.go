package merchantsync

import (
	"context"
	"time"

	"entrepot/client"
)

// Waits grow from Min to Max, doubling.
type Waits struct{ Min, Max time.Duration }

func (w Waits) or(least, most time.Duration) Waits {
	if w.Min <= 0 {
		w.Min = least
	}
	if w.Max <= 0 {
		w.Max = most
	}
	w.Max = max(w.Max, w.Min)
	return w
}

// After is how long to wait after so many tries; jitter in [0, 1) takes up to
// a tenth off, so that what failed together does not come back together.
func (w Waits) After(tries int, jitter float64) time.Duration {
	wait := w.Max
	if doublings := tries - 1; doublings < 0 {
		wait = w.Min
	} else if doublings < 32 && w.Min<<doublings>>doublings == w.Min {
		wait = min(w.Min<<doublings, w.Max)
	}
	return wait - time.Duration(jitter*float64(wait)/10)
}

// nextLook is when an order should be looked at again; zero for never.
func (d *Daemon) nextLook(k Known, now time.Time) time.Time {
	waits := d.o.FollowOpen
	switch {
	case Final(k.Status):
		return time.Time{}
	case k.Standing == Held:
		waits = d.o.FollowHeld
	case now.Sub(k.StatusAt) > d.o.FollowFor:
		return time.Time{}
	}
	return now.Add(waits.After(k.Checks, d.o.Jitter()))
}

// sleep waits, or ends with the context.
func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// listTries is how often a list that broke off is asked for in one pass.
const listTries = 3

// persist repeats what may succeed the next time.
func (d *Daemon) persist(ctx context.Context, fn func() error) error {
	var err error
	for try := range listTries {
		if err = fn(); err == nil || !client.Temporary(err) || ctx.Err() != nil {
			return err
		}
		if try+1 < listTries {
			if ended := d.o.Sleep(ctx, (Waits{time.Second, 10 * time.Second}).After(try+1, d.o.Jitter())); ended != nil {
				return err
			}
		}
	}
	return err
}
