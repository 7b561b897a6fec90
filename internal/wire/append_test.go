package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// viaJSON is what encoding/json makes of a string on its way there and back.
func viaJSON(t testing.TB, s string) string {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return unquote(t, raw)
}

func unquote(t testing.TB, raw []byte) (s string) {
	t.Helper()
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return s
}

func TestAppendString(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", `""`},
		{"plain", `"plain"`},
		{`say "hi" \ bye`, `"say \"hi\" \\ bye"`},
		{"a\nb\rc\td", `"a\nb\rc\td"`},
		{"\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\""},
		{"\x00", `"\u0000"`},
		{"</script>&", `"</script>&"`}, // JSON, not HTML
		{"größe €😀", `"größe €😀"`},
		{"\u2028", "\"\u2028\""},
		{"a\xffb", "\"a\ufffdb\""},
		{"\xed\xa0\x80", "\"\ufffd\ufffd\ufffd\""},
	}
	for _, tt := range tests {
		if got := string(appendString([]byte("in front:"), tt.in)); got != "in front:"+tt.want {
			t.Errorf("%q is written as %s, want %s", tt.in, got, tt.want)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", `"\`, "\x00\x1f\n", "\xff\xfe", "€\xe2\x82", "\u2028</script>", "😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		raw := appendString(nil, s)
		if got, want := unquote(t, raw), viaJSON(t, s); got != want {
			t.Fatalf("%q is written as %s, which says %q, want %q", s, raw, got, want)
		}
		if raw := appendText(nil, s); s != "" && !bytes.Equal(raw, appendString(nil, s)) || s == "" && string(raw) != "null" {
			t.Fatalf("as a text %q is written as %s", s, raw)
		}
	})
}

func TestAppendTime(t *testing.T) {
	tests := []struct {
		millis int64
		want   string
	}{
		{1420072394000, `"2015-01-01 00:33:14.0"`},
		{1420097594000, `"2015-01-01 07:33:14.0"`},
		{1420097594100, `"2015-01-01 07:33:14.1"`},
		{1420097594120, `"2015-01-01 07:33:14.12"`},
		{1420097594123, `"2015-01-01 07:33:14.123"`},
		{1420097594003, `"2015-01-01 07:33:14.003"`},
		{1420097600000, `"2015-01-01 07:33:20.0"`}, // zeros before the point stay
		{0, `"1970-01-01 00:00:00.0"`},
		{-1, `"1969-12-31 23:59:59.999"`},
		{253402300799990, `"9999-12-31 23:59:59.99"`},
	}
	for _, tt := range tests {
		if got := string(appendTime(nil, tt.millis)); got != tt.want {
			t.Errorf("%d is written as %s, want %s", tt.millis, got, tt.want)
		}
	}
}

// timeForm is the contract's: seconds, a point, and one to three digits of
// which only a lone one may be a zero at the end.
var timeForm = regexp.MustCompile(`^"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.(\d|\d?\d?[1-9])"$`)

func TestAppendTimeRoundTrip(t *testing.T) {
	yearOne, yearTenThousand := int64(-62135596800000), int64(253402300800000)
	rapid.Check(t, func(t *rapid.T) {
		millis := rapid.Int64Range(yearOne, yearTenThousand-1).Draw(t, "millis")
		millis -= millis % rapid.SampledFrom([]int64{1, 10, 100, 1000, 60_000}).Draw(t, "grain")
		text := string(appendTime(nil, millis))
		if !timeForm.MatchString(text) {
			t.Fatalf("%d is written as %s", millis, text)
		}
		at, err := time.Parse(`"2006-01-02 15:04:05.999"`, text)
		if err != nil || at.UnixMilli() != millis {
			t.Fatalf("%d is written as %s, which is %d, %v", millis, text, at.UnixMilli(), err)
		}
	})
}

func TestAppendTimeIsAlwaysJSON(t *testing.T) {
	for _, millis := range []int64{math.MinInt64, math.MinInt64 + 1, -1 << 50, 1 << 50, math.MaxInt64} {
		if raw := appendTime(nil, millis); !json.Valid(raw) {
			t.Errorf("%d is written as %s", millis, raw)
		}
	}
}

func TestAppendTwins(t *testing.T) {
	got := string(appendTwins([]byte("{"), "orderDate", 1420097594250))
	if want := `{"orderDate":1420097594250,"orderDateString":"2015-01-01 07:33:14.25"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestErrorAndSuccess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		for key, raw := range map[string][]byte{"error": AppendError(nil, text), "success": AppendSuccess(nil, text)} {
			var answer map[string]string
			if err := json.Unmarshal(raw, &answer); err != nil || len(answer) != 1 || answer[key] != string([]rune(text)) {
				t.Fatalf("%s: %s, %v", key, raw, err)
			}
		}
	})
}
