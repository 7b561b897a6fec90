package destination

import (
	"os/exec"
	"runtime"
	"syscall"
)

// runTied runs a program that ends with us, however we end: after kill -9 the
// next daemon tells the change again, and an old program that still worked at
// it could undo what came later. All that it started is killed with it when it
// takes too long.
func runTied(cmd *exec.Cmd) error {
	// The death signal is sent at the end of the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd.Run()
}
