package testkit

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// SmallDisk mounts an empty tmpfs of size bytes (rounded up to whole pages)
// and returns its folder. It is unmounted when the test ends: close its files
// and end the programs that use it before that. It needs Tmpfs.
func SmallDisk(t testing.TB, size int64) string {
	t.Helper()
	Need(t, Tmpfs)
	dir := t.TempDir()
	if err := mountTmpfs(dir, size); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount %s, which something still uses: %v", dir, err)
			_ = syscall.Unmount(dir, syscall.MNT_DETACH)
		}
	})
	return dir
}

func mountTmpfs(dir string, size int64) error {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", size)); err != nil {
		return fmt.Errorf("mount a tmpfs on %s: %w", dir, err)
	}
	return nil
}

func canMount() bool {
	dir, err := os.MkdirTemp("", "testkit")
	if err != nil {
		return false
	}
	defer os.Remove(dir)
	return mountTmpfs(dir, 1<<20) == nil && syscall.Unmount(dir, 0) == nil
}

func canChroot() bool {
	cmd := exec.CommandContext(context.Background(), "/bin/true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: "/"}
	return cmd.Run() == nil
}
