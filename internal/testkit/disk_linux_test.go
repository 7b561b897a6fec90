package testkit

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestSmallDiskIsFullAtItsSizeAndGoneAfterwards(t *testing.T) {
	const size = 1 << 20
	var dir string
	t.Run("disk", func(t *testing.T) {
		dir = SmallDisk(t, size)
		fits, tooMuch := filepath.Join(dir, "fits"), filepath.Join(dir, "too-much")
		if err := os.WriteFile(fits, make([]byte, size/2), 0o600); err != nil {
			t.Error(err)
		}
		if err := os.WriteFile(tooMuch, make([]byte, size), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("writing more than fits: %v, want %v", err, syscall.ENOSPC)
		}
	})
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	if dir != "" && bytes.Contains(mounts, []byte(dir)) {
		t.Errorf("%s is still mounted", dir)
	}
}
