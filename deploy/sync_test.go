package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"entrepot/internal/testkit"
)

var assignment = regexp.MustCompile(`(?m)^(?:# )?(ENTREPOT_[A-Z_]+)=(.*)$`)

// TestSyncSettings sees that every variable of the example is one of the
// command's, and that the command takes them, down to the secret's file.
func TestSyncSettings(t *testing.T) {
	program := built(t)
	help, err := exec.CommandContext(t.Context(), program, "sync", "run", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"secret.txt", "db.txt", "webhook.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	settings := environment()
	found := assignment.FindAllStringSubmatch(read(t, "entrepot-sync.env"), -1)
	if len(found) < 10 {
		t.Fatalf("only %d variables were found", len(found))
	}
	for _, m := range found {
		if !strings.Contains(strings.Join(strings.Fields(string(help)), " "), "($"+m[1]) {
			t.Errorf("sync run knows no %s", m[1])
		}
		settings = append(settings, m[1]+"="+strings.NewReplacer("/etc/entrepot-sync", dir, "/var/lib/entrepot-sync", dir).Replace(m[2]))
	}
	cmd := exec.CommandContext(t.Context(), program, "sync", "run")
	cmd.Env = settings
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "secret.txt is empty") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestSyncUnit has systemd look at the unit.
func TestSyncUnit(t *testing.T) {
	testkit.Need(t, testkit.Systemd)
	const installed = "/usr/local/bin/entrepot"
	unit := read(t, "entrepot-sync.service")
	if !strings.Contains(unit, "ExecStart="+installed+" sync run\n") || !strings.Contains(unit, "EnvironmentFile=/etc/entrepot-sync/sync.env\n") {
		t.Fatal("the unit starts something else")
	}
	verify := func(unit string) (string, error) {
		file := filepath.Join(t.TempDir(), "entrepot-sync.service")
		if err := os.WriteFile(file, []byte(unit), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", file).CombinedOutput()
		return string(out), err
	}
	unit = strings.ReplaceAll(unit, installed, "/bin/true") // verify looks whether the program is there
	if out, err := verify(unit); err != nil || strings.Contains(out, "entrepot-sync.service:") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := verify(strings.Replace(unit, "Restart=on-failure", "Restart=sometimes", 1)); err == nil && !strings.Contains(out, "entrepot-sync.service:") {
		t.Errorf("systemd finds nothing wrong with a unit that is: %s", out)
	}
}
