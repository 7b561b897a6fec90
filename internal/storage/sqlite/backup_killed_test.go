package sqlite_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"entrepot/internal/storage/sqlite"
)

const killedEnv = "ENTREPOT_TEST_BACKUP"

// TestBackupKilled kills the process while it writes, again and again: the
// name holds a whole backup, or nothing.
func TestBackupKilled(t *testing.T) {
	if from := os.Getenv(killedEnv); from != "" { // the process to be killed
		for {
			if _, err := sqlite.Backup(t.Context(), from, filepath.Join(filepath.Dir(from), "backup.db")); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := t.TempDir() // not in the child, which cannot clear it away
	live, backup := filepath.Join(dir, "live.db"), filepath.Join(dir, "backup.db")
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
