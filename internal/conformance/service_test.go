package conformance_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/api"
	"entrepot/internal/conformance"
	"entrepot/internal/demo"
	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/storage/storagetest/engines"
	"entrepot/internal/wire"
)

// Two stores of one service. The second takes carts with its secret only, and
// has so many more orders that runs do not make up for it.
const (
	store, orders           = 999, 300
	otherStore, otherOrders = 998, 460

	secret      = "5c3f1a52-8d7e-4b19-a3c4-0f6e2d9b7a81"
	nextSecret  = "d1b6c7e0-3a94-4f25-9e8d-7c5b4a392817"
	otherSecret = "92e0f4b3-6c1d-4a78-b5e9-1f3d8c7a6b50"
)

// populated is a database with both stores, which tests copy.
var populated = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "entrepot.db")
	storage, err := sqlite.Open(context.Background(), path, sqlite.Options{Synchronous: sqlitedb.SyncOff})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(populate(context.Background(), storage), storage.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func populate(ctx context.Context, storage order.Storage) error {
	midnight := time.Now().UTC().Truncate(24 * time.Hour) // so that the day is cut in the same way at every hour
	for _, o := range []demo.Options{
		{Store: store, Secret: secret, Orders: orders, Seed: 1, Now: midnight},
		{Store: otherStore, Secret: otherSecret, Orders: otherOrders, Seed: 2, Now: midnight},
	} {
		if err := demo.Populate(ctx, storage, o); err != nil {
			return err
		}
	}
	service := order.NewService(order.Config{Storage: storage})
	if err := service.RotateSecret(ctx, store, nextSecret); err != nil {
		return err
	}
	return service.ConfigureStore(ctx, otherStore, func(s *order.Store) { s.Settings.RequireSecretForCarts = true })
}

// shop is the service over a database of the test's own.
type shop struct {
	*order.Service
	storage order.Storage
}

func open(t *testing.T) shop {
	t.Helper()
	file, err := populated()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "entrepot.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	storage, err := sqlite.Open(t.Context(), path, sqlite.Options{Synchronous: sqlitedb.SyncOff})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := storage.Close(); err != nil {
			t.Error(err)
		}
	})
	return newShop(storage)
}

// openOn is open on any engine: it takes longer.
func openOn(t *testing.T, e engines.Engine) shop {
	t.Helper()
	storage := e.Open(t)
	if err := populate(t.Context(), storage); err != nil {
		t.Fatal(err)
	}
	return newShop(storage)
}

func newShop(storage order.Storage) shop {
	return shop{storage: storage, Service: order.NewService(order.Config{
		Storage: storage, Codec: wire.Codec{},
		NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) },
	})}
}

// setup is what tests may change of how a service is served.
type setup struct {
	api  api.Config
	wrap func(http.Handler) http.Handler
}

// serve answers the API with nothing remembered of earlier requests.
func serve(t *testing.T, s shop, change ...func(*setup)) conformance.Target {
	t.Helper()
	with := setup{api: api.Config{Service: s.Service, SpoolDir: t.TempDir()}, wrap: func(h http.Handler) http.Handler { return h }}
	for _, c := range change {
		c(&with)
	}
	server := httptest.NewServer(with.wrap(api.New(with.api)))
	t.Cleanup(server.Close)
	return conformance.Target{
		URL: server.URL, Store: store, Secret: secret, NextSecret: nextSecret,
		OtherStore: otherStore, OtherSecret: otherSecret, OtherCartSecret: true,
		Write: true, Place: placing(s.Service),
	}
}

func placing(service *order.Service) func(context.Context, string) (string, error) {
	checkout := order.Checkout{
		ShipTo: order.Address{Name: "Conformance Example", Address1: "1 Example Street", City: "Exampleton", CountryCode: "CA", CountryName: "Canada"},
		Test:   true,
	}
	return func(ctx context.Context, cart string) (string, error) {
		placed, err := service.Place(ctx, order.CartID(cart), checkout, order.Why{Actor: "conformance"})
		return placed.ID.String(), err
	}
}

func run(t *testing.T, target conformance.Target, options ...conformance.Option) *conformance.Report {
	t.Helper()
	report, err := conformance.Run(t.Context(), target, append(options, conformance.NoWait())...)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// only runs one case.
func only(name string) conformance.Option {
	return conformance.Only(regexp.MustCompile("^" + regexp.QuoteMeta(name) + "$"))
}

// readable is a report as a person reads it.
func readable(t *testing.T, report *conformance.Report) string {
	t.Helper()
	var b strings.Builder
	if err := report.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wantAllHeld: nothing failed, and nothing was left out either.
func wantAllHeld(t *testing.T, report *conformance.Report) {
	t.Helper()
	if report.Failed() || report.Count(conformance.NotShown) > 0 || report.Count(conformance.Held) < 450 {
		t.Errorf("the service does not hold all of the contract:\n%s", readable(t, report))
	}
}
