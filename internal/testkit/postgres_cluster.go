//go:build unix

package testkit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// PostgresCluster is a primary with a synchronous standby, two servers as
// PostgresServer is one. What is committed is on both. Clients reach them
// through relays, and so does the standby its primary: a server can be cut off
// like a machine. Nobody watches over it: the test says who is promoted.
type PostgresCluster struct {
	members  [2]*member
	primary  int // of the members
	password string
}

// member is a server with the lines to it.
type member struct {
	*PostgresServer
	clients  *Relay // on which clients reach it
	standbys *Relay // on which its standby does
}

const standbyName = "standby"

// StartPostgresCluster starts a cluster for one test. It needs PostgreSQL.
func StartPostgresCluster(t testing.TB) *PostgresCluster {
	t.Helper()
	first := StartPostgres(t, "synchronous_commit=on", "wal_retrieve_retry_interval=200ms")
	c := &PostgresCluster{password: first.password}
	c.members[0] = newMember(t, first)
	second, err := c.newStandby()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.end)
	c.members[1] = newMember(t, second)
	if err := c.synchronize(); err != nil {
		t.Fatal(err)
	}
	return c
}

// newMember is made after the server's own cleanup, so that its lines end
// first: a server that shuts down waits for its standby.
func newMember(t testing.TB, s *PostgresServer) *member {
	t.Helper()
	addr := "127.0.0.1:" + strconv.Itoa(s.Port)
	return &member{s, StartRelay(t, addr), StartRelay(t, addr)}
}

// newStandby makes and starts a server that follows the primary.
func (c *PostgresCluster) newStandby() (*PostgresServer, error) {
	dir, err := os.MkdirTemp("", "entrepot-postgres-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	s := &PostgresServer{dir: dir, password: c.password}
	if err = giveAway(dir); err == nil {
		err = c.clone(s)
	}
	if err == nil {
		err = s.startAnywhere()
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

// clone copies the primary's files, with what makes a server its standby.
func (c *PostgresCluster) clone(s *PostgresServer) error {
	host, port, err := net.SplitHostPort(c.leader().standbys.Addr())
	if err != nil {
		return fmt.Errorf("read a relay's address: %w", err)
	}
	backup := s.command("pg_basebackup", "--pgdata", s.data(),
		"--dbname", fmt.Sprintf("host=%s port=%s user=%s sslmode=disable application_name=%s", host, port, superuser, standbyName),
		"--write-recovery-conf", "--create-slot", "--slot", standbyName,
		"--wal-method", "stream", "--checkpoint", "fast", "--no-sync", "--no-password")
	backup.Env = append(backup.Env, "PGPASSWORD="+s.password)
	if out, err := backup.CombinedOutput(); err != nil {
		return fmt.Errorf("pg_basebackup: %w: %s", err, out)
	}
	return nil
}

func (c *PostgresCluster) leader() *member { return c.members[c.primary] }

// Primary is the server that takes writes.
func (c *PostgresCluster) Primary() *PostgresServer { return c.leader().PostgresServer }

// Standby is the other server, whatever has become of it.
func (c *PostgresCluster) Standby() *PostgresServer { return c.members[1-c.primary].PostgresServer }

// Database makes a database, whose URL names both servers.
func (c *PostgresCluster) Database(t testing.TB, name string) PostgresDatabase {
	t.Helper()
	c.Primary().Exec(t, "CREATE ROLE "+name+" LOGIN PASSWORD '"+c.password+"'", "CREATE DATABASE "+name+" OWNER "+name)
	hosts := c.members[0].clients.Addr() + "," + c.members[1].clients.Addr()
	return PostgresDatabase{
		Name: name, User: name,
		URL:          fmt.Sprintf("postgres://%s@%s/%s?target_session_attrs=read-write", name, hosts, name),
		PasswordFile: c.members[0].passwordFile(),
	}
}

// Direct is the URL of a database at the primary, past the relays.
func (c *PostgresCluster) Direct(d PostgresDatabase) string { return c.Primary().url(d.User, d.Name) }

// synchronize makes the primary wait for its standby from now on.
func (c *PostgresCluster) synchronize() error {
	p := c.Primary()
	if err := p.exec("ALTER SYSTEM SET synchronous_standby_names = '"+standbyName+"'", "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	const inSync = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"
	if _, err := p.until(inSync, 1); err != nil {
		return fmt.Errorf("wait for the standby: %w", err)
	}
	// The checkpointer is who tells all others of the names.
	return p.exec("CHECKPOINT")
}

// until waits until the answer to a query is large enough.
func (s *PostgresServer) until(query string, enough int) (n int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := s.connect(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	for {
		if err := conn.QueryRow(ctx, query).Scan(&n); err != nil || n >= enough {
			return n, err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

const inCommit = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"

// InCommit waits until at least so many transactions on the primary wait for
// the standby in their COMMIT, and answers how many.
func (c *PostgresCluster) InCommit(t testing.TB, atLeast int) int {
	t.Helper()
	n, err := c.Primary().until(inCommit, atLeast)
	if err != nil {
		t.Fatalf("wait for %d COMMITs: %v", atLeast, err)
	}
	return n
}

// Cut takes the primary off the network: its connections are reset, and there
// are no new ones. The primary itself learns nothing of it.
func (c *PostgresCluster) Cut() { c.leader().clients.Cut(); c.leader().standbys.Cut() }

// Silence takes the primary off the network without a word to anybody.
func (c *PostgresCluster) Silence() { c.leader().clients.Silence(); c.leader().standbys.Silence() }

// LoseStandby makes the primary go on without its standby, as an asynchronous
// one would.
func (c *PostgresCluster) LoseStandby(t testing.TB) {
	t.Helper()
	c.leader().standbys.Cut()
	c.Primary().Exec(t, "ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
}

// Promote makes the standby the primary, which goes on alone until Rejoin. The
// old one stays as it is: hung, cut off or dead. Were it neither, clients would
// find two primaries.
func (c *PostgresCluster) Promote(t testing.TB) {
	t.Helper()
	seconds := strconv.Itoa(int(patience.Seconds()))
	c.Standby().Exec(t, "SELECT pg_promote(true, "+seconds+")")
	c.primary = 1 - c.primary
	if _, err := c.Primary().until("SELECT CASE WHEN pg_is_in_recovery() THEN 0 ELSE 1 END", 1); err != nil {
		t.Fatal(err)
	}
}

// Rejoin ends the old primary for good, whatever its state, and makes a new
// standby in its place, from a copy of the new primary.
func (c *PostgresCluster) Rejoin(t testing.TB) {
	t.Helper()
	old := c.members[1-c.primary]
	if old.process != nil {
		old.process.kill()
		old.process = nil
	}
	old.clients.Break() // what the dead server has left open
	old.clients.Heal()
	old.standbys.Break()
	old.standbys.Heal()
	err := errors.Join(old.sweep(), os.RemoveAll(old.data()))
	if err == nil {
		err = c.clone(old.PostgresServer)
	}
	if err == nil {
		err = old.start()
	}
	if err == nil {
		err = c.synchronize()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// sweep removes the shared memory that a killed server leaves in the kernel. A
// server in single-user mode does, and takes no connections.
func (s *PostgresServer) sweep() error {
	cmd := s.command("postgres", "--single", "-F", "-D", s.data(), "-c", "dynamic_shared_memory_type=mmap", "-c", "synchronous_standby_names=", database)
	cmd.Stdin = strings.NewReader("")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("sweep up after a killed server: %w: %s", err, out)
	}
	return nil
}
