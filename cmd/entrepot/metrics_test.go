package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAdminAddress starts the whole command, and asks what it counted.
func TestAdminAddress(t *testing.T) {
	dir := t.TempDir()
	data, ready := filepath.Join(dir, "data"), filepath.Join(dir, "ready.json")
	log := &syncBuffer{}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{
			"serve", "--data", data, "--addr", "127.0.0.1:0",
			"--admin-addr", "127.0.0.1:0", "--ready-file", ready,
		}, console{Out: io.Discard, Err: log})
	}()
	until(t, "the service is ready", func() bool { _, err := os.Stat(ready); return err == nil })
	api := readyURL(t, ready)
	admin := regexp.MustCompile(`health, metrics and profiles","url":"([^"]*)"`).FindStringSubmatch(log.String())[1]
	if code := run(ctx, []string{"store", "add", "--data", data, "--number", "999"}, console{Out: io.Discard, Err: io.Discard}); code != 0 {
		t.Fatalf("store add: %d", code)
	}
	fetch(t, api+"/v1/createTempCart", `{"store":999,"items":[{"description":"Mug","quantity":1,"unitPrice":1}]}`)
	fetch(t, api+"/v1/orderNumbers", `{"store":999,"secret":"wrong","sinceOrderId":1}`)
	until(t, "the orders are counted", func() bool {
		return strings.Contains(fetch(t, admin+"/metrics", ""), `entrepot_orders{status="IGLOBAL_ORDER_IN_PROCESS"} 0`)
	})
	metrics := fetch(t, admin+"/metrics", "")
	for _, line := range []string{
		`entrepot_requests_total{endpoint="createTempCart",outcome="ok",status="200"} 1`,
		`entrepot_requests_total{endpoint="orderNumbers",outcome="credentials",status="200"} 1`,
		`entrepot_wrong_secrets_total{answer="plainly"} 1`,
		`entrepot_writer_transactions_total{outcome="failed"} 0`,
		`entrepot_connections_max 1024`,
	} {
		if !strings.Contains(metrics, "\n"+line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
	if regexp.MustCompile(`\nentrepot_writer_transactions_total\{outcome="committed"\} 0\n`).MatchString(metrics) {
		t.Error("the cart was committed by nobody")
	}
	if got := fetch(t, admin+"/readyz", ""); got != "ready\n" {
		t.Errorf("/readyz: %q", got)
	}
	if got := fetch(t, api+"/metrics", ""); !strings.Contains(got, "no such endpoint") {
		t.Errorf("the API's address answers /metrics with %.100q", got)
	}
	database := filepath.Join(data, databaseFile)
	if err := os.Rename(database, database+".away"); err != nil {
		t.Fatal(err)
	}
	if got := fetch(t, admin+"/readyz", ""); !strings.Contains(got, "not ready: the database has been moved") {
		t.Errorf("/readyz without a database: %q", got)
	}
	if err := os.Rename(database+".away", database); err != nil {
		t.Fatal(err)
	}
	if got := fetch(t, admin+"/readyz", ""); got != "ready\n" {
		t.Errorf("/readyz with the database back: %q", got)
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d\n%s", code, log)
	}
}

func readyURL(t *testing.T, file string) string {
	t.Helper()
	body, err := os.ReadFile(file)
	var r readiness
	if err = errors.Join(err, json.Unmarshal(body, &r)); err != nil {
		t.Fatal(err)
	}
	return r.URL
}

// fetch posts a body, or gets when there is none.
func fetch(t *testing.T, url, body string) string {
	t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
