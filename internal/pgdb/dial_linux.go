package pgdb

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// boundUnanswered has the system give up a line on which nobody confirms what
// was sent. Otherwise it would try for some fifteen minutes.
func boundUnanswered(network, _ string, raw syscall.RawConn) (err error) {
	if network != "tcp4" && network != "tcp6" {
		return nil
	}
	controlErr := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(lineTimeout.Milliseconds())) //nolint:gosec // a file descriptor
	})
	if controlErr != nil {
		return controlErr
	}
	return err
}
