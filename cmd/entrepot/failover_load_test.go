//go:build unix

package main_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load is everybody who uses the nodes during a run.
type load struct {
	*failover
	ctx, running context.Context // requests end with the first, new ones with the second
	cancel       func()
	group        sync.WaitGroup
	tracking     atomic.Int64 // clerks at work

	mu     sync.Mutex
	events []event
}

// event is a request, as its client saw it.
type event struct {
	what         string
	node         int
	write        bool
	begun, ended time.Time
	err          error
}

// answered reports whether there was an answer, be it one of failure.
func (e event) answered() bool {
	_, refused := errors.AsType[refusal](e.err)
	return e.err == nil || refused
}

func (l *load) stop() {
	l.cancel()
	l.group.Wait()
}

// What clients ask for.
const (
	aCart    = "cart"
	anOrder  = "order"
	anUpdate = "update"
	aList    = "list"
)

// do sends a request to any node, and notes how it went.
func (l *load) do(what string, request func(shop) error) error {
	e := event{what: what, node: rand.IntN(len(l.nodes)), write: what != aList, begun: time.Now()}
	e.err = request(l.at(l.nodes[e.node].url))
	e.ended = time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
	return e.err
}

// recovered waits until each node has answered writes that were begun after a
// moment.
func (l *load) recovered(t *testing.T, since time.Time) {
	t.Helper()
	eventually(t, "each node answers writes", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		answers := make([]int, len(l.nodes))
		for _, e := range l.events {
			if e.write && e.err == nil && e.begun.After(since) {
				answers[e.node]++
			}
		}
		for _, n := range answers {
			if n < 3 {
				return false
			}
		}
		return true
	})
}

// seen waits until somebody has polled since a moment.
func (l *load) seen(t *testing.T, since time.Time) {
	t.Helper()
	eventually(t, "a list", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		last := len(l.events) - 1
		for last >= 0 && (l.events[last].write || l.events[last].err != nil || l.events[last].begun.Before(since)) {
			last--
		}
		return last >= 0
	})
}

// sale is what a shopper and the shop know of one cart.
type sale struct {
	reference, cart string
	orders          []string // what its presses were answered with
	pressed         int
	updates         []fact
	settled         atomic.Bool
}

// fact is an update: what was sent, and whether it was answered with success.
type fact struct {
	sent     string
	answered bool
}

// pause is how long somebody waits who was told to try again.
const pause = 100 * time.Millisecond

// buy sells one cart after the other, and lets the shop send updates.
func (l *load) buy() {
	for l.running.Err() == nil {
		if s := l.sell(); s != nil && len(s.orders) > 0 {
			l.update(s, merchantPath, `"merchantOrderId": "%s"`)
		}
	}
}

// mostUpdates keeps an order below the number of tracking numbers that it takes.
const mostUpdates = 900

// track sends tracking numbers of one order. Nobody else has to do with it, so
// as many COMMITs wait at once as do this.
func (l *load) track() {
	for l.running.Err() == nil {
		s := l.sell()
		l.tracking.Add(1)
		for s != nil && len(s.orders) > 0 && len(s.updates) < mostUpdates && l.running.Err() == nil {
			if !l.update(s, trackingPath, `"trackingList": [{"number": "%s"}]`) {
				time.Sleep(pause)
			}
		}
		l.tracking.Add(-1)
	}
}

// sell sends a cart and presses the button until there is an order, as
// shoppers do.
func (l *load) sell() *sale {
	s := &sale{reference: fmt.Sprintf("R%d", rand.Int64())}
	err := l.do(aCart, func(at shop) (err error) { s.cart, err = at.sendCart(l.ctx, s.reference); return err })
	if err != nil {
		time.Sleep(pause)
		return nil
	}
	l.failover.mu.Lock()
	l.sales = append(l.sales, s)
	l.failover.mu.Unlock()
	for s.pressed == 0 || (len(s.orders) == 0 && l.running.Err() == nil) {
		if !l.press(s) {
			time.Sleep(pause)
		}
	}
	if len(s.orders) > 0 && rand.IntN(4) == 0 {
		l.press(s) // the shopper has gone back
	}
	s.settled.Store(len(s.orders) > 0)
	return s
}

func (l *load) press(s *sale) bool {
	s.pressed++
	return nil == l.do(anOrder, func(at shop) error {
		id, err := at.press(l.ctx, s.cart)
		if err == nil {
			s.orders = append(s.orders, id)
		}
		return err
	})
}

// update sends an update, once.
func (l *load) update(s *sale, path, keys string) bool {
	number, err := l.number(s.orders[0])
	if err != nil {
		return false // the audit finds no such order
	}
	f := fact{sent: fmt.Sprintf("U%d", rand.Int64())}
	f.answered = nil == l.do(anUpdate, func(at shop) error {
		return at.update(l.ctx, path, fmt.Sprintf(`"orderId": %d, `+keys, number, f.sent))
	})
	s.updates = append(s.updates, f)
	return f.answered
}

// follow polls, each time at any node.
func (l *load) follow(f *follower) {
	for l.running.Err() == nil {
		if err := l.do(aList, func(at shop) error { return f.poll(l.ctx, at.url) }); err != nil {
			time.Sleep(pause)
		}
		time.Sleep(pause / 5)
	}
}

// learn looks at what a load's clients saw of an outage.
func (o *outage) learn(l *load) {
	o.events = l.events
	nodes := map[int]bool{}
	for _, e := range o.events {
		if !e.write || e.err != nil || e.begun.Before(o.struck) {
			continue
		}
		if o.again.IsZero() || e.ended.Before(o.again) {
			o.again = e.ended
		}
	}
	for _, e := range o.events { // in the order of their ends
		if e.write && e.err == nil && e.begun.After(o.struck) && !nodes[e.node] {
			nodes[e.node] = true
			o.everywhere = e.ended
		}
	}
}
