package merchantsync

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"entrepot/client"
)

const (
	// askedFor is how long a number that was asked for is not asked for again,
	// whatever came of it.
	askedFor = 10 * time.Second
	// retryDelay is when an order that was not there is asked for once more:
	// it may become visible a moment after its shopper was sent here.
	retryDelay = 2 * time.Second
	// maxAsked bounds what is remembered. The rate keeps it far below.
	maxAsked = 10_000
	// Numbers that are so far above the highest known are guesses, most of
	// them, and count double.
	farAbove = 1000
	farCost  = 2
)

// pageQueue asks for orders on behalf of pages, never faster than its bucket
// allows, however many pages there are. What does not fit in is dropped: the
// scheduled job finds it.
type pageQueue struct {
	importer Importer
	o        PageOptions
	bucket   *rate.Limiter
	pending  chan question

	mu     sync.Mutex
	queued map[int64]bool      // in the queue, or being asked for
	asked  map[int64]time.Time // until when not to ask again
}

// question is a number that a page was asked for.
type question struct {
	number int64
	again  bool // it was not there the first time
}

func newPageQueue(i Importer, o PageOptions) *pageQueue {
	return &pageQueue{
		importer: i, o: o,
		bucket:  rate.NewLimiter(rate.Limit(o.Rate), o.Burst),
		pending: make(chan question, o.Queue),
		queued:  map[int64]bool{}, asked: map[int64]time.Time{},
	}
}

// ask queues a number, unless it is queued, was asked for a moment ago, or the
// queue is full.
func (q *pageQueue) ask(number int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.queued[number] || time.Now().Before(q.asked[number]) {
		return
	}
	q.push(question{number: number})
}

// askAgain is not kept off by the first time. A page may have queued the
// number meanwhile, but not asked for it.
func (q *pageQueue) askAgain(number int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.queued[number] {
		q.push(question{number, true})
	}
}

func (q *pageQueue) push(x question) {
	select {
	case q.pending <- x:
		q.queued[x.number] = true
	default:
	}
}

func (q *pageQueue) run(ctx context.Context) {
	var workers sync.WaitGroup
	for range q.o.Workers {
		workers.Go(func() { q.work(ctx) })
	}
	workers.Wait()
}

func (q *pageQueue) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case x := <-q.pending:
			if q.bucket.WaitN(ctx, q.cost(ctx, x.number)) != nil {
				return
			}
			q.settle(ctx, x, q.importOne(ctx, x.number))
		}
	}
}

// cost: when the highest number is not known now, none is far above it.
func (q *pageQueue) cost(ctx context.Context, number int64) int {
	highest, err := q.o.Highest(ctx)
	if err == nil && highest > 0 && number-highest > farAbove {
		return farCost
	}
	return 1
}

func (q *pageQueue) importOne(ctx context.Context, number int64) error {
	ctx, cancel := context.WithTimeout(ctx, q.o.Timeout)
	defer cancel()
	return q.importer.ImportNow(ctx, number)
}

// settle remembers that the number was asked for.
func (q *pageQueue) settle(ctx context.Context, x question, err error) {
	q.mu.Lock()
	delete(q.queued, x.number)
	q.remember(x.number, time.Now())
	q.mu.Unlock()
	_, missing := errors.AsType[*client.NotFoundError](err)
	switch id := client.MakeOrderID(q.o.Store, x.number); {
	case missing && !x.again:
		time.AfterFunc(retryDelay, func() {
			if ctx.Err() == nil {
				q.askAgain(x.number)
			}
		})
	case err != nil && !missing && ctx.Err() == nil:
		q.o.Log.Warn("the success page could not import an order; the next pass will", "order", id, "error", err)
	}
}

// remember forgets what has lapsed when there is much of it.
func (q *pageQueue) remember(number int64, now time.Time) {
	if len(q.asked) >= maxAsked {
		for n, until := range q.asked {
			if !now.Before(until) {
				delete(q.asked, n)
			}
		}
	}
	if len(q.asked) < maxAsked {
		q.asked[number] = now.Add(askedFor)
	}
}
