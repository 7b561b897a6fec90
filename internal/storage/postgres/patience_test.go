package postgres_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/testkit"
)

// short is the patience of these tests. What a call that ends by it returns is
// there while the server is still away; how long it took is in the log.
const short = time.Second

// gaveUp wants the fault of a database that is away, and no unknown outcome.
func gaveUp(t *testing.T, what string, began time.Time, err error) {
	t.Helper()
	t.Logf("%s: after %s: %v", what, time.Since(began).Round(time.Millisecond), err)
	if _, unknown := errors.AsType[*pgdb.OutcomeUnknownError](err); unknown || !fault.Is(err, fault.Unavailable) {
		t.Errorf("%s: %v, want unavailable", what, err)
	}
}

func readStores(v order.View) error { _, err := v.Stores(); return err }

// TestServerHangs: nobody waits for a server that hangs, be the pool full or
// empty; and all goes on with it.
func TestServerHangs(t *testing.T) {
	server := testkit.StartPostgres(t)
	o := on(server.Database(t))
	o.Connections = 4
	plain := openOn(t, o)
	s := plain.WithPatience(short)
	stores(t, s)
	server.Stop(t)
	var runs atomic.Int64
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() { began := time.Now(); gaveUp(t, "a view", began, s.View(t.Context(), readStores)) })
		all.Go(func() { began := time.Now(); gaveUp(t, "a transaction", began, <-adding(t, s, 7, &runs)) })
	}
	all.Wait()
	if runs.Load() > 0 {
		t.Errorf("%d transactions began", runs.Load())
	}
	server.Cont(t)
	if n := stores(t, plain); n != 0 {
		t.Errorf("%d stores", n)
	}
	if err := <-adding(t, plain, 7, &runs); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestServerHangsInView: nor in the middle of it.
func TestServerHangsInView(t *testing.T) {
	server := testkit.StartPostgres(t)
	s := openOn(t, on(server.Database(t))).WithPatience(short)
	var began time.Time
	err := s.View(t.Context(), func(v order.View) error {
		if err := readStores(v); err != nil {
			return err
		}
		server.Stop(t)
		began = time.Now()
		return readStores(v)
	})
	gaveUp(t, "a view that had begun", began, err)
	server.Cont(t)
	if n := stores(t, s); n != 0 {
		t.Errorf("%d stores", n)
	}
}

// TestServerHangsInTransaction: before COMMIT, the end of patience rolls back.
func TestServerHangsInTransaction(t *testing.T) {
	server := testkit.StartPostgres(t)
	plain := openOn(t, on(server.Database(t)))
	s := plain.WithPatience(short)
	store, err := order.NewStore(1, "", false, time.UnixMilli(0))
	if err != nil {
		t.Fatal(err)
	}
	runs, began := 0, time.Time{}
	err = s.InTx(t.Context(), func(tx order.Tx) error {
		runs++
		if err := tx.AddStore(store); err != nil {
			return err
		}
		server.Stop(t)
		began = time.Now()
		_, err := tx.Store(1)
		return err
	})
	gaveUp(t, "a transaction that had begun", began, err)
	server.Cont(t)
	if n := stores(t, plain); n != 0 || runs != 1 {
		t.Errorf("%d stores after %d runs", n, runs)
	}
}

// late is what becomes of the COMMITs that are late.
func late(o *postgres.Options) <-chan error {
	outcomes := make(chan error, 10)
	o.Settled = func(err error) { outcomes <- err }
	return outcomes
}

// TestLateCommit: who waits for COMMIT is told after a while that it is not
// known; it goes on to its end all the same, and Close waits for it.
func TestLateCommit(t *testing.T) {
	o := database(t)
	direct := openOn(t, o)
	g := closeGate(t, o)
	outcomes := late(&o)
	plain, err := postgres.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var runs atomic.Int64
	began := time.Now()
	gaveUp(t, "a COMMIT that waits", began, <-adding(t, plain.WithPatience(short), 1, &runs))
	g.await("advisory", 1)
	closed := make(chan error, 1)
	go func() { closed <- plain.Close() }()
	select {
	case err := <-closed:
		t.Errorf("closed while a COMMIT was under way: %v", err)
	case err := <-outcomes:
		t.Errorf("there is an outcome already: %v", err)
	default:
	}
	g.open()
	if err := <-outcomes; err != nil {
		t.Errorf("outcome: %v", err)
	}
	if err := <-closed; err != nil || runs.Load() != 1 || stores(t, direct) != 1 {
		t.Errorf("%v after %d runs, %d stores", err, runs.Load(), stores(t, direct))
	}
}

// TestLateRollback: what was rolled back is not run again when nobody waits
// for it any more; its caller may have done so.
func TestLateRollback(t *testing.T) {
	o := database(t)
	direct := openOn(t, o)
	g := closeGate(t, o)
	outcomes := late(&o)
	s := openAgain(t, o).WithPatience(short)
	var runs atomic.Int64
	began := time.Now()
	gaveUp(t, "a COMMIT that waits", began, <-adding(t, s, 1, &runs))
	g.await("advisory", 1)
	g.exec(endCommit)
	if err := <-outcomes; err == nil || errors.As(err, new(*pgdb.OutcomeUnknownError)) {
		t.Errorf("outcome: %v, want rolled back", err)
	}
	g.open()
	if err := <-adding(t, s, 2, &runs); err != nil || runs.Load() != 2 || stores(t, direct) != 1 {
		t.Errorf("%v after %d runs, %d stores", err, runs.Load(), stores(t, direct))
	}
}

// TestLineCutInTransaction: the transaction is known not to have happened, and
// is run again while its caller waits.
func TestLineCutInTransaction(t *testing.T) {
	o := database(t)
	direct := openOn(t, o)
	line, through := testkit.RelayTo(t, o.URL)
	o.URL = through
	s := openAgain(t, o).WithPatience(time.Minute)
	store, err := order.NewStore(1, "", false, time.UnixMilli(0))
	if err != nil {
		t.Fatal(err)
	}
	runs := 0
	err = s.InTx(t.Context(), func(tx order.Tx) error {
		if runs++; runs == 1 {
			line.Break()
		}
		return tx.AddStore(store)
	})
	if err != nil || runs != 2 || stores(t, direct) != 1 {
		t.Errorf("%v after %d runs, %d stores", err, runs, stores(t, direct))
	}
}
