package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/merchantsync"
)

// errLocked says that another holds the lock of a store.
var errLocked = errors.New("another holds the lock of the store")

// place is the right to write for a store. Two things guard it: a lock, which
// the first daemon has until it ends, and a token in the tables, which every
// transaction confirms. The second holds even when the first is lost without
// anybody noticing, as by a daemon that hung.
type place struct {
	engine engine
	store  int64
	token  string
	clock  func() time.Time

	mu      sync.Mutex // guards what follows
	lock    held       // nil when it is not held
	checked time.Time
	gone    error // why the place is not ours any more
}

func takePlace(ctx context.Context, v *Viewer, clock func() time.Time) (*place, error) {
	p := &place{engine: v.engine, store: v.store, token: newToken(), clock: clock}
	var err error
	if p.lock, err = v.engine.lock(ctx, v.store); err != nil {
		return nil, p.explain(ctx, err)
	}
	p.checked = clock()
	if err := p.sign(ctx); err != nil {
		return nil, errors.Join(err, p.lock.release())
	}
	return p, nil
}

// newToken is nobody else's, and tells people where the daemon is.
func newToken() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("host %s, process %d, %s", text(host), os.Getpid(), rand.Text()[:16])
}

func (p *place) sign(ctx context.Context) error {
	err := p.engine.write(ctx, func(c conn) error {
		_, err := c.exec(`INSERT INTO entrepot_sync (store, holder, held_since) VALUES ($1, $2, $3)
			ON CONFLICT (store) DO UPDATE SET holder = excluded.holder, held_since = excluded.held_since`, p.store, p.token, p.clock())
		return err
	})
	if err != nil {
		return fmt.Errorf("take the place of the store's daemon: %w", err)
	}
	return nil
}

// explain tells who is there.
func (p *place) explain(ctx context.Context, err error) error {
	if !errors.Is(err, errLocked) {
		return fmt.Errorf("take the store's lock: %w", err)
	}
	var holder string
	var since time.Time
	found := false
	_ = p.engine.read(ctx, func(c conn) (err error) { // without it, the message is poorer
		found, err = one(c, func(r row) { holder, since = r.text(0), r.moment(1) },
			"SELECT holder, held_since FROM entrepot_sync WHERE store = $1 AND holder <> ''", p.store)
		return err
	})
	if !found {
		return merchantsync.ErrInUse
	}
	return fmt.Errorf("%w: %s, since %s", merchantsync.ErrInUse, holder, since.Format(time.DateTime+" UTC"))
}

// confirm locks the row of the store, sees that it is still ours, and counts
// the transaction, so that settle can find it.
func (p *place) confirm(c conn) (mark int64, err error) {
	found, err := one(c, func(r row) { mark = r.whole(0) },
		"UPDATE entrepot_sync SET writes = writes + 1 WHERE store = $1 AND holder = $2 RETURNING writes", p.store, p.token)
	if err == nil && !found {
		err = merchantsync.ErrInUse
	}
	return mark, err
}

// lockEvery is how often it is looked whether the lock is still held.
const lockEvery = 5 * time.Second

// keep takes the lock again when its connection was lost and nobody came.
func (p *place) keep(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone != nil {
		return p.gone
	}
	now := p.clock()
	if since := now.Sub(p.checked); p.lock != nil && since >= 0 && since < lockEvery {
		return nil
	}
	if p.lock == nil || p.lock.check(ctx) != nil {
		if err := p.relock(ctx); err != nil {
			return err
		}
	}
	p.checked = now
	return nil
}

func (p *place) relock(ctx context.Context) error {
	if p.lock != nil {
		_ = p.lock.release() // it is lost
		p.lock = nil
	}
	lock, err := p.engine.lock(ctx, p.store)
	switch {
	case errors.Is(err, errLocked):
		p.gone = merchantsync.ErrInUse
		return p.gone
	case err != nil:
		return fmt.Errorf("take the store's lock again: %w", err)
	}
	p.lock = lock
	return nil
}

// leave gives the place free.
func (p *place) leave() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), leaving)
	defer cancel()
	err := p.engine.write(ctx, func(c conn) error {
		_, err := c.exec("UPDATE entrepot_sync SET holder = '', held_since = NULL WHERE store = $1 AND holder = $2", p.store, p.token)
		return err
	})
	if p.lock != nil {
		err = errors.Join(err, p.lock.release())
	}
	p.lock, p.gone = nil, errClosed
	return err
}

var errClosed = fault.New(fault.Unavailable, "the ledger is closed")

// leaving bounds how long a database that does not answer holds a daemon up.
const leaving = 5 * time.Second
