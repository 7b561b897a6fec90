package wire

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// parse reads a body that must be an object.
func parse(t testing.TB, body string) Object {
	t.Helper()
	o, err := ParseObject([]byte(body))
	if err != nil {
		t.Fatalf("ParseObject(%.80s): %v", body, err)
	}
	return o
}

func TestParseObjectTakes(t *testing.T) {
	tests := []struct {
		body string
		keys int
	}{
		{`{}`, 0},
		{" \t\r\n{ } \t\r\n", 0},
		{`{"a":1,"b":null,"c":{"d":[]}}`, 3},
		{`{"":"an empty key"}`, 1},
		{`{"a":"\ud800 half a pair"}`, 1},
		{`{"a":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, 1},
		{`{"a":1e999999999}`, 1},
	}
	for _, tt := range tests {
		if got := parse(t, tt.body); len(got) != tt.keys {
			t.Errorf("%.80s: %d keys, want %d", tt.body, len(got), tt.keys)
		}
	}
}

func TestParseObjectRefuses(t *testing.T) {
	deep := strings.Repeat("[", 10_001)
	bodies := map[string]string{
		"an empty body":       "",
		"blanks":              " \n",
		"a list":              `[{"store":999}]`,
		"a string":            `"{}"`,
		"a number":            `7`,
		"null":                `null`,
		"half an object":      `{"store":999`,
		"a second object":     `{}{}`,
		"data after it":       `{} x`,
		"a NUL after it":      "{}\x00",
		"a comma at the end":  `{"store":999,}`,
		"no quotes":           `{store:999}`,
		"single quotes":       `{'store':999}`,
		"a comment":           `{/* */}`,
		"a form":              `store=999&secret=x`,
		"a byte order mark":   "\ufeff{}",
		"UTF-16":              "{\x00}\x00",
		"broken UTF-8":        "{\"a\":\"\xff\"}",
		"half a character":    "{\"a\":\"\xe2\x82\"}",
		"an encoded half":     "{\"a\":\"\xed\xa0\x80\"}", // a surrogate in UTF-8
		"broken UTF-8 in key": "{\"\xff\":1}",
		"a raw line feed":     "{\"a\":\"\n\"}",
		"a leading zero":      `{"a":01}`,
		"a leading point":     `{"a":.5}`,
		"NaN":                 `{"a":NaN}`,
		"too deep":            `{"a":` + deep + strings.Repeat("]", 10_001) + `}`,
		"too deep, half":      `{"a":` + deep,
		"deep maps":           strings.Repeat(`{"a":`, 500_000),
	}
	for name, body := range bodies {
		if _, err := ParseObject([]byte(body)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestLastOfTwoCounts(t *testing.T) {
	o := parse(t, `{"a":1,"b":2,"a":"x","b":null,"c":5}`)
	if got := o.get("a").sent(); got != "x" {
		t.Errorf("a = %s, want the last", got)
	}
	if got := o.get("b"); got.kind != absent || !o.has("b") {
		t.Errorf("b = %v, want an absent value under a key that is there", got)
	}
	if o.has("d") {
		t.Error("d is there")
	}
}

func TestValues(t *testing.T) {
	tests := []struct {
		raw          string
		kind         kind
		sent, quoted string
	}{
		{`null`, absent, "", "null"},
		{`""`, absent, "", `""`},
		{`" \t "`, absent, "", `" \t "`},
		{`"\u0000"`, absent, "", `"\u0000"`},
		{`"\u0000 \u0000"`, absent, "", `"\u0000 \u0000"`},
		{`"a"`, isString, "a", `"a"`},
		{`" a "`, isString, " a ", `" a "`},
		{`"a\u0000b"`, isString, "ab", `"a\u0000b"`},
		{`"\\u0000"`, isString, `\u0000`, `"\\u0000"`}, // these are six characters
		{`"\ud83d\ude00"`, isString, "😀", `"\ud83d\ude00"`},
		{`"\ud800"`, isString, "\ufffd", `"\ud800"`},
		{`-1.50e+3`, isNumber, "-1.50e+3", "-1.50e+3"},
		{`true`, isBool, "true", "true"},
		{`false`, isBool, "false", "false"},
		{`[ 1, 2 ]`, isOther, "[1,2]", "[1,2]"},
		{`{ "a" : " " }`, isOther, `{"a":" "}`, `{"a":" "}`},
	}
	for _, tt := range tests {
		v := parse(t, `{"k": `+tt.raw+` }`).get("k")
		if v.kind != tt.kind {
			t.Errorf("%s is of kind %d, want %d", tt.raw, v.kind, tt.kind)
		}
		if got := v.sent(); got != tt.sent {
			t.Errorf("%s is echoed as %q, want %q", tt.raw, got, tt.sent)
		}
		if got := v.quoted(); got != tt.quoted {
			t.Errorf("%s is quoted as %q, want %q", tt.raw, got, tt.quoted)
		}
	}
}

func TestQuotedIsShort(t *testing.T) {
	for _, raw := range []string{
		`"` + strings.Repeat("a", 1<<20) + `"`,
		`"` + strings.Repeat("€", 1000) + `"`,
		`[` + strings.Repeat("[],", 1000) + `0]`,
		strings.Repeat("9", 1<<20),
	} {
		got := parse(t, `{"k":`+raw+`}`).get("k").quoted()
		if len(got) > maxQuoted+len("…") || !strings.HasSuffix(got, "…") || !utf8.ValidString(got) {
			t.Errorf("%.20s is quoted as %q", raw, got)
		}
	}
}

func TestAliases(t *testing.T) {
	tests := []struct{ body, want string }{
		{`{"a":"1","b":"2"}`, "1"},
		{`{"b":"2"}`, "2"},
		{`{"a":null,"b":"2"}`, "2"},
		{`{"a":" ","b":"2"}`, "2"},
		{`{"a":"","b":null,"c":"3"}`, "3"},
		{`{"a":false,"b":"2"}`, "false"}, // a value, if not the expected one
		{`{}`, ""},
	}
	for _, tt := range tests {
		if got := parse(t, tt.body).get("a", "b", "c").sent(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.body, got, tt.want)
		}
	}
}

func TestElements(t *testing.T) {
	list, ok := only(t, `[{"a":1},{},null,"x",7,[],[{"a":1}]]`).elements()
	if !ok || len(list) != 7 {
		t.Fatalf("%s, %t", list, ok)
	}
	if !object(list[0]).has("a") || object(list[1]) == nil {
		t.Error("a map is not read as one")
	}
	for _, raw := range list[2:] {
		if o := object(raw); o != nil {
			t.Errorf("%s is the map %v", raw, o)
		}
	}
	for _, raw := range []string{`null`, `"x"`, `7`, `true`, `{"a":1}`} {
		if _, ok := only(t, raw).elements(); ok {
			t.Errorf("%s was taken for a list", raw)
		}
	}
}

// Of a body, ParseObject takes what encoding/json takes, if it is UTF-8 and an
// object, and keeps the last of the values under a key.
func FuzzParseObject(f *testing.F) {
	for _, body := range []string{
		`{}`, `{"store":999,"secret":"x"}`, `{"a":1,"a":2}`, `{"a":{"a":[1,{"b":null}]},"b":""}`, `[]`, `{"a":1}x`,
		"{\"\xff\":1}", `{"\ud800":1,"\ud801":2}`, `{"a":"\u0000"}`, "\ufeff{}", ` { "a" : 1e5 } `, `{"a":nul}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		got, err := ParseObject(body)
		if !bytes.Equal(before, body) {
			t.Fatal("the body was changed")
		}
		want, ok := referenceObject(body)
		if ok != (err == nil) {
			t.Fatalf("%q: %v", body, err)
		}
		if !ok {
			return
		}
		if len(got) != len(want) {
			t.Fatalf("%q: %d keys, want %d", body, len(got), len(want))
		}
		for key, raw := range want {
			if !bytes.Equal(got[key], raw) {
				t.Fatalf("%q: %q = %s, want %s", body, key, got[key], raw)
			}
			checkValue(t, got.get(key))
		}
	})
}

// referenceObject reads an object token by token.
func referenceObject(body []byte) (map[string]json.RawMessage, bool) {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if !utf8.Valid(body) || !json.Valid(body) || trimmed[0] != '{' {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(body))
	_, _ = d.Token()
	object := map[string]json.RawMessage{}
	for d.More() {
		key, err := d.Token()
		var raw json.RawMessage
		if err != nil || d.Decode(&raw) != nil {
			return nil, false
		}
		name, _ := key.(string)
		object[name] = raw
	}
	return object, true
}

// checkValue holds for whatever was sent.
func checkValue(t *testing.T, v value) {
	for _, text := range []string{v.text, v.sent(), v.quoted()} {
		if !utf8.ValidString(text) || (v.kind == isString && strings.Contains(v.text, "\x00")) {
			t.Fatalf("%s became %q", v.raw, text)
		}
	}
	if v.kind == isString && strings.TrimSpace(v.text) == "" {
		t.Fatalf("%s is blank, but not absent", v.raw)
	}
}
