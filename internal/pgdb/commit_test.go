package pgdb_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/fault"
	"entrepot/internal/pgdb"
	"entrepot/internal/testkit"
)

// A gate holds every COMMIT that has inserted into t, until it is opened.
type gate struct {
	t    *testing.T
	conn *pgx.Conn // holds the lock that COMMIT waits for
}

const gateTrigger = `
CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_gate();
SELECT pg_advisory_lock(42)`

func closeGate(t *testing.T, o pgdb.Options) *gate {
	t.Helper()
	g := &gate{t, session(t, o)}
	if _, err := g.conn.Exec(t.Context(), gateTrigger, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *gate) open() { g.exec("SELECT pg_advisory_unlock(42)") }

func (g *gate) exec(query string) {
	g.t.Helper()
	if _, err := g.conn.Exec(g.t.Context(), query); err != nil {
		g.t.Fatal(err)
	}
}

// waiting is how many backends are in COMMIT.
func (g *gate) waiting() (n int) {
	g.t.Helper()
	const query = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'commit' AND wait_event IN ('advisory', 'SyncRep')`
	if err := g.conn.QueryRow(g.t.Context(), query).Scan(&n); err != nil {
		g.t.Fatal(err)
	}
	return n
}

// await waits until a COMMIT stands at the gate.
func (g *gate) await() {
	g.t.Helper()
	until(g.t, func() bool { return g.waiting() == 1 })
}

// stays sees that COMMIT goes on waiting, for as long as it takes the server
// to answer a hundred questions.
func (g *gate) stays() {
	g.t.Helper()
	for range 100 {
		if g.waiting() != 1 {
			g.t.Fatal("COMMIT was cancelled")
		}
	}
}

// until waits for what should take moments.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

func inserting(t *testing.T, ctx context.Context, db *pgdb.DB, runs *atomic.Int64) <-chan error { //nolint:revive // t comes first in a test's helper
	result := make(chan error, 1)
	go func() {
		result <- db.InTx(ctx, func(tx pgx.Tx) error { runs.Add(1); return insert(t, 1)(tx) })
	}()
	return result
}

func wantUnknown(t *testing.T, err error, says string) {
	t.Helper()
	_, unknown := errors.AsType[*pgdb.OutcomeUnknownError](err)
	if !unknown || !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), says) {
		t.Errorf("%v; want an unknown outcome: %s", err, says)
	}
}

func TestCommitIsNotCancelled(t *testing.T) {
	o := database(t)
	db := open(t, o)
	g := closeGate(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	var runs atomic.Int64
	result := inserting(t, ctx, db, &runs)
	g.await()
	cancel()
	g.stays()
	select {
	case err := <-result:
		t.Fatalf("COMMIT was not waited for: %v", err)
	default:
	}
	g.open()
	if err := <-result; err != nil || runs.Load() != 1 || count(t, db) != 1 {
		t.Errorf("%v after %d runs, %d rows", err, runs.Load(), count(t, db))
	}
}

func TestConnectionTerminatedDuringCommit(t *testing.T) {
	o := database(t)
	db := open(t, o)
	g := closeGate(t, o)
	var runs atomic.Int64
	result := inserting(t, t.Context(), db, &runs)
	g.await()
	g.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'commit' AND datname = current_database()")
	wantUnknown(t, <-result, "terminating connection")
	if n := count(t, db); runs.Load() != 1 || n != 0 {
		t.Errorf("%d runs, %d rows; COMMIT was tried again blindly", runs.Load(), n)
	}
}

// TestLineBrokenDuringCommit breaks the line only: the server goes on, and is
// not told to stop.
func TestLineBrokenDuringCommit(t *testing.T) {
	o := database(t)
	direct := open(t, o)
	g := closeGate(t, o)
	line, through := testkit.RelayTo(t, o.URL)
	o.URL = through
	db := openAgain(t, o)
	var runs atomic.Int64
	result := inserting(t, t.Context(), db, &runs)
	g.await()
	before := line.Accepted()
	line.Break()
	wantUnknown(t, <-result, "")
	g.stays()
	if n := line.Accepted() - before; n != 0 {
		t.Errorf("%d more connections were made, to cancel COMMIT", n)
	}
	g.open()
	until(t, func() bool { return count(t, direct) == 1 })
	if runs.Load() != 1 {
		t.Errorf("%d runs", runs.Load())
	}
}

// TestStatementIsCancelled is the other side: what is not COMMIT stops on the
// server, too.
func TestStatementIsCancelled(t *testing.T) {
	o := database(t)
	o.Connections, o.StatementTimeout = 1, -1
	db := open(t, o)
	script(t, db, "SELECT 1") // which ends with a COMMIT on the connection
	other := session(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		result <- db.InTx(ctx, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "SELECT pg_sleep(600)")
			return err
		})
	}()
	sleepers := func() (n int) {
		err := other.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'").Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	until(t, func() bool { return sleepers() == 1 })
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	until(t, func() bool { return sleepers() == 0 })
}

func TestCommitTimeout(t *testing.T) {
	o := database(t)
	o.Connections, o.CommitTimeout = 1, 50*time.Millisecond
	db := open(t, o)
	g := closeGate(t, o)
	var runs atomic.Int64
	wantUnknown(t, <-inserting(t, t.Context(), db, &runs), "no answer to COMMIT in time")
	g.stays()
	if n := count(t, db); n != 0 { // on the only connection, which has been given up
		t.Errorf("%d rows", n)
	}
	g.open()
	until(t, func() bool { return count(t, db) == 1 })
	if runs.Load() != 1 {
		t.Errorf("%d runs", runs.Load())
	}
}

// TestSynchronousStandby waits for a standby that is not there.
func TestSynchronousStandby(t *testing.T) {
	server := testkit.StartPostgres(t, "synchronous_standby_names=missing", "synchronous_commit=local")
	o := on(server.Database(t))
	open(t, o)
	local := o
	watcher := func() *gate { return &gate{t, session(t, local)} }
	watch := watcher()
	o.URL += "?synchronous_commit=on" // for these connections alone
	db := openAgain(t, o)
	var runs atomic.Int64

	t.Run("an operator ends the wait", func(t *testing.T) {
		result := inserting(t, t.Context(), db, &runs)
		watch.await()
		watch.exec("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
		wantUnknown(t, <-result, "wait for the standby was cancelled")
		watch.exec("DELETE FROM t")
	})
	t.Run("the server is killed", func(t *testing.T) {
		result := inserting(t, t.Context(), db, &runs)
		watch.await()
		server.Kill9(t)
		wantUnknown(t, <-result, "")
		server.Restart(t)
		if n := count(t, db); n != 1 { // PostgreSQL shows it after a restart, standby or not
			t.Errorf("%d rows", n)
		}
		watch = watcher()
		watch.exec("DELETE FROM t")
	})
	t.Run("the context ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		result := inserting(t, ctx, db, &runs)
		watch.await()
		cancel()
		watch.stays()
		if n := count(t, db); n != 0 {
			t.Error("what no standby has is seen")
		}
		server.Exec(t, "ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
		if err := <-result; err != nil || count(t, db) != 1 {
			t.Errorf("%v, %d rows", err, count(t, db))
		}
	})
	if runs.Load() != 3 {
		t.Errorf("%d runs of three transactions", runs.Load())
	}
}

// TestServerHangs sees that what hangs does not keep the place of what will
// not.
func TestServerHangs(t *testing.T) {
	server := testkit.StartPostgres(t)
	o := on(server.Database(t))
	o.Connections = 1
	db := open(t, o)
	script(t, db, "SELECT 1")
	server.Stop(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := db.InTx(ctx, insert(t, 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while the server hangs: %v", err)
	}
	if used, limit := db.Connections(); used != 0 || limit != 1 {
		t.Errorf("%d of %d connections are still in use", used, limit)
	}
	server.Cont(t)
	if err := db.InTx(t.Context(), insert(t, 2)); err != nil || count(t, db) != 1 {
		t.Errorf("afterwards: %v", err)
	}
}
