package main_test

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
)

var everyPath = []string{cartPath, numbersPath, "/v1/orderDetail", detailPath, merchantPath, statusPath, trackingPath}

func TestServiceLogsNothingPersonal(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s := shop{store: seedStore, secret: seed(t, data, 5)}
	p := serve(t, data, "--trusted-proxies", "127.0.0.0/8")
	s.url = p.url
	wrong := s
	wrong.secret = uuid.NewString()
	secrets := private{[]string{s.secret, wrong.secret}}

	id := placePersonal(t, s, data, secrets)
	shown := s.ask(t, detailPath, `"orderId": "`+id+`"`)
	if len(secrets.leaks(shown.text)) == 0 {
		t.Fatalf("the order holds nothing personal: %s", shown.text)
	}
	sendWrong(t, s, wrong)
	sendStrange(t, s)
	failPersonal(t, s, p)
	p.stop(t)

	log := p.log(t)
	secrets.holds(t, "the log", p.stderr.String())
	outcomes := map[string]int{}
	for _, l := range log {
		outcomes[l.Outcome]++
	}
	for _, outcome := range []string{"ok", "unparsable", "credentials", "order id", "field", "server fault", "Not Found", "Unsupported Media Type"} {
		if outcomes[outcome] == 0 {
			t.Errorf("nothing ended as %q: %v", outcome, slices.Sorted(maps.Keys(outcomes)))
		}
	}
}

// placePersonal makes an order that is full of personal things.
func placePersonal(t *testing.T, s shop, data string, secrets private) (id string) {
	t.Helper()
	uuid := s.ask(t, cartPath, inner(jsonOf(t, cart()))).body.CartUUID
	file := filepath.Join(t.TempDir(), "details.json")
	writeFile(t, file, jsonOf(t, details()))
	r := command(t, "order", "place", "--data", data, "--cart", uuid, "--details", file)
	if r.code != 0 {
		t.Fatalf("order place: %s", r.stderr)
	}
	secrets.holds(t, "order place", r.stderr)
	return strings.TrimSpace(r.stdout)
}

// sendWrong sends what is refused: with the right and a wrong secret, broken,
// and with values of every wrong kind under every key.
func sendWrong(t *testing.T, s, wrong shop) {
	keys := []string{
		"orderId", "referenceId", "merchantOrderId", "orderStatus", "trackingList", "sinceOrderId", "sinceDate", "throughDate",
		"missingMerchantOrderId", "statuses", "items", "misc1", "domesticShippingCharge",
	}
	values := []string{`"` + mark + `"`, `["` + mark + `"]`, `{"` + mark + `": 1}`, `[{"number": "` + mark + `"}]`, `[{"description": "` + mark + `", "quantity": "` + mark + `"}]`, `true`}
	for _, path := range everyPath {
		wrong.ask(t, path, `"orderId": 1, "email": "`+marked("email")+`"`)
		for _, key := range keys {
			for _, value := range values {
				s.ask(t, path, `"orderId": "1", "`+key+`": `+value)
			}
		}
		for _, body := range []string{
			`{"secret": "` + s.secret + `", "name": "` + mark, mark, `["` + mark + `"]`, `{"store": "` + mark + `", "secret": "` + s.secret + `"}`,
			`{"store": 999, "secret": ["` + s.secret + `"]}`, `{"store": 999, "secret": {"` + mark + `": "` + s.secret + `"}}`, "{\"name\": \"" + mark + "\xff\"}",
			`{"store": 999, "storeId": "` + mark + `", "secret": "` + s.secret + `"}`,
		} {
			if _, err := send(t.Context(), s.url+path, strings.NewReader(body)); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

// sendStrange puts personal things where HTTP has room for them.
func sendStrange(t *testing.T, s shop) {
	for _, path := range []string{"/customer/" + mark, "/?customerName=" + mark + "&secret=" + s.secret, detailPath + "?email=" + mark, "/" + mark + "%00%zz"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, mark} {
			for _, contentType := range []string{"application/json", mark + "/" + mark} {
				raw(t, s, fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s.example.com\r\nContent-Type: %s\r\nX-Forwarded-For: %s, 10.0.0.1\r\nUser-Agent: %s\r\nAuthorization: %s\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
					method, path, mark, contentType, mark, mark, s.secret))
			}
		}
	}
	raw(t, s, mark+" is no HTTP at all "+s.secret+"\r\n\r\n")
	raw(t, s, "POST "+detailPath+" HTTP/1.1\r\n"+mark+"\r\nno header "+s.secret+"\r\n\r\n")
	raw(t, s, "POST "+detailPath+" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 10000\r\n\r\n{\"name\": \""+mark)
}

// raw sends bytes as they are, says that no more will come, and waits for the
// service to hang up.
func raw(t *testing.T, s shop, text string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(s.url, "http://"), patience)
	if err != nil {
		t.Fatal(err)
	}
	defer closeFile(t, conn)
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite() // it may have hung up by now
	}
	_, _ = io.Copy(io.Discard, conn)
}

// failPersonal has updates and reads fail that hold personal things.
func failPersonal(t *testing.T, s shop, p *process) {
	other := openFile(t, databaseOf(p))
	defer closeFile(t, other)
	execute(t, other, "BEGIN IMMEDIATE")
	var waiting sync.WaitGroup
	for _, w := range writes(1, marked("id")) {
		waiting.Go(func() {
			a, err := s.post(t.Context(), w.path, w.keys)
			if err != nil {
				t.Error(err)
			}
			a.refused(t, w.status, w.fault)
		})
	}
	waiting.Wait()
	execute(t, other, "ROLLBACK", "UPDATE order_documents SET format = 99 WHERE number = 6", "UPDATE order_documents SET body = '"+mark+"' WHERE number = 2")
	for _, keys := range []string{`"orderId": 6`, `"orderId": 2`, `"referenceId": "` + marked("referenceId") + `"`} {
		s.ask(t, detailPath, keys)
		s.ask(t, "/v1/orderDetail", keys)
	}
	rename(t, dataOf(p), dataOf(p)+"-elsewhere")
	for _, w := range writes(1, marked("id")) {
		s.ask(t, w.path, w.keys).refused(t, w.status, w.fault)
	}
	rename(t, dataOf(p)+"-elsewhere", dataOf(p))
}
