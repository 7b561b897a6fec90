package match

import (
	"strings"
	"testing"
)

func parse(t *testing.T, text string) *Node {
	t.Helper()
	n, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	return n
}

func TestParseKeepsNumbersAndOrder(t *testing.T) {
	for _, text := range []string{
		`{"b":1.00,"a":-0.10,"c":1e400,"d":[0.0,12345678901234567890],"e":null,"f":true}`,
		`[]`, `{}`, `"<&>é😀"`, `-0`, `{"":{"":[[]]}}`,
	} {
		if got := parse(t, text).JSON(); got != text {
			t.Errorf("%s came back as %s", text, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":         ``,
		"trailing data":   `{} {}`,
		"cut off":         `{"a": [1`,
		"broken UTF-8":    "\"\xff\"",
		"key twice":       `{"a": 1, "a": 1}`,
		"key twice below": `{"x": [{"a": 1, "b": 2, "a": 3}]}`,
		"no JSON":         `<html>`,
	} {
		if n, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s: %s was read as %s", name, text, n.JSON())
		}
	}
}

func TestAt(t *testing.T) {
	n := parse(t, `{"orders": [{"id": "9-1"}, {"id": "9-2", "m": null}], "0": "zero"}`)
	for path, want := range map[string]string{
		"orders.0.id": "9-1", "orders.1.id": "9-2", "orders.-1.id": "9-2", "0": "zero",
		"orders.1.m": "", "orders.1": `{"id":"9-2","m":null}`,
	} {
		if got := n.At(path).Value(); n.At(path) == nil || got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	for _, path := range []string{"x", "orders.2", "orders.2.id", "orders.id", "0.x", "orders.-3"} {
		if got := n.At(path); got != nil {
			t.Errorf("%s is %s, want nothing", path, got.JSON())
		}
	}
	if n.At(".") != n {
		t.Error(". is not the node itself")
	}
}

func TestSame(t *testing.T) {
	const text = `{"a": 1.0, "b": [1, "x", null], "c": {"d": false}}`
	if !Same(parse(t, text), parse(t, `{"c": {"d": false}, "b": [1, "x", null], "a": 1.0}`)) {
		t.Error("the order of keys made a difference")
	}
	for _, other := range []string{
		strings.Replace(text, "1.0", "1.00", 1), strings.Replace(text, "false", "true", 1),
		strings.Replace(text, `"x"`, `"y"`, 1), strings.Replace(text, "null", `""`, 1),
		strings.Replace(text, `"d"`, `"e"`, 1), `{"a": 1.0}`, `[]`, `null`,
	} {
		if Same(parse(t, text), parse(t, other)) {
			t.Errorf("%s passed as %s", other, text)
		}
	}
	if Same(nil, parse(t, "null")) || !Same(nil, nil) {
		t.Error("nothing is the same as nothing only")
	}
}
