//go:build unix

package testkit

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// serverAccount is whom the server runs as where the tests run as root, whom
// PostgreSQL refuses; nil elsewhere.
func serverAccount() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ := strconv.ParseUint(u.Uid, 10, 32)
			gid, _ := strconv.ParseUint(u.Gid, 10, 32)
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return nil
}

func asServer() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: serverAccount(), Setpgid: true}
}

func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// giveAway makes files the server's.
func giveAway(paths ...string) error {
	account := serverAccount()
	for _, path := range paths {
		if account == nil {
			break
		}
		if err := os.Chown(path, int(account.Uid), int(account.Gid)); err != nil {
			return fmt.Errorf("give %s to the server: %w", path, err)
		}
	}
	return nil
}

// family is the server and what it has forked.
func (p *postgresProcess) family() []int {
	pid := strconv.Itoa(p.cmd.Process.Pid)
	pids := []int{p.cmd.Process.Pid}
	children, _ := os.ReadFile("/proc/" + pid + "/task/" + pid + "/children")
	for _, child := range strings.Fields(string(children)) {
		if n, err := strconv.Atoi(child); err == nil {
			pids = append(pids, n)
		}
	}
	return pids
}

func killProcess(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }

// awaitEnd waits for the end of a process that is not our child.
func awaitEnd(pid int) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || isZombie(pid) {
			return
		}
	}
}

// isZombie reports a process that has ended and that nobody has asked about.
func isZombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, state, _ := strings.Cut(string(stat), ") ")
	return err != nil || strings.HasPrefix(state, "Z")
}

// stop halts the server before its children, so that it forks none meanwhile.
func (p *postgresProcess) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGSTOP)
	for _, pid := range p.family() {
		_ = syscall.Kill(pid, syscall.SIGSTOP)
	}
}

func (p *postgresProcess) cont() {
	for _, pid := range p.family() {
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
}
