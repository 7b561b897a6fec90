package postgres_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/testkit"
)

// A gate holds the COMMIT of every transaction that adds a store, until it is
// opened.
type gate struct {
	t    *testing.T
	conn *pgx.Conn // holds the lock that COMMIT waits for
}

const gateTrigger = `
CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON stores DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_gate();
SELECT pg_advisory_lock(42)`

func closeGate(t *testing.T, o postgres.Options) *gate {
	t.Helper()
	g := &gate{t, postgres.Session(t, o)}
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

// await waits until so many backends are in COMMIT.
func (g *gate) await(wait string, n int) {
	g.t.Helper()
	const query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = $1"
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		var waiting int
		if err := g.conn.QueryRow(g.t.Context(), query, wait).Scan(&waiting); err != nil {
			g.t.Fatal(err)
		}
		if waiting == n {
			return
		}
		if time.Now().After(end) {
			g.t.Fatalf("%d backends wait for %s, and not %d", waiting, wait, n)
		}
	}
}

// endCommit ends who is in COMMIT, and waits until it has ended.
const endCommit = "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"

// adding adds a store in the background, and counts the runs.
func adding(t *testing.T, s order.Storage, n order.StoreNumber, runs *atomic.Int64) <-chan error {
	t.Helper()
	store, err := order.NewStore(n, "", false, time.UnixMilli(0))
	if err != nil {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() {
		result <- s.InTx(t.Context(), func(tx order.Tx) error {
			runs.Add(1)
			return tx.AddStore(store)
		})
	}()
	return result
}

func stores(t *testing.T, s order.Storage) (n int) {
	t.Helper()
	err := s.View(t.Context(), func(v order.View) error {
		all, err := v.Stores()
		n = len(all)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestEndedDuringCommit: the server has rolled back, so it is done again.
func TestEndedDuringCommit(t *testing.T) {
	o := database(t)
	s := openOn(t, o)
	g := closeGate(t, o)
	var runs atomic.Int64
	result := adding(t, s, 1, &runs)
	g.await("advisory", 1)
	g.exec(endCommit)
	g.await("advisory", 1) // again
	g.open()
	if err := <-result; err != nil || runs.Load() != 2 || stores(t, s) != 1 {
		t.Errorf("%v after %d runs, %d stores", err, runs.Load(), stores(t, s))
	}
}

// TestEndedDuringEachCommit: it is not tried for ever.
func TestEndedDuringEachCommit(t *testing.T) {
	o := database(t)
	s := openOn(t, o)
	g := closeGate(t, o)
	var runs atomic.Int64
	result := adding(t, s, 1, &runs)
	for range 3 {
		g.await("advisory", 1)
		g.exec(endCommit)
	}
	_, unknown := errors.AsType[*pgdb.OutcomeUnknownError](<-result)
	if unknown || runs.Load() != 3 || stores(t, s) != 0 {
		t.Errorf("unknown is %t after %d runs, %d stores", unknown, runs.Load(), stores(t, s))
	}
}

// TestLineBrokenDuringCommit: the server goes on, and may commit as long as it
// likes. Nothing is said before it has.
func TestLineBrokenDuringCommit(t *testing.T) {
	o := database(t)
	direct := openOn(t, o)
	g := closeGate(t, o)
	line, through := testkit.RelayTo(t, o.URL)
	o.URL = through
	s := openAgain(t, o)
	var runs atomic.Int64
	result := adding(t, s, 1, &runs)
	g.await("advisory", 1)
	line.Break()
	g.await("transactionid", 1) // one who looks it up waits for it
	select {
	case err := <-result:
		t.Fatalf("the outcome was not known, and yet: %v", err)
	default:
	}
	g.open()
	if err := <-result; err != nil || runs.Load() != 1 || stores(t, direct) != 1 {
		t.Errorf("%v after %d runs, %d stores", err, runs.Load(), stores(t, direct))
	}
	if err := <-adding(t, s, 2, &runs); err != nil || stores(t, s) != 2 { // on the same row of commits
		t.Errorf("the next one: %v", err)
	}
}

// TestNobodyToAsk: what cannot be looked up is said to be unknown, once.
func TestNobodyToAsk(t *testing.T) {
	o := database(t)
	direct := openOn(t, o)
	g := closeGate(t, o)
	line, through := testkit.RelayTo(t, o.URL)
	o.URL = through
	o.SettleTimeout = 100 * time.Millisecond
	s := openAgain(t, o)
	var runs atomic.Int64
	result := adding(t, s, 1, &runs)
	g.await("advisory", 1)
	line.Cut()
	err := <-result
	if _, unknown := errors.AsType[*pgdb.OutcomeUnknownError](err); !unknown || !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v, want an unknown outcome", err)
	}
	g.open()
	line.Heal()
	if err := <-adding(t, s, 2, &runs); err != nil || runs.Load() != 2 || stores(t, direct) != 2 {
		t.Errorf("afterwards: %v after %d runs, %d stores", err, runs.Load(), stores(t, direct))
	}
}

// TestStandbyAway: a primary whose standby is away has committed, and yet may
// lose it. Success is not said before the standby has it, or is given up.
func TestStandbyAway(t *testing.T) {
	server := testkit.StartPostgres(t, "synchronous_standby_names=missing", "synchronous_commit=local")
	o := on(server.Database(t))
	direct := openOn(t, o)
	watch := &gate{t, postgres.Session(t, o)}
	synchronous := o
	synchronous.URL += "?synchronous_commit=on"
	synchronous.SettleTimeout = time.Minute
	s := openAgain(t, synchronous)
	var runs atomic.Int64

	cancelled := adding(t, s, 1, &runs)
	watch.await("SyncRep", 1)
	watch.exec("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
	watch.await("SyncRep", 1) // the one who looks it up
	select {
	case err := <-cancelled:
		t.Fatalf("no standby has it, and yet: %v", err)
	default:
	}
	server.Kill9(t)
	server.Restart(t)
	watch = &gate{t, postgres.Session(t, o)}
	watch.await("SyncRep", 1) // another look
	server.Exec(t, "ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
	if err := <-cancelled; err != nil || runs.Load() != 1 || stores(t, direct) != 1 {
		t.Errorf("%v after %d runs, %d stores", err, runs.Load(), stores(t, direct))
	}
}

// TestNothingWritten: a COMMIT of nothing may be lost.
func TestNothingWritten(t *testing.T) {
	o := database(t)
	s := openOn(t, o)
	o.URL += "?application_name=other"
	other := postgres.Session(t, o)
	err := s.InTx(t.Context(), func(tx order.Tx) error {
		_, err := tx.Stores()
		_, killErr := other.Exec(t.Context(), "SELECT count(pg_terminate_backend(pid, 20000)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'entrepot' AND state = 'idle in transaction'")
		return errors.Join(err, killErr)
	})
	if err != nil {
		t.Error(err)
	}
}

// TestViewOnLostConnection: a connection that was lost while nobody used it
// fails no reader.
func TestViewOnLostConnection(t *testing.T) {
	o := database(t)
	s := openOn(t, o)
	stores(t, s) // makes a connection
	conn := postgres.Session(t, o)
	const end = "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
	if _, err := conn.Exec(t.Context(), end); err != nil {
		t.Fatal(err)
	}
	if n := stores(t, s); n != 0 {
		t.Errorf("%d stores", n)
	}
}
