//go:build unix

package main_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/testscript"

	"entrepot/internal/testkit"
)

// Those of PostgreSQL alone, in testdata/postgres. Each has an empty database:
// $OWNER is its URL for the owner, $SERVE that for another role, and $PASSWORD
// the file of their password.
func TestPostgresScripts(t *testing.T) {
	server, role := testkit.Postgres(t), testkit.Postgres(t).Database(t).User
	params := scriptParams(t)
	params.Dir = "testdata/postgres"
	params.Setup = func(env *testscript.Env) error { return database(t, server, role, env) }
	testscript.Run(t, params)
}

// TestScriptsOnPostgres runs the scripts of the commands once more, unchanged,
// on PostgreSQL, as a role that may do no more than serve.
func TestScriptsOnPostgres(t *testing.T) {
	server, role := testkit.Postgres(t), testkit.Postgres(t).Database(t).User
	params := scriptParams(t)
	params.Files = ofAnyDatabase(t)
	params.Setup = func(env *testscript.Env) error {
		if err := database(t, server, role, env); err != nil {
			return err
		}
		migrated := command(t, "migrate", "--db", env.Getenv("OWNER"), "--db-password-file", env.Getenv("PASSWORD"), "--grant-to", env.Getenv("ROLE"))
		if migrated.code != 0 {
			return errors.New(migrated.stderr)
		}
		env.Setenv("ENTREPOT_DB", env.Getenv("SERVE"))
		env.Setenv("ENTREPOT_DB_PASSWORD_FILE", env.Getenv("PASSWORD"))
		return nil
	}
	testscript.Run(t, params)
}

// ofAnyDatabase are the scripts that name their database in the environment
// only, and no folder: the variable of PostgreSQL wins over that.
func ofAnyDatabase(t *testing.T) (files []string) {
	t.Helper()
	all, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script, _, _ := strings.Cut(string(body), "\n-- ")
		if strings.Contains(script, "ENTREPOT_DATA=") && !aboutAFolder.MatchString(script) {
			files = append(files, file)
		}
	}
	if len(files) < 10 {
		t.Errorf("only %d scripts are of any database: %q", len(files), files)
	}
	return files
}

var aboutAFolder = regexp.MustCompile(`--data|entrepot demo|no database in|exists d/`)

// database gives a script its database, and a role that may not do anything
// there yet.
func database(t *testing.T, server *testkit.PostgresServer, role string, env *testscript.Env) error {
	t.Helper()
	own := server.Database(t)
	password, err := os.ReadFile(own.PasswordFile)
	if err != nil {
		return err
	}
	file := filepath.Join(env.WorkDir, "password.txt")
	env.Setenv("OWNER", own.URL)
	env.Setenv("SERVE", strings.Replace(own.URL, "//"+own.User+"@", "//"+role+"@", 1))
	env.Setenv("ROLE", role)
	env.Setenv("PASSWORD", file)
	return errors.Join(os.WriteFile(file, password, 0o600), inPath(t, env))
}

// sql STATEMENT: runs it as the owner of the script's database.
func sql(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sql STATEMENT")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	config, err := pgx.ParseConfig(ts.Getenv("OWNER"))
	ts.Check(err)
	config.Password = strings.TrimSpace(ts.ReadFile("password.txt"))
	conn, err := pgx.ConnectConfig(ctx, config)
	ts.Check(err)
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, args[0], pgx.QueryExecModeSimpleProtocol)
	ts.Check(err)
}
