package main_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"entrepot/internal/testkit"
)

// What a killed process has written survives in the page cache, so only the
// system calls show whether an answer waits for the disk.
func TestAnswerLeavesAfterItsChangeIsOnDisk(t *testing.T) {
	testkit.Need(t, testkit.Strace)
	calls, answered := traceService(t, program(t))
	promises := httpPromises(calls)
	if len(promises) != answered {
		t.Fatalf("%d answers of success in the trace, and %d at the clients", len(promises), answered)
	}
	for _, broken := range brokenPromises(calls, promises) {
		t.Errorf("left before it was on disk: %s", broken)
	}
	t.Logf("%d answers, %d syncs of the log", answered, len(syncs(calls)))
}

// The check has to fail where nothing waits for the disk.
func TestCheckOfAnswersFailsWithSynchronousOff(t *testing.T) {
	testkit.Need(t, testkit.Strace)
	calls, answered := traceService(t, path(t, careless))
	if broken := brokenPromises(calls, httpPromises(calls)); len(broken) != answered {
		t.Errorf("%d of %d answers are found to have left too early, want all", len(broken), answered)
	}
}

func TestOrderIsPrintedAfterItIsOnDisk(t *testing.T) {
	testkit.Need(t, testkit.Strace)
	if broken := tracePlacing(t, program(t)); len(broken) > 0 {
		t.Errorf("printed before it was on disk: %v", broken)
	}
	if broken := tracePlacing(t, path(t, careless)); len(broken) != 1 {
		t.Errorf("with synchronous=OFF the check finds %v, want one", broken)
	}
}

const (
	tracedEach    = 12
	tracedClients = 6
)

// traceService sends updates, one at a time and then many at once, and answers
// the system calls with the number of updates that were answered.
func traceService(t *testing.T, binary string) (calls []*call, answered int) {
	t.Helper()
	data := t.TempDir()
	s := shop{store: seedStore, secret: seed(t, data, 1+tracedClients)}
	cmd, file := traced(t, serving(t, binary, data))
	p := launch(t, cmd)
	p.await(t)
	s.url = p.url
	updateAll(t, s, 1)
	var wg sync.WaitGroup
	for client := range tracedClients {
		wg.Go(func() { updateAll(t, s, int64(2+client)) })
	}
	wg.Wait()
	p.stop(t)
	return readTrace(t, file), (1 + tracedClients) * tracedEach
}

func updateAll(t *testing.T, s shop, number int64) {
	moves := []string{"VENDOR_PREPARING_ORDER", "VENDOR_SHIPMENT_READY", "VENDOR_LABELS_PRINTED"}
	id := fmt.Sprintf(`"orderId": %d, `, number)
	for i := range tracedEach {
		request := []struct{ path, keys string }{
			{merchantPath, id + fmt.Sprintf(`"merchantOrderId": "M%d"`, i)},
			{trackingPath, id + fmt.Sprintf(`"trackingList": [{"number": "T%d"}]`, i)},
			{cartPath, cartKeys},
			{statusPath, id + `"orderStatus": "` + moves[i/4%len(moves)] + `"`},
		}[i%4]
		a, err := s.post(t.Context(), request.path, request.keys)
		if err != nil {
			t.Error(err)
			return
		}
		a.succeeded(t)
	}
}

var (
	requestHeader = regexp.MustCompile(`X-Request-Id: ([0-9a-f]+)`)
	cartAnswer    = regexp.MustCompile(`"tempCartUUID": *"([-0-9a-f]+)"`)
)

// httpPromises finds the answers of success. A cart is known on the disk by
// the bytes of its UUID, an update by the request's id in the history.
func httpPromises(calls []*call) (promises []promise) {
	for _, c := range calls {
		switch {
		case !strings.HasPrefix(c.file, "socket:") || !bytes.HasPrefix(c.data, []byte("HTTP/1.1 200")):
		case cartAnswer.Match(c.data):
			mark := uuidBytes(string(cartAnswer.FindSubmatch(c.data)[1]))
			promises = append(promises, promise{c.begun, mark, string(c.data)})
		case bytes.Contains(c.data, []byte(`"success"`)):
			mark := append([]byte("request "), requestHeader.FindSubmatch(c.data)[1]...)
			promises = append(promises, promise{c.begun, mark, string(c.data)})
		}
	}
	return promises
}

func uuidBytes(id string) []byte {
	b, _ := hex.DecodeString(strings.ReplaceAll(id, "-", "")) // a mark that is not found fails the test
	return b
}

// tracePlacing traces `order place` and answers the promises that it breaks.
func tracePlacing(t *testing.T, binary string) []string {
	t.Helper()
	data := t.TempDir()
	s := shop{store: seedStore, secret: seed(t, data, 1)}
	p := serve(t, data) // keeps the log open, so that closing it syncs nothing
	s.url = p.url
	cart := s.ask(t, cartPath, cartKeys).body.CartUUID
	place := exec.CommandContext(t.Context(), binary, "order", "place", "--data", data, "--details", checkoutFile(t), "--cart", cart)
	cmd, file := traced(t, place)
	if r := finish(t, cmd); r.code != 0 || r.stdout != "999-2\n" {
		t.Fatalf("order place: %+v", r)
	}
	calls := readTrace(t, file)
	for _, c := range calls {
		if c.name == "write" && string(c.data) == "999-2\n" {
			return brokenPromises(calls, []promise{{c.begun, uuidBytes(cart), "999-2"}})
		}
	}
	t.Fatalf("the trace %s does not show the id", filepath.Base(file))
	return nil
}
