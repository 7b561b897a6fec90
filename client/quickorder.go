package client

import (
	"bytes"
	"time"
)

// verdict is how far quickOrder came.
type verdict int

const (
	quickDone  verdict = iota
	quickShort         // the bytes end before the order does
	quickOdd           // something that slowOrder has to look at
)

// quickOrder reads an order that looks as the contract's examples do: known
// keys, plain text. It reports how many bytes it took. That it agrees with
// slowOrder wherever it is done is tested.
func quickOrder(b []byte, n *OrderNumber) (size int, v verdict) {
	q := quick{b: b}
	if v := q.take('{'); v != quickDone {
		return 0, v
	}
	*n = OrderNumber{}
	for {
		key, v := q.text()
		if v == quickDone {
			v = q.take(':')
		}
		if v == quickDone {
			v = q.member(key, n)
		}
		if v != quickDone {
			return 0, v
		}
		switch q.next() {
		case ',':
		case '}':
			if n.ID == "" || q.dateText != (!n.StatusDate.IsZero()) {
				return 0, quickOdd
			}
			return q.pos, quickDone
		case 0:
			return 0, quickShort
		default:
			return 0, quickOdd
		}
	}
}

// quick goes through bytes.
type quick struct {
	b        []byte
	pos      int
	dateText bool
}

func (q *quick) member(key []byte, n *OrderNumber) verdict {
	switch string(key) {
	case "testOrder":
		return q.truth(&n.TestOrder)
	case "id":
		return q.id(n)
	case "timestamp":
		text, v := q.text()
		return q.time(text, v, &n.Timestamp)
	case "merchantOrderId":
		return q.merchantOrderID(n)
	case "orderStatus":
		text, v := q.text()
		n.Status = internStatus(text)
		return v
	case "orderStatusDate":
		return q.millis(&n.StatusDate)
	case "orderStatusDateString":
		text, v := q.text()
		var ignored time.Time // it says the same as the milliseconds
		q.dateText = true
		return q.time(text, v, &ignored)
	}
	return quickOdd
}

func (q *quick) id(n *OrderNumber) verdict {
	text, v := q.text()
	if v != quickDone {
		return v
	}
	n.ID = OrderID(text)
	if tidy(string(text)) != n.ID {
		return quickOdd
	}
	return quickDone
}

// space passes white space over and says whether there is more.
func (q *quick) space() bool {
	for q.pos < len(q.b) && isSpace(q.b[q.pos]) {
		q.pos++
	}
	return q.pos < len(q.b)
}

// next takes the next byte that is no white space; 0 at the end.
func (q *quick) next() byte {
	if !q.space() {
		return 0
	}
	q.pos++
	return q.b[q.pos-1]
}

func (q *quick) take(want byte) verdict {
	switch q.next() {
	case want:
		return quickDone
	case 0:
		return quickShort
	}
	return quickOdd
}

// text is a string of ASCII without escapes.
func (q *quick) text() ([]byte, verdict) {
	if v := q.take('"'); v != quickDone {
		return nil, v
	}
	for i, c := range q.b[q.pos:] {
		if c == '"' {
			text := q.b[q.pos : q.pos+i]
			q.pos += i + 1
			return text, quickDone
		}
		if c < ' ' || c >= 0x7f || c == '\\' {
			return nil, quickOdd
		}
	}
	return nil, quickShort
}

func (q *quick) time(text []byte, v verdict, t *time.Time) verdict {
	if v != quickDone {
		return v
	}
	var ok bool
	if *t, ok = parseTime(text); !ok {
		return quickOdd
	}
	return quickDone
}

// word takes a word that must be there.
func (q *quick) word(word string) verdict {
	if !q.space() || (len(q.b)-q.pos < len(word) && bytes.HasPrefix([]byte(word), q.b[q.pos:])) {
		return quickShort
	}
	if !bytes.HasPrefix(q.b[q.pos:], []byte(word)) {
		return quickOdd
	}
	q.pos += len(word)
	return quickDone
}

func (q *quick) truth(is *bool) verdict {
	if !q.space() {
		return quickShort
	}
	if *is = q.b[q.pos] == 't'; *is {
		return q.word("true")
	}
	return q.word("false")
}

func (q *quick) merchantOrderID(n *OrderNumber) verdict {
	if !q.space() {
		return quickShort
	}
	if q.b[q.pos] == 'n' {
		n.MerchantOrderID = ""
		return q.word("null")
	}
	text, v := q.text()
	n.MerchantOrderID = string(text)
	return v
}

const mostMillisDigits = 15

func (q *quick) millis(t *time.Time) verdict {
	if !q.space() {
		return quickShort
	}
	var ms int64
	for i, c := range q.b[q.pos:] {
		switch {
		case c >= '0' && c <= '9' && i < mostMillisDigits:
			ms = 10*ms + int64(c-'0')
		case i > 0 && (c == ',' || c == '}' || isSpace(c)) && q.b[q.pos] != '0':
			q.pos += i
			*t = time.UnixMilli(ms).UTC()
			return quickDone
		default:
			return quickOdd
		}
	}
	return quickShort
}

// internedStatuses keep a million orders from having a million copies.
var internedStatuses = func() map[string]Status {
	all := map[string]Status{}
	for s := range knownStatuses {
		all[string(s)] = s
	}
	return all
}()

func internStatus(text []byte) Status {
	if s, ok := internedStatuses[string(text)]; ok {
		return s
	}
	return Status(text)
}
