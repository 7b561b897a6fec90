package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// fill reads more, and makes room for it first. An error means that nothing
// more came.
func (l *listReader) fill() error {
	if l.pos > 0 {
		l.end = copy(l.buf, l.buf[l.pos:l.end])
		l.pos = 0
	}
	if l.end == len(l.buf) {
		if l.end >= maxValue {
			return fmt.Errorf("one value has more than %d bytes", maxValue)
		}
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	for range 100 { // as bufio does, for readers that give nothing
		n, err := l.r.Read(l.buf[l.end:])
		l.end += n
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// peek is the next byte that is not white space; io.EOF at the end.
func (l *listReader) peek() (byte, error) {
	for {
		for ; l.pos < l.end; l.pos++ {
			if c := l.buf[l.pos]; !isSpace(c) {
				return c, nil
			}
		}
		if err := l.fill(); err != nil {
			return 0, err
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func (l *listReader) expect(want byte) error {
	if ok, err := l.maybe(want); err != nil || ok {
		return err
	}
	return fmt.Errorf("%q is missing", want)
}

// maybe takes a byte if it is the next one.
func (l *listReader) maybe(want byte) (bool, error) {
	c, err := l.peek()
	if err != nil {
		return false, ended(err)
	}
	if c != want {
		return false, nil
	}
	l.pos++
	return true, nil
}

// next takes a comma, or the closing byte, and says which it was.
func (l *listReader) next(closing byte) (closed bool, err error) {
	if closed, err = l.maybe(closing); err != nil || closed {
		return closed, err
	}
	if err := l.expect(','); err != nil {
		return false, err
	}
	if c, err := l.peek(); err == nil && c == closing {
		return false, fmt.Errorf("something is missing before %q", closing)
	}
	return false, nil
}

// value is the next JSON value as it is written, checked. It is good until the
// next read.
func (l *listReader) value() ([]byte, error) {
	if _, err := l.peek(); err != nil {
		return nil, ended(err)
	}
	var scan valueScan
	for i := 0; ; i++ {
		if l.pos+i >= l.end {
			if err := l.fill(); err != nil {
				return nil, ended(err)
			}
		}
		if more, with := scan.step(l.buf[l.pos+i]); !more {
			raw := bytes.TrimSpace(l.buf[l.pos : l.pos+i+with])
			l.pos += i + with
			if !json.Valid(raw) {
				return nil, errors.New("it is not well formed")
			}
			return raw, nil
		}
	}
}

// valueScan finds where a value ends, and looks at nothing else.
type valueScan struct {
	depth             int
	inString, escaped bool
}

// step says whether the value goes on after a byte and, if not, whether the
// byte belongs to it (1) or not (0).
func (s *valueScan) step(c byte) (more bool, with int) {
	switch {
	case s.escaped:
		s.escaped = false
	case s.inString:
		s.escaped = c == '\\'
		s.inString = c != '"'
		return s.inString || s.depth > 0, 1
	case c == '"':
		s.inString = true
	case c == '{' || c == '[':
		s.depth++
	case c == '}' || c == ']':
		if s.depth == 0 {
			return false, 0
		}
		s.depth--
		return s.depth > 0, 1
	case c == ',' && s.depth == 0:
		return false, 0
	}
	return true, 0
}
