package wire

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// An import reads the maps of a hundred thousand orders. encoding/json checks
// a line once; what is valid is taken apart here, without looking at each
// level of it again from the beginning.

// parseLine reads a line as ParseObject does.
func parseLine(line []byte) (Object, error) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] != '{' || !utf8.Valid(line) || !json.Valid(line) {
		return nil, errNoObject
	}
	return splitObject(line), nil
}

// splitObject takes a valid map apart; nil when it is none. Of a key given
// twice the last value counts.
func splitObject(raw json.RawMessage) Object {
	if len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	o := Object{}
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
	for i < len(raw) && bytes.IndexByte([]byte(",}] \n\r\t"), raw[i]) < 0 {
		i++
	}
	return i
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
