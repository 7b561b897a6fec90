package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// TestSyncRepeatsNothingPersonal brings in an order that is full of personal
// things, past everything that can go wrong with it, and reads what was said.
func TestSyncRepeatsNothingPersonal(t *testing.T) {
	s, service := served(t, 1)
	secrets := private{[]string{s.secret, "signing-key"}}
	placePersonal(t, s, dataOf(service), secrets)
	var broken atomic.Bool
	broken.Store(true)
	between := newMiddle(t, s, &broken)
	m := newMerchant(t, shop{url: between.url, store: s.store, secret: s.secret})
	writeFile(t, m.file("reports.csv"), "order_id,kind,value\n"+mark+",tracking,1\n999-2,"+mark+",1\n999-2,status,"+mark+"\n")
	writeFile(t, m.file("key.txt"), "signing-key\n")
	p := m.start(t, "--log-level", "debug", "--listen", "127.0.0.1:0", "--reports", m.file("reports.csv"),
		"--jsonl", m.file("changes.jsonl"), "--shell-command", "cat >&2; exit 1",
		"--webhook", s.url, "--webhook-secret-file", m.file("key.txt"))
	eventually(t, "broken answers", func() bool { return m.count(t, "SELECT count(*) FROM entrepot_troubles") == 2 })
	broken.Store(false)
	get(t, p.url+"/?orderId=999-2&email="+marked("email"))
	get(t, p.url+"/?orderId=999-1")
	eventually(t, "the shoppers' orders", func() bool { return m.count(t, countOrders) == 2 })
	eventually(t, "what did not take it", func() bool {
		return m.count(t, "SELECT count(DISTINCT destination) FROM entrepot_deliveries WHERE attempts > 0") == 2
	})
	get(t, p.url+"/?orderId="+marked("order"))
	if line, err := exec.CommandContext(t.Context(), "ps", "-ww", "-o", "args=", "-p", fmt.Sprint(p.cmd.Process.Pid)).Output(); err == nil {
		secrets.holds(t, "ps", string(line))
	}
	p.stop(t)
	log := p.stderr.String()
	secrets.holds(t, "the log", log)
	for _, said := range []string{`"number":2,"reason":"`, `"msg":"order imported"`, `"msg":"not taken"`, "lines of the reports are wrong"} {
		if !strings.Contains(log, said) {
			t.Errorf("the log does not say %s", said)
		}
	}
	once := m.sync(t, "once", "--verbose")
	secrets.holds(t, "sync once", once.stdout+once.stderr)
}

// cutting takes the end off answers about orders, as long as broken says so.
func cutting(broken *atomic.Bool) func(*http.Response) error {
	return func(r *http.Response) error {
		if r.Request.URL.Path != detailPath || !broken.Load() {
			return nil
		}
		body, err := io.ReadAll(r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return err
		}
		replace(r, body[:len(body)-2])
		return nil
	}
}

func replace(r *http.Response, body []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Set("Content-Length", fmt.Sprint(len(body)))
}
