package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const foreignTables = "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)"

// unusable is what may lie at the database's place and is refused.
var unusable = map[string]struct {
	lay  func(t *testing.T, file string)
	says string
}{
	"garbage": {func(t *testing.T, file string) {
		writeFile(t, file, strings.Repeat("not a database. ", 500))
	}, "is no SQLite database"},
	"a short text": {func(t *testing.T, file string) {
		writeFile(t, file, "hello\n")
	}, "is no SQLite database"},
	"tables of nobody we know": {func(t *testing.T, file string) {
		writeFile(t, file, "")
		alter(t, file, foreignTables)
	}, "is a database of another program"},
	"tables of another program": {func(t *testing.T, file string) {
		writeFile(t, file, "")
		alter(t, file, foreignTables+"; PRAGMA application_id = 7")
	}, "is a database of another program"},
	"cut short at a page": {func(t *testing.T, file string) {
		seedFile(t, file)
		cut(t, file, 8*4096)
	}, "is damaged"},
	"cut short within a page": {func(t *testing.T, file string) {
		seedFile(t, file)
		cut(t, file, 8*4096+100)
	}, "is damaged"},
	"cut short within its head": {func(t *testing.T, file string) {
		seedFile(t, file)
		cut(t, file, 60)
	}, "is damaged"},
	"of a newer program": {func(t *testing.T, file string) {
		seedFile(t, file)
		alter(t, file, "UPDATE schema_info SET version = 999, oldest_program = 999")
	}, "has schema 999, which a program of schema 999 or newer may use"},
	"a folder": {func(t *testing.T, file string) {
		if err := os.Mkdir(file, 0o700); err != nil {
			t.Fatal(err)
		}
	}, "is a directory"},
}

// What is no database of ours is refused, in a line that says so, and left as
// it is.
func TestUnusableDatabaseIsRefused(t *testing.T) {
	for name, u := range unusable {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			file := filepath.Join(data, "entrepot.db")
			u.lay(t, file)
			before := content(t, data)
			finish(t, serving(t, program(t), data)).refused(t, u.says)
			command(t, "store", "list", "--data", data).refused(t, u.says)
			command(t, "store", "add", "--data", data).refused(t, u.says)
			command(t, "demo", "--data", data, "--addr", "127.0.0.1:0").refused(t, "holds a database that is no demo's")
			if after := content(t, data); after != before {
				t.Errorf("the folder was\n%.300q\nand is\n%.300q", before, after)
			}
		})
	}
}

func TestNewerSchemaSaysWhatToDo(t *testing.T) {
	data := t.TempDir()
	unusable["of a newer program"].lay(t, filepath.Join(data, "entrepot.db"))
	r := command(t, "store", "list", "--data", data)
	if !strings.Contains(r.stderr, "entrepot: hint: use the entrepot that made it or a newer one") {
		t.Errorf("no hint in:\n%s", r.stderr)
	}
}

// A newer schema that harms no older program is used.
func TestNewerSchemaThatOldProgramsMayUse(t *testing.T) {
	data := t.TempDir()
	secret := seed(t, data, 1)
	alter(t, filepath.Join(data, "entrepot.db"), "UPDATE schema_info SET version = 999")
	p := serve(t, data)
	shop{url: p.url, store: seedStore, secret: secret}.setMerchantID(t, 1, "new").succeeded(t)
	p.stop(t)
}

func seedFile(t *testing.T, file string) { seed(t, filepath.Dir(file), 3) }

// alter runs statements on a file and leaves nothing beside it.
func alter(t *testing.T, file, statements string) {
	t.Helper()
	change(t, file, strings.Split(statements, ";")...)
}

func cut(t *testing.T, file string, size int64) {
	t.Helper()
	if err := os.Truncate(file, size); err != nil {
		t.Fatal(err)
	}
}

func writeFile(t testing.TB, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// content is what the database's files in a folder hold. The two locks beside
// them are empty.
func content(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, file := range files {
		text, err := os.ReadFile(file)
		if info, statErr := os.Stat(file); statErr == nil && info.IsDir() {
			text, err = []byte("folder"), nil
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 0 {
			all.WriteString(filepath.Base(file) + ":" + string(text))
		}
	}
	return all.String()
}
