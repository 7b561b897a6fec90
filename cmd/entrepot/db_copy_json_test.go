//go:build unix

package main

import (
	"regexp"
	"strings"
	"testing"

	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/testkit"
)

// sampleDB stands on the page for an empty PostgreSQL database.
const sampleDB = "--to postgres://entrepot_serve@db.example.com/entrepot"

// withDatabase names a real one in its place.
func withDatabase(t *testing.T, line string) string {
	t.Helper()
	d := testkit.Postgres(t).Database(t)
	if err := postgres.Migrate(t.Context(), postgres.Options{Options: pgdb.Options{URL: d.URL, PasswordFile: d.PasswordFile}}); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(line, sampleDB, "--to "+d.URL+" --to-password-file "+d.PasswordFile)
}

// checksums are of secrets that are made for each installation anew.
var checksums = regexp.MustCompile(`("checksum": ")[0-9a-f]{64}"`)

func withoutChecksums(text string) string {
	return checksums.ReplaceAllString(text, "${1}"+strings.Repeat("0123456789abcdef", 4)+`"`)
}
