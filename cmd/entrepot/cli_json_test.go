package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"entrepot/internal/api"
	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

var update = flag.Bool("update", false, "write the examples of docs/cli-json.md anew; look at the difference afterwards")

// example is a command line and what it prints.
var example = regexp.MustCompile("(?s)```sh\n(entrepot [^\n]*)\n```\n\n```json\n(.*?)```\n")

// TestJSON runs the examples of docs/cli-json.md from the first to the last.
func TestJSON(t *testing.T) {
	page, err := filepath.Abs("../../docs/cli-json.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page) //nolint:gosec // one of our own pages
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	makeSample(t)
	t.Setenv("ENTREPOT_DATA", ".")
	t.Setenv("ENTREPOT_JSON", "false")
	runs := 0
	fresh := example.ReplaceAllStringFunc(string(text), func(found string) string {
		runs++
		parts := example.FindStringSubmatch(found)
		got := indented(t, parts[1])
		if diff := cmp.Diff(parts[2], got); diff != "" && !*update {
			t.Errorf("%s:\n%s", parts[1], diff)
		}
		return fmt.Sprintf("```sh\n%s\n```\n\n```json\n%s```\n", parts[1], got)
	})
	if runs < 12 {
		t.Errorf("the page has %d examples", runs)
	}
	if *update {
		if err := os.WriteFile(page, []byte(fresh), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// sampleFolder stands on the page for the folder that the examples are run in.
const sampleFolder = "/srv/entrepot"

// indented runs a command and spreads its line for people.
func indented(t *testing.T, line string) string {
	t.Helper()
	var out, errs, pretty bytes.Buffer
	begun := time.Now().Truncate(time.Millisecond)
	if code := run(t.Context(), arguments(served(t, line)), console{Out: &out, Err: &errs}); code != exitOK {
		t.Fatalf("%s: exit code %d\n%s", line, code, &errs)
	}
	if n := strings.Count(out.String(), "\n"); n != 1 || errs.Len() > 0 {
		t.Errorf("%s prints %d lines, want one, and on stderr %q", line, n, &errs)
	}
	if err := json.Indent(&pretty, bytes.TrimSpace(out.Bytes()), "", "  "); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, &out)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(timeless(pretty.String(), begun), here, sampleFolder) + "\n"
}

// sampleURL stands on the page for a service of the sample's folder.
const sampleURL = "http://127.0.0.1:8999"

// sampleAdmin stands for a demo's admin address.
const sampleAdmin = "http://127.0.0.1:9999"

// served starts the service that a command line asks, if it does.
func served(t *testing.T, line string) string {
	t.Helper()
	if strings.Contains(line, sampleAdmin) {
		levers := httptest.NewServer(demoPlayground(999).levers(nil, slog.New(slog.DiscardHandler))) // faults need no orders
		t.Cleanup(levers.Close)
		return strings.ReplaceAll(line, sampleAdmin, levers.URL)
	}
	if strings.Contains(line, "expire-cart") {
		makeCart(t)
	}
	if strings.Contains(line, sampleDB) {
		return withDatabase(t, line)
	}
	if !strings.Contains(line, sampleURL) {
		return line
	}
	storage, err := sqlite.Open(t.Context(), databaseFile, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api.New(api.Config{Service: newService(storage), Log: slog.New(slog.DiscardHandler), SpoolDir: t.TempDir()}))
	t.Cleanup(func() {
		server.Close()
		if err := storage.Close(); err != nil {
			t.Error(err)
		}
	})
	return strings.ReplaceAll(line, sampleURL, server.URL)
}

// makeCart makes a cart that waits: those of the sample have lapsed.
func makeCart(t *testing.T) {
	t.Helper()
	s := sampleStorage(t)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	s.carts, s.now = 6, time.Now()
	store, err := s.Store(t.Context(), 999)
	if err != nil {
		t.Fatal(err)
	}
	contents := &order.CartContents{Items: []order.Item{{Description: "Mug", Quantity: 1, UnitPrice: 100, WeightUnits: "LB"}}}
	if _, err := s.CreateCart(t.Context(), store, order.CartSender{}, contents); err != nil {
		t.Fatal(err)
	}
}

var (
	instant = regexp.MustCompile(`"20\d\d-[^"]*Z"`)
	seconds = regexp.MustCompile(`("seconds\w*": )\d+`)
)

// timeless puts a time of the sample's morning for each that is not before the
// test, as runs of sync have.
func timeless(text string, begun time.Time) string {
	text = seconds.ReplaceAllString(withoutChecksums(text), "${1}42")
	return instant.ReplaceAllStringFunc(text, func(found string) string {
		if at, err := time.Parse(`"`+time.RFC3339+`"`, found); err == nil && at.Before(begun.Add(-time.Hour)) {
			return found
		}
		return `"2025-01-02T03:10:00.000Z"`
	})
}

// makeSample makes a database with a store, an order that went a way, one that
// is under review, and a cart, all of the same morning.
func makeSample(t *testing.T) {
	t.Helper()
	s := sampleStorage(t)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"second.txt":    "5b0f6d6e-6b1c-4c0e-9c43-0d3ad2d3a002\n",
		"details.json":  "{}",
		"demo.json":     `{"store": 999}`, // the levers take it for the demo's folder
		"entrepot.yaml": "addr: 127.0.0.1:8080\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// sample fills a database by a clock that ticks and ids that count.
type sample struct {
	*order.Service
	*sqlite.Storage
	store order.Store
	carts int
	now   time.Time
}

func sampleStorage(t *testing.T) *sample {
	t.Helper()
	storage, err := sqlite.Open(t.Context(), databaseFile, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &sample{Storage: storage, now: time.Date(2025, 1, 2, 3, 4, 5, 678_000_000, time.UTC)}
	s.Service = order.NewService(order.Config{Storage: storage, Codec: wire.Codec{}, Clock: s.tick, NewCartID: s.newCartID})
	return s
}

func (s *sample) tick() time.Time {
	s.now = s.now.Add(time.Second)
	return s.now
}

func (s *sample) newCartID() order.CartID {
	s.carts++
	return order.CartID(fmt.Sprintf("00000000-0000-4000-8000-%012d", s.carts))
}

var by = order.Why{Actor: "shop"}

func (s *sample) fill(ctx context.Context) (err error) {
	s.store, err = s.AddStore(ctx, order.NewStoreRequest{Number: 999, Name: "Sample shop", Secret: "5b0f6d6e-6b1c-4c0e-9c43-0d3ad2d3a001"})
	if err != nil {
		return err
	}
	first, err := s.place(ctx, "cart-7", order.Checkout{})
	if err != nil {
		return err
	}
	_, failed := s.place(ctx, "cart-8", order.Checkout{Test: true, Screen: true})
	_, err = s.cart(ctx, "cart-9")
	return errors.Join(failed, err,
		s.SetMerchantOrderID(ctx, first, "12-34567", by),
		s.VendorMove(ctx, first, order.Preparing, by),
		s.AddTracking(ctx, first, []string{"1Z0001", "1Z0002"}, by),
		s.AddNote(ctx, first, order.Note{Text: "Please ring twice.", Customer: true}, order.Why{Actor: "ann", Reason: "phone call"}),
	)
}

func (s *sample) cart(ctx context.Context, reference string) (order.CartID, error) {
	return s.CreateCart(ctx, s.store, order.CartSender{}, &order.CartContents{
		ReferenceID: reference,
		Items:       []order.Item{{Description: "Enamel mug", Quantity: 2, UnitPrice: 1250, SKU: "MUG", WeightUnits: "LB"}},
	})
}

func (s *sample) place(ctx context.Context, reference string, c order.Checkout) (order.ID, error) {
	cart, err := s.cart(ctx, reference)
	if err != nil {
		return order.ID{}, err
	}
	c.ShipTo = order.Address{
		Name: "Sample Person", Email: "person@example.com", Address1: "1 Sample Street",
		City: "Sampleton", Zip: "00000", CountryCode: "CA", CountryName: "Canada",
	}
	c.Settlement = order.Settlement{Shipping: 1000, DutyTaxes: 320}
	placed, err := s.Place(ctx, cart, c, order.Why{Actor: "checkout"})
	return placed.ID, err
}
