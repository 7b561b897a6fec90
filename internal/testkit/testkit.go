// Package testkit tells tests what the machine offers: a test that needs more
// than Go says so with Need, and is left out, aloud, where that is not there.
package testkit

import (
	"os"
	"testing"
)

// AllEnv names the environment variable that `make test` sets: every test must
// run, and one that cannot fails.
const AllEnv = "ENTREPOT_TEST_ALL"

// A Requirement is something beyond Go that a test may need.
type Requirement struct {
	name string // as it stands after "needs"
	how  string // how one gets it
	met  func() bool
}

// Need leaves the calling test out unless the machine meets every requirement.
// Where every test must run (AllEnv is set) it fails the test instead.
func Need(t testing.TB, requirements ...Requirement) {
	t.Helper()
	for _, r := range requirements {
		if !r.met() {
			leaveOut(t, r)
			return
		}
	}
}

func leaveOut(t testing.TB, r Requirement) {
	t.Helper()
	if os.Getenv(AllEnv) != "" {
		t.Fatalf("needs %s (%s), and %s says that every test must run", r.name, r.how, AllEnv)
		return
	}
	keepUncached()
	// With -v the reason for skipping is printed anyway.
	if !testing.Verbose() {
		tellGo("left out: " + t.Name() + " needs " + r.name + " (" + r.how + ")\n")
	}
	t.Skipf("needs %s (%s)", r.name, r.how)
}
