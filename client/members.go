package client

import "errors"

var errNoObject = errors.New("it is no JSON object")

// readMembers takes an object apart and keeps the order of keys; of a key
// given twice the last counts. The bytes are JSON: whoever calls has seen to
// that, so this looks only for where things begin and end.
func readMembers(data []byte) ([]member, error) {
	s := splitter{data: data}
	members, at := make([]member, 0, 16), map[string]int{}
	if s.next() != '{' {
		return nil, errNoObject
	}
	if s.peek() == '}' {
		return members, nil
	}
	for {
		m, ok := s.member()
		if !ok {
			return nil, errNoObject
		}
		if i, twice := at[m.key]; twice {
			members[i].raw = m.raw
		} else {
			at[m.key] = len(members)
			members = append(members, m)
		}
		switch s.next() {
		case ',':
		case '}':
			return members, nil
		default:
			return nil, errNoObject
		}
	}
}

// splitter goes through JSON without looking into its values.
type splitter struct {
	data []byte
	pos  int
}

// peek is the next byte that is no white space; 0 at the end.
func (s *splitter) peek() byte {
	for ; s.pos < len(s.data); s.pos++ {
		if !isSpace(s.data[s.pos]) {
			return s.data[s.pos]
		}
	}
	return 0
}

func (s *splitter) next() byte {
	c := s.peek()
	s.pos++
	return c
}

func (s *splitter) member() (m member, ok bool) {
	if s.peek() != '"' {
		return m, false
	}
	key := s.value()
	if len(key) < 2 || s.next() != ':' {
		return m, false
	}
	m.key, _ = decodeString(key) // what is no string after all is no key that is known
	s.peek()
	m.raw = s.value()
	return m, len(m.raw) > 0
}

// value is the value that begins here.
func (s *splitter) value() []byte {
	if s.pos >= len(s.data) {
		return nil
	}
	var scan valueScan
	for i, c := range s.data[s.pos:] {
		more, with := scan.step(c)
		if !more {
			raw := s.data[s.pos : s.pos+i+with]
			s.pos += i + with
			return trimSpace(raw)
		}
	}
	return nil
}

func trimSpace(raw []byte) []byte {
	for len(raw) > 0 && isSpace(raw[len(raw)-1]) {
		raw = raw[:len(raw)-1]
	}
	return raw
}
