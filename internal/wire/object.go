// Package wire turns the contract's JSON and texts into the domain and back.
//
// It is the only place that knows the contract's keys, its ways of writing
// values and its error texts.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// Object is the body of a request: a JSON object whose values are read one by
// one. Of a key given twice the last value counts.
type Object map[string]json.RawMessage

var errNoObject = errors.New("the body is not one JSON object in UTF-8")

// ParseObject reads a body. It fails on an empty body, broken UTF-8, data
// after the object, and anything that is not an object.
func ParseObject(body []byte) (Object, error) {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' || !utf8.Valid(trimmed) {
		return nil, errNoObject
	}
	var o Object
	if err := json.Unmarshal(trimmed, &o); err != nil {
		return nil, errNoObject
	}
	return o, nil
}

// kind says what a request sent under a key.
type kind int

const (
	absent   kind = iota // no such key, null, or a blank string
	isString             // not blank
	isNumber
	isBool
	isOther // a list or a map
)

// value is what a request sent under a key.
type value struct {
	kind kind
	raw  json.RawMessage
	text string // of a string, without NUL characters; of a number or boolean, its token
}

// get reads a key, or the first of its other names that is not absent.
func (o Object) get(key string, others ...string) value {
	v := readValue(o[key])
	for _, other := range others {
		if v.kind != absent {
			break
		}
		v = readValue(o[other])
	}
	return v
}

// has reports whether the key is there, whatever its value.
func (o Object) has(key string) bool {
	_, ok := o[key]
	return ok
}

func readValue(raw json.RawMessage) value {
	if len(raw) == 0 {
		return value{}
	}
	switch raw[0] {
	case 'n':
		return value{raw: raw}
	case '"':
		text := readString(raw)
		if strings.TrimSpace(text) == "" {
			return value{raw: raw}
		}
		return value{isString, raw, text}
	case 't', 'f':
		return value{isBool, raw, string(raw)}
	case '{', '[':
		return value{kind: isOther, raw: raw}
	}
	return value{isNumber, raw, string(raw)}
}

// readString decodes a JSON string and drops NUL characters, which not every
// database can keep.
func readString(raw json.RawMessage) string {
	if bytes.IndexByte(raw, '\\') < 0 { // nothing to decode, and the parser lets no bare NUL through
		return string(raw[1 : len(raw)-1])
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "" // the parser has seen it: it is a string
	}
	return strings.ReplaceAll(s, "\x00", "")
}

// isFalse reports a false that stands for no value, as some plug-ins send it.
func (v value) isFalse() bool { return v.kind == isBool && v.text == "false" }

// sent is the value as a text echoes it: a string without its quotes,
// anything else as compact JSON.
func (v value) sent() string {
	switch v.kind {
	case isOther:
		return compact(v.raw)
	default:
		return v.text
	}
}

// maxQuoted bounds what one of our own texts repeats of the input.
const maxQuoted = 120

// quoted is the value as our own error texts show it: compact JSON, shortened.
func (v value) quoted() string {
	text := compact(v.raw)
	if len(text) <= maxQuoted {
		return text
	}
	return strings.ToValidUTF8(text[:maxQuoted], "") + "…"
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return string(raw)
	}
	return b.String()
}

// elements reads a list. They are turned into maps one by one, by object: a
// body of nothing but empty maps would cost two hundred times its size.
func (v value) elements() ([]json.RawMessage, bool) {
	var list []json.RawMessage
	if v.kind != isOther || json.Unmarshal(v.raw, &list) != nil {
		return nil, false
	}
	return list, true
}

// object reads a map; nil when it is none.
func object(raw json.RawMessage) (o Object) {
	_ = json.Unmarshal(raw, &o) // no map: nil
	return o
}
