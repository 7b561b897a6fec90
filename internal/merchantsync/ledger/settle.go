package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sethvargo/go-retry"

	"entrepot/internal/fault"
	"entrepot/internal/merchantsync"
)

// How long, and how often, it is tried to find out what became of a COMMIT.
const (
	settling    = 30 * time.Second
	firstSettle = 20 * time.Millisecond
	settleEvery = time.Second
)

// settle finds out what became of a transaction whose COMMIT got no answer.
// The row of the store tells: it counts transactions, and is locked by one
// that has not ended.
func (p *place) settle(ctx context.Context, mark int64, unknown error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	committed := false
	again := retry.WithCappedDuration(settleEvery, retry.NewExponential(firstSettle))
	err := retry.Do(ctx, again, func(ctx context.Context) (err error) {
		committed, err = p.reached(ctx, mark)
		if errors.Is(err, merchantsync.ErrInUse) {
			return err
		}
		return retry.RetryableError(err)
	})
	switch {
	case err != nil:
		return fmt.Errorf("%w; it could not be found out: %w", unknown, err)
	case !committed:
		return fault.New(fault.Unavailable, "the connection to the database was lost during COMMIT, and nothing was committed: "+unknown.Error())
	}
	return nil
}

// reached reports whether a transaction is in the tables.
func (p *place) reached(ctx context.Context, mark int64) (is bool, err error) {
	var writes int64
	var holder string
	err = p.engine.write(ctx, func(c conn) error {
		_, err := one(c, func(r row) { writes, holder = r.whole(0), r.text(1) },
			"UPDATE entrepot_sync SET writes = writes WHERE store = $1 RETURNING writes, holder", p.store)
		return err
	})
	if err == nil && holder != p.token {
		return false, merchantsync.ErrInUse
	}
	return writes >= mark, err
}
