// Package engines opens every kind of database that the program runs on, for
// the tests of what lies above storage: the list of them is here and nowhere
// else. Nobody waits for the disk: durability is tested elsewhere.
package engines

import (
	"testing"

	"entrepot/internal/order"
)

// Engine is a kind of database.
type Engine struct {
	Name string
	// Open makes an empty database that lives as long as the test.
	Open func(t testing.TB) *Database
}

// engines is the list.
var engines = []struct {
	name string
	open func(testing.TB) func(testing.TB) *Database
}{
	{"SQLite", openSQLite},
	{"PostgreSQL", openPostgres}, // needs it
}

// Each runs a test on every engine.
func Each(t *testing.T, test func(t *testing.T, e Engine)) {
	t.Helper()
	some(t, 0, test)
}

// Others runs a test on every engine but SQLite, which has been held to more.
func Others(t *testing.T, test func(t *testing.T, e Engine)) {
	t.Helper()
	some(t, 1, test)
}

func some(t *testing.T, first int, test func(t *testing.T, e Engine)) {
	t.Helper()
	for _, e := range engines[first:] {
		// What needs something is left out alone.
		t.Run(e.name, func(t *testing.T) { test(t, Engine{e.name, e.open(t)}) })
	}
}

// SQLite is the engine of tests that prove nothing more on another one.
func SQLite(t testing.TB) Engine {
	t.Helper()
	return Engine{engines[0].name, engines[0].open(t)}
}

// Database is a storage, with what tests do behind its back.
type Database struct {
	order.Storage
	// Exec runs a script of SQL that all engines understand.
	Exec func(t testing.TB, script string)
	// OldStateIsRead says whether somebody reads a state of the past, which
	// keeps the engine from cleaning up.
	OldStateIsRead func(t testing.TB) bool
	// Again opens the database once more, as another node does, or another
	// process.
	Again func(t testing.TB) order.Storage
}

func closeLater(t testing.TB, storage interface{ Close() error }) {
	t.Helper()
	t.Cleanup(func() {
		if err := storage.Close(); err != nil {
			t.Error(err)
		}
	})
}
