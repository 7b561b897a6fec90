// Package kept looks after the databases that are kept of every released
// schema, with the answers that were given from them: a program that upgrades
// one has to give the same answers.
package kept

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"entrepot/internal/order"
)

// sums is the file that names the released migrations with their SHA-256.
const sums = "migrations.sha256"

// Unchanged sees that no released migration was changed, that there are none
// in between, and that there is a database of each, schema-N.* with its
// answers. The newest migration may be one that is not released yet.
func Unchanged(t *testing.T, migrations fs.FS, folder string) {
	t.Helper()
	released := strings.Split(strings.TrimSpace(string(read(t, filepath.Join(folder, sums)))), "\n")
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil || len(names) < len(released) {
		t.Fatalf("there are the migrations %v, and %d were released: %v", names, len(released), err)
	}
	slices.Sort(names)
	for i, line := range released {
		body, err := fs.ReadFile(migrations, names[i])
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(body)
		if is := hex.EncodeToString(sum[:]) + "  " + names[i]; is != line {
			t.Errorf("a released migration has changed: it was\n%s\nand is\n%s", line, is)
		}
		for _, kind := range []string{"[ds][bq]*.gz", "answers.json.gz"} {
			if found, err := filepath.Glob(filepath.Join(folder, fmt.Sprintf("schema-%d.%s", i+1, kind))); err != nil || len(found) != 1 {
				t.Errorf("of schema %d is kept %v: %v", i+1, found, err)
			}
		}
	}
}

// Each runs a test for every database that is kept in a folder. It is given
// its content and the file with its answers.
func Each(t *testing.T, pattern string, test func(t *testing.T, content []byte, answers string)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: there is none: %v", pattern, err)
	}
	for _, file := range files {
		schema, _, _ := strings.Cut(filepath.Base(file), ".")
		t.Run(schema, func(t *testing.T) {
			test(t, unpack(t, file), filepath.Join(filepath.Dir(file), schema+".answers.json.gz"))
		})
	}
}

// Compare wants the answers that a file holds, no problem found, and that the
// waiting cart can still become an order.
func Compare(t *testing.T, storage order.Storage, file string) {
	t.Helper()
	want := load(t, file)
	wantNoProblem(t, storage)
	got := ask(t, storage, want)
	for i, a := range want.Answers {
		if got.Answers[i].Answer != a.Answer {
			t.Errorf("%s %v was answered\n%s\nand is\n%s", a.Path, a.Keys, a.Answer, got.Answers[i].Answer)
		}
	}
	if diff := cmp.Diff(want.Told, got.Told); diff != "" {
		t.Errorf("what else was told:\n%s", diff)
	}
	wantNoProblem(t, storage)
}

func wantNoProblem(t *testing.T, storage order.Storage) {
	t.Helper()
	_, err := service(storage).Check(t.Context(), order.Checking{Problem: func(p order.Problem) { t.Errorf("check: %s: %s", p.Order, p.Text) }})
	if err != nil {
		t.Error(err)
	}
}

// Keep writes a database that Fill has filled, and its answers, and adds the
// migrations that made it to the released ones.
func Keep(t *testing.T, storage order.Storage, migrations fs.FS, folder, kind string, content []byte) {
	t.Helper()
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	var list bytes.Buffer
	for _, name := range names {
		body, err := fs.ReadFile(migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(body), name)
	}
	file := filepath.Join(folder, fmt.Sprintf("schema-%d.", len(names)))
	pack(t, file+kind+".gz", content)
	save(t, file+"answers.json.gz", ask(t, storage, questions()))
	write(t, filepath.Join(folder, sums), list.Bytes())
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func write(t *testing.T, file string, body []byte) {
	t.Helper()
	if err := os.WriteFile(file, body, 0o644); err != nil {
		t.Fatal(err)
	}
}
