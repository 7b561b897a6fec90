package destination_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"entrepot/internal/merchantsync/destination"
	"entrepot/internal/testkit"
)

func TestNoPlaceForAFile(t *testing.T) {
	j := newJournal(t, destination.JSONLines())
	folder := filepath.Dir(j.path)
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{pipe: "not a regular file", folder: "not a regular file", filepath.Join(folder, "none", "f"): "no such file"} {
		j.path = path
		if err := j.pass(t); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func TestFileIsForItsOwnerOnly(t *testing.T) {
	j := newJournal(t, destination.CSV())
	j.fill(1, nil)
	j.mustPass(t)
	info, err := os.Stat(j.path)
	if err != nil || info.Mode().Perm() != fs.FileMode(0o600) {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// TestFullDisk leaves no half line, not even for those who read meanwhile.
func TestFullDisk(t *testing.T) {
	bothFormats(t, func(t *testing.T, j *journal) {
		const size = 512 << 10
		disk := testkit.SmallDisk(t, size)
		j.path = filepath.Join(disk, "orders")
		j.fill(200, nil)
		j.mustPass(t)
		before := j.read(t)
		ballast := filepath.Join(disk, "ballast")
		if err := os.WriteFile(ballast, make([]byte, size), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("the disk is not full: %v", err)
		}
		j.fill(200, nil)
		if err := j.pass(t); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("on a full disk: %v", err)
		}
		if after := j.read(t); after != before || j.s.positions[name] != 200 {
			t.Errorf("the file has %d bytes and the position is %d, want %d and 200", len(after), j.s.positions[name], len(before))
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		j.mustPass(t)
		j.holdsAll(t)
	})
}
