package match

import (
	"slices"
	"strings"
	"testing"
)

func compiled(t *testing.T, text string, shapes Shapes) *Pattern {
	t.Helper()
	p, err := Compile(text, shapes)
	if err != nil {
		t.Fatalf("compile %s: %v", text, err)
	}
	return p
}

// Every wildcard takes what it should, and nothing else.
func TestWildcards(t *testing.T) {
	values := []string{
		`null`, `true`, `"true"`, `""`, `"  "`, `"x"`, `[]`, `[1]`, `{}`, `0`, `-3`, `5.0`, `1e3`,
		`5.00`, `-0.10`, `0.1`, `.123`, `1.234`, `05.00`, `1420097594000`, `1420097594000.0`, `"1420097594000"`,
		`"2015-01-01 00:33:14.0"`, `"2015-01-01 00:33:14.25"`, `"2015-01-01 00:33:14.123"`, `"2015-01-01 00:33:14.000"`,
		`"2015-01-01 00:33:14.10"`, `"2015-01-01 00:33:14"`, `"2015-01-01T00:33:14.0"`, `"2015-02-30 00:33:14.0"`, `"2015-01-01 00:33:14.1234"`,
		`"999-5"`, `"999-05"`, `"5"`, `"999-"`, `"8f14e45f-ceea-467f-a9f5-000000000999"`, `"8f14e45fceea467fa9f5000000000999"`,
	}
	admitted := map[string][]string{
		`"<null>"`:                 {`null`},
		`"<bool>"`:                 {`true`},
		`"<list>"`:                 {`[]`, `[1]`},
		`"<object>"`:               {`{}`},
		`"<int>"`:                  {`0`, `-3`, `1420097594000`},
		`"<money>"`:                {`5.00`, `-0.10`},
		`"<foreign>"`:              {`5.00`, `-0.10`, `1.234`},
		`"<money|null>"`:           {`5.00`, `-0.10`, `null`},
		`"<millis>"`:               {`1420097594000`},
		`"<time>"`:                 {`"2015-01-01 00:33:14.0"`, `"2015-01-01 00:33:14.25"`, `"2015-01-01 00:33:14.123"`},
		`"<id>"`:                   {`"999-5"`},
		`"<uuid>"`:                 {`"8f14e45f-ceea-467f-a9f5-000000000999"`},
		`"<=x|=true>"`:             {`"x"`, `"true"`},
		`"<~^[0-9]$>"`:             {`"5"`},
		`"<bool|=x>"`:              {`true`, `"x"`},
		`5.00`:                     {`5.00`},
		`"x"`:                      {`"x"`},
		`null`:                     {`null`},
		`[]`:                       {`[]`},
		`["<int>"]`:                {`[1]`},
		`["<each>", "<int>"]`:      {`[]`, `[1]`},
		`["<each+>", "<int>"]`:     {`[1]`},
		`{"<more>": true}`:         {`{}`},
		`"<text|list>"`:            without(values, `null`, `true`, `""`, `"  "`, `{}`, `0`, `-3`, `5.0`, `1e3`, `5.00`, `-0.10`, `0.1`, `.123`, `1.234`, `05.00`, `1420097594000`, `1420097594000.0`),
		`"<string|object|absent>"`: without(values, `null`, `true`, `[]`, `[1]`, `0`, `-3`, `5.0`, `1e3`, `5.00`, `-0.10`, `0.1`, `.123`, `1.234`, `05.00`, `1420097594000`, `1420097594000.0`),
		`"<any>"`:                  values,
		`"<absent>"`:               nil,
	}
	for pattern, want := range admitted {
		p := compiled(t, pattern, nil)
		for _, value := range values {
			n, err := Parse([]byte(value))
			if err != nil { // .123 and 05.00 are no JSON; a server may still write them
				continue
			}
			if got := len(p.Match(n)) == 0; got != slices.Contains(want, value) {
				t.Errorf("%s on %s: admitted %v", pattern, value, got)
			}
		}
	}
}

func without(all []string, some ...string) []string {
	var left []string
	for _, s := range all {
		if !slices.Contains(some, s) {
			left = append(left, s)
		}
	}
	return left
}

