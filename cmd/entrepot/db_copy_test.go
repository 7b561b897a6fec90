//go:build unix

package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/testkit"
)

// copying is a folder and a database that it is copied into, by a role that
// may do no more than serve.
type copying struct {
	data, secret string
	owner, role  testkit.PostgresDatabase
}

func newCopying(t *testing.T, orders int) *copying {
	t.Helper()
	c := &copying{data: filepath.Join(t.TempDir(), "data")}
	c.secret = seed(t, c.data, orders)
	server := testkit.Postgres(t)
	c.owner, c.role = server.Database(t), server.Database(t)
	c.role.URL = strings.Replace(c.owner.URL, "//"+c.owner.User+"@", "//"+c.role.User+"@", 1)
	o := postgres.Options{Options: pgdb.Options{URL: c.owner.URL, PasswordFile: c.owner.PasswordFile}}
	if err := postgres.Migrate(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if err := postgres.GrantTo(t.Context(), o, c.role.User); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *copying) args(flags ...string) []string {
	return append([]string{"db", "copy", "--data", c.data, "--to", c.role.URL, "--to-password-file", c.role.PasswordFile}, flags...)
}

func (c *copying) run(t *testing.T, flags ...string) result {
	t.Helper()
	return command(t, c.args(flags...)...)
}

// sql runs what entrepot never would.
func (c *copying) sql(t *testing.T, fn func(*pgx.Conn) error) {
	t.Helper()
	if err := fn(testkit.Session(t, c.owner.URL, c.owner.PasswordFile)); err != nil {
		t.Fatal(err)
	}
}

func (c *copying) exec(t *testing.T, statement string) {
	t.Helper()
	c.sql(t, func(conn *pgx.Conn) error {
		_, err := conn.Exec(t.Context(), statement)
		return err
	})
}

// awaitOrders waits until there are more orders than that, or the copy ends.
func (c *copying) awaitOrders(t *testing.T, more int, ended <-chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c.sql(t, func(conn *pgx.Conn) error {
		err := poll(ctx, ended, func() (bool, error) {
			orders := 0
			err := conn.QueryRow(ctx, "SELECT count(*) FROM orders").Scan(&orders)
			return orders > more, err
		})
		if errors.Is(err, errExited) {
			return nil
		}
		return err
	})
}

// export is everything that export tells of the orders.
func export(t *testing.T, where ...string) string {
	t.Helper()
	r := command(t, append([]string{"order", "export", "--store", "999"}, where...)...)
	if r.code != 0 {
		t.Fatalf("export: %+v", r)
	}
	return r.stdout
}

func (c *copying) wantSame(t *testing.T) {
	t.Helper()
	was, is := export(t, "--data", c.data), export(t, "--db", c.role.URL, "--db-password-file", c.role.PasswordFile)
	if was != is || strings.Count(was, "\n") < 10 {
		t.Errorf("the exports of both differ: %d and %d bytes", len(was), len(is))
	}
	if r := command(t, "check", "--db", c.role.URL, "--db-password-file", c.role.PasswordFile); r.code != 0 || !strings.Contains(r.stdout, " 0 problems") {
		t.Errorf("check: %+v", r)
	}
}

// TestDBCopy walks the command.
func TestDBCopy(t *testing.T) {
	c := newCopying(t, 60)
	c.run(t, "--verify-only").refused(t, "store 999 is not in the destination")
	r := c.run(t)
	if r.code != 0 || !strings.Contains(r.stderr, "entrepot: 60 orders copied, ") || !strings.Contains(r.stderr, "both are the same") {
		t.Fatalf("%+v", r)
	}
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "999    file      60 ") || strings.Fields(lines[1])[6] != strings.Fields(lines[2])[6] {
		t.Errorf("the table is\n%s", r.stdout)
	}
	c.wantSame(t)
	if again := c.run(t); again.code != 0 || again.stdout != r.stdout || !strings.Contains(again.stderr, "had been finished before") {
		t.Errorf("once more: %+v", again)
	}
	var j struct {
		Copied               int
		FinishedBefore, Same bool
		Stores               []struct {
			Source, Destination struct {
				Orders   int
				Checksum string
			}
		}
	}
	if r = c.run(t, "--verify-only", "--json"); r.code != 0 || json.Unmarshal([]byte(r.stdout), &j) != nil || !j.Same || j.Stores[0].Source != j.Stores[0].Destination || j.Stores[0].Source.Orders != 60 {
		t.Errorf("--json: %+v", r)
	}
	c.serveBoth(t)
}

// serveBoth sees that secrets work as before, and that a difference is found.
func (c *copying) serveBoth(t *testing.T) {
	t.Helper()
	before := serve(t, c.data)
	c.run(t).refused(t, "another entrepot serves "+c.data+" already")
	after := launch(t, exec.CommandContext(t.Context(), program(t), "serve", "--db", c.role.URL, "--db-password-file", c.role.PasswordFile, "--addr", "127.0.0.1:0"))
	after.await(t)
	for _, body := range []string{
		`{"store":999,"secret":%q,"orderId":7}`, `{"store":999,"secret":"%sx","orderId":7}`, `{"store":999,"secret":%q,"orderId":70}`,
	} {
		var answers []string
		for _, p := range []*process{before, after} {
			a, err := send(t.Context(), p.url+"/v1/orderDetail", strings.NewReader(fmt.Sprintf(body, c.secret)))
			if err != nil {
				t.Fatal(err)
			}
			answers = append(answers, fmt.Sprint(a.status, a.text))
		}
		if answers[0] != answers[1] {
			t.Errorf("%s: %q", body, answers)
		}
	}
	before.stop(t)
	after.stop(t)
	c.exec(t, "UPDATE order_notes SET note = note WHERE FALSE; UPDATE orders SET reference_id = 'tampered' WHERE number = 33")
	r := c.run(t, "--verify-only")
	r.refused(t, "store 999: order 999-33 differs: reference id")
	if !strings.Contains(r.stdout, "database  60 ") {
		t.Errorf("the table of a difference is\n%s", r.stdout)
	}
}

