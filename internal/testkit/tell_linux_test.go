package testkit

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const leftOut = "left out: TestLeftOut needs strace (apt-get install strace)\n"

// goTest is a `go test` of the package whose only test is always left out,
// without the flags that the caller may have set (-count, -v).
func goTest(t *testing.T, all string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), "go", "test", "./testdata/leftout")
	cmd.Env = append(os.Environ(), AllEnv+"="+all, "GOFLAGS=")
	return cmd
}

// The first run would be answered from the cache the second time.
func TestGoTestTellsWhatItLeftOutEveryTime(t *testing.T) {
	for range 2 {
		cmd := goTest(t, "")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v\n%s%s", err, &stdout, &stderr)
		}
		if stderr.String() != leftOut {
			t.Errorf("standard error is %q, want %q", &stderr, leftOut)
		}
		if strings.Contains(stdout.String(), "(cached)") {
			t.Errorf("answered from the cache: %s", &stdout)
		}
	}
}

func TestGoTestFailsWhereEverythingMustRun(t *testing.T) {
	out, err := goTest(t, "1").CombinedOutput()
	if err == nil {
		t.Error("go test succeeded")
	}
	if want := "needs strace (apt-get install strace), and ENTREPOT_TEST_ALL"; !strings.Contains(string(out), want) {
		t.Errorf("output is %q, want %q in it", out, want)
	}
	if strings.Contains(string(out), "went on without strace") {
		t.Errorf("the test went on after Need: %s", out)
	}
}

// A plain file is written to only where what is appended stays.
func TestGoTestStandardErrorInAFile(t *testing.T) {
	for want, flag := range map[string]int{"": 0, leftOut: os.O_APPEND} {
		if got := standardErrorInAFile(t, flag); got != want {
			t.Errorf("open flags %#x: standard error is %q, want %q", flag, got, want)
		}
	}
}

func standardErrorInAFile(t *testing.T, flag int) string {
	name := filepath.Join(t.TempDir(), "stderr")
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|flag, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := goTest(t, "")
	cmd.Stderr = file
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

// The line is for the go command alone: the same shell gets it under the name
// go, and not under its own.
func TestOnlyTheGoCommandIsTold(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "leftout.test")
	if out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", binary, "./testdata/leftout").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	shell, err := os.ReadFile("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"sh": "", "go": leftOut} {
		parent := filepath.Join(dir, name)
		if err := os.WriteFile(parent, shell, 0o700); err != nil {
			t.Fatal(err)
		}
		if got := standardErrorOf(t, parent, binary); got != want {
			t.Errorf("parent %s: its standard error is %q, want %q", name, got, want)
		}
	}
}

// standardErrorOf is what the shell, and the binary that it starts, write there.
func standardErrorOf(t *testing.T, shell, binary string) string {
	// The second command keeps the shell from becoming the first.
	cmd := exec.CommandContext(t.Context(), shell, "-c", `"$0" && :`, binary)
	cmd.Env = append(os.Environ(), AllEnv+"=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	return stderr.String()
}
