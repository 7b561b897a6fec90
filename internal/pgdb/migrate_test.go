package pgdb_test

import (
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/fault"
	"entrepot/internal/pgdb"
)

var withSecond = fstest.MapFS{"00001_first.sql": migrations["00001_first.sql"], "00002_second.sql": second}

// TestMigrateStandsBack has a reader keep the table for longer than a migration
// waits: those who come after the migration do not wait for the reader.
func TestMigrateStandsBack(t *testing.T) {
	o := database(t)
	db := open(t, o)
	reader := begin(t, o, "SELECT count(*) FROM t")
	tried := make(states, 1000)
	o.Migrations, o.Observer = withSecond, tried
	migrated := make(chan error, 1)
	go func() { migrated <- pgdb.Migrate(t.Context(), o) }()
	for n := range 3 {
		if state := <-tried; state != "55P03" {
			t.Errorf("tried again because of %s", state)
		}
		if err := db.InTx(t.Context(), insert(t, n)); err != nil {
			t.Error(err)
		}
	}
	if err := reader.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-migrated; err != nil {
		t.Fatal(err)
	}
	if s, err := pgdb.ReadSchema(t.Context(), o); err != nil || s.Version != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	if n := number(t, db, "SELECT count(*) FROM t WHERE w IS NULL"); n != 3 {
		t.Errorf("%d rows of 3", n)
	}
}

// begin runs a statement in a transaction that stays open.
func begin(t *testing.T, o pgdb.Options, sql string) pgx.Tx {
	t.Helper()
	tx, err := session(t, o).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
	return tx
}

// TestMigrateGivesUp wants one line, and each migration whole or not at all.
func TestMigrateGivesUp(t *testing.T) {
	o := database(t)
	open(t, o)
	reader := begin(t, o, "SELECT count(*) FROM t")
	o.Migrating = time.Millisecond
	o.Migrations = fstest.MapFS{
		"00001_first.sql": migrations["00001_first.sql"],
		"00002_free.sql":  {Data: []byte("-- +goose Up\nUPDATE schema_info SET version = 2;\nCREATE TABLE u (k INTEGER);\n-- +goose Down\nSELECT 1;\n")},
		"00003_held.sql":  {Data: []byte("-- +goose Up\nUPDATE schema_info SET version = 3;\nDROP TABLE u;\nALTER TABLE t ADD COLUMN w TEXT;\n-- +goose Down\nSELECT 1;\n")},
	}
	err := pgdb.Migrate(t.Context(), o)
	wantLine(t, "migrate", err, fault.Unavailable, nil, "stayed in use")
	if s, err := pgdb.ReadSchema(t.Context(), o); err != nil || s.Version != 2 {
		t.Errorf("%+v, %v: want the first of the two migrations alone", s, err)
	}
	raw(t, o, "SELECT k FROM u")
	if err := reader.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.Migrating = 0
	if err := pgdb.Migrate(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if s, err := pgdb.ReadSchema(t.Context(), o); err != nil || s.Version != 3 {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestMigrateIsNoVictim lets a migration and a transaction wait for each
// other: it is the migration that stands back.
func TestMigrateIsNoVictim(t *testing.T) {
	o, tried, seen := database(t), make(states, 1000), make(states, 1000)
	o.Observer = seen
	db := open(t, o)
	script(t, db, "CREATE TABLE u (k INTEGER)", "INSERT INTO t (k, v) VALUES (1, 1)")
	o.Observer = tried
	o.Migrations = fstest.MapFS{
		"00001_first.sql": migrations["00001_first.sql"],
		"00002_both.sql":  {Data: []byte("-- +goose Up\nUPDATE schema_info SET version = 2;\nALTER TABLE u ADD COLUMN w TEXT;\nALTER TABLE t ADD COLUMN w TEXT;\n-- +goose Down\nSELECT 1;\n")},
	}
	migrated := make(chan error, 1)
	var once sync.Once
	err := db.InTx(t.Context(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), "UPDATE t SET v = 2"); err != nil {
			return err
		}
		once.Do(func() { go func() { migrated <- pgdb.Migrate(t.Context(), o) }() })
		awaitLock(t, o, "t")
		_, err := tx.Exec(t.Context(), "INSERT INTO u (k) VALUES (1)")
		return err
	})
	if err != nil || len(seen) != 0 {
		t.Errorf("the transaction: %v, run again %d times", err, len(seen))
	}
	if err := <-migrated; err != nil {
		t.Error(err)
	}
	if state := <-tried; state != "55P03" {
		t.Errorf("the migration was tried again because of %s", state)
	}
}

// awaitLock waits until somebody waits for a table.
func awaitLock(t *testing.T, o pgdb.Options, table string) {
	t.Helper()
	await(t, o, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = '"+table+"'::regclass")
}

// await asks until the answer is true.
func await(t *testing.T, o pgdb.Options, question string) {
	t.Helper()
	conn := session(t, o)
	for end, yes := time.Now().Add(time.Minute), false; !yes; time.Sleep(time.Millisecond) {
		if err := conn.QueryRow(t.Context(), question).Scan(&yes); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(end) {
			t.Fatalf("never: %s", question)
		}
	}
}

const index = `-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS t_v;
CREATE INDEX CONCURRENTLY t_v ON t (v);
RESET lock_timeout;
UPDATE schema_info SET version = 2;
-- +goose Down
SELECT 1;
`

// TestMigrateMakesAnIndex makes one as a migration should where others write:
// it waits for those that were there before for as long as they take, with an
// index in the way that an earlier run has left.
func TestMigrateMakesAnIndex(t *testing.T) {
	o, tried := database(t), make(states, 1000)
	db := open(t, o)
	raw(t, o, "CREATE INDEX t_v ON t (k)")
	writer := begin(t, o, "INSERT INTO t (k, v) VALUES (1, 1)")
	o.Observer = tried
	o.Migrations = fstest.MapFS{
		"00001_first.sql": migrations["00001_first.sql"], "00002_index.sql": {Data: []byte(index)},
		"00003_last.sql": {Data: []byte("-- +goose Up\nUPDATE schema_info SET version = 3;\nCREATE TABLE timeout AS SELECT current_setting('lock_timeout') AS is_set;\n-- +goose Down\nSELECT 1;\n")},
	}
	migrated := make(chan error, 1)
	go func() { migrated <- pgdb.Migrate(t.Context(), o) }()
	await(t, o, `SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'
		AND pid <> pg_backend_pid() AND clock_timestamp() - query_start > '700ms'`)
	if err := db.InTx(t.Context(), insert(t, 2)); err != nil {
		t.Error(err)
	}
	if err := writer.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-migrated; err != nil || len(tried) != 0 {
		t.Errorf("%v, tried again %d times", err, len(tried))
	}
	if n := number(t, db, "SELECT count(*) FROM pg_indexes JOIN pg_index ON indexrelid = 't_v'::regclass WHERE indexname = 't_v' AND indisvalid AND indexdef LIKE '%(v)'"); n != 1 {
		t.Error("the index is not what it should be")
	}
	if n := number(t, db, "SELECT count(*) FROM timeout WHERE is_set = '500ms'"); n != 1 {
		t.Error("the migration after it waits for ever")
	}
}
