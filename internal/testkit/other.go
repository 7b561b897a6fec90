//go:build !linux

package testkit

import "testing"

// SmallDisk needs Tmpfs, which only Linux has: the test is left out.
func SmallDisk(t testing.TB, _ int64) string {
	t.Helper()
	Need(t, Tmpfs)
	return ""
}

func canMount() bool { return false }

func canChroot() bool { return false }

func tellGo(string) {}

func keepUncached() {}
