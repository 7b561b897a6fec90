package sqlite_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
)

// TestRestoreRefuses breaks the backup in every way, over a database that has
// to be as it was afterwards.
func TestRestoreRefuses(t *testing.T) {
	live, backup := small(t)
	body, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	before := answers(t, live)
	middle := bytes.Index(body, []byte(`{"name":`)) &^ 4095
	defects := []struct {
		name string
		file []byte
		sql  string
		want fault.Code
	}{
		{"empty", nil, "", fault.Unsupported},
		{"no database", []byte("These are not the orders that you look for."), "", fault.Unsupported},
		{"cut short", body[:len(body)-4096], "", fault.Internal},
		{"cut off in the header", body[:50], "", fault.Internal},
		{"cut off after the first page", body[:4096], "", fault.Internal},
		{"a page of zeros", append(append(bytes.Clone(body[:middle]), make([]byte, 4096)...), body[middle+4096:]...), "", fault.Internal},
		{"another program's", body, "PRAGMA application_id = 7", fault.Unsupported},
		{"a newer schema", body, "UPDATE schema_info SET version = 99, oldest_program = 99", fault.Unsupported},
		{"a row that refers to nothing", body, "PRAGMA foreign_keys = OFF; DELETE FROM stores", fault.Internal},
		{"a broken rule", body, "PRAGMA ignore_check_constraints = ON; UPDATE orders SET status = 'NONE'", fault.Internal},
	}
	for _, d := range defects {
		t.Run(d.name, func(t *testing.T) {
			broken := filepath.Join(t.TempDir(), "broken.db")
			if err := os.WriteFile(broken, d.file, 0o600); err != nil {
				t.Fatal(err)
			}
			if d.sql != "" {
				breakBy(t, broken, d.sql)
			}
			aside := filepath.Join(filepath.Dir(live), "aside.db")
			_, err := sqlite.Restore(t.Context(), broken, live, sqlite.RestoreOptions{SetAside: aside})
			wantFault(t, err, d.want)
			wantNoLeftovers(t, filepath.Dir(live), "live.db", "backup.db")
		})
	}
	if answers(t, live) != before {
		t.Error("the database has changed")
	}
}

// TestRestoreOver keeps what was there, and never uses a number of it again.
func TestRestoreOver(t *testing.T) {
	live, backup := small(t)
	_, err := sqlite.Restore(t.Context(), backup, live, sqlite.RestoreOptions{})
	wantFault(t, err, fault.Exists)
	breakBy(t, live, "UPDATE order_counters SET last_number = 5000")
	replaced := answers(t, live)
	aside := filepath.Join(filepath.Dir(live), "aside.db")
	if _, err := sqlite.Restore(t.Context(), backup, live, sqlite.RestoreOptions{SetAside: aside, SkipNumbers: 10}); err != nil {
		t.Fatal(err)
	}
	if n := nextNumber(t, live); n != 5001 {
		t.Errorf("the next number is %d, and the database that was there had used 5000", n)
	}
	if answers(t, aside) != replaced {
		t.Error("what was there is not kept")
	}
}

// TestRestoreOverRuins replaces what cannot be read any more, and keeps it and
// its log all the same.
func TestRestoreOverRuins(t *testing.T) {
	live, backup := small(t)
	ruins, log := []byte("SQLite format 3\x00 and nothing more"), []byte("a log")
	if err := errors.Join(os.WriteFile(live, ruins, 0o600), os.WriteFile(live+"-wal", log, 0o600)); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(filepath.Dir(live), "aside.db")
	if _, err := sqlite.Restore(t.Context(), backup, live, sqlite.RestoreOptions{SetAside: aside}); err != nil {
		t.Fatal(err)
	}
	if kept, err := os.ReadFile(aside); err != nil || !bytes.Equal(kept, ruins) {
		t.Errorf("the ruins are %q, %v", kept, err)
	}
	if kept, err := os.ReadFile(aside + "-wal"); err != nil || !bytes.Equal(kept, log) {
		t.Errorf("their log is %q, %v", kept, err)
	}
	if answers(t, live) != answers(t, backup) {
		t.Error("the restored database answers differently from the backup")
	}
}

func TestRestoreRefusesADatabaseInUse(t *testing.T) {
	dir := t.TempDir()
	live := filepath.Join(dir, "live.db")
	storage, _ := filled(t, live, 5)
	defer func() { _ = storage.Close() }()
	_, err := sqlite.Restore(t.Context(), live, filepath.Join(dir, "other.db"), sqlite.RestoreOptions{})
	wantFault(t, err, fault.Unsupported)
}

func nextNumber(t *testing.T, path string) (number order.Number) {
	t.Helper()
	storage, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = storage.Close() }()
	rolledBack := errors.New("only looking")
	err = storage.InTx(t.Context(), func(tx order.Tx) (err error) {
		if number, _, err = tx.NextNumber(999, now); err == nil {
			err = rolledBack
		}
		return err
	})
	if !errors.Is(err, rolledBack) {
		t.Fatal(err)
	}
	return number
}
