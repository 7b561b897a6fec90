package engines

import (
	"errors"
	"path/filepath"
	"testing"

	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/sqlite"
)

// openSQLite opens one file after the other.
func openSQLite(testing.TB) func(testing.TB) *Database {
	return func(t testing.TB) *Database {
		t.Helper()
		file := filepath.Join(t.TempDir(), "entrepot.db")
		again := func(t testing.TB) order.Storage {
			t.Helper()
			storage, err := sqlite.Open(t.Context(), file, sqlite.Options{Synchronous: sqlitedb.SyncOff})
			if err != nil {
				t.Fatal(err)
			}
			closeLater(t, storage)
			return storage
		}
		return &Database{
			Storage: again(t), Again: again,
			Exec:           func(t testing.TB, script string) { t.Helper(); scriptSQLite(t, file, script) },
			OldStateIsRead: func(t testing.TB) bool { t.Helper(); return cannotCheckpoint(t, file) },
		}
	}
}

func withSQLite(t testing.TB, file string, fn func(*zombiezen.Conn) error) {
	t.Helper()
	conn, err := zombiezen.OpenConn(file, zombiezen.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(fn(conn), conn.Close()); err != nil {
		t.Fatal(err)
	}
}

func scriptSQLite(t testing.TB, file, script string) {
	t.Helper()
	withSQLite(t, file, func(conn *zombiezen.Conn) error { return sqlitex.ExecuteScript(conn, script, nil) })
}

// cannotCheckpoint empties the log of the database into its file, which works
// only when nobody reads an older state.
func cannotCheckpoint(t testing.TB, file string) (busy bool) {
	t.Helper()
	withSQLite(t, file, func(conn *zombiezen.Conn) error {
		conn.SetBusyTimeout(0)
		result := func(stmt *zombiezen.Stmt) error { busy = stmt.ColumnInt(0) != 0; return nil }
		return sqlitex.ExecuteTransient(conn, "PRAGMA wal_checkpoint(TRUNCATE)", &sqlitex.ExecOptions{ResultFunc: result})
	})
	return busy
}
