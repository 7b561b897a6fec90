package sqlitedb

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// readers is the pool of connections that read. The one that was given back
// last is taken first: a connection costs memory for its cache once it is
// used, so a quiet service keeps to few of them.
type readers struct {
	open  func() (*Conn, error)
	slots chan struct{} // one for each connection that is in use

	mu     sync.Mutex
	idle   []*Conn
	closed bool
}

func newReaders(n int, open func() (*Conn, error)) *readers {
	return &readers{open: open, slots: make(chan struct{}, n)}
}

// take answers a connection, and waits for one when all are in use.
func (r *readers) take(ctx context.Context) (*Conn, error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a connection: %w", ctx.Err())
	}
	conn, err := r.pop()
	if conn == nil && err == nil {
		conn, err = r.open()
	}
	if err != nil {
		<-r.slots
		return nil, err
	}
	return conn, nil
}

// pop answers an idle connection, nil when there is none.
func (r *readers) pop() (*Conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errClosed
	}
	last := len(r.idle) - 1
	if last < 0 {
		return nil, nil
	}
	conn := r.idle[last]
	r.idle = r.idle[:last]
	return conn, nil
}

// put gives a connection back. One that could not end its transaction is
// closed.
func (r *readers) put(conn *Conn) {
	if conn.AutocommitEnabled() {
		r.mu.Lock()
		r.idle = append(r.idle, conn)
		r.mu.Unlock()
	} else {
		_ = conn.Close() // whatever it says, it is not used again
	}
	<-r.slots
}

// close waits for the connections in use and closes all.
func (r *readers) close() (err error) {
	for range cap(r.slots) {
		r.slots <- struct{}{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, conn := range r.idle {
		err = errors.Join(err, conn.Close())
	}
	r.idle, r.closed = nil, true
	for range cap(r.slots) {
		<-r.slots
	}
	return err
}
