package merchantsync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/adhocore/gronx"

	"entrepot/client"
)

// Schedule says when the next pass begins.
type Schedule func(after time.Time) (time.Time, error)

// Every begins a pass so long after the last one ended.
func Every(interval time.Duration) Schedule {
	return func(after time.Time) (time.Time, error) { return after.Add(interval), nil }
}

// Cron begins passes at the minutes that a cron expression names, in UTC.
func Cron(expression string) (Schedule, error) {
	if !gronx.IsValid(expression) {
		return nil, fmt.Errorf("%q is not a cron expression; expected five fields, such as 0 * * * * for every full hour", expression)
	}
	return func(after time.Time) (time.Time, error) {
		next, err := gronx.NextTickAfter(expression, after.UTC(), false)
		return next, wrap("find the next time of "+expression, err)
	}, nil
}

// Run passes until ctx ends, first at once and then by the schedule; begin is
// called before each pass, and ended is told of it. A pass that fails is followed by the next one, but for
// the first with wrong credentials, and for a lost place.
func (d *Daemon) Run(ctx context.Context, next Schedule, begin func(), ended func(Run, error)) error {
	for first := true; ; first = false {
		begin()
		run, err := d.Pass(ctx)
		if ctx.Err() != nil {
			return nil
		}
		ended(run, err)
		_, wrong := errors.AsType[*client.InvalidCredentialsError](err)
		if errors.Is(err, ErrInUse) || (first && wrong) {
			return err
		}
		now := d.o.Clock()
		at, err := next(now)
		if err != nil {
			return err
		}
		if d.o.Sleep(ctx, at.Sub(now)) != nil {
			return nil
		}
	}
}
