package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
)

func TestOneDaemonForAStore(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		first := open(t, o)
		put(t, first, imported(1))
		_, err := ledger.Open(t.Context(), o)
		if !errors.Is(err, merchantsync.ErrInUse) || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) {
			t.Errorf("a second daemon: %v", err)
		}
		other := o
		other.Store = 7
		put(t, open(t, other), imported(1)) // its own order 1
		put(t, first, imported(2))
		if err := first.Close(); err != nil {
			t.Error(err)
		}
		if err := first.InTx(t.Context(), func(merchantsync.Tx) error { return nil }); err == nil {
			t.Error("a closed ledger writes")
		}
		put(t, open(t, o), imported(3))
		if got := query(t, o, "SELECT store, number FROM entrepot_orders ORDER BY store, number"); got != "7|1\n999|1\n999|2\n999|3" {
			t.Errorf("the orders are %q", got)
		}
	})
}

// TestLinksLeadToOnePlace opens one file by two names.
func TestLinksLeadToOnePlace(t *testing.T) {
	o := engines[0].fresh(t)
	open(t, o)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(o.Database, link); err != nil {
		t.Fatal(err)
	}
	o.Database = link
	if _, err := ledger.Open(t.Context(), o); !errors.Is(err, merchantsync.ErrInUse) {
		t.Errorf("by another name: %v", err)
	}
}

