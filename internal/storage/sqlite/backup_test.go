package sqlite_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

// answers are what orderDetail says of every order of a database.
func answers(t *testing.T, path string) string {
	t.Helper()
	storage, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = storage.Close() }()
	s := order.NewService(order.Config{Storage: storage, Codec: wire.Codec{}})
	var all []byte
	err = s.Operate(t.Context(), 999, func(r order.Reader) error {
		return r.List(order.ListQuery{}, func(l *order.Listed) error {
			stored, err := r.Detail(l.Number)
			if err == nil {
				all, err = wire.AppendDetail(all, &stored)
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, s)
	return string(all)
}

// TestBackupAndRestore goes all the way round, beside a writer.
func TestBackupAndRestore(t *testing.T) {
	dir := t.TempDir()
	live, backup := filepath.Join(dir, "live.db"), filepath.Join(dir, "backup.db")
	storage, s := filled(t, live, 200)
	defer func() { _ = storage.Close() }()
	stop := write(t, s)
	counts, err := sqlite.Backup(t.Context(), live, backup)
	stop()
	if err != nil {
		t.Fatal(err)
	}
	if counts.Stores != 1 || counts.Orders != 200 || counts.Documents != 200 || counts.Changes < 200 {
		t.Errorf("the backup says %+v", counts)
	}
	info, err := os.Stat(backup)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup's mode is %v, %v", info.Mode(), err)
	}
	wantNoLeftovers(t, dir, "live.db", "live.db-wal", "live.db-shm", "backup.db")

	restored := filepath.Join(dir, "elsewhere", "restored.db")
	if err := os.Mkdir(filepath.Dir(restored), 0o700); err != nil {
		t.Fatal(err)
	}
	again, err := sqlite.Restore(t.Context(), backup, restored, sqlite.RestoreOptions{SkipNumbers: 50})
	if err != nil || again != counts {
		t.Fatalf("restored %+v, %v", again, err)
	}
	wantNoLeftovers(t, filepath.Dir(restored), "restored.db")
	if answers(t, restored) != answers(t, backup) {
		t.Error("the restored database answers differently from the backup")
	}
	if n := nextNumber(t, restored); n != 251 {
		t.Errorf("the next number is %d, want one that nobody has seen: 251", n)
	}
}

func wantNoLeftovers(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".migrating" { // a lock, left on purpose
			continue
		}
		if !strings.Contains(" "+strings.Join(want, " ")+" ", " "+e.Name()+" ") {
			t.Errorf("%s is left in the folder", e.Name())
		}
	}
}

// write adds notes until stop is called; the backup runs among them.
func write(t *testing.T, s *order.Service) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	began := make(chan struct{})
	var writers sync.WaitGroup
	writers.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			id := order.ID{Store: 999, Number: order.Number(1 + n%200)}
			if err := s.AddNote(ctx, id, order.Note{Text: "meanwhile"}, order.Why{Actor: "test"}); err != nil && ctx.Err() == nil {
				t.Errorf("a writer beside the backup: %v", err)
			}
			if n == 0 {
				close(began)
			}
		}
	})
	<-began
	return func() { cancel(); writers.Wait() }
}

// small is a database of a few orders, and its backup.
func small(t *testing.T) (live, backup string) {
	t.Helper()
	dir := t.TempDir()
	live, backup = filepath.Join(dir, "live.db"), filepath.Join(dir, "backup.db")
	storage, _ := filled(t, live, 20)
	if err := storage.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Backup(t.Context(), live, backup); err != nil {
		t.Fatal(err)
	}
	return live, backup
}

func wantFault(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got error %v, want the fault %s", err, code)
	}
}

// TestBackupOfRuins leaves nothing that looks like a backup, and keeps the one
// that was there.
func TestBackupOfRuins(t *testing.T) {
	live, backup := small(t)
	before, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	breakBy(t, live, "PRAGMA foreign_keys = OFF; DELETE FROM stores")
	_, err = sqlite.Backup(t.Context(), live, backup)
	wantFault(t, err, fault.Internal)
	after, err := os.ReadFile(backup)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the backup that was there has changed: %v", err)
	}
	wantNoLeftovers(t, filepath.Dir(live), "live.db", "backup.db")
}

func TestBackupBrokenOff(t *testing.T) {
	live, backup := small(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sqlite.Backup(ctx, live, backup+"2"); err == nil {
		t.Error("a backup that was broken off succeeded")
	}
	wantNoLeftovers(t, filepath.Dir(live), "live.db", "backup.db")
}
