package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"entrepot/internal/checkout"
	"entrepot/internal/order"
	"entrepot/internal/sandbox"
)

// adminFlag names a running service's admin address.
type adminFlag struct {
	AdminURL string `help:"Admin address of the running service, such as http://127.0.0.1:9999." name:"admin-url" placeholder:"URL"`
}

const (
	adminTimeout = time.Minute
	maxAdminSays = 1 << 20
)

func (f adminFlag) post(ctx context.Context, path string, body, said any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	return f.ask(ctx, http.MethodPost, path, text, said)
}

// ask calls the sandbox of a running service.
func (f adminFlag) ask(ctx context.Context, method, path string, body []byte, said any) error {
	ctx, cancel := context.WithTimeout(ctx, adminTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(f.AdminURL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("--admin-url: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return withHint(err, "is it the admin address, and does the service run? serve has one with --admin-addr; the demo prints its own")
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAdminSays))
	if err != nil {
		return fmt.Errorf("read what the service says: %w", err)
	}
	return readSaid(response, text, said)
}

func readSaid(response *http.Response, text []byte, said any) error {
	if response.StatusCode == http.StatusOK {
		if err := json.Unmarshal(text, said); err != nil {
			return fmt.Errorf("read what the service says: %w", err)
		}
		return nil
	}
	var refusal sandbox.Refusal
	if err := json.Unmarshal(text, &refusal); err != nil || refusal.Error == "" {
		return withHint(fmt.Errorf("%s answers %s", response.Request.URL, response.Status), "is it the admin address of an entrepot that has a sandbox?")
	}
	return errors.New(refusal.Error)
}

// playground is what a service has for those who try things: the levers on the
// admin address, the plain checkout beside the API and, in the demo only,
// answers that go wrong.
type playground struct {
	demo   order.StoreNumber // zero in a service that is no demo
	faults *sandbox.Faults   // nil in a service that is no demo
}

func demoPlayground(store int64) playground {
	return playground{order.StoreNumber(store), new(sandbox.Faults)}
}

// levers answers /sandbox/… on the admin address.
func (p playground) levers(s *order.Service, log *slog.Logger) http.Handler {
	return sandbox.NewHandler(sandbox.Levers{Service: s, Demo: p.demo}, p.faults, log)
}

// around puts the checkout beside the API, and the faults before it.
func (p playground) around(api http.Handler, s *order.Service, log *slog.Logger) http.Handler {
	if p.faults != nil {
		api = p.faults.Wrap(api)
	}
	pages := checkout.New(checkout.Config{Service: s, Demo: p.demo, Log: log})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if checkout.Serves(r) {
			pages.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}
