package testkit

import (
	"context"
	"os/exec"
	"sync"
)

var (
	// Strace is the program strace, and the permission to trace with it.
	Strace = Requirement{"strace", "apt-get install strace", sync.OnceValue(canTrace)}
	// Tmpfs is the permission to mount a tmpfs, which SmallDisk does.
	Tmpfs = Requirement{"the right to mount a tmpfs", "make test, or run as root", sync.OnceValue(canMount)}
	// Curl is the program curl, with which what the demo prints is tried.
	Curl = Requirement{"curl", "apt-get install curl", func() bool { _, err := exec.LookPath("curl"); return err == nil }}
	// Race is a test binary built with the race detector.
	Race = Requirement{"the race detector", "go test -race", func() bool { return raceEnabled }}
)

func canTrace() bool {
	// Containers may have strace and yet forbid ptrace.
	return exec.CommandContext(context.Background(), "strace", "-o", "/dev/null", "true").Run() == nil
}
