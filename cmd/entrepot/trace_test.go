package main_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// traced is the command under strace, which writes its system calls to a file.
// It stays the test's own child (-D), and is gone only when the file is
// complete: the tracer keeps its standard error open.
func traced(t testing.TB, cmd *exec.Cmd) (under *exec.Cmd, file string) {
	file = filepath.Join(t.TempDir(), "trace")
	args := []string{
		"-D", "-f", "-y", "-xx", "-s", "8192", "-e", "signal=none", "-o", file,
		"-e", "trace=fdatasync,fsync,write,writev,sendto,sendmsg,pwrite64,pwritev", "--",
	}
	return exec.CommandContext(t.Context(), "strace", append(args, cmd.Args...)...), file
}

// call is a system call. begun and ended are lines of the trace, which shows
// both in the order in which they happened.
type call struct {
	name, file   string
	data         []byte
	result       string
	begun, ended int
}

const never = int(^uint(0) >> 1) // it was under way when the process ended

func readTrace(t testing.TB, file string) (calls []*call) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	open := map[string]*call{} // by thread
	for n := 0; lines.Scan(); n++ {
		thread, event, _ := strings.Cut(lines.Text(), " ")
		event = strings.TrimSpace(event)
		c := open[thread]
		switch {
		case strings.HasPrefix(event, "+++") || strings.HasPrefix(event, "???"):
			continue // the thread has ended; what it was about to call was not called
		case strings.HasPrefix(event, "<... "):
			delete(open, thread)
		default:
			c = begin(t, event, n)
			calls = append(calls, c)
		}
		if strings.HasSuffix(event, "<unfinished ...>") {
			open[thread] = c
			continue
		}
		c.ended, c.result = n, event[strings.LastIndex(event, "= ")+2:]
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return calls
}

// head is how a call begins: name(descriptor<file>, "data". A descriptor that
// the tracer could not look up any more, as the process is ending, has no file.
var head = regexp.MustCompile(`^(\w+)\(\d+(?:<([^>]*)>)?(?:, "([^"]*)"(\.\.\.)?)?`)

func begin(t testing.TB, event string, n int) *call {
	t.Helper()
	found := head.FindStringSubmatch(event)
	if len(found) == 0 || found[4] != "" {
		t.Fatalf("line %d of the trace cannot be read, or its data is cut short: %.80s", n+1, event)
	}
	return &call{name: found[1], file: string(unhex(t, found[2])), data: unhex(t, found[3]), begun: n, ended: never}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
	if err != nil {
		t.Fatalf("%.60q in the trace: %v", text, err)
	}
	return data
}

// promise is an answer of success on its way out, and the bytes by which its
// change is known on the disk.
type promise struct {
	at   int // the line where it leaves
	mark []byte
	text string
}

// brokenPromises answers the promises that leave before an fsync that was
// begun after their change was written and has ended.
func brokenPromises(calls []*call, promises []promise) (broken []string) {
	frames, syncs := frames(calls), syncs(calls)
	for _, p := range promises {
		written := writtenBy(frames, p.mark)
		if !synced(syncs, written, p.at) {
			broken = append(broken, fmt.Sprintf("line %d: %q; its change was written by line %d", p.at, p.text, written))
		}
	}
	return broken
}

func synced(syncs []*call, written, before int) bool {
	for _, s := range syncs {
		if s.begun > written && s.ended < before {
			return true
		}
	}
	return false
}

func syncs(calls []*call) (found []*call) {
	for _, c := range calls {
		if (c.name == "fsync" || c.name == "fdatasync") && strings.HasSuffix(c.file, "-wal") && c.result == "0" {
			found = append(found, c)
		}
	}
	return found
}

// frame is a page in the write-ahead log. The last one of a transaction says
// so (https://www.sqlite.org/fileformat2.html, section 4.1).
type frame struct {
	page    []byte
	commits bool
	ended   int
}

const frameHeader = 24

func frames(calls []*call) (found []frame) {
	commits := false
	for _, c := range calls {
		if c.name != "pwrite64" || !strings.HasSuffix(c.file, "-wal") {
			continue
		}
		switch len(c.data) {
		case frameHeader:
			commits = binary.BigEndian.Uint32(c.data[4:]) != 0
		case 32: // the header of the file
		default:
			found = append(found, frame{c.data, commits, c.ended})
		}
	}
	return found
}

// writtenBy is the line at which the whole transaction is written that first
// shows a mark; never when none does.
func writtenBy(frames []frame, mark []byte) int {
	shown := false
	for _, f := range frames {
		shown = shown || bytes.Contains(f.page, mark)
		if shown && f.commits {
			return f.ended
		}
	}
	return never
}
