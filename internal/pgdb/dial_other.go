//go:build !linux

package pgdb

import "syscall"

// boundUnanswered does nothing: that is a matter of each system.
func boundUnanswered(string, string, syscall.RawConn) error { return nil }
