package merchantsync_test

import (
	"context"
	"errors"
	"iter"
	"sync"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

// span is how long a daemon lives.
type span struct {
	steps int    // 0: it does not end
	of    string // steps of this kind only; "" counts all
}

// life is that of a daemon: it ends after so many steps, wherever it is then.
// After that nothing it does has any effect.
type life struct {
	mu     sync.Mutex
	left   span
	at     string
	cancel func()
	plain  *merchantsync.Daemon // on the same tables, without harm and end
}

func newLife(s span, cancel func()) *life { return &life{left: s, cancel: cancel} }

var errKilled = errors.New("killed")

// step is passed between any two things that a daemon does.
func (l *life) step(at string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at != "" {
		return errKilled
	}
	if l.left.steps == 0 || l.left.of != "" && l.left.of != at {
		return nil
	}
	if l.left.steps--; l.left.steps > 0 {
		return nil
	}
	l.kill(at)
	return errKilled
}

func (l *life) kill(at string) {
	l.at = at
	l.cancel()
}

func (l *life) lives() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at == ""
}

// end tells where it ended; "" when it was not killed.
func (l *life) end() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == "" {
		l.kill("at its end")
		return ""
	}
	return l.at
}

// mortalAPI asks as long as the daemon lives.
type mortalAPI struct {
	merchantsync.API
	*life
}

func (m mortalAPI) OrderNumbers(ctx context.Context, q client.OrderNumbersQuery) iter.Seq2[client.OrderNumber, error] {
	return func(yield func(client.OrderNumber, error) bool) {
		if err := m.step("before a list"); err != nil {
			yield(client.OrderNumber{}, err)
			return
		}
		for n, err := range m.API.OrderNumbers(ctx, q) {
			if !yield(n, err) || err != nil {
				return
			}
		}
		if err := m.step("after a list"); err != nil {
			yield(client.OrderNumber{}, err)
		}
	}
}

func (m mortalAPI) Order(ctx context.Context, id client.OrderID) (*client.Order, error) {
	if err := m.step("before a detail"); err != nil {
		return nil, err
	}
	o, err := m.API.Order(ctx, id)
	if ended := m.step("after a detail"); ended != nil {
		return nil, ended
	}
	return o, err
}

func (m mortalAPI) UpdateMerchantOrderID(ctx context.Context, id client.OrderID, to string) error {
	return m.report(func() error { return m.API.UpdateMerchantOrderID(ctx, id, to) })
}

func (m mortalAPI) UpdateStatus(ctx context.Context, id client.OrderID, to client.Status) error {
	return m.report(func() error { return m.API.UpdateStatus(ctx, id, to) })
}

func (m mortalAPI) SetTracking(ctx context.Context, id client.OrderID, numbers ...string) error {
	return m.report(func() error { return m.API.SetTracking(ctx, id, numbers...) })
}

func (m mortalAPI) report(send func() error) error {
	if err := m.step("before a report"); err != nil {
		return err
	}
	err := send()
	if ended := m.step("after a report"); ended != nil {
		return ended
	}
	return err
}

// mortalLedger keeps as long as the daemon lives.
type mortalLedger struct {
	merchantsync.Ledger
	*life
}

func (m mortalLedger) View(ctx context.Context, fn func(merchantsync.View) error) error {
	if err := m.step("before reading"); err != nil {
		return err
	}
	return m.Ledger.View(ctx, fn)
}

func (m mortalLedger) InTx(ctx context.Context, fn func(merchantsync.Tx) error) error {
	if err := m.step("before a transaction"); err != nil {
		return err
	}
	err := m.Ledger.InTx(ctx, func(tx merchantsync.Tx) error {
		if err := fn(mortalTx{tx, m.life}); err != nil {
			return err
		}
		return m.step("before a commit")
	})
	if err != nil {
		return err
	}
	return m.step("after a commit")
}

// mortalTx may end between any two writes.
type mortalTx struct {
	merchantsync.Tx
	*life
}

func (m mortalTx) then(do func() error) error {
	if err := m.step("in a transaction"); err != nil {
		return err
	}
	return do()
}

func (m mortalTx) SetCursor(c merchantsync.Cursor) error {
	return m.then(func() error { return m.Tx.SetCursor(c) })
}

func (m mortalTx) Put(e []merchantsync.Entry) error {
	return m.then(func() error { return m.Tx.Put(e) })
}

func (m mortalTx) Look(k []merchantsync.Known) error {
	return m.then(func() error { return m.Tx.Look(k) })
}

func (m mortalTx) PutTroubles(list []merchantsync.Trouble) error {
	return m.then(func() error { return m.Tx.PutTroubles(list) })
}

func (m mortalTx) SetReport(r merchantsync.Report) error {
	return m.then(func() error { return m.Tx.SetReport(r) })
}

func (m mortalTx) SetPosition(name string, seq int64) error {
	return m.then(func() error { return m.Tx.SetPosition(name, seq) })
}
