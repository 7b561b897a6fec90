package main

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestNotify listens as systemd does.
func TestNotify(t *testing.T) {
	dir, err := os.MkdirTemp("", "n") // a socket's name is short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "s")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.Close() }()
	t.Setenv("NOTIFY_SOCKET", name)
	r := runServer(t, 1)
	told := func() string {
		if err := socket.SetReadDeadline(time.Now().Add(waitLimit)); err != nil {
			t.Fatal(err)
		}
		message := make([]byte, 100)
		n, err := socket.Read(message)
		if err != nil {
			t.Fatal(err)
		}
		return string(message[:n])
	}
	if got := told(); got != "READY=1" {
		t.Errorf("told %q", got)
	}
	r.stop()
	if got := told(); got != "STOPPING=1" {
		t.Errorf("told %q", got)
	}
	if err := r.wait(t); err != nil {
		t.Error(err)
	}
}
