package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const (
	firstBuffer = 64 << 10
	maxValue    = 1 << 20 // of one order in a list, or of another value beside the orders
)

var (
	errLeft   = errors.New("the caller left the loop")
	errSaid   = errors.New("an error came in place of the list")
	errNoList = errors.New(`it has neither "orders" nor "error"`)
)

// listReader reads a list as it streams. What it holds is a buffer that grows
// with the longest order only.
type listReader struct {
	r        io.Reader
	buf      []byte
	pos, end int

	counts  Counts
	counted bool   // the head had a total
	orders  int64  // handed out
	seen    bool   // the key of the orders came
	told    bool   // of the counts
	text    string // of an error in place of a list
}

func newListReader(r io.Reader) *listReader { return &listReader{r: r, buf: make([]byte, firstBuffer)} }

// read goes through the answer's keys. The error is nil when the list was
// whole and nothing came after it.
func (l *listReader) read(tell func(Counts), take func(OrderNumber) bool) error {
	if err := l.expect('{'); err != nil {
		return err
	}
	closed, err := l.maybe('}')
	for !closed && err == nil {
		if err = l.member(tell, take); err == nil {
			closed, err = l.next('}')
		}
	}
	if err != nil {
		return err
	}
	if _, err := l.peek(); !errors.Is(err, io.EOF) {
		return orElseError(err, errors.New("something follows the list"))
	}
	return l.whole(tell)
}

// whole says whether what ended properly is all that was announced.
func (l *listReader) whole(tell func(Counts)) error {
	switch {
	case l.text != "" && l.orders == 0:
		return errSaid
	case l.text != "":
		return errors.New("the server adds: " + l.text)
	case !l.seen:
		return errNoList
	case l.counted && l.counts.Total != l.orders:
		return fmt.Errorf("it has %d orders and says that it has %d", l.orders, l.counts.Total)
	}
	l.tell(tell)
	return nil
}

func (l *listReader) tell(tell func(Counts)) {
	if !l.told {
		l.told = true
		tell(l.counts)
	}
}

// member reads a key and its value.
func (l *listReader) member(tell func(Counts), take func(OrderNumber) bool) error {
	key, err := l.key()
	if err != nil {
		return err
	}
	if err := l.expect(':'); err != nil {
		return err
	}
	if key == "orders" {
		return l.elements(tell, take)
	}
	raw, err := l.value()
	if err != nil {
		return err
	}
	return l.aside(key, raw)
}

// aside keeps what stands beside the orders.
func (l *listReader) aside(key string, raw []byte) (err error) {
	switch key {
	case "totalCount":
		l.counted = true
		l.counts.Total, err = decodeWhole(raw)
	case "orderCount":
		l.counts.Live, err = decodeWhole(raw)
	case "testOrderCount":
		l.counts.Test, err = decodeWhole(raw)
	case "error":
		l.text = textOf(raw)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

func (l *listReader) key() (string, error) {
	if c, err := l.peek(); err != nil || c != '"' {
		return "", orElseError(ended(err), errors.New("a key is missing"))
	}
	raw, err := l.value()
	if err != nil {
		return "", err
	}
	var key string
	err = json.Unmarshal(raw, &key)
	return key, err
}

// elements reads the orders.
func (l *listReader) elements(tell func(Counts), take func(OrderNumber) bool) error {
	if l.seen {
		return errors.New("it has two lists")
	}
	l.seen = true
	if c, err := l.peek(); err == nil && c == 'n' {
		raw, err := l.value()
		return orElseNil(err, string(raw) == "null")
	}
	if err := l.expect('['); err != nil {
		return err
	}
	closed, err := l.maybe(']')
	for !closed && err == nil {
		if err = l.element(tell, take); err == nil {
			closed, err = l.next(']')
		}
	}
	return err
}

func (l *listReader) element(tell func(Counts), take func(OrderNumber) bool) error {
	n, err := l.order()
	if err != nil {
		return fmt.Errorf("order %d: %w", l.orders+1, err)
	}
	l.tell(tell)
	l.orders++
	if !take(n) {
		return errLeft
	}
	return nil
}

// order reads one order: the quick way when it looks as usual, and else with
// all that JSON allows.
func (l *listReader) order() (n OrderNumber, err error) {
	if _, err := l.peek(); err != nil {
		return n, ended(err)
	}
	for {
		size, verdict := quickOrder(l.buf[l.pos:l.end], &n)
		if verdict == quickDone {
			l.pos += size
			return n, nil
		}
		if verdict == quickOdd {
			break
		}
		if err := l.fill(); err != nil {
			return n, ended(err)
		}
	}
	raw, err := l.value()
	if err != nil {
		return n, err
	}
	return slowOrder(raw)
}

func orElseError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func orElseNil(err error, fine bool) error {
	if err == nil && !fine {
		return errors.New("its orders are no list")
	}
	return err
}

// ended is for where the end must not be.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
