package postgres_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"entrepot/internal/storage/postgres"
)

// A relay passes connections on, until it cuts them.
type relay struct {
	mu    sync.Mutex
	away  bool
	conns []net.Conn
}

// relayTo puts a relay between options and their server.
func relayTo(t *testing.T, o *postgres.Options) *relay {
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
	t.Cleanup(func() { r.cut(true) })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			r.pass(client, target)
		}
	}()
	return r
}

func (r *relay) pass(client net.Conn, target string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	server, err := net.Dial("tcp", target)
	if r.away || err != nil {
		_ = client.Close()
		return
	}
	r.conns = append(r.conns, client)
	go func() { _, _ = io.Copy(server, client) }() // the server's side stays open when the client's is cut
	go func() { _, _ = io.Copy(client, server) }()
}

// cut resets the connections of the clients, and takes no others while the
// server is to be away.
func (r *relay) cut(away bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away = away
	for _, conn := range r.conns {
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
	r.conns = nil
}
