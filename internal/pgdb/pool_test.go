package pgdb_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/pgdb"
)

// An icy relay passes connections on, until they freeze: then they stay open,
// and nothing passes any more. Those made later are passed on.
type icyRelay struct {
	mu     sync.Mutex
	frozen chan struct{} // closed when the present connections freeze
}

func icyRelayTo(t *testing.T, o *pgdb.Options) *icyRelay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	_, rest, _ := strings.Cut(o.URL, "@")
	target, _, _ := strings.Cut(rest, "/")
	o.URL = strings.Replace(o.URL, target, l.Addr().String(), 1)
	r := &icyRelay{frozen: make(chan struct{})}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				_ = client.Close()
				continue
			}
			r.mu.Lock()
			frozen := r.frozen
			r.mu.Unlock()
			t.Cleanup(func() { _, _ = client.Close(), server.Close() })
			go thaw(server, client, frozen)
			go thaw(client, server, frozen)
		}
	}()
	return r
}

// thaw copies until its connections freeze.
func thaw(to, from net.Conn, frozen <-chan struct{}) {
	block := make([]byte, 4096)
	for {
		n, err := from.Read(block)
		select {
		case <-frozen:
			return
		default:
		}
		if err == nil {
			_, err = to.Write(block[:n])
		}
		if err != nil {
			_ = to.Close()
			return
		}
	}
}

func (r *icyRelay) freeze() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.frozen)
	r.frozen = make(chan struct{})
}

// TestFrozenConnections: of the connections that have died without a word,
// one costs somebody a wait, and not each.
func TestFrozenConnections(t *testing.T) {
	o := database(t)
	r := icyRelayTo(t, &o)
	o.Connections = 16
	db := open(t, o)
	arrive := meeting(o.Connections)
	var all sync.WaitGroup
	for range o.Connections {
		all.Go(func() {
			if err := db.Read(t.Context(), func(pgx.Tx) error { arrive(); return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	r.freeze()
	failed := 0
	for range 3 * o.Connections {
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		if err := db.InTx(ctx, func(tx pgx.Tx) error { _, err := tx.Exec(ctx, "SELECT 1"); return err }); err != nil {
			t.Log(err)
			failed++
		}
		cancel()
	}
	if failed > 1 {
		t.Errorf("%d dead connections were handed out", failed)
	}
}
