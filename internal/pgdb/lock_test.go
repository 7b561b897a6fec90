package pgdb_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/pgdb"
)

func TestTryLock(t *testing.T) {
	o := database(t)
	held, err := pgdb.TryLock(t.Context(), o, "one")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pgdb.TryLock(t.Context(), o, "one"); !errors.Is(err, pgdb.ErrLocked) {
		t.Errorf("a lock that is held: %v", err)
	}
	other, err := pgdb.TryLock(t.Context(), o, "other")
	if err != nil {
		t.Fatalf("another name: %v", err)
	}
	other.Release()
	if err := held.Check(t.Context()); err != nil {
		t.Errorf("while it is held: %v", err)
	}
	held.Release()
	again, err := pgdb.TryLock(t.Context(), o, "one")
	if err != nil {
		t.Fatalf("after it was released: %v", err)
	}
	defer again.Release()
	raw(t, o, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
	if err := again.Check(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("after the connection was lost: %v", err)
	}
}

func TestPasswordIsReadAnew(t *testing.T) {
	o := database(t)
	db := open(t, o)
	if err := db.Ping(t.Context()); err != nil { // makes a connection
		t.Fatal(err)
	}
	const changed = "a changed one"
	raw(t, o, "ALTER ROLE CURRENT_USER PASSWORD '"+changed+"'")
	old := o.PasswordFile
	o.PasswordFile = filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(o.PasswordFile, []byte(password(t, pgdb.Options{PasswordFile: old})), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := pgdb.Open(t.Context(), o); !errors.Is(err, pgdb.ErrRefused) {
		t.Errorf("with the old password: %v", err)
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("a connection that was made before: %v", err)
	}
	if err := os.WriteFile(o.PasswordFile, []byte(changed+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	openAgain(t, o)
}
