package main_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What has begun when the service is told to stop is answered: an update whose
// body is still to come, and a long list that its client reads slowly.
func TestStopAnswersWhatIsUnderWay(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s := shop{store: seedStore, secret: seed(t, data, longList)}
	// More than the buffers between service and client hold.
	change(t, filepath.Join(data, "entrepot.db"), "UPDATE orders SET merchant_order_id = replace(hex(zeroblob(1200)), '0', '€')")
	p := serve(t, data)
	s.url = p.url
	update := beginUpdate(t, s)
	list, request := beginList(t, s)

	p.signal(t, syscall.SIGTERM)
	eventually(t, "the service to take no more connections", func() bool { return !listening(t, p) })
	if strings.Contains(p.stderr.String(), request) {
		t.Fatal("the list is sent already: this test needs a longer one")
	}
	if got := update.finish(t); !strings.Contains(got, `"success"`) {
		t.Errorf("the update is answered with %s, want success", got)
	}
	if body, err := io.ReadAll(list); err != nil || !strings.HasSuffix(string(body), "]}") {
		t.Errorf("the list ends after %d bytes with %v", len(body), err)
	}
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d, want 0\n%s", code, tail(p.stderr.String()))
	}
	if _, err := os.Stat(p.ready); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the ready file is still there (%v)", err)
	}
	again := serve(t, data)
	s.url = again.url
	if got := s.detail(t, 1).MerchantOrderID; got != "last minute" {
		t.Errorf("merchant order id is %q after the restart", got)
	}
	again.stop(t)
}

// A second signal does not wait for a client that sends nothing more.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	s, p := served(t, 1)
	beginUpdate(t, s)
	p.signal(t, os.Interrupt)
	eventually(t, "the service to take no more connections", func() bool { return !listening(t, p) })
	p.signal(t, os.Interrupt)
	if code := p.end(t); code == 0 {
		t.Errorf("exit code 0 with a request under way, want another")
	}
	serve(t, dataOf(p)).stop(t)
}

// halfSent is a request of which the service has the head, and asks for the
// rest.
type halfSent struct {
	conn net.Conn
	from *bufio.Reader
	body string
}

func beginUpdate(t *testing.T, s shop) *halfSent {
	t.Helper()
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(s.url, "http://"), patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeFile(t, conn) })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	h := &halfSent{conn: conn, from: bufio.NewReader(conn)}
	h.body = fmt.Sprintf(`{"store": %d, "secret": %q, "orderId": 1, "merchantOrderId": "last minute"}`, s.store, s.secret)
	// The interim answer comes when the service begins to read the body.
	h.send(t, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		merchantPath, len(h.body)))
	if line, err := h.from.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100 ") {
		t.Fatalf("interim answer %q: %v", line, err)
	}
	if _, err := h.from.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *halfSent) send(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(h.conn, text); err != nil {
		t.Fatal(err)
	}
}

// finish sends the body and reads the answer.
func (h *halfSent) finish(t *testing.T) string {
	t.Helper()
	h.send(t, h.body)
	response, err := http.ReadResponse(h.from, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// beginList asks for a long list and takes its head only. The client's buffer
// is small, so that the service cannot have sent it all.
func beginList(t *testing.T, s shop) (rest io.Reader, request string) {
	t.Helper()
	// Packed, the list would fit into the buffers.
	slow := &http.Transport{DialContext: (&net.Dialer{Control: smallBuffer}).DialContext, DisableCompression: true}
	t.Cleanup(slow.CloseIdleConnections)
	body := strings.NewReader(fmt.Sprintf(`{"store": %d, "secret": %q, %s}`, s.store, s.secret, longListKeys))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+numbersPath, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := slow.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response.Body, response.Header.Get("X-Request-Id")
}

func smallBuffer(_, _ string, conn syscall.RawConn) (err error) {
	return errors.Join(conn.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
	}), err)
}

func listening(t *testing.T, p *process) bool {
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(p.url, "http://"), patience)
	if err != nil {
		return false
	}
	closeFile(t, conn)
	return true
}
