package merchantsync

import (
	"context"
	"slices"
	"sync"

	"entrepot/client"
)

// purpose is what orders are gathered for.
type purpose int

const (
	advance purpose = iota // they are new: the cursor goes along
	refresh                // they may have changed
	again                  // they could not be fetched before
)

// errand is what orders are gathered for, and what led to them.
type errand struct {
	purpose
	told map[int64]told
}

// fetched is an order as the service tells it, or why it does not.
type fetched struct {
	number int64
	order  *client.Order
	err    error
}

// batch is what is kept in one transaction.
type batch struct {
	numbers []int64 // all of them, ascending
	got     []fetched
	err     error
}

// gather fetches orders and keeps them, a batch at a time and the cursor with
// it. While one batch is written the next one is fetched.
func (d *Daemon) gather(ctx context.Context, run *Run, numbers []int64, why errand) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := int64(0)
	for b := range d.batches(ctx, numbers, why) {
		if b.err != nil {
			return b.err
		}
		if err := d.keep(ctx, run, b, why); err != nil {
			return err
		}
		done += int64(len(b.numbers))
		d.o.Progress(Progress{Done: done, Total: int64(len(numbers))})
	}
	return ctx.Err()
}

// batches fetches ahead, by one.
func (d *Daemon) batches(ctx context.Context, numbers []int64, why errand) <-chan batch {
	batches := make(chan batch, 1)
	go func() {
		defer close(batches)
		for part := range slices.Chunk(numbers, d.o.Batch) {
			b := d.fetchBatch(ctx, part, why)
			select {
			case batches <- b:
			case <-ctx.Done():
				return
			}
			if b.err != nil {
				return
			}
		}
	}()
	return batches
}

// fetchBatch fetches a part of the orders. What the cursor passes may be in
// the tables already: the success page brought it.
func (d *Daemon) fetchBatch(ctx context.Context, numbers []int64, why errand) batch {
	b := batch{numbers: numbers}
	todo := numbers
	if why.purpose == advance {
		known, _, err := d.known(ctx, numbers)
		if err != nil {
			return batch{err: err}
		}
		todo = slices.DeleteFunc(slices.Clone(numbers), func(n int64) bool { _, there := known[n]; return there })
	}
	b.got = d.fetch(ctx, todo)
	b.err = outage(ctx, b.got, why.purpose)
	return b
}

// fetch asks for orders, some at once, and answers in their order.
func (d *Daemon) fetch(ctx context.Context, numbers []int64) []fetched {
	got := make([]fetched, len(numbers))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(d.o.Fetches, len(numbers)) {
		workers.Go(func() {
			for i := range next {
				got[i] = d.fetchOne(ctx, numbers[i])
			}
		})
	}
	for i := range numbers {
		next <- i
	}
	close(next)
	workers.Wait()
	return got
}

func (d *Daemon) fetchOne(ctx context.Context, number int64) fetched {
	id := client.MakeOrderID(d.o.Store, number)
	order, err := d.api.Order(ctx, id)
	if err == nil && !d.isOurs(order.ID, number) {
		err = &client.NotAPIError{Status: 200, Reason: "order " + string(id) + " was asked for, another one was answered"}
	}
	return fetched{number, order, err}
}

func (d *Daemon) isOurs(id client.OrderID, number int64) bool {
	store := id.Store()
	return id.Number() == number && (store == 0 || store == d.o.Store)
}

// minOutage is how many orders must fail, and none come, to be an outage.
const minOutage = 4

// outage is the error that ends a run, when not single orders fail but the
// service: the cursor stays, and the next run begins here. Single orders that
// fail must not keep the cursor, or one that can never be read would keep all
// that come after it.
func outage(ctx context.Context, got []fetched, why purpose) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	failed := 0
	var last error
	for _, f := range got {
		if f.err != nil && hopeless(f.err) {
			return f.err
		}
		if f.err != nil && client.Temporary(f.err) {
			failed, last = failed+1, f.err
		}
	}
	if why != again && failed >= minOutage && failed == len(got) {
		return last
	}
	return nil
}

// keep puts a batch into the tables, the troubles and the cursor with it.
func (d *Daemon) keep(ctx context.Context, run *Run, b batch, why errand) error {
	var did outcome
	err := d.ledger.InTx(ctx, func(tx Tx) (err error) {
		did, err = d.put(tx, b.got, why.told)
		if err != nil || why.purpose != advance {
			return err
		}
		return d.moveCursor(tx, b)
	})
	if err != nil {
		return wrap("keep orders", err)
	}
	did.tell(run, d.o.Log)
	return nil
}

// moveCursor takes it to the end of the batch, never back.
func (d *Daemon) moveCursor(tx Tx, b batch) error {
	cursor, err := tx.Cursor()
	last := b.numbers[len(b.numbers)-1]
	if err != nil || last <= cursor.Number {
		return err
	}
	cursor.Number = last
	known, err := tx.Known([]int64{last})
	if err != nil {
		return err
	}
	if k, there := known[last]; there {
		cursor.PlacedAt = k.PlacedAt
	}
	for _, f := range b.got {
		if f.err == nil {
			cursor.PlacedAt = later(cursor.PlacedAt, f.order.Placed())
		}
	}
	return tx.SetCursor(cursor)
}

// settle fetches what a list showed to be otherwise than in the tables, and
// notes what it showed to be the same.
func (d *Daemon) settle(ctx context.Context, run *Run, l listing) error {
	if err := d.gather(ctx, run, l.want, errand{refresh, l.told}); err != nil {
		return err
	}
	return d.looked(ctx, l.same)
}

// looked notes that orders were as they are in the tables.
func (d *Daemon) looked(ctx context.Context, same []Known) error {
	if len(same) == 0 {
		return nil
	}
	now := d.o.Clock()
	for i := range same {
		same[i].Checks++
		same[i].CheckAt = d.nextLook(same[i], now)
	}
	return wrap("note what is unchanged", d.ledger.InTx(ctx, func(tx Tx) error { return tx.Look(same) }))
}

// retry fetches again what could not be fetched.
func (d *Daemon) retry(ctx context.Context, run *Run) error {
	for {
		var due []Trouble
		err := d.ledger.View(ctx, func(v View) (err error) {
			due, err = v.Troubles(d.o.Clock(), d.o.Batch)
			return err
		})
		if err != nil || len(due) == 0 {
			return wrap("read what failed", err)
		}
		numbers := make([]int64, len(due))
		for i, t := range due {
			numbers[i] = t.Number
		}
		if err := d.gather(ctx, run, numbers, errand{purpose: again}); err != nil {
			return wrap("fetch what failed before", err)
		}
	}
}

// ImportNow brings one order into the tables, unless it is there. An order
// that the service does not know is a *client.NotFoundError.
func (d *Daemon) ImportNow(ctx context.Context, number int64) error {
	known, _, err := d.known(ctx, []int64{number})
	if _, there := known[number]; err != nil || there {
		return err
	}
	f := d.fetchOne(ctx, number)
	if f.err != nil {
		return f.err
	}
	if f.order.TestOrder && d.o.SkipTest {
		return nil
	}
	return d.keep(ctx, new(Run), batch{numbers: []int64{number}, got: []fetched{f}}, errand{purpose: refresh})
}
