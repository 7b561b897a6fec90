// Package leftout has a test that is always left out, for testkit's own tests.
package leftout

import (
	"testing"

	"entrepot/internal/testkit"
)

func TestLeftOut(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	testkit.Need(t, testkit.Strace)
	t.Fatal("went on without strace")
}
