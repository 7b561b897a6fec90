package postgres_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/storage/postgres"
	"entrepot/internal/storage/storagetest/kept"
)

// A new schema is kept when it is released: with the option -keep this writes
// testdata/schema-N.* anew, of the schema that the migrations make.
var keep = flag.Bool("keep", false, "keep a database of the newest schema in testdata")

func TestReleasedMigrations(t *testing.T) { kept.Unchanged(t, postgres.Migrations(), "testdata") }

// TestUpgradeKeepsEveryAnswer upgrades a database of every released schema.
func TestUpgradeKeepsEveryAnswer(t *testing.T) {
	if *keep {
		keepNewest(t)
	}
	fresh := database(t)
	openOn(t, fresh)
	kept.Each(t, "testdata/schema-*.sql.gz", func(t *testing.T, dump []byte, answers string) {
		o := database(t)
		if _, err := postgres.Session(t, o).Exec(t.Context(), string(dump), pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatal(err)
		}
		storage := openOn(t, o)
		if is, want := definitions(t, o), definitions(t, fresh); is != want {
			t.Errorf("upgraded, it has\n%s\nand made anew\n%s", is, want)
		}
		kept.Compare(t, storage, answers)
	})
}

// define is a line for each column, constraint and index. New columns come
// last in a table that is there already, so their order is let be.
const define = `
	SELECT string_agg(line, E'\n' ORDER BY line) FROM (
		SELECT concat_ws(' ', table_name, column_name, data_type, collation_name, is_nullable, column_default) AS line
			FROM information_schema.columns WHERE table_schema = 'public'
		UNION ALL
		SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
		UNION ALL
		SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL
		SELECT concat_ws(' ', relname, reloptions::TEXT) FROM pg_class WHERE relnamespace = 'public'::regnamespace
	) AS lines`

func definitions(t *testing.T, o postgres.Options) (all string) {
	t.Helper()
	if err := postgres.Session(t, o).QueryRow(t.Context(), define).Scan(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// keepNewest fills a database and has pg_dump write what is in it.
func keepNewest(t *testing.T) {
	t.Helper()
	o := database(t)
	openOn(t, o)
	postgres.Script(t, o, "UPDATE installation SET secret_key = decode('"+kept.InstallationKey+"', 'hex')",
		"UPDATE goose_db_version SET tstamp = '2026-03-01'")
	filling, err := postgres.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	kept.Fill(t, filling)
	if err := filling.Close(); err != nil {
		t.Fatal(err)
	}
	content := dump(t, o)
	kept.Keep(t, openAgain(t, o), postgres.Migrations(), "testdata", "sql", content)
}

// perDump is what differs between dumps of the same, and what only psql reads.
var perDump = regexp.MustCompile(`(?m)^(--.*|\\.*|)\n`)

func dump(t *testing.T, o postgres.Options) []byte {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if err != nil || len(found) == 0 {
		t.Fatalf("there is no pg_dump: %v", err)
	}
	password, err := os.ReadFile(o.PasswordFile)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), found[len(found)-1], "--inserts", "--rows-per-insert=20", "--no-owner", "--no-privileges", o.URL)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+strings.TrimSpace(string(password)))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	return bytes.TrimSpace(perDump.ReplaceAll(out, nil))
}
