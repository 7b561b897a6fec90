package testkit

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// tellGo writes line to the standard error of the `go test` that runs this
// test. `go test ./...` shows nothing of a package that passes, so without
// this nobody would learn what was left out. It does nothing when the parent
// is not the go command, or when the line could do harm there: a plain file
// that is not open for appending would be overwritten later.
func tellGo(line string) {
	parent := "/proc/" + strconv.Itoa(os.Getppid())
	exe, err := os.Readlink(parent + "/exe")
	if err != nil || filepath.Base(exe) != "go" || !takesLines(parent) {
		return
	}
	// Without O_NONBLOCK a full or abandoned pipe would hang the test, and
	// without O_NOCTTY a terminal could become ours.
	fd, err := syscall.Open(parent+"/fd/2", syscall.O_WRONLY|syscall.O_APPEND|syscall.O_NONBLOCK|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	_, _ = syscall.Write(fd, []byte(line)) // short, so whole or not at all
	_ = syscall.Close(fd)
}

// takesLines says whether a line may be written behind the back of the process
// that has the standard error of parent open.
func takesLines(parent string) bool {
	info, err := os.Stat(parent + "/fd/2")
	if err != nil {
		return false
	}
	return !info.Mode().IsRegular() || appends(parent+"/fdinfo/2")
}

// appends reads the open flags, an octal number, from a file of /proc/PID/fdinfo.
func appends(fdinfo string) bool {
	text, err := os.ReadFile(fdinfo)
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(text), "flags:")
	field, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	flags, err := strconv.ParseInt(field, 8, 64)
	return err == nil && flags&syscall.O_APPEND != 0
}

// keepUncached makes `go test` run this package again next time. A skipped
// test counts as passed, and a passed result is kept until a file of the
// module changes that the test opened (go help test): it would still say
// "(cached)" after the missing program has been installed, and would not say
// again what was left out. So we open one that is never the same twice, under
// a name that lies in the module when read without resolving its "..".
func keepUncached() {
	wd, err := os.Getwd()
	if err != nil {
		return
	}
	up := strings.Repeat("/..", 64) // more than there are is harmless
	if f, err := os.Open(wd + up + "/proc/self/stat"); err == nil {
		_ = f.Close()
	}
}
