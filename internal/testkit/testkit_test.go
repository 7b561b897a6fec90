package testkit

import (
	"fmt"
	"testing"
)

// A recorder stands in for a test and notes what became of it.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (*recorder) Helper()                        {}
func (*recorder) Name() string                   { return "TestRecorded" }
func (r *recorder) Skipf(f string, args ...any)  { r.skipped = fmt.Sprintf(f, args...) }
func (r *recorder) Fatalf(f string, args ...any) { r.failed = fmt.Sprintf(f, args...) }

var (
	here  = Requirement{"a thing that is here", "install here", func() bool { return true }}
	stone = Requirement{"the stone", "install stone", func() bool { return false }}
)

func TestNeedGoesOnWhenEverythingIsThere(t *testing.T) {
	for _, all := range []string{"", "1"} {
		t.Setenv(AllEnv, all)
		var r recorder
		Need(&r, here, here)
		if r.skipped != "" || r.failed != "" {
			t.Errorf("%s=%q: skipped %q, failed %q; want neither", AllEnv, all, r.skipped, r.failed)
		}
	}
}

func TestNeedSkipsWhatCannotRun(t *testing.T) {
	t.Setenv(AllEnv, "")
	var r recorder
	Need(&r, here, stone)
	if want := "needs the stone (install stone)"; r.skipped != want {
		t.Errorf("skipped with %q, want %q", r.skipped, want)
	}
	if r.failed != "" {
		t.Errorf("failed with %q, want no failure", r.failed)
	}
}

func TestNeedFailsWhereEverythingMustRun(t *testing.T) {
	t.Setenv(AllEnv, "1")
	var r recorder
	Need(&r, here, stone)
	if want := "needs the stone (install stone), and ENTREPOT_TEST_ALL says that every test must run"; r.failed != want {
		t.Errorf("failed with %q, want %q", r.failed, want)
	}
	if r.skipped != "" {
		t.Errorf("skipped with %q, want no skip", r.skipped)
	}
}
