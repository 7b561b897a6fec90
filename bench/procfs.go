package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The kernel counts a process's time in ticks of 1/100 s towards programs,
// whatever it uses itself (proc(5), USER_HZ).
const tick = 10 * time.Millisecond

// cpuOf is the time that a process has spent on processors so far.
func cpuOf(pid int) (time.Duration, error) { return timesOf(pid, 2) }

// cpuWithEnded adds the time of its children that have ended.
func cpuWithEnded(pid int) (time.Duration, error) { return timesOf(pid, 4) }

// timesOf adds up the first of: its own time in programs and in the kernel,
// and that of its ended children.
func timesOf(pid, count int) (total time.Duration, err error) {
	body, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("read the time of a process: %w", err)
	}
	// The name, in parentheses, may hold anything; utime and stime are the
	// twelfth and thirteenth field after it, those of its children follow.
	fields := strings.Fields(string(body[strings.LastIndexByte(string(body), ')')+1:]))
	if len(fields) < 15 {
		return 0, errors.New("read the time of a process: too few fields")
	}
	for _, text := range fields[11 : 11+count] {
		ticks, err := strconv.Atoi(text)
		if err != nil {
			return 0, fmt.Errorf("read the time of a process: %w", err)
		}
		total += time.Duration(ticks) * tick
	}
	return total, nil
}

// ownCPU is the same of this process, finer.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // it cannot fail for the process itself
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// anonymous is the memory of a process that belongs to no file, in bytes.
func anonymous(pid int) (int64, error) {
	body, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("read the memory of a process: %w", err)
	}
	kib, err := strconv.ParseInt(field(string(body), "RssAnon:", "kB"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read the memory of a process: %w", err)
	}
	return kib << 10, nil
}

// field is what stands between a name and the end of its line, or a unit.
func field(text, name, unit string) string {
	_, rest, _ := strings.Cut(text, name)
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(line), unit))
}
