package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"entrepot/client"
	"entrepot/internal/fault"
	"entrepot/internal/merchantsync"
)

func refusedBy(endpoint string) error {
	op := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	return &client.Error{Endpoint: endpoint, Attempts: 4, RequestID: endpoint, Err: &url.Error{Op: "Post", URL: "http://127.0.0.1:1/" + endpoint, Err: op}}
}

// TestSeveral sees that what has one cause is said once, and that everything
// else has a line and a hint of its own.
func TestSeveral(t *testing.T) {
	f := syncFlags{apiFlags: apiFlags{URL: "http://127.0.0.1:1", SecretFile: "secret.txt"}, ledgerFlags: ledgerFlags{Store: 999}}
	err := errors.Join(
		errors.Join(fmt.Errorf("list orders: %w", refusedBy("v1/orderNumbers")), nil),
		fmt.Errorf("follow orders: %w", refusedBy("v2/orderDetail")),
		withHint(errors.New("csv is cut"), "move it away"),
		fault.New(fault.Unavailable, "the disk is full"),
	)
	var said strings.Builder
	if code := report(&said, several(t.Context(), &said, err, f.explain)); code != exitError {
		t.Errorf("exit code %d", code)
	}
	want := []string{
		"entrepot: error: list orders: v1/orderNumbers: ", "entrepot: hint: nothing is lost",
		"entrepot: error: csv is cut", "entrepot: hint: move it away",
		"entrepot: error: the disk is full", "entrepot: hint: are --db and ",
	}
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	if len(lines) != len(want) {
		t.Fatalf("said:\n%s", &said)
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, want[i]) {
			t.Errorf("line %d is %q, want %q", i, line, want[i])
		}
	}
}

func TestSeveralOfNothing(t *testing.T) {
	var said strings.Builder
	if err := several(t.Context(), &said, nil, func(err error) error { return err }); err != nil || said.Len() > 0 {
		t.Errorf("%v, said %q", err, &said)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := several(ctx, &said, errors.Join(context.Canceled, context.Canceled), func(err error) error { return err }); !errors.Is(err, context.Canceled) || said.Len() > 0 {
		t.Errorf("interrupted: %v, said %q", err, &said)
	}
}

// TestHints sees that each thing that goes wrong has its own advice.
func TestHints(t *testing.T) {
	f := syncFlags{apiFlags: apiFlags{URL: "http://127.0.0.1:1/v1", SecretFile: "secret.txt"}, ledgerFlags: ledgerFlags{Store: 999}}
	answered := func(err error) error { return &client.Error{Endpoint: "v1/orderNumbers", Err: err} }
	for hint, err := range map[string]error{
		"is 999 the store's number, and secret.txt":      answered(&client.InvalidCredentialsError{Text: "Invalid security credentials"}),
		"`entrepot store open`":                          answered(&client.StoreLoadingError{Text: "loading"}),
		"is http://127.0.0.1:1/v1 the service's address": answered(&client.ServerFaultError{Err: &client.NotAPIError{Reason: "a page"}}),
		"the next run goes on":                           answered(&client.ThrottledError{Text: "slowly"}),
		"is --url the service's address?":                answered(&client.RefusedError{Text: "something new"}),
		"stop the other one":                             fmt.Errorf("%w: host a", merchantsync.ErrInUse),
		"needs that program":                             fault.New(fault.Unsupported, "newer"),
		"makes the tables":                               fault.New(fault.NotFound, "none yet"),
		"or postgres://USER@HOST/NAME":                   fault.Field("database", "names no database"),
	} {
		h, ok := errors.AsType[*hinted](f.explain(err))
		if !ok || !strings.Contains(h.hint, hint) {
			t.Errorf("%v has the hint %v, want %q", err, h, hint)
		}
	}
	if got := f.explain(fault.Field("store", "is a number above zero")).Error(); got != "--store is a number above zero" {
		t.Errorf("the store's error is %q", got)
	}
	if strange := errors.New("strange"); !errors.Is(f.explain(strange), strange) || strings.Contains(fmt.Sprintf("%T", f.explain(strange)), "hinted") {
		t.Error("a hint for what nobody knows")
	}
}
