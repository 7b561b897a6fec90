package wire

import (
	"encoding/json"
	"slices"
	"testing"
)

// What is taken apart here is what encoding/json makes of it, without NUL.
func FuzzSplit(f *testing.F) {
	f.Add([]byte(foreignAnswer))
	f.Add([]byte(" { \"a\\\"\" : [ { } , [ ] , -1e5 , null , \"]}\" ] , \"\\u0061\" :true, \"a\":{\"x\" :[[0]]} }\r\n"))
	f.Add([]byte(`{"a\u0000": 1, "a": {"\\u0000": "\\\u0000"}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		want, wrong := ParseObject(line)
		got, err := parseLine(line)
		if (wrong == nil) != (err == nil) {
			t.Fatalf("%v, want %v", err, wrong)
		}
		if wrong == nil {
			want, _ = ParseObject(withoutNUL(line))
		}
		compareSplit(t, want, got)
	})
}

func compareSplit(t *testing.T, want, got Object) {
	if len(want) != len(got) {
		t.Fatalf("%v, want %v", got, want)
	}
	for key, raw := range want {
		if string(got[key]) != string(raw) {
			t.Fatalf("%q is %s, want %s", key, got[key], raw)
		}
		switch raw[0] {
		case '{':
			compareSplit(t, object(raw), splitObject(raw))
		case '[':
			list, _ := readValue(raw).elements()
			if split := splitList(raw); !slices.EqualFunc(list, split, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
				t.Fatalf("%s, want %s", split, list)
			}
		}
	}
}
