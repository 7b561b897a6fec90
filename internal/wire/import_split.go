package wire

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// An import reads the maps of a hundred thousand orders. encoding/json checks
// a line once; what is valid is taken apart here, without looking at each
// level of it again from the beginning.

// parseLine reads a line as ParseObject does, and drops NUL characters.
func parseLine(line []byte) (Object, error) {
	body := bytes.TrimSpace(line)
	if len(body) == 0 || body[0] != '{' || !utf8.Valid(body) || !json.Valid(body) {
		return nil, lineFault(line)
	}
	return splitObject(withoutNUL(body)), nil
}

// escapedNUL is how JSON writes a NUL, in keys and strings at every level.
const escapedNUL = `\u0000`

// withoutNUL drops NUL characters, which not every database can keep, from
// valid JSON.
func withoutNUL(raw []byte) []byte {
	if !bytes.Contains(raw, []byte(escapedNUL)) {
		return raw
	}
	kept := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		switch {
		case bytes.HasPrefix(raw[i:], []byte(escapedNUL)):
			i += len(escapedNUL)
		case raw[i] == '\\': // what is escaped begins no escape itself
			kept = append(kept, raw[i:i+2]...)
			i += 2
		default:
			kept = append(kept, raw[i])
			i++
		}
	}
	return kept
}

// splitObject takes a valid map apart; nil when it is none. Of a key given
// twice the last value counts.
func splitObject(raw json.RawMessage) Object { return splitSized(raw, 0) }

// usualMember is how long a member of an answer is at least on average, and
// largestOrder how many an order has: a map that need not grow is made in half
// the time.
const (
	usualMember  = 32
	largestOrder = 112
)

// splitSized takes apart a map that may have so many members.
func splitSized(raw json.RawMessage, members int) Object {
	if len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	o := make(Object, min(members, len(raw)/usualMember))
	for i := nextToken(raw, 1); raw[i] != '}'; i = nextToken(raw, i) {
		end := endOfString(raw, i)
		key := keyOf(raw[i:end])
		i = nextToken(raw, end)
		end = endOfValue(raw, i)
		o[key] = raw[i:end]
		i = end
	}
	return o
}

// splitList takes a valid list apart.
func splitList(raw json.RawMessage) (list []json.RawMessage) {
	for i := nextToken(raw, 1); raw[i] != ']'; i = nextToken(raw, i) {
		end := endOfValue(raw, i)
		list = append(list, raw[i:end])
		i = end
	}
	return list
}

// nextToken skips blanks and what separates values.
func nextToken(raw []byte, i int) int {
	for raw[i] == ',' || raw[i] == ':' || raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\r' || raw[i] == '\t' {
		i++
	}
	return i
}

// endOfString is behind the closing quote of the string that begins at i.
func endOfString(raw []byte, i int) int {
	for i++; raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// endOfValue is behind the value that begins at i.
func endOfValue(raw []byte, i int) int {
	switch raw[i] {
	case '"':
		return endOfString(raw, i)
	case '{', '[':
		return endOfNested(raw, i)
	}
	for i < len(raw) && !endsScalar(raw[i]) {
		i++
	}
	return i
}

// endsScalar reports whether a number, true, false or null is over.
func endsScalar(c byte) bool {
	return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t'
}

func endOfNested(raw []byte, i int) int {
	for depth := 0; ; {
		switch raw[i] {
		case '"':
			i = endOfString(raw, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
}

// keyOf decodes a JSON string.
func keyOf(raw json.RawMessage) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = json.Unmarshal(raw, &s) // it is valid
	return s
}
