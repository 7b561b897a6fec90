package engines

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/testkit"
)

// openPostgres opens one namespace after the other of a database on the server
// that the package's tests share: that is much quicker than databases.
func openPostgres(t testing.TB) func(testing.TB) *Database {
	t.Helper()
	d, opened := testkit.Postgres(t).Database(t), 0
	return func(t testing.TB) *Database {
		t.Helper()
		opened++
		o := postgres.Options{Options: pgdb.Options{
			URL: d.URL, PasswordFile: d.PasswordFile, Namespace: fmt.Sprintf("test_%d", opened),
		}}
		if err := postgres.Migrate(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		again := func(t testing.TB) order.Storage {
			t.Helper()
			storage, err := postgres.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			closeLater(t, storage)
			return storage
		}
		return &Database{
			Storage: again(t), Again: again,
			Exec:           func(t testing.TB, script string) { t.Helper(); scriptPostgres(t, o, script) },
			OldStateIsRead: func(t testing.TB) bool { t.Helper(); return holdsSnapshot(t, o) },
		}
	}
}

// with gives fn a connection that the storage knows nothing of.
func with(t testing.TB, o postgres.Options, fn func(*pgx.Conn) error) {
	t.Helper()
	config, err := pgx.ParseConfig(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	password, err := os.ReadFile(o.PasswordFile)
	if err != nil {
		t.Fatal(err)
	}
	config.Password = strings.TrimSpace(string(password))
	config.RuntimeParams["search_path"] = o.Namespace
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if err := fn(conn); err != nil {
		t.Fatal(err)
	}
}

func scriptPostgres(t testing.TB, o postgres.Options, script string) {
	t.Helper()
	with(t, o, func(conn *pgx.Conn) error {
		_, err := conn.Exec(t.Context(), script, pgx.QueryExecModeSimpleProtocol)
		return err
	})
}

const countSnapshots = `SELECT count(*) FROM pg_stat_activity
	WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND backend_xmin IS NOT NULL`

func holdsSnapshot(t testing.TB, o postgres.Options) bool {
	t.Helper()
	var n int
	with(t, o, func(conn *pgx.Conn) error { return conn.QueryRow(t.Context(), countSnapshots).Scan(&n) })
	return n > 0
}
