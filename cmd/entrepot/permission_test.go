package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user that the files of a test do not belong to.
const nobody = 65532

// TestNotTheServicesUser runs commands as somebody else than the user whose
// database it is: the slip of whoever forgets sudo -u.
func TestNotTheServicesUser(t *testing.T) {
	root, err := os.MkdirTemp("", "entrepot-others-") // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(root)
	data := filepath.Join(root, "data")
	if r := command(t, "store", "add", "--data", data); r.code != 0 {
		t.Fatal(r.stderr)
	}
	everybodys := filepath.Join(root, "entrepot")
	copyFile(t, program(t), everybodys)
	if err := errors.Join(os.Chmod(everybodys, 0o755), os.Chmod(root, 0o755)); err != nil { //nolint:gosec // everybody's
		t.Fatal(err)
	}
	mode := os.FileMode(0o755)
	if os.Geteuid() != 0 { // who cannot become somebody else loses their own right
		mode = 0o500
	}
	file := filepath.Join(data, "entrepot.db")
	if err := errors.Join(os.Chmod(data, mode), os.Chmod(file, mode&0o044)); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"store", "list"}, {"serve", "--addr", "127.0.0.1:0"}} {
		r := asNobody(t, everybodys, append(args, "--data", data)...)
		r.refused(t, "permission denied")
		if !strings.Contains(r.stderr, "hint: run it as the user that the service runs as") {
			t.Errorf("%s: %s", args, r.stderr)
		}
	}
}

// asNobody runs a command as somebody else, where that can be done.
func asNobody(t *testing.T, program string, args ...string) result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = "/"
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return finish(t, cmd)
}