// loseLock takes the lock from a daemon that does not notice.
func loseLock(t *testing.T, o ledger.Options) {
	t.Helper()
	if !isPostgres(o) {
		if err := os.Remove(o.Database + ".entrepot-sync-999"); err != nil {
			t.Fatal(err)
		}
		return
	}
	const holders = `SELECT pid, pg_terminate_backend(pid, 10000) FROM pg_locks
		WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
	if got := query(t, o, holders); strings.Count(got, "|t") != 1 || strings.Contains(got, "\n") {
		t.Fatalf("connections that hold a lock: %q", got)
	}
}

// TestFencing lets a daemon go on that has lost its place to another.
func TestFencing(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		hung := open(t, o)
		put(t, hung, imported(1))
		loseLock(t, o)
		next := open(t, o)
		for range 2 {
			err := hung.InTx(t.Context(), func(tx merchantsync.Tx) error {
				return errors.Join(tx.Put([]merchantsync.Entry{imported(2)}), tx.SetCursor(merchantsync.Cursor{Number: 2}))
			})
			if !errors.Is(err, merchantsync.ErrInUse) {
				t.Errorf("the one who hung writes: %v", err)
			}
		}
		put(t, next, imported(3))
		if err := hung.Close(); err != nil { // it must not give the other's place free
			t.Error(err)
		}
		put(t, next, imported(4))
		if got := query(t, o, "SELECT number FROM entrepot_orders ORDER BY number"); got != "1\n3\n4" {
			t.Errorf("the orders are %q", got)
		}
		if got := query(t, o, "SELECT cursor_number, last_seq FROM entrepot_sync"); got != "0|3" {
			t.Errorf("cursor and last change are %s", got)
		}
	})
}

// TestFencingInTheMiddle takes the place while a transaction of the one who
// loses it is open: one of the two waits for the other, and none is mixed.
func TestFencingInTheMiddle(t *testing.T) {
	o := engines[1].fresh(t)
	hung := open(t, o)
	opened, took := make(chan struct{}), make(chan error, 1)
	var once sync.Once
	err := hung.InTx(t.Context(), func(tx merchantsync.Tx) error {
		once.Do(func() {
			loseLock(t, o)
			go func() {
				close(opened)
				next, err := ledger.Open(context.Background(), o)
				if err == nil {
					err = errors.Join(next.InTx(context.Background(), func(tx merchantsync.Tx) error {
						return tx.Put([]merchantsync.Entry{imported(2)})
					}), next.Close())
				}
				took <- err
			}()
			<-opened
		})
		return tx.Put([]merchantsync.Entry{imported(1)})
	})
	if err := errors.Join(err, <-took); err != nil {
		t.Fatal(err)
	}
	if err := hung.InTx(t.Context(), func(tx merchantsync.Tx) error { return tx.Put([]merchantsync.Entry{imported(3)}) }); !errors.Is(err, merchantsync.ErrInUse) {
		t.Errorf("the one who hung writes: %v", err)
	}
	if got := query(t, o, "SELECT seq, number FROM entrepot_changes ORDER BY seq"); got != "1|1\n2|2" {
		t.Errorf("the changes are %q", got)
	}
}

// TestLockIsTakenAgain loses the lock with its connection, while nobody else
// wants it, and then wants it.
func TestLockIsTakenAgain(t *testing.T) {
	o := engines[1].fresh(t)
	var passed atomic.Int64
	o.Clock = func() time.Time { return begin.Add(time.Duration(passed.Load())) }
	l := open(t, o)
	loseLock(t, o)
	put(t, l, imported(1)) // it does not look at its lock for each
	passed.Store(int64(time.Minute))
	put(t, l, imported(2))
	if _, err := ledger.Open(t.Context(), o); !errors.Is(err, merchantsync.ErrInUse) {
		t.Errorf("a second daemon: %v", err)
	}
	loseLock(t, o)
	next := open(t, o)
	passed.Store(int64(2 * time.Minute))
	for range 2 {
		if err := l.InTx(t.Context(), func(merchantsync.Tx) error { return nil }); !errors.Is(err, merchantsync.ErrInUse) {
			t.Errorf("a daemon that lost its lock to another: %v", err)
		}
	}
	put(t, next, imported(3))
}

// TestStoresAtOnce writes for two stores of one database at the same time,
// while others read: what they see fits together at every moment.
func TestStoresAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		const batches, size = 12, 10
		var writers, readers sync.WaitGroup
		done := make(chan struct{})
		for _, o.Store = range []int64{store, 7} {
			l := open(t, o)
			writers.Go(func() {
				for b := range batches {
					if err := l.InTx(t.Context(), func(tx merchantsync.Tx) error { return putBatch(tx, int64(b*size), size) }); err != nil {
						t.Error(err)
					}
				}
			})
			v, err := ledger.OpenView(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = v.Close() })
			readers.Go(func() {
				for seen := 0; ; seen++ {
					if err := v.View(t.Context(), func(v merchantsync.View) error { return consistent(v, size) }); err != nil {
						t.Error(err)
					}
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		writers.Wait()
		close(done)
		readers.Wait()
		if got := query(t, o, "SELECT store, max(seq), count(*) FROM entrepot_changes GROUP BY store ORDER BY store"); got != "7|120|120\n999|120|120" {
			t.Errorf("the changes are %s", got)
		}
	})
}

// putBatch puts orders after a number, and moves the cursor with them.
func putBatch(tx merchantsync.Tx, after, size int64) error {
	var list []merchantsync.Entry
	for i := range size {
		list = append(list, imported(after+i+1))
	}
	return errors.Join(tx.SetCursor(merchantsync.Cursor{Number: after + size}), tx.Put(list))
}

// consistent sees that cursor, orders and changes are of one moment.
func consistent(v merchantsync.View, size int64) error {
	cursor, err := v.Cursor()
	if err != nil {
		return err
	}
	tally, err := v.Tally(begin)
	if err != nil {
		return err
	}
	changes, err := v.Changes(0, 1_000_000)
	if err != nil {
		return err
	}
	if tally.Orders != cursor.Number || tally.LastSeq != cursor.Number || int64(len(changes)) != cursor.Number || cursor.Number%size != 0 {
		return fmt.Errorf("the cursor is %d, with %d orders, %d changes, the last %d", cursor.Number, tally.Orders, len(changes), tally.LastSeq)
	}
	for i, c := range changes {
		if c.Seq != int64(i)+1 {
			return fmt.Errorf("change %d has the number %d", i+1, c.Seq)
		}
	}
	return nil
}
