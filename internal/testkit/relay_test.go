package testkit

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// echo is a server that says lines again, and tells how each of its
// connections ended.
func echo(t *testing.T) (addr string, ended <-chan error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	ends := make(chan error, 8)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, err := io.Copy(conn, conn)
				_ = conn.Close()
				ends <- err
			}()
		}
	}()
	return listener.Addr().String(), ends
}

// caller is a connection through a relay.
type caller struct {
	net.Conn
	lines *bufio.Reader
}

func call(t *testing.T, r *Relay) caller {
	t.Helper()
	conn, err := net.Dial("tcp", r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return caller{conn, bufio.NewReader(conn)}
}

func (c caller) say(line string) (heard string, err error) {
	if _, err := io.WriteString(c, line); err != nil {
		return "", err
	}
	return c.lines.ReadString('\n')
}

func (c caller) hears(t *testing.T, line string) {
	t.Helper()
	if heard, err := c.say(line); heard != line || err != nil {
		t.Errorf("%q is answered with %q, %v", line, heard, err)
	}
}

// refuses sees that there is no way to a server.
func refuses(t *testing.T, r *Relay) {
	t.Helper()
	conn, err := net.Dial("tcp", r.Addr())
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a new line: %v", err)
	}
}

func TestRelayBreaksAndHeals(t *testing.T) {
	addr, ended := echo(t)
	r := StartRelay(t, addr)
	first := call(t, r)
	first.hears(t, "a\n")
	r.Cut()
	if _, err := first.say("b\n"); err == nil {
		t.Error("a line that was cut answers")
	}
	refuses(t, r)
	r.Heal()
	second := call(t, r)
	second.hears(t, "d\n")
	r.Break()
	if _, err := second.lines.ReadByte(); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a line that breaks: %v", err)
	}
	third := call(t, r)
	third.hears(t, "e\n")
	_ = third.Close()
	if err := <-ended; err != nil { // of the third: the others' ends were kept from the server
		t.Errorf("the server is told of a client's end by %v", err)
	}
	select {
	case err := <-ended:
		t.Errorf("the server was told of a line that broke: %v", err)
	default:
	}
	if n := r.Accepted(); n != 4 && n != 3 { // of the refused one nobody may have heard
		t.Errorf("%d connections were counted", n)
	}
}

func TestRelayIsSilent(t *testing.T) {
	addr, _ := echo(t)
	r := StartRelay(t, addr)
	before := call(t, r)
	before.hears(t, "a\n")
	r.Silence()
	during := call(t, r)
	for _, c := range []caller{before, during} {
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if heard, err := c.say("b\n"); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("heard %q, %v in a silence", heard, err)
		}
		_ = c.SetReadDeadline(time.Time{})
	}
	r.Strand()
	refuses(t, r)
	r.Heal()
	for _, c := range []caller{before, during} {
		if heard, err := c.lines.ReadString('\n'); heard != "b\n" || err != nil {
			t.Errorf("after the silence: %q, %v", heard, err)
		}
	}
}

func TestRelayTellsOfTheServersEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r, url := RelayTo(t, "postgres://u@"+listener.Addr().String()+"/x")
	if url != "postgres://u@"+r.Addr()+"/x" {
		t.Error(url)
	}
	c := call(t, r)
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if _, err := c.lines.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the server's end: %v", err)
	}
	_ = listener.Close()
	refuses(t, r)
}
