package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"entrepot/internal/demo"
	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// filled opens a database of a demo's orders, which the test closes. Nobody
// waits for the disk.
func filled(t *testing.T, path string, orders int) (*sqlite.Storage, *order.Service) {
	t.Helper()
	storage, err := sqlite.Open(t.Context(), path, sqlite.Options{Synchronous: sqlitedb.SyncOff})
	if err != nil {
		t.Fatal(err)
	}
	err = demo.Populate(t.Context(), storage, demo.Options{
		Store: 999, Secret: "5f0c6a52-8e1b-4f0e-9d6c-3f1a2b7c8d9e", Orders: orders, Seed: 1, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return storage, order.NewService(order.Config{Storage: storage, Codec: wire.Codec{}, Clock: func() time.Time { return now }})
}

// remains looks for a text in all files of a database, as bytes.
func remains(t *testing.T, path, text string) (found []string) {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if n := bytes.Count(body, []byte(text)); n > 0 {
			found = append(found, fmt.Sprintf("%s: %d times", filepath.Base(file), n))
		}
	}
	return found
}

// scatter writes notes of all lengths onto orders in any order, so that SQLite
// moves rows from page to page.
func scatter(t *testing.T, s *order.Service, orders int, text string) {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 7))
	for range 6 * orders {
		id := order.ID{Store: 999, Number: order.Number(1 + random.IntN(orders))}
		note := text + strings.Repeat(" and so on", random.IntN(60))
		if err := s.AddNote(t.Context(), id, order.Note{Text: note}, order.Why{Actor: "packer", Reason: text}); err != nil {
			t.Fatal(err)
		}
		if err := s.AddTracking(t.Context(), id, []string{text + fmt.Sprint(random.Int())}, order.Why{Actor: "packer", Reason: text}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNothingRemains erases every order, while readers read, and looks at the
// bytes of the files.
func TestNothingRemains(t *testing.T) {
	const orders, text = 300, "Quxbarbaz"
	path := filepath.Join(t.TempDir(), "test.db")
	storage, s := filled(t, path, orders)
	scatter(t, s, orders, text)
	if remains(t, path, text) == nil {
		t.Fatal("the text is not in the files before: this test sees nothing")
	}
	stop := read(t, s, orders)
	for n := range orders {
		if _, err := s.Erase(t.Context(), order.ID{Store: 999, Number: order.Number(n + 1)}, order.Why{Actor: "dpo"}); err != nil {
			t.Fatal(err)
		}
	}
	if remains(t, path, text) == nil {
		t.Error("nothing remained before the files were scrubbed: this test would not see a scrub that does nothing")
	}
	if err := s.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop()
	if found := remains(t, path, text); found != nil {
		t.Errorf("the text remains in %v", found)
	}
	for _, name := range []string{"@example.", `"birthDate":"1`} {
		if found := remains(t, path, name); found != nil {
			t.Errorf("%s remains in %v", name, found)
		}
	}
	sound(t, s)
	if err := storage.Close(); err != nil {
		t.Error(err)
	}
	if found := remains(t, path, text); found != nil {
		t.Errorf("after closing, the text remains in %v", found)
	}
}

// read lets clients read until stop is called.
func read(t *testing.T, s *order.Service, orders int) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				err := s.Operate(ctx, 999, func(r order.Reader) error {
					_, err := r.Detail(order.Number(1 + n%orders))
					return err
				})
				if err != nil && ctx.Err() == nil {
					t.Errorf("a reader: %v", err)
					return
				}
			}
		})
	}
	return func() { cancel(); readers.Wait() }
}

// sound runs the check and wants no problem.
func sound(t *testing.T, s *order.Service) {
	t.Helper()
	_, err := s.Check(t.Context(), order.Checking{Problem: func(p order.Problem) { t.Errorf("check: %s: %s", p.Order, p.Text) }})
	if err != nil {
		t.Error(err)
	}
}

// TestScrubIsOwed has a reader in the way: the scrub says so, and is not
// forgotten, not even by the next process.
func TestScrubIsOwed(t *testing.T) {
	const text = "Quxbarbaz"
	path := filepath.Join(t.TempDir(), "test.db")
	storage, s := filled(t, path, 5)
	defer func() { _ = storage.Close() }()
	id := order.ID{Store: 999, Number: 3}
	if err := s.AddNote(t.Context(), id, order.Note{Text: text}, order.Why{Actor: "packer"}); err != nil {
		t.Fatal(err)
	}
	err := storage.View(t.Context(), func(v order.View) error {
		if _, err := v.Head(id); err != nil { // the snapshot begins with the first read
			return err
		}
		if _, err := s.Erase(t.Context(), id, order.Why{Actor: "dpo"}); err != nil {
			return err
		}
		if err := s.Scrub(t.Context()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("with a reader in the way: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if remains(t, path, text) == nil {
		t.Error("nothing remained: this test sees nothing")
	}
	again, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if err := again.Scrub(t.Context()); err != nil {
		t.Error(err)
	}
	if found := remains(t, path, text); found != nil {
		t.Errorf("the text remains in %v", found)
	}
}
