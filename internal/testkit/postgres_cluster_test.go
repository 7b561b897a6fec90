//go:build unix

package testkit

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// leader connects to whoever takes writes, as clients do. A server that hangs
// is left without a word.
func leader(t *testing.T, d PostgresDatabase) *pgx.Conn {
	t.Helper()
	config, err := pgx.ParseConfig(d.URL)
	if err != nil {
		t.Fatal(err)
	}
	config.Password, config.ConnectTimeout = passwordOf(t, d), time.Second // for each host
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		conn, err := pgx.ConnectConfig(ctx, config)
		if err == nil {
			t.Cleanup(func() { _ = conn.PgConn().Conn().Close() })
			return conn
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}

func must(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// rows are those that the client's primary has.
func rows(t *testing.T, d PostgresDatabase) (n int) {
	t.Helper()
	if err := leader(t, d).QueryRow(t.Context(), "SELECT count(*) FROM kept").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestClusterFailsOver lets both servers go, and come back: nothing that was
// committed is missing, and the one that stays behind says nothing of its own.
func TestClusterFailsOver(t *testing.T) {
	c := StartPostgresCluster(t)
	d := c.Database(t, "walk")
	must(t, leader(t, d), "CREATE TABLE kept (n INTEGER)")
	ways := []struct {
		name   string
		strike func()
	}{
		{"killed", func() { c.Primary().Kill9(t) }},
		{"cut off", c.Cut},
	}
	for i, way := range ways {
		old := c.Primary()
		must(t, leader(t, d), "INSERT INTO kept VALUES ($1)", i)
		conn := leader(t, d)
		c.Standby().Stop(t)
		answer := committing(t, conn)
		c.InCommit(t, 1)
		way.strike()
		c.Standby().Cont(t)
		c.Promote(t)
		if c.Primary() == old {
			t.Fatal("nobody was promoted")
		}
		// The row without an answer may be there. Those with one must.
		if n := rows(t, d); n < i+1 || n > 2*(i+1) {
			t.Errorf("%s: %d rows of %d", way.name, n, i+1)
		}
		select {
		case err := <-answer:
			if err == nil {
				t.Errorf("%s: the old primary has answered a COMMIT", way.name)
			}
		default:
		}
		c.Rejoin(t)
	}
}

// committing begins a COMMIT, which is given up with the test.
func committing(t *testing.T, conn *pgx.Conn) <-chan error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	answer, ended := make(chan error, 1), make(chan struct{})
	t.Cleanup(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		_, err := conn.Exec(ctx, "INSERT INTO kept VALUES (-1)")
		answer <- err
	}()
	return answer
}

// TestOldPrimaryAcknowledgesNothing lets a primary that hung come back beside
// its successor: it commits, and says so to nobody. This is why the successor
// may go on.
func TestOldPrimaryAcknowledgesNothing(t *testing.T) {
	c := StartPostgresCluster(t)
	d := c.Database(t, "walk")
	must(t, leader(t, d), "CREATE TABLE kept (n INTEGER)")
	old := c.Primary()
	before := leader(t, d)
	old.Stop(t)
	c.Promote(t)
	answer := committing(t, before)
	old.Cont(t)
	if _, err := old.until(inCommit, 1); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for range 20 { // as long as twenty other questions take, on both
		if err := errors.Join(old.exec("SELECT 1"), c.Primary().exec("SELECT 1")); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-answer:
		t.Errorf("it answers: %v", err)
	default:
	}
	var n int
	successor := d
	successor.URL = c.Direct(d)
	if err := leader(t, successor).QueryRow(ctx, "SELECT count(*) FROM kept").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows on the new one, %v", n, err)
	}
}
