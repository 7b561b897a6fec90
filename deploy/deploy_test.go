// Package deploy_test tries what is in this folder.
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

// shell runs a command of the shell at the top of the repository.
func shell(t *testing.T, command string, environment ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir, cmd.Env = "..", append(os.Environ(), environment...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// buildLine is the Dockerfile's own command.
func buildLine(t *testing.T) string {
	t.Helper()
	line := regexp.MustCompile(`(?m)^RUN (.* go build .*)$`).FindStringSubmatch(read(t, "Dockerfile"))
	if line == nil {
		t.Fatal("the Dockerfile builds nothing")
	}
	return line[1]
}

// built is the program as the image has it.
func built(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "entrepot")
	shell(t, strings.ReplaceAll(buildLine(t), "/out/entrepot", out), "VERSION=1.2.3")
	return out
}

// environment is the test's own without what would set the program's flags.
func environment() []string {
	var kept []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "ENTREPOT_") {
			kept = append(kept, pair)
		}
	}
	return kept
}

// TestSettings has the example accepted, as it is and with all that it
// suggests.
func TestSettings(t *testing.T) {
	program := built(t)
	text := read(t, "entrepot.yaml")
	suggested := regexp.MustCompile(`(?m)^# ([a-z-]+: )`).ReplaceAllString(text, "$1")
	if suggested == text {
		t.Fatal("the example suggests nothing")
	}
	for _, settings := range []string{text, suggested} {
		file := filepath.Join(t.TempDir(), "entrepot.yaml")
		if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), program, "config", "--config", file)
		cmd.Env = environment()
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "/var/lib/entrepot") {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// TestUnit has systemd look at the unit.
func TestUnit(t *testing.T) {
	testkit.Need(t, testkit.Systemd)
	verify := func(unit string) (string, error) {
		file := filepath.Join(t.TempDir(), "entrepot.service")
		if err := os.WriteFile(file, []byte(unit), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", file).CombinedOutput()
		return string(out), err
	}
	const installed = "/usr/local/bin/entrepot"
	unit := read(t, "entrepot.service")
	if !strings.Contains(unit, "ExecStart="+installed+" serve") {
		t.Fatal("the unit starts something else")
	}
	unit = strings.ReplaceAll(unit, installed, "/bin/true") // verify looks whether the program is there
	if out, err := verify(unit); err != nil || strings.Contains(out, "entrepot.service:") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := verify(strings.Replace(unit, "Restart=on-failure", "Restart=sometimes", 1)); err == nil && !strings.Contains(out, "entrepot.service:") {
		t.Errorf("systemd finds nothing wrong with a unit that is: %s", out)
	}
}
