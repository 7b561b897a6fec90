package main_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestFilesAreTheirOwnersOnly(t *testing.T) {
	old := syscall.Umask(0) // whatever the user's mask forgets
	t.Cleanup(func() { syscall.Umask(old) })
	data := filepath.Join(t.TempDir(), "data")
	p := serve(t, data)
	if r := command(t, "store", "add", "--data", data); r.code != 0 {
		t.Fatalf("store add: %+v", r)
	}
	seen := modes(t, data)
	seen[filepath.Base(p.ready)] = mode(t, p.ready)
	for name, m := range seen {
		if want := fs.FileMode(0o600); name != "data" && m.Perm() != want {
			t.Errorf("%s has mode %v, want %v", name, m.Perm(), want)
		}
	}
	if want := fs.FileMode(0o700); seen["data"].Perm() != want {
		t.Errorf("the folder has mode %v, want %v", seen["data"].Perm(), want)
	}
	for _, name := range []string{"entrepot.db", "entrepot.db-wal", "entrepot.db-shm", "serve.lock"} {
		if _, ok := seen[name]; !ok {
			t.Errorf("%s was not looked at: there is none", name)
		}
	}
}

func modes(t *testing.T, folder string) map[string]fs.FileMode {
	t.Helper()
	found := map[string]fs.FileMode{}
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		found[filepath.Base(path)] = mode(t, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

func TestOneServiceForEachFolder(t *testing.T) {
	data := t.TempDir()
	p := serve(t, data)
	for _, args := range [][]string{
		{"serve", "--data", data, "--addr", "127.0.0.1:0", "--ready-file", p.ready},
		{"demo", "--data", data, "--addr", "127.0.0.1:0", "--ready-file", p.ready},
	} {
		r := command(t, args...)
		r.refused(t, "another entrepot serves "+data+" already")
		if !strings.Contains(r.stderr, "entrepot: hint: stop it first") {
			t.Errorf("%s: no hint in:\n%s", args[0], r.stderr)
		}
	}
	if _, err := os.Stat(p.ready); err != nil {
		t.Errorf("those that were refused have taken the ready file of the one that serves: %v", err)
	}
	p.kill() // leaves the lock's file behind, and not the lock
	serve(t, data).stop(t)
}

func TestPortInUse(t *testing.T) {
	p := serve(t, t.TempDir())
	r := command(t, "serve", "--data", t.TempDir(), "--addr", strings.TrimPrefix(p.url, "http://"))
	r.refused(t, "address already in use")
	if !strings.Contains(r.stderr, "hint: something listens there already") {
		t.Errorf("no hint in:\n%s", r.stderr)
	}
}

// A script that starts the service again under the same ready file must not
// take the old one for the new.
func TestReadyFileOfKilledService(t *testing.T) {
	data := t.TempDir()
	p := serve(t, data)
	p.kill()
	if _, err := os.Stat(p.ready); err != nil {
		t.Fatalf("a killed service has withdrawn its ready file: %v", err)
	}
	writeFile(t, filepath.Join(data, "entrepot.db"), "no database any more")
	for _, name := range []string{"serve", "demo"} {
		writeFile(t, p.ready, `{"url": "http://127.0.0.1:1"}`)
		if r := command(t, name, "--data", data, "--addr", "127.0.0.1:0", "--ready-file", p.ready); r.code != 1 {
			t.Errorf("%s: exit code %d, want 1\n%s", name, r.code, r.stderr)
		}
		if _, err := os.Stat(p.ready); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the old ready file is still there (%v)", name, err)
		}
	}
}

func TestReadyFileSaysWhoServes(t *testing.T) {
	p := serve(t, t.TempDir())
	body, err := os.ReadFile(p.ready)
	if err != nil {
		t.Fatal(err)
	}
	var ready map[string]any
	if err := json.Unmarshal(body, &ready); err != nil {
		t.Fatal(err)
	}
	if ready["url"] != p.url || ready["pid"] != float64(p.cmd.Process.Pid) || len(ready) != 2 {
		t.Errorf("the ready file holds %s, want the url and the pid %d", body, p.cmd.Process.Pid)
	}
}
