package main_test

import (
	"context"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// page asks a running service for a page.
func (p *process) page(t *testing.T, path string) (status int, body string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestConsoleIsSwitchedOn(t *testing.T) {
	t.Parallel()
	for _, flags := range [][]string{nil, {"--console"}} {
		p := serve(t, t.TempDir(), flags...)
		want := map[bool]int{false: http.StatusNotFound, true: http.StatusOK}[flags != nil]
		for _, path := range []string{"/console", "/console/reference", "/console/static/console.js"} {
			if status, body := p.page(t, path); status != want {
				t.Errorf("serve %v answers %s with %d %s", flags, path, status, body)
			}
		}
		for _, path := range []string{"/", "/v1/orderNumbers", "/consoles"} { // they stay the API's
			if status, body := p.page(t, path); status < 400 || !strings.HasPrefix(body, `{"error":`) {
				t.Errorf("serve %v answers %s with %d %s", flags, path, status, body)
			}
		}
		p.stop(t)
	}
}

// The demo begins with a page that tells what there is, and its console has
// the store and its secret filled in.
func TestDemoConsole(t *testing.T) {
	t.Parallel()
	p := launch(t, exec.CommandContext(context.WithoutCancel(t.Context()), program(t), "demo", "--data", t.TempDir(), "--orders", "20", "--addr", "127.0.0.1:0"))
	p.await(t)
	if status, body := p.page(t, "/"); status != http.StatusOK || !strings.Contains(body, "20 orders") || strings.Contains(body, p.secret) {
		t.Errorf("the start page is %d %s", status, body)
	}
	if status, body := p.page(t, "/console"); status != http.StatusOK || !strings.Contains(body, `value="`+p.secret+`"`) {
		t.Errorf("the console is %d %s", status, body)
	}
	if text := p.stderr.String(); strings.Contains(text, p.secret) {
		t.Errorf("the secret is in the log:\n%s", text)
	}
	p.stop(t)
}
