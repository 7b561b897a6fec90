package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"entrepot/internal/sandbox"
	"entrepot/internal/storage/storagetest/engines"
)

const answer = `{"success": "this is the whole of a long answer"}`

// echo answers every request, and remembers the last body and how many came.
type echo struct {
	served atomic.Int64
	body   atomic.Value
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	e.served.Add(1)
	e.body.Store(string(body))
	_, _ = io.WriteString(w, answer)
}

func serve(t *testing.T, f *sandbox.Faults) (*echo, string) {
	e := new(echo)
	server := httptest.NewServer(f.Wrap(e))
	t.Cleanup(server.Close)
	return e, server.URL
}

func inject(t *testing.T, f *sandbox.Faults, one sandbox.Fault) {
	t.Helper()
	if err := f.Inject(one); err != nil {
		t.Fatal(err)
	}
}

// ask answers the status and the text; an error when the answer broke off.
func ask(t *testing.T, url, body string) (int, string, error) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

func TestFaultKinds(t *testing.T) {
	f := new(sandbox.Faults)
	e, url := serve(t, f)
	url += "/v1/orderNumbers"
	for _, kind := range []sandbox.Kind{sandbox.Failing, sandbox.TooMany, sandbox.Cut} {
		inject(t, f, sandbox.Fault{Kind: kind, Count: 1})
	}
	inject(t, f, sandbox.Fault{Kind: sandbox.Slow, Count: 1, DelayMS: 1})
	for i, want := range []struct {
		status int
		text   string
		cut    bool
		served int64
	}{
		{500, `{"error": "The sandbox was told to fail."}`, false, 0},
		{429, `{"error": "The sandbox was told to refuse."}`, false, 0},
		{200, answer[:len(answer)/2], true, 1}, // carried out
		{200, answer, false, 2},                // slow
		{200, answer, false, 3},
	} {
		status, text, err := ask(t, url, "{}")
		if status != want.status || text != want.text || errors.Is(err, io.ErrUnexpectedEOF) != want.cut || e.served.Load() != want.served {
			t.Errorf("answer %d: %d %s, %v, %d served", i, status, text, err, e.served.Load())
		}
	}
}

// TestFaultsChosen sees that a fault meets the store and the endpoint that it
// is of, and that the request arrives whole all the same.
func TestFaultsChosen(t *testing.T) {
	f := new(sandbox.Faults)
	e, url := serve(t, f)
	inject(t, f, sandbox.Fault{Kind: sandbox.Failing, Count: 2, Store: 1000, Endpoint: "orderDetail"})
	long := `{"store": 1001, "x": "` + strings.Repeat("x", 2<<20) + `"}`
	for _, test := range []struct {
		path, body string
		status     int
	}{
		{"/v2/orderDetail", `{"store": 1001}`, 200},
		{"/v1/orderNumbers", `{"store": 1000}`, 200},
		{"/v2/orderDetail", long, 200},
		{"/v2/orderDetail", "no JSON", 200},
		{"/v2/orderDetail", `{"storeId": " 1000 "}`, 500},
		{"/elsewhere", `{"store": 1000}`, 200},
		{"/v1/orderDetail", `{"store": 1000}`, 500},
		{"/v1/orderDetail", `{"store": 1000}`, 200},
	} {
		status, _, err := ask(t, url+test.path, test.body)
		if status != test.status || err != nil {
			t.Errorf("%s %.40s: %d, %v", test.path, test.body, status, err)
		}
		if got := e.body.Load(); status == 200 && got != test.body {
			t.Errorf("%s: %.40s arrived as %.40s", test.path, test.body, got)
		}
	}
}

// TestFaultsCounted has many ask at once, and counts what they get.
func TestFaultsCounted(t *testing.T) {
	f := new(sandbox.Faults)
	e, url := serve(t, f)
	inject(t, f, sandbox.Fault{Kind: sandbox.Failing, Count: 30})
	inject(t, f, sandbox.Fault{Kind: sandbox.TooMany, Count: 20, Store: 1000})
	var got [600]atomic.Int64
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for range 25 {
				status, _, err := ask(t, url+"/v1/orderNumbers", `{"store": 1000}`)
				if err != nil {
					t.Error(err)
					return
				}
				got[status].Add(1)
			}
		})
	}
	asking.Wait()
	if got[500].Load() != 30 || got[429].Load() != 20 || got[200].Load() != 150 || e.served.Load() != 150 || len(f.Pending()) != 0 {
		t.Errorf("500: %d, 429: %d, 200: %d, served %d, left %v", got[500].Load(), got[429].Load(), got[200].Load(), e.served.Load(), f.Pending())
	}
}

func TestFaultCalls(t *testing.T) {
	h, _ := handler(t, engines.SQLite(t), new(sandbox.Faults))
	for _, s := range []step{
		{"GET", "/sandbox/faults", ``, 200, `{"faults":[]}`},
		{
			"POST", "/sandbox/faults", `{"kind": "slow", "count": "3", "endpoint": "/v2/orderDetail", "store": 999}`, 200,
			`{"faults":[{"kind":"slow","count":3,"store":999,"endpoint":"/v2/orderDetail","delayMs":5000}]}`,
		},
		{"POST", "/sandbox/faults", `{"kind": 429}`, 200, `{"kind":"429","count":1}]}`},
		{"POST", "/sandbox/faults", `{"kind": "on fire"}`, 400, `kind is none of slow, 500, 429 and cut`},
		{"POST", "/sandbox/faults", `{"kind": "cut", "count": 0}`, 400, `count`},
		{"POST", "/sandbox/faults", `{"kind": "cut", "count": 1000001}`, 400, `count`},
		{"POST", "/sandbox/faults", `{"kind": "cut", "delayMs": 5}`, 400, `delayMs goes with the kind slow only`},
		{"POST", "/sandbox/faults", `{"kind": "slow", "delayMs": 60001}`, 400, `delayMs`},
		{"POST", "/sandbox/faults", `{"kind": "slow", "endpoint": "/v1/nothing"}`, 400, `endpoint is none of`},
		{"POST", "/sandbox/faults", `{"kind": "slow", "store": "x"}`, 400, `store is no`},
		{"DELETE", "/sandbox/faults", ``, 200, `{"faults":[]}`},
	} {
		s.take(t, h)
	}
	for i := range 101 {
		status := 200
		if i == 100 {
			status = 409
		}
		step{"POST", "/sandbox/faults", `{"kind": "slow"}`, status, ""}.take(t, h)
	}
	if _, says := call(t, h, "GET", "/sandbox/faults", ""); strings.Count(says, "slow") != 100 {
		t.Error(fmt.Sprint("waiting: ", says))
	}
}
