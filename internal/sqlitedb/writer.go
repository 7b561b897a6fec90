package sqlitedb

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"zombiezen.com/go/sqlite"

	"entrepot/internal/fault"
)

// maxBatch bounds how many changes share a commit, and so how long the first
// of them waits for the last.
const maxBatch = 256

// writer owns the one connection that writes. Changes queue up while a commit
// is under way; all that wait are committed together.
type writer struct {
	conn     *Conn
	place    place
	observer Observer
	jobs     chan *job
	done     chan struct{}

	commits atomic.Int64 // transactions that were tried

	mu     sync.RWMutex // guards closed against sends on jobs
	closed bool
}

// job is one change that waits for the writer.
type job struct {
	fn      func(*Conn) error
	claimed atomic.Bool // by the writer, to run it, or by its caller, to give it up
	result  chan error
	err     error // what fn said, until the batch is settled
}

func newWriter(conn *Conn, place place, observer Observer) *writer {
	w := &writer{conn: conn, place: place, observer: observer, jobs: make(chan *job, maxBatch), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *writer) do(ctx context.Context, fn func(*Conn) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait for the writer: %w", err)
	}
	j := &job{fn: fn, result: make(chan error, 1)}
	if err := w.enqueue(ctx, j); err != nil {
		return err
	}
	select {
	case err := <-j.result:
		return err
	case <-ctx.Done():
		if j.claimed.CompareAndSwap(false, true) {
			return fmt.Errorf("wait for the writer: %w", ctx.Err())
		}
		return <-j.result // it runs: the outcome must be known
	}
}

func (w *writer) enqueue(ctx context.Context, j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.jobs <- j:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the writer: %w", ctx.Err())
	}
}

func (w *writer) close() error {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.jobs)
	}
	w.mu.Unlock()
	<-w.done
	return w.conn.Close()
}

func (w *writer) run() {
	defer close(w.done)
	batch := make([]*job, 0, maxBatch)
	for first := range w.jobs {
		batch = w.collect(append(batch[:0], first))
		w.settle(batch)
		clear(batch)
	}
}

// collect adds what waits already; it does not wait for more.
func (w *writer) collect(batch []*job) []*job {
	for len(batch) < maxBatch {
		select {
		case j, ok := <-w.jobs:
			if !ok {
				return batch
			}
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// settle commits a batch and tells each caller. When the batch fails as a
// whole, each change is tried alone, so that one that cannot be written (too
// large for what is left of the disk) takes no other with it.
func (w *writer) settle(batch []*job) {
	live := claim(batch)
	if err := w.place.check(); err != nil {
		w.observer.Wrote(len(live), 0, err)
		refuse(live, err)
		return
	}
	if len(live) < 2 {
		w.commitEach(live)
		return
	}
	switch err := w.commitTogether(live); {
	case err == nil:
		for _, j := range live {
			j.result <- j.err
		}
	case sqlite.ErrCode(err).ToPrimary() == sqlite.ResultBusy:
		refuse(live, err) // each alone would wait for the lock as long again
	default:
		w.commitEach(live)
	}
}

// claim leaves out what its caller has given up.
func claim(batch []*job) []*job {
	live := batch[:0]
	for _, j := range batch {
		if j.claimed.CompareAndSwap(false, true) {
			live = append(live, j)
		}
	}
	return live
}

func refuse(batch []*job, err error) {
	for _, j := range batch {
		j.result <- err
	}
}

func (w *writer) commitEach(batch []*job) {
	for _, j := range batch {
		j.result <- w.transact(1, j.run)
	}
}

// transact runs changes in one transaction.
func (w *writer) transact(changes int, fn func(*Conn) error) error {
	w.commits.Add(1)
	began := time.Now()
	err := inTransaction(w.conn, beginWrite, fn)
	w.observer.Wrote(changes, time.Since(began), err)
	return err
}

// beginWrite takes the write lock at once: a transaction that reads first and
// writes later could fail in the middle.
const beginWrite = "BEGIN IMMEDIATE"

// commitTogether runs the changes in one transaction. A change that fails by
// itself is undone and keeps its error; an error here undoes them all.
func (w *writer) commitTogether(batch []*job) error {
	return w.transact(len(batch), func(conn *Conn) error {
		for _, j := range batch {
			if err := w.runInBatch(conn, j); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *writer) runInBatch(conn *Conn, j *job) error {
	if err := exec(conn, "SAVEPOINT change"); err != nil {
		return err
	}
	if j.err = j.run(conn); j.err != nil {
		// After a full disk or an I/O error SQLite may have undone everything.
		if conn.AutocommitEnabled() {
			return j.err
		}
		if err := exec(conn, "ROLLBACK TO change"); err != nil {
			return err
		}
	}
	return exec(conn, "RELEASE change")
}

// run calls the change and turns a panic into an error, so that a defect in
// one change does not end the writer of all.
func (j *job) run(conn *Conn) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fault.Internal, "a change panicked", fmt.Errorf("%v", p))
		}
	}()
	return classify(j.fn(conn))
}
