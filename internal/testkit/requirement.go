package testkit

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
)

var (
	// Strace is the program strace, and the permission to trace with it.
	Strace = Requirement{"strace", "apt-get install strace", sync.OnceValue(canTrace)}
	// Tmpfs is the permission to mount a tmpfs, which SmallDisk does.
	Tmpfs = Requirement{"the right to mount a tmpfs", "make test, or run as root", sync.OnceValue(canMount)}
	// Curl is the program curl, with which what the demo prints is tried.
	Curl = Requirement{"curl", "apt-get install curl", func() bool { _, err := exec.LookPath("curl"); return err == nil }}
	// Systemd is the program systemd-analyze, which checks units.
	Systemd = Requirement{"systemd-analyze", "apt-get install systemd", func() bool { _, err := exec.LookPath("systemd-analyze"); return err == nil }}
	// Chroot is the permission to start a program in another root.
	Chroot = Requirement{"the right to change the root", "make test, or run as root", sync.OnceValue(canChroot)}
	// PostgreSQL is the server of that name, from the distribution's packages.
	PostgreSQL = Requirement{"PostgreSQL", "apt-get install postgresql", func() bool { return postgresBin() != "" }}
	// Chromium is the browser of that name, in which pages are tried.
	Chromium = Requirement{"Chromium", "apt-get install chromium fonts-dejavu-core", func() bool { return Browser() != "" }}
	// Languages are the interpreters that the console's code is run with.
	Languages = Requirement{"PHP, Python, Node and Ruby", "apt-get install php-cli python3 nodejs ruby", sync.OnceValue(hasLanguages)}
	// Race is a test binary built with the race detector.
	Race = Requirement{"the race detector", "go test -race", func() bool { return raceEnabled }}
)

// Browser is the path of Chromium, or of what is built from it.
func Browser() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func hasLanguages() bool {
	for _, name := range []string{"php", "python3", "node", "ruby"} {
		if exec.CommandContext(context.Background(), name, "--version").Run() != nil {
			return false
		}
	}
	return true
}

func canTrace() bool {
	// Containers may have strace and yet forbid ptrace.
	return exec.CommandContext(context.Background(), "strace", "-o", "/dev/null", "true").Run() == nil
}

// postgresBin is the folder of the newest server's programs. Debian keeps them
// out of the PATH.
func postgresBin() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		if path, err := exec.LookPath("initdb"); err == nil {
			return filepath.Dir(path)
		}
		return ""
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) }))
}
