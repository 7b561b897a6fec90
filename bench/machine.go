package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// machine says where and of what the figures are.
type machine struct {
	processor, memory, kernel, filesystem string
	load, golang, commit                  string
}

func lookAround(ctx context.Context, dir string) machine {
	return machine{
		processor:  fmt.Sprintf("%d × %s, %s/%s", runtime.NumCPU(), known(field(read("/proc/cpuinfo"), "model name\t:", "")), runtime.GOOS, runtime.GOARCH),
		memory:     totalMemory(),
		kernel:     known(strings.TrimSpace(read("/proc/sys/kernel/osrelease"))),
		filesystem: known(filesystemOf(read("/proc/mounts"), dir)),
		load:       known(firstFields(read("/proc/loadavg"), 3)),
		golang:     runtime.Version(),
		commit:     commit(ctx),
	}
}

// read is the text of a file, or nothing.
func read(path string) string {
	body, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(body)
}

func known(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

func firstFields(text string, n int) string {
	fields := strings.Fields(text)
	return strings.Join(fields[:min(n, len(fields))], " ")
}

func totalMemory() string {
	kib, err := strconv.ParseInt(field(read("/proc/meminfo"), "MemTotal:", "kB"), 10, 64)
	if err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%.1f GiB", float64(kib)/(1<<20))
}

// filesystemOf is the type of the file system with the longest mount point
// above a folder.
func filesystemOf(mounts, dir string) (kind string) {
	longest := 0
	for line := range strings.Lines(mounts) {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		inside := strings.HasPrefix(dir+"/", strings.TrimSuffix(f[1], "/")+"/")
		if inside && len(f[1]) >= longest {
			longest, kind = len(f[1]), f[2]
		}
	}
	return kind
}

func commit(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty", "--tags").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// absolute is a folder's own path, without links in it.
func absolute(dir string) (string, error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", dir, err)
	}
	return filepath.EvalSymlinks(full)
}

// rows are what a report says of it.
func (m machine) rows() [][2]string {
	return [][2]string{
		{"commit", m.commit},
		{"Go", m.golang},
		{"processors", m.processor},
		{"memory", m.memory},
		{"kernel", m.kernel},
		{"file system", m.filesystem},
		{"load average before the rounds", m.load},
	}
}