func TestObjects(t *testing.T) {
	const answer = `{"a": 1, "b": {"c": [{"d": "x"}, {"d": null}]}, "e": 2.50}`
	for pattern, fits := range map[string]bool{
		`{"a": 1, "b": "<object>", "e": 2.50}`:                                              true,
		`{"<more>": true, "e": "<money>"}`:                                                  true,
		`{"<more>": true, "b": {"c": ["<each>", {"d": "<string|null>"}]}, "f": "<absent>"}`: true,
		`{"a": 1, "b": "<any>"}`:                                                            false, // e is more
		`{"<more>": true, "f": "<any>"}`:                                                    false,
		`{"<more>": true, "a": "<absent>"}`:                                                 false,
		`{"<more>": true, "e": 2.5}`:                                                        false,
		`{"<more>": true, "b": {"c": ["<each>", {"d": "<string>"}]}}`:                       false,
		`{"<more>": true, "b": {"c": [{"d": "x"}]}}`:                                        false,
		`{"<more>": true, "b": {"c": []}}`:                                                  false,
		`[]`:                                                                                false, `"<list>"`: false, `null`: false,
	} {
		found := compiled(t, pattern, nil).Match(parse(t, answer))
		if (len(found) == 0) != fits {
			t.Errorf("%s: found %v", pattern, found)
		}
	}
}

func TestMismatchSaysWhere(t *testing.T) {
	shapes := Shapes{}
	for _, s := range [][2]string{{"line", `{"price": "<money>"}`}, {"cart", `{"<more>": true, "lines": ["<each>", "<line>"]}`}} {
		if err := shapes.Add(s[0], s[1]); err != nil {
			t.Fatal(err)
		}
	}
	p := compiled(t, `{"cart": "<cart>"}`, shapes)
	found := p.Match(parse(t, `{"cart": {"lines": [{"price": 1.00}, {"price": 1.0}]}}`))
	want := "answer.cart.lines[1].price: expected <money>, got 1.0"
	if len(found) != 1 || found[0] != want {
		t.Errorf("found %q, want %q", found, want)
	}
}

func TestMentions(t *testing.T) {
	shapes := Shapes{}
	if err := shapes.Add("refusal", `{"error": "<text>"}`); err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]bool{
		`{"error": "x"}`: true, `"<refusal>"`: true, `{"<more>": true}`: false, `"<object>"`: false, `[]`: false,
	} {
		if got := compiled(t, pattern, shapes).Mentions("error"); got != want {
			t.Errorf("%s mentions error: %v", pattern, got)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, pattern := range []string{``, `{`, `"<nonsense>"`, `{"a": "<strng>"}`, `["<each>", "<x>"]`, `"<~[>"`, `{"a": 1, "a": 2}`, `["<x>"]`, `"<bool|x>"`} {
		if _, err := Compile(pattern, nil); err == nil {
			t.Errorf("%s was taken", pattern)
		}
	}
	shapes := Shapes{}
	if err := shapes.Add("list", `[]`); err == nil {
		t.Error("a shape took the name of a wildcard")
	}
}

func TestLiteral(t *testing.T) {
	for _, text := range []string{"<bool>", "<b>x</b>", "<~.*>", "<", ">", "plain", "<'quoted'>", "é\"\\\n"} {
		p := compiled(t, Literal(text), nil)
		if found := p.Match(&Node{Kind: String, Text: text}); len(found) > 0 {
			t.Errorf("%q does not fit itself: %v", text, found)
		}
		if found := p.Match(&Node{Kind: String, Text: text + "x"}); len(found) == 0 {
			t.Errorf("%q passed as %q", text+"x", text)
		}
	}
}

func TestMismatchesAreBounded(t *testing.T) {
	long := "[" + strings.TrimSuffix(strings.Repeat(`"`+strings.Repeat("x", 1000)+`",`, 100), ",") + "]"
	found := compiled(t, `["<each>", "<int>"]`, nil).Match(parse(t, long))
	if len(found) != mostFound || len(found[0]) > 500 {
		t.Errorf("%d mismatches, the first of %d bytes", len(found), len(found[0]))
	}
}