// TestDBCopyNoticesTampering changes what an unfinished copy cannot bring up
// to date: the stores stay closed.
func TestDBCopyNoticesTampering(t *testing.T) {
	for statement, want := range map[string]string{
		"UPDATE orders SET placed_at = 5 WHERE number = 9":        "order 999-9 differs: date",
		"UPDATE orders SET test = TRUE WHERE number = 10":         "order 999-10 differs: test flag",
		"UPDATE order_changes SET seq = 77 WHERE number = 11":     "order 999-11 differs: history",
		"UPDATE order_documents SET body = 'x' WHERE number = 12": "the document of order 999-12 is damaged",
		"INSERT INTO order_documents SELECT store, 5000, format, body, crc32c FROM order_documents LIMIT 1 ON CONFLICT DO NOTHING; INSERT INTO orders SELECT store, 5000, placed_at, test, identified, status, status_at FROM orders LIMIT 1 ON CONFLICT DO NOTHING": "order 999-5000 is in the destination only",
	} {
		c := newCopying(t, 60)
		c.exec(t, "CREATE FUNCTION tamper() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$ BEGIN "+statement+"; RETURN NULL; END $$; "+
			"CREATE TRIGGER tamper AFTER INSERT ON carts FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION tamper()")
		c.run(t).refused(t, want)
		r := command(t, "store", "show", "999", "--db", c.role.URL, "--db-password-file", c.role.PasswordFile)
		if !strings.Contains(r.stdout, "loading") {
			t.Errorf("after a difference the store is %+v", r)
		}
	}
}

// TestDBCopyKilled kills copies while they write. The last one finishes.
func TestDBCopyKilled(t *testing.T) {
	const orders = 2000
	c := newCopying(t, orders)
	killed := 0
	for _, more := range []int{-1, 0, rand.N(1000), rand.N(1500), orders - 1, orders - 1} {
		cmd := exec.CommandContext(t.Context(), program(t), c.args()...)
		cmd.Env = environment()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = cmd.Wait() // looked at in cmd.ProcessState
		}()
		c.awaitOrders(t, more, ended)
		_ = cmd.Process.Kill() // it may have ended by itself
		<-ended
		if !cmd.ProcessState.Success() {
			killed++
		}
	}
	if killed < 3 {
		t.Errorf("%d runs were killed: the test tries too little", killed)
	}
	if r := c.run(t); r.code != 0 || !strings.Contains(r.stderr, "both are the same") {
		t.Fatalf("%+v", r)
	}
	c.wantSame(t)
}

// TestDBCopyKeepsOthersFromWriting holds a copy up in the middle, and tries to
// change the file behind it.
func TestDBCopyKeepsOthersFromWriting(t *testing.T) {
	c := newCopying(t, 10)
	ended := make(chan result, 1)
	c.sql(t, func(conn *pgx.Conn) error {
		hold, err := conn.Begin(t.Context())
		if err != nil {
			return err
		}
		if _, err := hold.Exec(t.Context(), "LOCK TABLE orders IN EXCLUSIVE MODE"); err != nil {
			return err
		}
		go func() { ended <- c.run(t) }()
		eventually(t, "a copy that waits", func() bool {
			waiting := 0
			err := hold.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE relation = 'orders'::regclass AND NOT granted").Scan(&waiting)
			return err != nil || waiting > 0
		})
		command(t, "store", "set", "999", "--name", "Behind", "--data", c.data).refused(t, "another process holds the database")
		c.run(t).refused(t, "another entrepot serves "+c.data+" already")
		if r := command(t, "order", "list", "--data", c.data); r.code != 0 {
			t.Errorf("reading meanwhile: %+v", r)
		}
		return hold.Rollback(t.Context())
	})
	if r := <-ended; r.code != 0 {
		t.Errorf("%+v", r)
	}
	c.wantSame(t)
}

// TestDBCopyRefuses sees one clear line for what may be wrong.
func TestDBCopyRefuses(t *testing.T) {
	c := newCopying(t, 10)
	command(t, c.args("--to-password-file", "/dev/null")...).refused(t, "password")
	command(t, c.args("--to", strings.TrimSuffix(c.role.URL, c.owner.Name)+"none")...).refused(t, `"none" does not exist`)
	empty := testkit.Postgres(t).Database(t)
	command(t, c.args("--to", empty.URL)...).refused(t, "this program needs schema")
	foreign := newCopying(t, 20)
	if r := foreign.run(t); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	command(t, c.args("--to", foreign.role.URL)...).refused(t, "the database holds the stores of another installation")
	if r := foreign.run(t, "--verify-only"); r.code != 0 {
		t.Errorf("what was there has changed: %+v", r)
	}
	c.exec(t, "UPDATE schema_info SET version = 1000, oldest_program = 1000")
	c.run(t).refused(t, "the database has schema 1000")
}
