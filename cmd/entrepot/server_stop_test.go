package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestStopFinishesRequest stops the service between the two halves of a
// request's body.
func TestStopFinishesRequest(t *testing.T) {
	r := runServer(t, 3)
	conn, reader := r.beginRequest(t)
	idle := r.dial(t)
	if _, err := io.WriteString(idle, requestHead("")+listKeys); err != nil {
		t.Fatal(err)
	}
	idleReader := bufio.NewReader(idle)
	if _, body := readAnswer(t, idleReader); len(body) == 0 {
		t.Fatal("no answer before the stop")
	}
	if _, err := io.WriteString(conn, listKeys[:20]); err != nil {
		t.Fatal(err)
	}
	r.stop()
	until(t, "nobody new is let in", r.refuses)
	if _, err := os.Stat(r.ready); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the ready file is still there: %v", err)
	}
	if _, err := idleReader.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("an idle connection is kept: %v", err)
	}
	if _, err := io.WriteString(conn, listKeys[20:]); err != nil {
		t.Fatal(err)
	}
	status, body := readAnswer(t, reader)
	if status != http.StatusOK || !strings.Contains(body, `"totalCount":3`) {
		t.Errorf("%d %.300s", status, body)
	}
	if err := r.wait(t); err != nil {
		t.Error(err)
	}
	if !strings.Contains(r.log.String(), "msg=stopped") {
		t.Errorf("the log says nothing of the end:\n%s", r.log)
	}
}

// TestStopFinishesLongList stops the service while a client has read only the
// beginning of a list that no socket's buffers hold.
func TestStopFinishesLongList(t *testing.T) {
	const orders = 60_000
	for _, packed := range []string{"identity", "gzip"} {
		t.Run(packed, func(t *testing.T) {
			r := runServer(t, orders)
			conn := r.dial(t)
			if err := conn.(*net.TCPConn).SetReadBuffer(16 << 10); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, requestHead("Accept-Encoding: "+packed+"\r\n")+listKeys); err != nil {
				t.Fatal(err)
			}
			reader := bufio.NewReaderSize(conn, 512)
			if _, err := reader.Peek(1); err != nil {
				t.Fatal(err)
			}
			r.stop()
			until(t, "nobody new is let in", r.refuses)
			_, body := readAnswer(t, reader)
			if packed == "gzip" {
				body = gunzip(t, body)
			}
			if !strings.HasSuffix(body, "]}") || !strings.Contains(body[:100], fmt.Sprint(`"totalCount":`, orders)) {
				t.Errorf("%d bytes, %.100s ... %s", len(body), body, body[max(0, len(body)-20):])
			}
			if err := r.wait(t); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestStopCutsOff stops the service under a client that never finishes.
func TestStopCutsOff(t *testing.T) {
	r := runServer(t, 3, func(s *server) { s.stopTimeout = 20 * time.Millisecond })
	conn, reader := r.beginRequest(t)
	if _, err := io.WriteString(conn, listKeys[:20]); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if err := r.wait(t); err != nil {
		t.Error(err)
	}
	if rest, err := io.ReadAll(reader); err == nil && bytes.Contains(rest, []byte("totalCount")) {
		t.Errorf("a request that was never finished is answered: %q", rest)
	}
	if !strings.Contains(r.log.String(), "were cut off") {
		t.Errorf("the log does not say so:\n%s", r.log)
	}
}
