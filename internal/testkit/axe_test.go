package testkit

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAxeScript: axe-core is there in the version that is named, or not at all.
func TestAxeScript(t *testing.T) {
	top := t.TempDir()
	below := filepath.Join(top, "internal", "deep")
	put(t, filepath.Join(below, "a.go"), "")
	t.Chdir(below)
	wants(t, "")

	tool := filepath.Join(top, "tools", "axe")
	put(t, filepath.Join(tool, "package.json"), `{"dependencies": {"axe-core": "1.2.3"}}`)
	wants(t, "")

	core := filepath.Join(tool, "node_modules", "axe-core")
	put(t, filepath.Join(core, "package.json"), `{"version": "1.2.3"}`)
	wants(t, "") // the script itself is missing
	script := filepath.Join(core, "axe.min.js")
	put(t, script, "")
	wants(t, script)

	put(t, filepath.Join(core, "package.json"), `{"version": "1.2.2"}`)
	wants(t, "")
	put(t, filepath.Join(core, "package.json"), `{"vers`)
	wants(t, "")
}

func wants(t *testing.T, want string) {
	t.Helper()
	if got := AxeScript(); got != want {
		t.Errorf("axe-core is at %q, want %q", got, want)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
