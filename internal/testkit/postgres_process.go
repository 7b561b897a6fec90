//go:build unix

package testkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// postgresProcess is a running server.
type postgresProcess struct {
	cmd      *exec.Cmd
	exited   chan struct{}
	watchdog *exec.Cmd
	leash    io.Closer // the watchdog acts when this is closed, be it by the end of the process
}

// watch ends the server $1 and what it has forked, and removes its folder $2,
// as soon as nothing holds the other end of its input.
const watch = `
read -r _
family() { echo "$1" $(cat "/proc/$1/task/$1/children" 2>/dev/null); }
kill -CONT $(family "$1"); kill -QUIT "$1"
n=0
while kill -0 "$1" && ! grep -q '^State:.Z' "/proc/$1/status" && [ $n -lt 100 ]; do n=$((n+1)); sleep 0.05; done
kill -KILL $(family "$1")
rm -rf "$2"`

var errExited = errors.New("PostgreSQL ended")

// startAnywhere starts the server on a port that is free. Another program may
// take it in between, so it is tried again.
func (s *PostgresServer) startAnywhere() (err error) {
	for range 5 {
		if s.Port, err = freePort(); err != nil {
			return err
		}
		if err = s.start(); !errors.Is(err, errExited) {
			return err
		}
	}
	return err
}

func freePort() (int, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func (s *PostgresServer) start() error {
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the server's log: %w", err)
	}
	defer func() { _ = log.Close() }()
	cmd := s.command("postgres", s.arguments()...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	p := &postgresProcess{cmd: cmd, exited: make(chan struct{})}
	go func() { _ = cmd.Wait(); close(p.exited) }()
	if err := p.guard(s.dir); err != nil {
		p.kill()
		return err
	}
	if err := s.await(p); err != nil {
		p.kill()
		return err
	}
	s.process = p
	return nil
}

func (s *PostgresServer) arguments() []string {
	return []string{
		"-D", s.data(),
		"-c", "listen_addresses=127.0.0.1",
		"-c", "port=" + strconv.Itoa(s.Port),
		"-c", "unix_socket_directories=", // their paths have a short limit
		"-c", "dynamic_shared_memory_type=mmap", // in its folder, so that a killed server leaves nothing in /dev/shm
	}
}

// guard sees that the server does not outlive us.
func (p *postgresProcess) guard(dir string) error {
	p.watchdog = exec.CommandContext(context.Background(), "/bin/sh", "-c", watch, "watch", strconv.Itoa(p.cmd.Process.Pid), dir)
	p.watchdog.SysProcAttr = ownGroup() // Ctrl-C is for us, not for it
	var err error
	if p.leash, err = p.watchdog.StdinPipe(); err != nil {
		return fmt.Errorf("hold the watchdog: %w", err)
	}
	if err := p.watchdog.Start(); err != nil {
		return fmt.Errorf("start the watchdog: %w", err)
	}
	return nil
}

// await waits until the server takes connections.
func (s *PostgresServer) await(p *postgresProcess) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		conn, err := s.connect(ctx)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.exited:
			log, _ := os.ReadFile(s.log())
			return fmt.Errorf("%w: %s", errExited, log)
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not start: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// kill ends the server and all that it has forked at once, as the end of its
// machine would.
func (p *postgresProcess) kill() {
	p.stop() // so that it forks nothing meanwhile
	family := p.family()
	for _, pid := range family {
		_ = killProcess(pid)
	}
	<-p.exited
	for _, pid := range family[1:] {
		awaitEnd(pid)
	}
	p.unguard()
}

// unguard ends the watchdog, whose server has ended.
func (p *postgresProcess) unguard() {
	if p.watchdog == nil || p.watchdog.Process == nil {
		return
	}
	_ = p.watchdog.Process.Kill()
	_ = p.watchdog.Wait()
}

// Kill9 kills the server with all its processes, as the end of its machine
// would; what it wrote to the disk stays.
func (s *PostgresServer) Kill9(t testing.TB) {
	t.Helper()
	s.mustBeOwn(t)
	s.process.kill()
	s.process = nil
}

// mustBeOwn keeps a test from harming others.
func (s *PostgresServer) mustBeOwn(t testing.TB) {
	t.Helper()
	if s.shared {
		t.Fatal("this server is shared: use StartPostgres")
	}
}

// Restart starts the server again on its port, after a shutdown that cuts all
// connections where it still runs.
func (s *PostgresServer) Restart(t testing.TB) {
	t.Helper()
	s.mustBeOwn(t)
	if s.process != nil {
		s.process.shutDown()
		s.process = nil
	}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

// shutDown is what PostgreSQL calls fast.
func (p *postgresProcess) shutDown() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	<-p.exited
	p.unguard()
}

// Stop makes the server hang with all its processes, until Cont: connections
// stay open, new ones are taken by the kernel, and nothing answers.
func (s *PostgresServer) Stop(t testing.TB) {
	t.Helper()
	s.mustBeOwn(t)
	s.process.stop()
}

// Cont lets the server go on after Stop.
func (s *PostgresServer) Cont(t testing.TB) {
	t.Helper()
	s.process.cont()
}

// end is for servers that nobody needs any more.
func (s *PostgresServer) end() {
	if s.process == nil {
		_ = s.start() // a shutdown removes the shared memory that a killed server leaves in the kernel
	}
	if s.process != nil {
		s.process.cont()
		s.process.shutDown()
	}
	_ = os.RemoveAll(s.dir)
}
