package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

// document is the JSON object that a value was read from: what was not changed
// since is written as it came, so that nothing is lost between versions.
type document struct{ members []member }

type member struct {
	key string
	raw json.RawMessage
}

// field is where a key of a document has its place in a struct.
type field struct {
	key       string
	index     []int
	omitEmpty bool
}

// shape is where the keys of a type have their places.
type shape struct {
	fields []field
	byKey  map[string]field
}

var shapes sync.Map // of *shape by reflect.Type

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		s, _ := known.(*shape) // nothing else is stored
		return s
	}
	s := &shape{fields: fieldsOf(t, "", nil), byKey: map[string]field{}}
	for _, f := range s.fields {
		s.byKey[f.key] = f
	}
	shapes.Store(t, s)
	return s
}

// fieldsOf goes through addresses, whose keys may have a prefix.
func fieldsOf(t reflect.Type, prefix string, index []int) (fields []field) {
	for f := range t.Fields() {
		at := append(slices.Clone(index), f.Index...)
		if inner, ok := f.Tag.Lookup("prefix"); ok {
			fields = append(fields, fieldsOf(f.Type, inner, at)...)
			continue
		}
		key, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "" || key == "-" {
			continue
		}
		if prefix != "" {
			key = prefix + strings.ToUpper(key[:1]) + key[1:]
		}
		fields = append(fields, field{key, at, option == "omitempty"})
	}
	return fields
}

// read fills a struct with an object, and extra with what it has no place for.
func (d *document) read(data []byte, target any, extra *map[string]json.RawMessage) error {
	members, err := readMembers(bytes.Clone(data)) // it is kept, and the bytes are the caller's
	if err != nil {
		return err
	}
	v := reflect.ValueOf(target).Elem()
	d.members, *extra = members, nil
	for _, m := range members {
		if err := readMember(v, m, extra); err != nil {
			return err
		}
	}
	return nil
}

func readMember(v reflect.Value, m member, extra *map[string]json.RawMessage) error {
	f, ok := shapeOf(v.Type()).byKey[m.key]
	if !ok {
		if *extra == nil {
			*extra = map[string]json.RawMessage{}
		}
		(*extra)[m.key] = m.raw
		return nil
	}
	if err := readValue(v.FieldByIndex(f.index), m.raw); err != nil {
		return fmt.Errorf("%s: %w", m.key, err)
	}
	return nil
}

// readValue is forgiving: numbers and booleans may come as strings, strings as
// numbers, and null is nothing.
func readValue(v reflect.Value, raw []byte) (err error) {
	if string(bytes.TrimSpace(raw)) == "null" {
		v.SetZero()
		return nil
	}
	switch p := v.Addr().Interface().(type) {
	case *time.Time:
		*p, err = decodeTime(raw)
		return err
	case json.Unmarshaler:
		return p.UnmarshalJSON(raw)
	case *OrderID:
		*p, err = decodeID(raw)
		return err
	}
	return readKind(v, raw)
}

func readKind(v reflect.Value, raw []byte) error {
	switch v.Kind() {
	case reflect.String:
		text, err := decodeText(raw)
		v.SetString(text)
		return err
	case reflect.Bool:
		is, err := decodeBool(raw)
		v.SetBool(is)
		return err
	case reflect.Int64:
		n, err := decodeWhole(raw)
		v.SetInt(n)
		return err
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return readValue(v.Elem(), raw)
	}
	return readSlice(v, raw)
}

func readSlice(v reflect.Value, raw []byte) error {
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return fmt.Errorf("it is no list")
	}
	v.Set(reflect.MakeSlice(v.Type(), len(elements), len(elements)))
	for i, element := range elements {
		if err := readValue(v.Index(i), element); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return nil
}

// write is the struct as an object: what came, in its order and unchanged
// where the struct still says the same, then what is new.
func (d *document) write(source any, extra map[string]json.RawMessage) ([]byte, error) {
	v := reflect.ValueOf(source).Elem()
	w := objectWriter{seen: map[string]bool{}}
	for _, m := range d.members {
		if err := w.rewrite(v, m, extra); err != nil {
			return nil, err
		}
	}
	for _, f := range shapeOf(v.Type()).fields {
		value := v.FieldByIndex(f.index)
		if w.seen[f.key] || (value.IsZero() && (f.omitEmpty || d.members != nil)) {
			continue
		}
		if err := w.value(f.key, value); err != nil {
			return nil, err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(extra)) {
		w.raw(key, extra[key])
	}
	return w.bytes(), nil
}

// rewrite writes a key that came again.
func (w *objectWriter) rewrite(v reflect.Value, m member, extra map[string]json.RawMessage) error {
	f, known := shapeOf(v.Type()).byKey[m.key]
	if !known {
		if raw, kept := extra[m.key]; kept {
			w.raw(m.key, raw)
		}
		return nil
	}
	now, was := v.FieldByIndex(f.index), reflect.New(v.FieldByIndex(f.index).Type()).Elem()
	if err := readValue(was, m.raw); err == nil && reflect.DeepEqual(now.Interface(), was.Interface()) {
		w.raw(m.key, m.raw)
		return nil
	}
	if f.omitEmpty && now.IsZero() {
		w.seen[m.key] = true
		return nil
	}
	return w.value(m.key, now)
}

type objectWriter struct {
	out  []byte
	seen map[string]bool
}

func (w *objectWriter) raw(key string, raw []byte) {
	if w.seen[key] {
		return
	}
	w.seen[key] = true
	separator := byte(',')
	if w.out == nil {
		separator = '{'
	}
	name, _ := json.Marshal(key) // a string always can be
	w.out = append(append(append(append(w.out, separator), name...), ':'), raw...)
}

func (w *objectWriter) bytes() []byte {
	if w.out == nil {
		return []byte("{}")
	}
	return append(w.out, '}')
}

func (w *objectWriter) value(key string, v reflect.Value) error {
	raw, err := writeValue(v)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	w.raw(key, raw)
	return nil
}

func writeValue(v reflect.Value) ([]byte, error) {
	switch value := v.Addr().Interface().(type) {
	case *time.Time:
		return appendMillis(nil, *value), nil
	case json.Marshaler:
		return value.MarshalJSON()
	}
	switch {
	case v.Kind() == reflect.String && v.Len() == 0:
		return []byte("null"), nil
	case v.Kind() == reflect.Slice && v.IsNil():
		return []byte("[]"), nil
	}
	return json.Marshal(v.Interface())
}
