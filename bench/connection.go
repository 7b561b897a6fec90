package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"time"
)

// connection speaks as much HTTP/1.1 as a load generator needs: one request at
// a time, answers with a Content-Length. Whatever it spends is taken from the
// server on the same machine, so it spends little.
type connection struct {
	conn net.Conn
	path string
	line func(dst []byte) []byte // the method and the target of a peer's, which may answer in chunks; nil is POST to path
	body []byte                  // of the request
	out  []byte                  // the request
	in   []byte                  // what has been read
}

// window is how much of an answer is read at a time.
const window = 64 << 10

func dial(ctx context.Context, address, path string) (*connection, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect to the server: %w", err)
	}
	return &connection{conn: conn, path: path, in: make([]byte, window)}, nil
}

func (c *connection) close() { _ = c.conn.Close() }

// patience bounds an exchange; nothing should come near it.
const patience = time.Minute

// exchange sends a request with the body that ask appends, and reads the
// answer, which must be a 200 that begins with start. The answer is valid until
// the next exchange; of one that is longer than the window there is nothing
// unless it is kept.
func (c *connection) exchange(ask func([]byte) []byte, start string, keep bool) (answer []byte, size int, err error) {
	if err := c.send(ask); err != nil {
		return nil, 0, err
	}
	head, n, err := c.readHead()
	if err != nil {
		return nil, 0, err
	}
	if size, err = bodyLength(c.in[:head]); err == nil && size == inChunks && c.line != nil {
		return c.readChunks(head, n, start)
	}
	if size == inChunks {
		err = errors.New("there is no Content-Length")
	}
	if err == nil {
		n, err = c.readStart(head, n, size, start)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %.300q after %.300q", err, c.in[:n], c.out)
	}
	answer, err = c.readBody(head, n, size, keep)
	return answer, size, err
}

func (c *connection) send(ask func([]byte) []byte) error {
	c.body = ask(c.body[:0])
	c.out = append(c.firstLine(c.out[:0]), " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "...)
	c.out = strconv.AppendInt(c.out, int64(len(c.body)), 10)
	c.out = append(append(c.out, "\r\n\r\n"...), c.body...)
	if _, err := c.conn.Write(c.out); err != nil {
		return fmt.Errorf("send a request: %w", err)
	}
	return nil
}

func (c *connection) firstLine(dst []byte) []byte {
	if c.line != nil {
		return c.line(dst)
	}
	return append(append(dst, "POST "...), c.path...)
}

// readHead reads until the head is there. It answers where the body begins, and
// how much has been read.
func (c *connection) readHead() (head, n int, err error) {
	for {
		m, err := c.conn.Read(c.in[n:])
		n += m
		if end := bytes.Index(c.in[:n], []byte("\r\n\r\n")); end >= 0 {
			return end + 4, n, nil
		}
		if err == nil && n == len(c.in) {
			err = errors.New("there is no end of its head")
		}
		if err != nil {
			return 0, n, fmt.Errorf("read an answer: %w: %.300q", err, c.in[:n])
		}
	}
}

// readStart reads as much of the body as its expected start is long, and
// compares the two.
func (c *connection) readStart(head, n, size int, start string) (int, error) {
	end := head + min(size, len(start))
	if n < end { // mostly it is there
		m, err := io.ReadAtLeast(c.conn, c.in[n:], end-n)
		if n += m; err != nil {
			return n, err
		}
	}
	if string(c.in[head:end]) != start {
		return n, errors.New("the answer begins otherwise")
	}
	return n, nil
}

var (
	lengthField  = []byte("\r\nContent-Length: ")
	chunkedField = []byte("\r\nTransfer-Encoding: chunked\r\n")
	lastChunk    = []byte("\r\n0\r\n\r\n")
)

// inChunks is the length of a body that does not say it.
const inChunks = -1

func bodyLength(head []byte) (int, error) {
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 200 ")) {
		return 0, errors.New("the status is not 200")
	}
	if bytes.Contains(head, chunkedField) {
		return inChunks, nil
	}
	_, rest, found := bytes.Cut(head, lengthField)
	digits, _, _ := bytes.Cut(rest, []byte("\r\n"))
	n, err := strconv.ParseUint(string(digits), 10, 31)
	if !found || err != nil {
		return 0, errors.New("there is no Content-Length")
	}
	return int(n), nil
}

// readBody reads the rest of a body of which n-head bytes are there.
func (c *connection) readBody(head, n, size int, keep bool) ([]byte, error) {
	end := head + size
	switch {
	case n > end:
		return nil, errors.New("the answer is longer than it says")
	case end > len(c.in) && !keep:
		return nil, c.skip(end - n)
	case end > len(c.in):
		c.in = append(make([]byte, 0, end), c.in...)[:end]
	}
	if _, err := io.ReadFull(c.conn, c.in[n:end]); err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	return c.in[head:end], nil
}

func (c *connection) skip(left int) error {
	for left > 0 {
		n, err := c.conn.Read(c.in[:min(left, window)])
		if err != nil {
			return fmt.Errorf("read a long answer: %w", err)
		}
		left -= n
	}
	return nil
}

// readChunks reads a body in chunks, of which n-head bytes are there. The bytes
// that end it are in no JSON.
func (c *connection) readChunks(head, n int, start string) (answer []byte, size int, err error) {
	for !bytes.HasSuffix(c.in[head:n], lastChunk) {
		if n == len(c.in) {
			c.in = append(c.in, make([]byte, n)...)
		}
		m, err := c.conn.Read(c.in[n:])
		if n += m; err != nil {
			return nil, 0, fmt.Errorf("read an answer: %w: %.300q", err, c.in[:n])
		}
	}
	answer, err = io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(c.in[head:n])))
	if err == nil && !bytes.HasPrefix(answer, []byte(start)) {
		err = errors.New("the answer begins otherwise")
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %.300q after %.300q", err, c.in[:n], c.out)
	}
	return answer, len(answer), nil
}
