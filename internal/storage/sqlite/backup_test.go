package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

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

func wantFault(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got error %v, want the fault %s", err, code)
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

const killedEnv = "ENTREPOT_TEST_BACKUP"

// TestBackupKilled kills the process while it writes, again and again: the
// name holds a whole backup, or nothing.
func TestBackupKilled(t *testing.T) {
	dir := t.TempDir()
	live, backup := filepath.Join(dir, "live.db"), filepath.Join(dir, "backup.db")
	if from := os.Getenv(killedEnv); from != "" { // the process to be killed
		for {
			if _, err := sqlite.Backup(t.Context(), from, filepath.Join(filepath.Dir(from), "backup.db")); err != nil {
				t.Fatal(err)
			}
		}
	}
	storage, _ := filled(t, live, 400)
	if err := storage.Close(); err != nil {
		t.Fatal(err)
	}
	for n := range 10 {
		killWhileWriting(t, live, backup+".partial", int64(n)*50_000)
		if _, err := os.Stat(backup); err == nil && answers(t, backup) != answers(t, live) {
			t.Fatal("what has the backup's name is not a backup")
		}
	}
	if _, err := sqlite.Backup(t.Context(), live, backup); err != nil {
		t.Errorf("the next backup: %v", err)
	}
	wantNoLeftovers(t, dir, "live.db", "backup.db")
}

// killWhileWriting waits until the file has some size.
func killWhileWriting(t *testing.T, live, partial string, size int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestBackupKilled$")
	child.Env = append(os.Environ(), killedEnv+"="+live)
	var said bytes.Buffer
	child.Stdout, child.Stderr = &said, &said
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for {
		info, err := os.Stat(partial)
		if err == nil && info.Size() >= size && info.Size() > 0 {
			break
		}
		if ctx.Err() != nil {
			t.Fatal(fmt.Errorf("no backup was begun: %s", said.String()))
		}
		time.Sleep(time.Millisecond)
	}
	if err := child.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = child.Wait() // it was killed
}
