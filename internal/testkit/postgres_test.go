//go:build unix

package testkit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// dial connects to a database of a test with that password.
func dial(t *testing.T, d PostgresDatabase, password string) (*pgx.Conn, error) {
	t.Helper()
	config, err := pgx.ParseConfig(d.URL)
	if err != nil {
		t.Fatal(err)
	}
	config.Password = password
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err == nil {
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
	}
	return conn, err
}

func passwordOf(t *testing.T, d PostgresDatabase) string {
	t.Helper()
	body, err := os.ReadFile(d.PasswordFile)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(body))
}

func TestPostgresGivesEachTestItsOwnDatabase(t *testing.T) {
	s := Postgres(t)
	one, two := s.Database(t), s.Database(t)
	for _, d := range []PostgresDatabase{one, two} {
		conn, err := dial(t, d, passwordOf(t, d))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), "CREATE TABLE the_same_in_both (a INTEGER)"); err != nil {
			t.Error(err)
		}
	}
	if Postgres(t) != s {
		t.Error("two servers were started")
	}
	if _, err := dial(t, one, "wrong"); err == nil {
		t.Error("the server takes any password")
	}
}

// TestPostgresKilledHungAndRestarted kills and hangs a server of its own.
func TestPostgresKilledHungAndRestarted(t *testing.T) {
	s := StartPostgres(t)
	d := s.Database(t)
	conn, err := dial(t, d, passwordOf(t, d))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "CREATE TABLE kept (a INTEGER)"); err != nil {
		t.Fatal(err)
	}

	s.Stop(t)
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := conn.Ping(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a server that hangs: %v", err)
	}
	s.Cont(t)
	if conn, err = dial(t, d, passwordOf(t, d)); err != nil {
		t.Fatal(err)
	}

	s.Kill9(t)
	if err := conn.Ping(t.Context()); err == nil {
		t.Error("a server that was killed answers")
	}
	s.Restart(t)
	if conn, err = dial(t, d, passwordOf(t, d)); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM kept").Scan(&n); err != nil {
		t.Errorf("after the restart: %v", err)
	}
}

// leaveEnv makes the test binary start a server, say where, and wait.
const leaveEnv = "ENTREPOT_TEST_POSTGRES_LEFT"

// TestPostgresEndsWithTheProcess kills a process of tests, which can clean up
// nothing, and sees that server and folder go all the same.
func TestPostgresEndsWithTheProcess(t *testing.T) {
	Need(t, PostgreSQL)
	if os.Getenv(leaveEnv) != "" {
		s := StartPostgres(t)
		fmt.Println("left:", s.process.cmd.Process.Pid, s.dir)
		select {}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPostgresEndsWithTheProcess$")
	cmd.Env = append(os.Environ(), leaveEnv+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	var dir string
	for lines := bufio.NewScanner(out); dir == "" && lines.Scan(); {
		_, _ = fmt.Sscanf(lines.Text(), "left: %d %s", &pid, &dir)
	}
	if err := cmd.Process.Kill(); err != nil || dir == "" {
		t.Fatalf("no server was started: %v", err)
	}
	_ = cmd.Wait()
	awaitEnd(pid)
	if !isZombie(pid) {
		t.Errorf("the server %d outlives its test", pid)
	}
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the folder %s is left over", dir)
		}
	}
}
