package merchantsync

import (
	"cmp"
	"context"
	"time"
)

// ReceiverOptions change how a ReceiverFeed works.
type ReceiverOptions struct {
	FeedOptions
	Concurrency int           // changes on their way at once; 4 when zero
	Retry       Waits         // after failures; 5 s to 15 min when zero
	Refused     Waits         // after refusals; 10 min to 6 h when zero
	Down        Waits         // when all fail; 1 s to 1 min when zero
	Grace       time.Duration // what has begun may take so long after the end of ctx; 5 s when zero
}

// ReceiverFeed brings changes to a receiver: each at least once, and those of
// one order in their order. A change that is not taken waits in the ledger and
// is tried again; later ones of its order wait behind it, other orders go on.
//
// A change moves into the ledger's deliveries when it is begun and out of them
// when it is taken, so that nothing but what was under way comes twice after a
// crash.
type ReceiverFeed struct {
	o        ReceiverOptions
	receiver Receiver
	breaker  breaker
	favour   bool // whose turn an odd place is: new changes', or that of repeated ones
}

// NewReceiverFeed feeds a receiver.
func NewReceiverFeed(r Receiver, o ReceiverOptions) *ReceiverFeed {
	o.FeedOptions = o.withDefaults()
	o.Concurrency = cmp.Or(o.Concurrency, 4)
	o.Retry = o.Retry.or(5*time.Second, 15*time.Minute)
	o.Refused = o.Refused.or(10*time.Minute, 6*time.Hour)
	o.Down = o.Down.or(time.Second, time.Minute)
	o.Grace = cmp.Or(o.Grace, 5*time.Second)
	return &ReceiverFeed{o: o, receiver: r, breaker: breaker{threshold: max(3, o.Concurrency), waits: o.Down}}
}

// Name is the destination's.
func (f *ReceiverFeed) Name() string { return f.o.Name }

// Pass delivers what is due and what is new. While the receiver seems to be
// down it does so now and then only, with few changes.
func (f *ReceiverFeed) Pass(ctx context.Context) (Fed, error) {
	if f.breaker.open(f.o.Clock()) {
		return Fed{Paused: true}, nil
	}
	idle, err := f.idle(ctx)
	if err != nil || idle {
		return Fed{}, wrap("feed "+f.o.Name, err)
	}
	under, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() {
		if sleep(under, f.o.Grace) == nil {
			stop()
		}
	})()
	p := &pass{
		feed: f, under: under, stop: stop, running: map[int64]bool{},
		done: make(chan outcomeOf, f.o.Concurrency), probing: f.breaker.down(),
	}
	err = p.run(ctx)
	return p.fed, wrap("feed "+f.o.Name, err)
}

// idle spares the ledger a transaction for nothing.
func (f *ReceiverFeed) idle(ctx context.Context) (idle bool, err error) {
	now := f.o.Clock()
	err = f.o.Ledger.View(ctx, func(v View) error {
		position, err := v.Position(f.o.Name)
		if err != nil {
			return err
		}
		changes, err := v.Changes(position, 1)
		if err != nil {
			return err
		}
		due, err := v.Deliveries(f.o.Name, now, 1)
		idle = len(changes)+len(due) == 0
		return err
	})
	return idle, err
}

// pass is one pass of a feed.
type pass struct {
	feed    *ReceiverFeed
	fed     Fed
	under   context.Context // of deliveries: lasts longer than the pass's own
	stop    func()
	running map[int64]bool // by Seq
	done    chan outcomeOf
	probing bool // a receiver that seemed to be down gets a few to try
}

// outcomeOf is what became of an attempt.
type outcomeOf struct {
	Delivery
	merchantOrderID string
	err             error
}

// run goes on as long as there is something to begin or to wait for. Each
// transaction keeps what came of the attempts that ended, and begins others.
func (p *pass) run(ctx context.Context) error {
	var ended []outcomeOf
	for {
		next, err := p.step(ctx, ended)
		if err != nil {
			p.abandon()
			return err
		}
		for _, d := range next.begin {
			p.start(d)
		}
		ended = nil
		switch {
		case next.more:
		case len(p.running) == 0:
			return ctx.Err()
		default:
			ended = p.await(ctx)
		}
	}
}

func (p *pass) start(d Delivery) {
	p.running[d.Seq] = true
	go func() {
		id, err := p.feed.receiver.Deliver(p.under, d.Change)
		p.done <- outcomeOf{d, id, err}
	}()
}

// await waits for an attempt to end, and takes along what has ended with it.
// Where places are free it looks from time to time for something to fill them,
// so that one that hangs does not hold up the others.
func (p *pass) await(ctx context.Context) (ended []outcomeOf) {
	var look <-chan time.Time
	if len(p.running) < p.feed.o.Concurrency && ctx.Err() == nil {
		timer := time.NewTimer(lookInterval)
		defer timer.Stop()
		look = timer.C
	}
	select {
	case o := <-p.done:
		ended = append(ended, o)
	case <-look:
	}
	for range len(p.done) {
		ended = append(ended, <-p.done)
	}
	for _, o := range ended {
		delete(p.running, o.Seq)
	}
	return ended
}

// lookInterval is how often a pass that waits looks for new changes.
const lookInterval = time.Second

// abandon ends what is under way. It stays in the ledger's deliveries.
func (p *pass) abandon() {
	p.stop()
	for range p.running {
		<-p.done
	}
}

// places is how many attempts may begin.
func (p *pass) places(ctx context.Context) int {
	limit := p.feed.o.Concurrency
	switch {
	case ctx.Err() != nil:
		limit = 0
	case p.feed.breaker.down() && p.probing:
		limit, p.probing = min(limit, probes), false
	case p.feed.breaker.down():
		limit, p.fed.Paused = 0, true
	}
	return max(0, limit-len(p.running))
}

// step keeps outcomes and chooses what is next, in one transaction.
func (p *pass) step(ctx context.Context, ended []outcomeOf) (next chosen, err error) {
	now := p.feed.o.Clock()
	kept, fed := p.judge(ended, now)
	places := p.places(ctx)
	tx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ledgerPatience)
	defer cancel()
	err = p.feed.o.Ledger.InTx(tx, func(tx Tx) error {
		next = chosen{}
		for _, k := range kept {
			if err := k.keep(tx, p.feed.o.Name); err != nil {
				return err
			}
		}
		return p.choose(tx, &next, places, now)
	})
	if err != nil {
		return chosen{}, err
	}
	p.fed.add(fed)
	p.fed.LeftOut += next.leftOut
	p.tell(kept)
	return next, nil
}

// ledgerPatience bounds a transaction that the end of the pass must not cut.
const ledgerPatience = time.Minute

func (f *Fed) add(more Fed) {
	f.Taken += more.Taken
	f.Failed += more.Failed
	f.Refused += more.Refused
}
