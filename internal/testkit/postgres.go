//go:build unix

package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// PostgresServer is a real server on a port of 127.0.0.1, which asks for
// passwords. It ends when its test does, or with the process of the tests,
// however that ends; its folder goes with it.
type PostgresServer struct {
	Port     int
	dir      string // of everything below
	password string // of every role
	settings []string
	shared   bool
	process  *postgresProcess // nil when it was killed
	names    int
	mu       sync.Mutex
}

// PostgresDatabase is an empty database that belongs to a role of its own.
type PostgresDatabase struct {
	Name, User   string
	URL          string // has no password in it
	PasswordFile string
}

const (
	superuser = "postgres"
	database  = "postgres"
)

var shared struct {
	sync.Mutex
	server *PostgresServer
}

// Postgres is the server that the tests of a package share. It does not wait
// for the disk, and nobody kills it: see StartPostgres for that. It needs
// PostgreSQL.
func Postgres(t testing.TB) *PostgresServer {
	t.Helper()
	Need(t, PostgreSQL)
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		s, err := newPostgres("", "fsync=off", "full_page_writes=off")
		if err != nil {
			t.Fatal(err)
		}
		s.shared = true
		shared.server = s
	}
	return shared.server
}

// StartPostgres starts a server for one test, which waits for the disk as in
// earnest and may be killed, stopped and started again. Settings are as in
// postgresql.conf, such as "synchronous_standby_names=other". It needs
// PostgreSQL.
func StartPostgres(t testing.TB, settings ...string) *PostgresServer {
	t.Helper()
	Need(t, PostgreSQL)
	s, err := newPostgres("", settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.end)
	return s
}

// newPostgres starts a server with its files in a folder of its own below
// parent; an empty parent is the folder for temporary files.
func newPostgres(parent string, settings ...string) (*PostgresServer, error) {
	dir, err := os.MkdirTemp(parent, "entrepot-postgres-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	s := &PostgresServer{dir: dir, password: rand.Text(), settings: settings}
	if err = s.initialize(); err == nil {
		err = s.startAnywhere()
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

// initialize makes the server's files, as the user that will run it.
func (s *PostgresServer) initialize() error {
	if err := os.WriteFile(s.passwordFile(), []byte(s.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the password: %w", err)
	}
	if err := giveAway(s.dir, s.passwordFile()); err != nil {
		return err
	}
	initdb := s.command("initdb", "--pgdata", s.data(), "--username", superuser, "--pwfile", s.passwordFile(),
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return s.configure()
}

// configure writes the settings where ALTER SYSTEM can override them.
func (s *PostgresServer) configure() error {
	file, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return fmt.Errorf("configure PostgreSQL: %w", err)
	}
	for _, setting := range append([]string{"shared_buffers=32MB"}, s.settings...) {
		name, value, _ := strings.Cut(setting, "=")
		_, writeErr := fmt.Fprintf(file, "%s = '%s'\n", name, strings.ReplaceAll(value, "'", "''"))
		err = errors.Join(err, writeErr)
	}
	return errors.Join(err, file.Close())
}

// command is a program of PostgreSQL, run as a user that is not root.
func (s *PostgresServer) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), filepath.Join(postgresBin(), name), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC"} // none of the variables with which PostgreSQL can be told otherwise
	cmd.SysProcAttr = asServer()
	return cmd
}

func (s *PostgresServer) data() string         { return filepath.Join(s.dir, "data") }
func (s *PostgresServer) log() string          { return filepath.Join(s.dir, "log") }
func (s *PostgresServer) passwordFile() string { return filepath.Join(s.dir, "password") }

// Database makes a database for one test, and drops it when the test ends.
func (s *PostgresServer) Database(t testing.TB) PostgresDatabase {
	t.Helper()
	s.mu.Lock()
	s.names++
	name := fmt.Sprintf("test_%d", s.names)
	s.mu.Unlock()
	d, err := s.newDatabase(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.drop(name) })
	return d
}

func (s *PostgresServer) newDatabase(name string) (PostgresDatabase, error) {
	err := s.exec("CREATE ROLE "+name+" LOGIN PASSWORD '"+s.password+"'", "CREATE DATABASE "+name+" OWNER "+name)
	return PostgresDatabase{
		Name: name, User: name,
		URL:          s.url(name, name),
		PasswordFile: s.passwordFile(),
	}, err
}

// drop is for tidiness: a server that is gone takes its databases with it.
func (s *PostgresServer) drop(name string) {
	_ = s.exec("DROP DATABASE "+name+" WITH (FORCE)", "DROP ROLE "+name)
}

func (s *PostgresServer) url(user, name string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s", user, s.Port, name)
}

// Exec runs statements as the superuser, each in a transaction of its own.
func (s *PostgresServer) Exec(t testing.TB, statements ...string) {
	t.Helper()
	if err := s.exec(statements...); err != nil {
		t.Fatal(err)
	}
}

// patience bounds what should take moments.
const patience = 30 * time.Second

func (s *PostgresServer) exec(statements ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", strings.ReplaceAll(statement, s.password, "…"), err)
		}
	}
	return nil
}

func (s *PostgresServer) connect(ctx context.Context) (*pgx.Conn, error) {
	return s.connectTo(ctx, database)
}

// connectTo connects to a database as the superuser.
func (s *PostgresServer) connectTo(ctx context.Context, to string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(s.url(superuser, to) + "?sslmode=disable")
	if err != nil {
		return nil, fmt.Errorf("parse the test server's URL: %w", err)
	}
	config.Password = s.password
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the test server: %w", err)
	}
	return conn, nil
}
