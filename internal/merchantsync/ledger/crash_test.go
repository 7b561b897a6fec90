package ledger_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
)

// crashEnv makes the test binary a daemon that imports until it is killed.
const crashEnv = "ENTREPOT_TEST_LEDGER_CRASH"

// TestKilledInTheMiddle kills daemons that import, and looks whether all that
// they said to be on disk is there, once, with nothing half done.
func TestKilledInTheMiddle(t *testing.T) {
	if encoded := os.Getenv(crashEnv); encoded != "" {
		var o ledger.Options
		if err := json.Unmarshal([]byte(encoded), &o); err != nil {
			t.Fatal(err)
		}
		importForever(t, o)
	}
	onBoth(t, func(t *testing.T, o ledger.Options) {
		said := int64(0)
		for round := range 3 {
			said = max(said, killAfter(t, o, 2+round))
			v := openViewOf(t, o)
			if cursor := read(t, v, merchantsync.View.Cursor); cursor.Number < said {
				t.Errorf("the cursor is %d, the daemon said %d", cursor.Number, said)
			}
			if err := v.View(t.Context(), func(v merchantsync.View) error { return consistent(v, 10) }); err != nil {
				t.Error(err)
			}
		}
	})
}

func openViewOf(t *testing.T, o ledger.Options) *ledger.Viewer {
	t.Helper()
	v, err := ledger.OpenView(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v
}

func importForever(t *testing.T, o ledger.Options) {
	l, err := ledger.Open(context.Background(), o)
	for errors.Is(err, merchantsync.ErrInUse) { // the server has not noticed yet that the last one is gone
		time.Sleep(5 * time.Millisecond)
		l, err = ledger.Open(context.Background(), o)
	}
	if err != nil {
		t.Fatal(err)
	}
	for {
		var cursor merchantsync.Cursor
		err := l.InTx(context.Background(), func(tx merchantsync.Tx) (err error) {
			if cursor, err = tx.Cursor(); err != nil {
				return err
			}
			return putBatch(tx, cursor.Number, 10)
		})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("on disk: %d\n", cursor.Number+10)
	}
}

// killAfter kills a daemon after so many batches, and answers what it said
// last.
func killAfter(t *testing.T, o ledger.Options, batches int) (said int64) {
	t.Helper()
	encoded, err := json.Marshal(struct {
		Database, PasswordFile string
		Store                  int64
	}{o.Database, o.PasswordFile, o.Store})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledInTheMiddle$")
	cmd.Env = append(os.Environ(), crashEnv+"="+string(encoded))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "on disk: %d", &said); err == nil {
			n++
		}
		if n == batches {
			_ = cmd.Process.Kill()
		}
	}
	if err := cmd.Wait(); err == nil || said == 0 {
		t.Fatalf("the daemon said %d and ended with %v", said, err)
	}
	return said
}

// TestConnectionLostInTheMiddle ends the server's side of a transaction, which
// is then run again.
func TestConnectionLostInTheMiddle(t *testing.T) {
	o := engines[1].fresh(t)
	l := open(t, o)
	runs := 0
	write(t, l, func(tx merchantsync.Tx) error {
		if err := putBatch(tx, 0, 10); err != nil {
			return err
		}
		if runs++; runs == 1 {
			mustExec(t, o, `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
				WHERE datname = current_database() AND state = 'idle in transaction'`)
		}
		_, err := tx.Cursor()
		return err
	})
	if runs != 2 {
		t.Errorf("it was run %d times", runs)
	}
	if err := l.View(t.Context(), func(v merchantsync.View) error { return consistent(v, 10) }); err != nil {
		t.Error(err)
	}
}

// relay stands between a ledger and its server, until COMMIT passes.
type relay struct {
	armed  atomic.Bool
	before bool // COMMIT is lost, not its answer
}

func relayTo(t *testing.T, o *ledger.Options, r *relay) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	_, rest, _ := strings.Cut(o.Database, "@")
	target, _, _ := strings.Cut(rest, "/")
	o.Database = strings.Replace(o.Database, target, l.Addr().String(), 1)
	go func() {
		for {
			daemon, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				_ = daemon.Close()
				continue
			}
			go r.pass(daemon, server)
		}
	}()
}

// pass cuts the connection whose COMMIT it sees.
func (r *relay) pass(daemon, server net.Conn) {
	var answers sync.Mutex
	go func() {
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			answers.Lock()
			_, failed := daemon.Write(buffer[:n])
			answers.Unlock()
			if err != nil || failed != nil {
				_ = daemon.Close()
				return
			}
		}
	}()
	buffer := make([]byte, 1<<16)
	for {
		n, err := daemon.Read(buffer)
		if err != nil {
			_ = server.Close()
			return
		}
		if strings.Contains(string(buffer[:n]), "commit\x00") && r.armed.CompareAndSwap(true, false) {
			answers.Lock()
			if !r.before {
				_, _ = server.Write(buffer[:n])
			}
			_ = daemon.Close()
			answers.Unlock()
			if r.before {
				_ = server.Close()
			} else {
				_, _ = io.Copy(io.Discard, daemon)
			}
			return
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// TestCommitWithoutAnswer loses COMMIT, or the answer to it: what the ledger
// says of it is true either way.
func TestCommitWithoutAnswer(t *testing.T) {
	for _, lost := range []bool{true, false} {
		t.Run(fmt.Sprintf("COMMIT lost: %v", lost), func(t *testing.T) {
			direct := engines[1].fresh(t)
			o, r := direct, &relay{before: lost}
			relayTo(t, &o, r)
			l := open(t, o)
			put(t, l, imported(1))
			r.armed.Store(true)
			err := l.InTx(t.Context(), func(tx merchantsync.Tx) error { return tx.Put([]merchantsync.Entry{imported(2)}) })
			if r.armed.Load() {
				t.Fatal("no COMMIT was seen")
			}
			want := "1\n2"
			if lost {
				want = "1"
			}
			if (err != nil) != lost {
				t.Errorf("the transaction: %v", err)
			}
			if got := query(t, direct, "SELECT number FROM entrepot_orders ORDER BY number"); got != want {
				t.Errorf("the orders are %q, after %v", got, err)
			}
			put(t, l, imported(3)) // it goes on
		})
	}
}

// TestCommitWithoutAnswerByAnother loses the place at the same time: the
// daemon says that it is in use, whatever became of the transaction.
func TestCommitWithoutAnswerByAnother(t *testing.T) {
	direct := engines[1].fresh(t)
	o, r := direct, &relay{}
	relayTo(t, &o, r)
	l := open(t, o)
	r.armed.Store(true)
	mustExec(t, direct, `CREATE FUNCTION usurp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			UPDATE entrepot_sync SET holder = 'another'; RETURN NULL; END $$`,
		"CREATE CONSTRAINT TRIGGER usurp AFTER INSERT ON entrepot_orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION usurp()")
	err := l.InTx(t.Context(), func(tx merchantsync.Tx) error { return tx.Put([]merchantsync.Entry{imported(1)}) })
	if !errors.Is(err, merchantsync.ErrInUse) {
		t.Errorf("after losing both: %v", err)
	}
}
