package sqlitedb_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/sqlitedb"
)

// witness is an Observer that remembers.
type witness struct {
	mu      sync.Mutex
	changes int
	most    int
	failed  []fault.Code
}

func (w *witness) Wrote(changes int, _ time.Duration, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.failed = append(w.failed, fault.CodeOf(err))
		return
	}
	w.changes += changes
	w.most = max(w.most, changes)
}

func watchedDB(t *testing.T) (*sqlitedb.DB, string, *witness) {
	t.Helper()
	file, w := filepath.Join(t.TempDir(), "watched.db"), &witness{}
	db, err := sqlitedb.Open(t.Context(), sqlitedb.Options{
		Path: file, ApplicationID: watchedID, Observer: w, Synchronous: sqlitedb.SyncOff,
		Migrations: fstest.MapFS{"00001_things.sql": {Data: fmt.Appendf(nil, `-- +goose Up
PRAGMA application_id = %d;
CREATE TABLE schema_info (one INTEGER PRIMARY KEY, version INTEGER NOT NULL, oldest_program INTEGER NOT NULL);
INSERT INTO schema_info VALUES (1, 1, 1);
`, watchedID)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, file, w
}

const watchedID = 1701737585

func TestObserver(t *testing.T) {
	db, file, w := watchedDB(t)
	held, begun := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		if err := db.Write(t.Context(), func(*sqlitedb.Conn) error { close(begun); <-held; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-begun
	for range 5 {
		group.Go(func() {
			if err := db.Write(t.Context(), func(*sqlitedb.Conn) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	for db.Waiting() < 5 { // they wait for the first
		time.Sleep(time.Millisecond)
	}
	close(held)
	group.Wait()
	if err := db.Write(t.Context(), func(*sqlitedb.Conn) error { return fault.New(fault.NotFound, "nothing there") }); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), func(*sqlitedb.Conn) error { return nil }); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
	if w.changes != 6 || w.most != 5 || len(w.failed) != 2 || w.failed[0] != fault.NotFound || w.failed[1] != fault.Unavailable {
		t.Errorf("observed %d changes, %d at once, failures %v", w.changes, w.most, w.failed)
	}
}

func TestPing(t *testing.T) {
	db, file, _ := watchedDB(t)
	if err := db.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("the file is gone: %v", err)
	}
	if err := errors.Join(os.Rename(file+".away", file), db.Ping(t.Context())); err != nil {
		t.Errorf("the file is back: %v", err)
	}
}
