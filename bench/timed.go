package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// timed is what a command has cost, and what it said.
type timed struct {
	Wall, CPU time.Duration
	Peak      int64 // bytes of memory, at most (ru_maxrss)
	Out, Err  string
	Failed    string
}

// timeCommand is the process that runs a command and writes down what it has
// cost. It is small: the kernel counts the memory of whoever starts a process
// towards the peak of that process.
func timeCommand(ctx context.Context, args []string) (t timed) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Env = &out, &err, withoutSettings(os.Environ())
	began := time.Now()
	t.Failed = message(cmd.Run())
	t.Wall, t.Out, t.Err = time.Since(began), out.String(), err.String()
	if usage, ok := usageOf(cmd); ok {
		t.CPU = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
		t.Peak = usage.Maxrss << 10 // getrusage(2): kilobytes
	}
	return t
}

func usageOf(cmd *exec.Cmd) (*syscall.Rusage, bool) {
	if cmd.ProcessState == nil {
		return nil, false
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return usage, ok
}

// runTimed runs a command and fails when it does.
func runTimed(ctx context.Context, args ...string) (t timed, err error) {
	c, err := startSelf(ctx, slices.Concat([]string{roleTimed}, args)...)
	if err != nil {
		return t, err
	}
	if err := errors.Join(c.hear(&t), c.stop()); err != nil {
		return t, err
	}
	if t.Failed != "" {
		return t, fmt.Errorf("%s: %s\n%s", args, t.Failed, t.Err)
	}
	return t, nil
}

// cost is what a command has cost, round by round.
type cost struct {
	wall, cpu values // seconds
	peak      values // MiB
}

func (c *cost) add(t timed) {
	c.wall = append(c.wall, t.Wall.Seconds())
	c.cpu = append(c.cpu, t.CPU.Seconds())
	c.peak = append(c.peak, mib(t.Peak))
}
