package testkit

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Session is a connection that the program under test knows nothing of. It ends
// with its test.
func Session(t testing.TB, url, passwordFile string) *pgx.Conn {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	password, err := os.ReadFile(passwordFile) //nolint:gosec // the test names the file
	if err != nil {
		t.Fatal(err)
	}
	config.Password = strings.TrimSpace(string(password))
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
