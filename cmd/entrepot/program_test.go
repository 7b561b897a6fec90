package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The tests of this package drive the built program, as its users do.

var binaries string

func TestMain(m *testing.M) { os.Exit(withBinaries(m.Run)) }

func withBinaries(run func() int) int {
	dir, err := os.MkdirTemp("", "entrepot-binaries-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binaries = dir
	return run()
}

var (
	shipped = sync.OnceValues(func() (string, error) { return build("entrepot") })
	// careless answers before anything is on disk: the tests of durability
	// have to see themselves fail.
	careless = sync.OnceValues(func() (string, error) { return build("careless", "-ldflags", "-X main.synchronous=OFF") })
)

const buildTimeout = 10 * time.Minute // the first build compiles SQLite

func build(name string, flags ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), buildTimeout)
	defer cancel()
	path := filepath.Join(binaries, name)
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-buildvcs=false", "-o", path}, append(flags, ".")...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

// program is the path of the program as it is shipped.
func program(t testing.TB) string { return path(t, shipped) }

func path(t testing.TB, built func() (string, error)) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
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

// result is what became of a command that has ended.
type result struct {
	stdout, stderr string
	code           int // -1 when a signal ended it
}

// command runs the program to its end.
func command(t testing.TB, args ...string) result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), args...)
	return finish(t, cmd)
}

func finish(t testing.TB, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr, cmd.Env = &stdout, &stderr, environment()
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// refused fails unless the command ended with code 1 and one line of error
// that holds text, with a hint at most after it.
func (r result) refused(t testing.TB, text string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(r.stderr, "\n"), "\n")
	plain := strings.HasPrefix(lines[0], "entrepot: error: ") && strings.Contains(lines[0], text)
	hinted := len(lines) == 1 || (len(lines) == 2 && strings.HasPrefix(lines[1], "entrepot: hint: "))
	if r.code != 1 || !plain || !hinted {
		t.Errorf("exit code %d, standard error:\n%swant exit code 1, one line with %q, and at most a hint", r.code, r.stderr, text)
	}
}
