package conformance

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root of the project, seen from this package.
const root = "../.."

// What is said to show a sentence is there; what is said to come is not.
func TestElsewhereIsThere(t *testing.T) {
	for _, e := range loaded(t).elsewhere {
		for _, reference := range e.ShownBy {
			if err := lookUp(reference); err != nil {
				t.Errorf("%q: %v", e.Quote+e.Section, err)
			}
		}
		for _, path := range e.ToCome {
			if _, err := os.Stat(filepath.Join(root, path)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%q: %s has come (%v); say which test shows the sentence", e.Quote+e.Section, path, err)
			}
		}
	}
}

// lookUp finds a file, and the function in it that may stand behind a blank.
func lookUp(reference string) error {
	path, function, named := strings.Cut(reference, " ")
	source, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		return err
	}
	declared := regexp.MustCompile(`(?m)^func (\([^)]*\) )?` + regexp.QuoteMeta(function) + `\(`)
	if named && !declared.Match(source) {
		return fmt.Errorf("%s has no function %s", path, function)
	}
	if !named && strings.HasSuffix(path, "_test.go") {
		return fmt.Errorf("%s: which test?", path)
	}
	return nil
}

func TestLookUp(t *testing.T) {
	const here = "internal/conformance/elsewhere_test.go"
	for reference, there := range map[string]bool{
		here + " TestLookUp": true, here + " lookUp": true, "internal/conformance/contract.md": true,
		here: false, here + " TestLook": false, here + " testLookUp": false, here + " os.Stat": false,
		"internal/conformance/nothing_test.go TestLookUp": false, "internal/conformance": false,
	} {
		if err := lookUp(reference); (err == nil) != there {
			t.Errorf("%q: %v", reference, err)
		}
	}
}
