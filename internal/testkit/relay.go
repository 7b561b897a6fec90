package testkit

import (
	"context"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Relay is a line to a server on which clients do badly: it breaks, leads
// nowhere, or goes silent, and heals again.
type Relay struct {
	target   string
	listener net.Listener
	accepted atomic.Int64

	mu     sync.Mutex
	cut    bool
	passes chan struct{} // closed while anything passes
	lines  map[*line]struct{}
}

// line is one connection through a relay.
type line struct {
	client, server *net.TCPConn
	broken         atomic.Bool
}

// StartRelay puts a relay before the server at an address. It ends with the
// test.
func StartRelay(t testing.TB, target string) *Relay {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &Relay{target: target, listener: listener, passes: make(chan struct{}), lines: map[*line]struct{}{}}
	close(r.passes)
	t.Cleanup(r.end)
	go r.listen()
	return r
}

// RelayTo puts a relay before the host of a URL, and answers the URL that
// leads through it.
func RelayTo(t testing.TB, url string) (r *Relay, through string) {
	t.Helper()
	_, rest, _ := strings.Cut(url, "@")
	target, _, _ := strings.Cut(rest, "/")
	r = StartRelay(t, target)
	return r, strings.Replace(url, target, r.Addr(), 1)
}

// Addr is where clients connect.
func (r *Relay) Addr() string { return r.listener.Addr().String() }

// Accepted is how many connections there have been.
func (r *Relay) Accepted() int64 { return r.accepted.Load() }

// Break resets the connections of the clients, and takes new ones. The server
// learns nothing of it, as when a line breaks.
func (r *Relay) Break() { r.breakLines(false) }

// Cut is Break, and new connections are refused until Heal.
func (r *Relay) Cut() { r.breakLines(true) }

// Silence lets nothing pass until Heal: connections stay open, new ones are
// taken, and nobody hears anything.
func (r *Relay) Silence() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hush()
}

// hush is called with the lock held.
func (r *Relay) hush() {
	select {
	case <-r.passes:
		r.passes = make(chan struct{})
	default: // somebody waits for the end of a silence already
	}
}

// Strand is Silence for those who are connected, and refuses new connections.
func (r *Relay) Strand() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = true
	r.hush()
}

// Heal ends Cut, Silence and Strand. What was on its way during a silence arrives.
func (r *Relay) Heal() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = false
	r.pass()
}

// pass is called with the lock held.
func (r *Relay) pass() {
	select {
	case <-r.passes:
	default:
		close(r.passes)
	}
}

func (r *Relay) breakLines(cut bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = cut
	for l := range r.lines {
		l.broken.Store(true)
		reset(l.client)
	}
}

func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}

func (r *Relay) end() {
	_ = r.listener.Close()
	r.Cut()
	r.mu.Lock()
	defer r.mu.Unlock()
	for l := range r.lines {
		_ = l.server.Close()
	}
	r.pass()
}

func (r *Relay) listen() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.accepted.Add(1)
		go r.connect(conn.(*net.TCPConn))
	}
}

// dialTimeout bounds how long a connection waits for a server that is gone.
const dialTimeout = 10 * time.Second

func (r *Relay) connect(client *net.TCPConn) {
	if r.isCut() {
		reset(client)
		return
	}
	r.await()
	server, err := net.DialTimeout("tcp", r.target, dialTimeout) //nolint:noctx // its time is bounded
	if err != nil {
		reset(client)
		return
	}
	l := &line{client: client, server: server.(*net.TCPConn)}
	if !r.keep(l) {
		reset(client)
		_ = server.Close()
		return
	}
	go r.copy(l, l.server, l.client)
	go r.copy(l, l.client, l.server)
}

// await waits until anything passes.
func (r *Relay) await() {
	r.mu.Lock()
	passes := r.passes
	r.mu.Unlock()
	<-passes
}

func (r *Relay) isCut() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cut
}

// keep is false when the relay has been cut.
func (r *Relay) keep(l *line) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.cut {
		r.lines[l] = struct{}{}
	}
	return !r.cut
}

// copy passes on what comes, and in the end that it has ended, unless the line
// was broken.
func (r *Relay) copy(l *line, to, from *net.TCPConn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		r.await()
		if n > 0 {
			if _, writeErr := to.Write(buffer[:n]); writeErr != nil {
				err = writeErr
			}
		}
		if err != nil {
			break
		}
	}
	if l.broken.Load() {
		return
	}
	_ = l.client.Close()
	_ = l.server.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.lines, l)
}
