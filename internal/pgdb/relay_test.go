package pgdb_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"entrepot/internal/pgdb"
)

// A relay passes connections on, until it cuts them.
type relay struct {
	accepted atomic.Int64
	mu       sync.Mutex
	conns    []net.Conn
}

// relayTo puts a relay between options and their server.
func relayTo(t *testing.T, o *pgdb.Options) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	_, rest, _ := strings.Cut(o.URL, "@")
	target, _, _ := strings.Cut(rest, "/")
	o.URL = strings.Replace(o.URL, target, l.Addr().String(), 1)
	r := &relay{}
	t.Cleanup(r.cut)
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			r.accepted.Add(1)
			r.pass(client, target)
		}
	}()
	return r
}

func (r *relay) pass(client net.Conn, target string) {
	server, err := net.Dial("tcp", target)
	if err != nil {
		_ = client.Close()
		return
	}
	r.mu.Lock()
	r.conns = append(r.conns, client)
	r.mu.Unlock()
	go func() { _, _ = io.Copy(server, client) }() // the server's side stays open when the client's is cut
	go func() { _, _ = io.Copy(client, server) }()
}

// cut resets the connections of the clients.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, conn := range r.conns {
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
	r.conns = nil
}
