package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kind says what a JSON value is.
type Kind byte

// The kinds of JSON values.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
)

// Node is a JSON value as it was written: numbers stay text, keys stay in order.
type Node struct {
	Kind    Kind
	Text    string // of a scalar: the number as written, the decoded string, true or false
	Items   []*Node
	Members []Member
}

// Member is one key of an object with its value.
type Member struct {
	Key   string
	Value *Node
}

// Parse reads exactly one JSON document. Broken UTF-8 and a key given twice are errors.
func Parse(data []byte) (*Node, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8")
	}
	if !json.Valid(data) {
		return nil, errors.New("not one whole JSON document")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return read(dec)
}

func read(dec *json.Decoder) (*Node, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	switch v := tok.(type) {
	case json.Delim:
		if v == '{' {
			return readObject(dec)
		}
		return readList(dec)
	case json.Number:
		return &Node{Kind: Number, Text: v.String()}, nil
	case string:
		return &Node{Kind: String, Text: v}, nil
	case bool:
		return &Node{Kind: Bool, Text: strconv.FormatBool(v)}, nil
	}
	return &Node{Kind: Null, Text: "null"}, nil
}

func readList(dec *json.Decoder) (*Node, error) {
	list := &Node{Kind: List}
	for dec.More() {
		item, err := read(dec)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, item)
	}
	_, err := dec.Token()
	return list, err
}

func readObject(dec *json.Decoder) (*Node, error) {
	object := &Node{Kind: Object}
	seen := map[string]bool{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("read key: %w", err)
		}
		key, _ := tok.(string) // the decoder lets nothing else stand here
		if seen[key] {
			return nil, fmt.Errorf("key %q given twice", key)
		}
		seen[key] = true
		value, err := read(dec)
		if err != nil {
			return nil, err
		}
		object.Members = append(object.Members, Member{key, value})
	}
	_, err := dec.Token()
	return object, err
}

// Get is the value of a key of an object, nil when it has none.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, m := range n.Members {
		if m.Key == key {
			return m.Value
		}
	}
	return nil
}

// At follows a path such as "orders.0.id"; "." is the node itself, nil says that there is nothing.
func (n *Node) At(path string) *Node {
	if path == "." {
		return n
	}
	for _, part := range strings.Split(path, ".") {
		if n == nil {
			return nil
		}
		if i, err := strconv.Atoi(part); err == nil && n.Kind == List {
			n = n.item(i)
			continue
		}
		n = n.Get(part)
	}
	return n
}

// item counts from the end when i is negative.
func (n *Node) item(i int) *Node {
	if i < 0 {
		i += len(n.Items)
	}
	if i < 0 || i >= len(n.Items) {
		return nil
	}
	return n.Items[i]
}

// Value is a scalar's text, "" for null and for nothing, compact JSON for the rest.
func (n *Node) Value() string {
	switch {
	case n == nil || n.Kind == Null:
		return ""
	case n.Kind == List || n.Kind == Object:
		return n.JSON()
	}
	return n.Text
}

// JSON writes the node without white space; numbers and the order of keys are as they came.
func (n *Node) JSON() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *Node) write(b *strings.Builder) {
	switch {
	case n == nil:
		b.WriteString("nothing")
	case n.Kind == String:
		b.WriteString(Quote(n.Text))
	case n.Kind == List:
		writeAll(b, '[', ']', len(n.Items), func(i int) { n.Items[i].write(b) })
	case n.Kind == Object:
		writeAll(b, '{', '}', len(n.Members), func(i int) {
			b.WriteString(Quote(n.Members[i].Key) + ":")
			n.Members[i].Value.write(b)
		})
	default:
		b.WriteString(n.Text)
	}
}

func writeAll(b *strings.Builder, open, end byte, count int, write func(int)) {
	b.WriteByte(open)
	for i := range count {
		if i > 0 {
			b.WriteByte(',')
		}
		write(i)
	}
	b.WriteByte(end)
}

// Quote writes a string as JSON without escaping <, > and &.
func Quote(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil { // a string always encodes
		return strconv.Quote(s)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Same says whether two values are equal, whatever the order of keys. Numbers are compared as written.
func Same(a, b *Node) bool {
	if a == nil || b == nil || a.Kind != b.Kind {
		return a == b
	}
	if a.Text != b.Text || len(a.Items) != len(b.Items) || len(a.Members) != len(b.Members) {
		return false
	}
	for i := range a.Items {
		if !Same(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for _, m := range a.Members {
		if !Same(m.Value, b.Get(m.Key)) {
			return false
		}
	}
	return true
}
