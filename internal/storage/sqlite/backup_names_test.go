package sqlite_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
)

// TestBackupOntoItself names the database, or what belongs to it, as the file
// to write: a service would go on with a file that has no name any more, and
// its log would be taken for that of the copy.
func TestBackupOntoItself(t *testing.T) {
	dir := t.TempDir()
	live := filepath.Join(dir, "live.db")
	storage, s := filled(t, live, 5)
	defer func() { _ = storage.Close() }()
	linked := filepath.Join(t.TempDir(), "linked")
	if err := errors.Join(os.Symlink(dir, linked), os.Symlink(live, filepath.Join(dir, "link.db"))); err != nil {
		t.Fatal(err)
	}
	names := []string{live, live + "-wal", live + "-shm", live + "-journal", filepath.Join(linked, "live.db"), filepath.Join(linked, "live.db-journal"), filepath.Join(dir, "link.db")}
	for _, name := range names {
		_, err := sqlite.Backup(t.Context(), live, name)
		wantFault(t, err, fault.Invalid)
	}
	wantNoLeftovers(t, dir, "live.db", "live.db-wal", "live.db-shm", "link.db")
	if err := s.AddNote(t.Context(), order.ID{Store: 999, Number: 1}, order.Note{Text: "still here"}, order.Why{Actor: "test"}); err != nil {
		t.Errorf("the database cannot be written any more: %v", err)
	}
}

// TestBackupNowhere wants errors that say what is in the way, and nothing left.
func TestBackupNowhere(t *testing.T) {
	live, _ := small(t)
	dir := filepath.Dir(live)
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Backup(t.Context(), live, filepath.Join(dir, "missing", "b.db"))
	if !errors.Is(err, os.ErrNotExist) || strings.Contains(err.Error(), "another backup") {
		t.Errorf("into a folder that is not there: %v", err)
	}
	if _, err := sqlite.Backup(t.Context(), live, folder); err == nil {
		t.Error("a folder was replaced")
	}
	wantNoLeftovers(t, dir, "live.db", "backup.db", "folder")
}

// TestBackupOfAnothers says of another program's file that it is one.
func TestBackupOfAnothers(t *testing.T) {
	live, _ := small(t)
	to := filepath.Join(t.TempDir(), "b.db")
	breakBy(t, live, "PRAGMA application_id = 7")
	_, err := sqlite.Backup(t.Context(), live, to)
	wantFault(t, err, fault.Unsupported)
	if err := os.WriteFile(live, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Backup(t.Context(), live, to)
	wantFault(t, err, fault.Unsupported)
	wantNoLeftovers(t, filepath.Dir(to))
}

// TestRestoreNamesTheBackup wants the file named that the operator gave, not
// only the copy that was looked at: "the database is damaged" would send him
// after the wrong one.
func TestRestoreNamesTheBackup(t *testing.T) {
	live, backup := small(t)
	if err := os.Truncate(backup, 8192); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Restore(t.Context(), backup, filepath.Join(filepath.Dir(live), "other.db"), sqlite.RestoreOptions{})
	if err == nil || !strings.Contains(err.Error(), backup) {
		t.Errorf("got error %v", err)
	}
}

// TestRestoreSkipsTooFar asks for more numbers than there are.
func TestRestoreSkipsTooFar(t *testing.T) {
	live, backup := small(t)
	before := answers(t, live)
	aside := filepath.Join(filepath.Dir(live), "aside.db")
	_, err := sqlite.Restore(t.Context(), backup, live, sqlite.RestoreOptions{SetAside: aside, SkipNumbers: math.MaxInt64 - 19})
	wantFault(t, err, fault.Invalid)
	if answers(t, live) != before {
		t.Error("the database has changed")
	}
	other := filepath.Join(filepath.Dir(live), "other.db")
	if _, err := sqlite.Restore(t.Context(), backup, other, sqlite.RestoreOptions{SkipNumbers: 1_000_000_000}); err != nil {
		t.Fatal(err)
	}
	if n := nextNumber(t, other); n != 1_000_000_021 {
		t.Errorf("the next number is %d", n)
	}
}

// TestRestoreBack goes back to what a restore has set aside, the last changes
// of which were in its log: the service had been killed.
func TestRestoreBack(t *testing.T) {
	live, backup := small(t)
	storage, err := sqlite.Open(t.Context(), live, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := order.NewService(order.Config{Storage: storage})
	if err := s.AddNote(t.Context(), order.ID{Store: 999, Number: 1}, order.Note{Text: "in the log"}, order.Why{Actor: "test"}); err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(t.TempDir(), "live.db")
	for _, suffix := range []string{"", "-wal"} {
		body, err := os.ReadFile(live + suffix)
		if err == nil {
			err = os.WriteFile(killed+suffix, body, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := storage.Close(); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(filepath.Dir(killed), "aside.db")
	if _, err := sqlite.Restore(t.Context(), backup, killed, sqlite.RestoreOptions{SetAside: aside}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(answers(t, killed), "in the log") {
		t.Fatal("the backup has what came after it")
	}
	again := filepath.Join(filepath.Dir(killed), "again.db")
	if _, err := sqlite.Restore(t.Context(), aside, killed, sqlite.RestoreOptions{SetAside: again}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(answers(t, killed), "in the log") {
		t.Error("what was set aside has lost its last change")
	}
}
