package sqlite_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"entrepot/internal/storage/sqlite"
	"entrepot/internal/storage/storagetest/kept"
)

// A new schema is kept when it is released: with the option -keep this writes
// testdata/schema-N.* anew, of the schema that the migrations make.
var keep = flag.Bool("keep", false, "keep a database of the newest schema in testdata")

func TestReleasedMigrations(t *testing.T) { kept.Unchanged(t, sqlite.Migrations(), "testdata") }

// TestUpgradeKeepsEveryAnswer upgrades a database of every released schema.
func TestUpgradeKeepsEveryAnswer(t *testing.T) {
	if *keep {
		keepNewest(t)
	}
	kept.Each(t, "testdata/schema-*.db.gz", func(t *testing.T, content []byte, answers string) {
		file := filepath.Join(t.TempDir(), "kept.db")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		kept.Compare(t, openFile(t, file), answers)
	})
}

func openFile(t *testing.T, file string) *sqlite.Storage {
	t.Helper()
	storage, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = storage.Close() })
	return storage
}

func keepNewest(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "newest.db")
	fill := func(fn func(*sqlite.Storage)) {
		storage, err := sqlite.Open(t.Context(), file, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		fn(storage)
		if err := storage.Close(); err != nil {
			t.Fatal(err)
		}
	}
	fill(func(*sqlite.Storage) {})
	breakBy(t, file, "UPDATE installation SET secret_key = x'"+kept.InstallationKey+"'; UPDATE goose_db_version SET tstamp = '2026-03-01'")
	fill(func(storage *sqlite.Storage) { kept.Fill(t, storage) })
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kept.Keep(t, openFile(t, file), sqlite.Migrations(), "testdata", "db", content)
}
