//go:build unix

package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"entrepot/internal/testkit"
)

// shared is a database that nodes share, with a store in it.
type shared struct {
	shop
	flags []string // of every command
}

const sharedSecret = "5b0f6d6e-6b1c-4c0e-9c43-0d3ad2d3a020"

func newShared(t *testing.T, server *testkit.PostgresServer) shared {
	t.Helper()
	d := server.Database(t)
	s := shared{shop{store: 999, secret: sharedSecret}, []string{"--db", d.URL, "--db-password-file", d.PasswordFile}}
	s.run(t, "migrate")
	s.run(t, "store", "add", "--number", "999", "--test", "--secret-file", secretFile(t, sharedSecret))
	s.run(t, "sandbox", "place", "--store", "999")
	return s
}

func secretFile(t *testing.T, secret string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// run runs a command that has to succeed.
func (s shared) run(t *testing.T, args ...string) {
	t.Helper()
	if r := command(t, append(args, s.flags...)...); r.code != 0 {
		t.Fatalf("%q: %+v", args, r)
	}
}

// node starts a service on the database.
func (s shared) node(t *testing.T, flags ...string) (*process, shop) {
	t.Helper()
	args := append([]string{"serve", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0"}, s.flags...)
	p := launch(t, exec.CommandContext(t.Context(), program(t), append(args, flags...)...))
	p.await(t)
	return p, shop{url: p.url, store: s.store, secret: s.secret}
}

// readyz asks a node's admin address.
func readyz(t *testing.T, p *process) (status int, text string) {
	t.Helper()
	var ready struct{ AdminURL string }
	body, err := os.ReadFile(p.ready)
	if err = errors.Join(err, json.Unmarshal(body, &ready)); err != nil {
		t.Fatal(err)
	}
	response, err := clients.Get(ready.AdminURL + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, strings.TrimSpace(string(said))
}

// requests are one of each endpoint, reads and writes, with the text of a
// server's fault.
var requests = []struct{ path, keys, fault string }{
	{numbersPath, `"sinceOrderId": 1`, "Could not process order details."},
	{"/v1/orderDetail", `"orderId": 1`, "Could not process order details."},
	{detailPath, `"orderId": 1`, "Could not process order details"},
	{cartPath, `"items": [{"description": "Mug", "quantity": 1, "unitPrice": 1}]`, "Could not process createTempCart."},
	{merchantPath, `"orderId": 1, "merchantOrderId": "A-1"`, "Could not process updateMerchantOrderId."},
	{statusPath, `"orderId": 1, "orderStatus": "VENDOR_SHIPMENT_READY"`, "Could not process updateVendorOrderStatus."},
	{trackingPath, `"orderId": 1, "trackingNumbers": ["1Z-SAMPLE"]`, "Could not process setShipmentTracking."},
}

// faulty sends all requests, several times each at once, and wants the fault
// for each. The slowest is in the log: two seconds are promised.
func (s shop) faulty(t *testing.T, when string) {
	t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	var slowest time.Duration
	for range 4 {
		for _, r := range requests {
			all.Go(func() {
				began := time.Now()
				a, err := s.post(t.Context(), r.path, r.keys)
				if err != nil || a.status < 400 && a.body.Error == nil || a.body.Error == nil || *a.body.Error != r.fault {
					t.Errorf("%s, %s: %v, %d %s", when, r.path, err, a.status, a.text)
				}
				mu.Lock()
				defer mu.Unlock()
				slowest = max(slowest, time.Since(began))
			})
		}
	}
	all.Wait()
	t.Logf("%s: the slowest of %d answers took %s", when, 4*len(requests), slowest.Round(time.Millisecond))
}

func (s shop) lists(t *testing.T) bool {
	t.Helper()
	a, err := s.post(t.Context(), numbersPath, `"sinceDate": "20200101"`)
	return err == nil && a.body.Error == nil && a.body.Total != nil
}

// TestDatabaseAway: while the database hangs, and while it is gone, clients
// get the contract's text although it stays away all the time, /readyz says
// so, and afterwards all goes on by itself.
func TestDatabaseAway(t *testing.T) {
	server := testkit.StartPostgres(t)
	p, s := newShared(t, server).node(t)
	if status, text := readyz(t, p); status != http.StatusOK || text != "ready" || !s.lists(t) {
		t.Fatalf("at first: %d %s", status, text)
	}
	for _, away := range []struct {
		how         string
		begin, end  func()
		says, after string
	}{
		{"the server hangs", func() { server.Stop(t) }, func() { server.Cont(t) }, "does not answer in time", ""},
		{"the server is killed", func() { server.Kill9(t) }, func() { server.Restart(t) }, "connection", ""},
	} {
		away.begin()
		s.faulty(t, away.how)
		s.faulty(t, away.how+" still")
		status, text := readyz(t, p)
		if status != http.StatusServiceUnavailable || !strings.Contains(text, away.says) {
			t.Errorf("%s: /readyz is %d %s", away.how, status, text)
		}
		away.end()
		eventually(t, away.how+" no more", func() bool { status, _ := readyz(t, p); return status == http.StatusOK })
		eventually(t, away.how+" no more", func() bool { return s.lists(t) })
		for _, r := range requests {
			if a := s.ask(t, r.path, r.keys); a.body.Error != nil && *a.body.Error == r.fault {
				t.Errorf("after %s, %s: %s", away.how, r.path, a.text)
			}
		}
	}
	if !strings.Contains(p.stderr.String(), "the database does not answer") {
		t.Error("the log does not say why")
	}
}

// TestSettingsHoldAtOnce: what a command changes, every node goes by with its
// next request.
func TestSettingsHoldAtOnce(t *testing.T) {
	s := newShared(t, testkit.Postgres(t))
	_, first := s.node(t)
	_, second := s.node(t)
	nodes := []shop{first, second}
	each := func(fn func(n int, s shop)) {
		for i := range nodes {
			fn(i+1, nodes[i])
		}
	}
	secret := sharedSecret
	for i := range 3 { // the secret before the present one is valid, too, and the one before that is not
		older := secret
		secret = fmt.Sprintf("5b0f6d6e-6b1c-4c0e-9c43-0d3ad2d3a03%d", i)
		s.run(t, "store", "rotate-secret", "999", "--secret-file", secretFile(t, secret))
		each(func(n int, node shop) {
			node.secret = secret
			if !node.lists(t) {
				t.Errorf("node %d does not know the new secret", n)
			}
		})
		s.run(t, "store", "remove-secret", "999")
		each(func(n int, node shop) {
			node.secret = older
			if node.lists(t) {
				t.Errorf("node %d takes a secret that was removed", n)
			}
		})
	}
	first.secret, second.secret = secret, secret
	nodes = []shop{first, second}
	s.run(t, "store", "set", "999", "--require-secret-for-carts")
	each(func(n int, node shop) {
		node.secret = "none"
		node.ask(t, cartPath, requests[3].keys).refused(t, http.StatusOK, "Invalid security credentials")
	})
	s.run(t, "store", "close", "999")
	each(func(n int, node shop) {
		if a := node.ask(t, cartPath, requests[3].keys); a.body.Error == nil || !strings.Contains(*a.body.Error, "closed") {
			t.Errorf("node %d takes carts for a closed store: %s", n, a.text)
		}
	})
	s.run(t, "store", "open", "999")
	each(func(_ int, node shop) { node.ask(t, cartPath, requests[3].keys).succeeded(t) })
}
