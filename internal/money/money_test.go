package money

import (
	"errors"
	"math/big"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// exact is the decimal number that a text says, by a parser that shares
// nothing with this package; nil for a text that is none.
func exact(text string) *big.Rat {
	text = strings.TrimSpace(text)
	if !decimalText.MatchString(text) {
		return nil
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return r
}

var decimalText = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)

// rounded is a number in units of its last place, half away from zero.
func rounded(r *big.Rat, places int) *big.Int {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(unit))
	twice := new(big.Int).Lsh(new(big.Int).Abs(scaled.Num()), 1)
	n := twice.Add(twice, scaled.Denom())
	n.Div(n, new(big.Int).Lsh(scaled.Denom(), 1))
	if scaled.Sign() < 0 {
		n.Neg(n)
	}
	return n
}

// expect compares an amount and an error with the exact result.
func expect(t rapid.TB, what string, got Amount, err error, want *big.Int) {
	t.Helper()
	switch tooLarge := new(big.Int).Abs(want).Cmp(big.NewInt(int64(Max))) > 0; {
	case tooLarge && !errors.Is(err, ErrTooLarge):
		t.Fatalf("%s = %d, %v, want ErrTooLarge: it is %s", what, got, err, want)
	case !tooLarge && (err != nil || big.NewInt(int64(got)).Cmp(want) != 0):
		t.Fatalf("%s = %d, %v, want %s", what, got, err, want)
	}
}

// decimals of many shapes, never longer than what Parse reads.
func decimalTexts() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		text := rapid.SampledFrom([]string{"", "-", "+"}).Draw(t, "sign")
		text += rapid.StringMatching(`[0-9]{0,18}`).Draw(t, "whole")
		if rapid.Bool().Draw(t, "point") {
			text += "." + rapid.OneOf(
				rapid.StringMatching(`[0-9]{0,40}`),
				rapid.StringMatching(`[0-9]{1,4}[49]{1,36}`),
				rapid.StringMatching(`[0-9]{1,4}50{0,30}[01]?`),
			).Draw(t, "fraction")
		}
		if strings.Trim(text, "+-.") == "" {
			text += "5"
		}
		if rapid.Bool().Draw(t, "exponential") {
			text += rapid.StringMatching(`[eE][+-]?(0{0,3}[0-9]|[1-4][0-9])`).Draw(t, "exponent")
		}
		return text
	}).Filter(func(text string) bool { return len(text) <= maxText })
}

func TestParseRoundsHalfUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := decimalTexts().Draw(t, "text")
		places := rapid.IntRange(0, 4).Draw(t, "places")
		got, err := Parse(text, places)
		expect(t, text, got, err, rounded(exact(text), places))
	})
}

// TestParsePlain looks at the edges of what is read the short way.
func TestParsePlain(t *testing.T) {
	plain := rapid.StringMatching(`[0-9]{0,13}(\.[0-9]{0,5})?|[0-9.]{0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		text, places := plain.Draw(t, "text"), rapid.IntRange(0, 5).Draw(t, "places")
		got, err := Parse(text, places)
		if want := exact(text); want != nil {
			expect(t, text, got, err, rounded(want, places))
		} else if !errors.Is(err, ErrNotNumber) {
			t.Fatalf("%q is read as %d, %v", text, got, err)
		}
	})
	for _, text := range []string{"0", "199.00", "199.0", "199.", "199", "0.05", "9999999999.99"} {
		if _, ok := parsePlain(text, Cents); !ok {
			t.Errorf("%s is not read the short way", text)
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		text   string
		places int
		want   Amount
	}{
		{"199.00", 2, 19900},
		{"0.10", 2, 10},
		{"6.666666666666667", 2, 667},
		{".5", 2, 50},
		{"5.", 2, 500},
		{"-12", 2, -1200},
		{"+12", 2, 1200},
		{"1.5e2", 2, 15000},
		{"15E-1", 2, 150},
		{" 7.25\t", 2, 725},
		{"007", 2, 700},
		{"-0", 2, 0},
		{"0.005", 2, 1},
		{"-0.005", 2, -1},
		{"0.0049", 2, 0},
		{"2.675", 2, 268}, // a binary fraction makes 267 of it
		{"1.005", 2, 101},
		{"12.3456", 3, 12346},
		{"10000000000000.00", 2, Max},
		{"-10000000000000.004", 2, -Max},
		// More digits than any fixed precision: rounding twice would round up.
		{"0.00" + strings.Repeat("4", 1) + strings.Repeat("9", 58), 2, 0},
		{"-1.00" + strings.Repeat("4", 1) + strings.Repeat("9", 57), 2, -100},
	}
	for _, tt := range tests {
		if got, err := Parse(tt.text, tt.places); err != nil || got != tt.want {
			t.Errorf("Parse(%q, %d) = %d, %v, want %d", tt.text, tt.places, got, err, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		text string
		want error
	}{
		{"", ErrNotNumber},
		{" ", ErrNotNumber},
		{".", ErrNotNumber},
		{"-", ErrNotNumber},
		{"e5", ErrNotNumber},
		{"1e", ErrNotNumber},
		{"1e+", ErrNotNumber},
		{"1e1e1", ErrNotNumber},
		{"1e5.0", ErrNotNumber},
		{"--1", ErrNotNumber},
		{"+-1", ErrNotNumber},
		{"1.2.3", ErrNotNumber},
		{"1 2", ErrNotNumber},
		{"1,000", ErrNotNumber},
		{"1_000", ErrNotNumber},
		{"0x10", ErrNotNumber},
		{"$5", ErrNotNumber},
		{"NaN", ErrNotNumber},
		{"sNaN1", ErrNotNumber},
		{"Infinity", ErrNotNumber},
		{"-inf", ErrNotNumber},
		{"٣", ErrNotNumber}, // a digit, but not one of JSON's
		{"5\x00", ErrNotNumber},
		{"10000000000000.01", ErrTooLarge},
		{"10000000000000.005", ErrTooLarge}, // after rounding
		{"-1e14", ErrTooLarge},
		{"1e39", ErrTooLarge},
		{"1e500", ErrTooLarge},
		{"1e1000000000", ErrTooLarge},
		{"-1e99999999999999999999", ErrTooLarge},
		{"7e-1000000000", ErrTooLarge}, // its exponent is
		{"1e-99999999999999999999", ErrTooLarge},
		{strings.Repeat("9", maxText), ErrTooLarge},
		{strings.Repeat("0", maxText) + "1", ErrTooLarge},
	}
	for _, tt := range tests {
		if got, err := Parse(tt.text, Cents); !errors.Is(err, tt.want) {
			t.Errorf("Parse(%q) = %d, %v, want: %v", tt.text, got, err, tt.want)
		}
	}
}

// A number next to nothing is zero. (One whose exponent is out of this world is
// refused, see TestParseRefuses.)
func TestParseTiny(t *testing.T) {
	for _, text := range []string{"1e-39", "-9e-1990", "1e-2001", "5e-100000", "0e1000", "-0e-1000"} {
		if got, err := Parse(text, Cents); err != nil || got != 0 {
			t.Errorf("Parse(%q) = %d, %v, want 0", text, got, err)
		}
	}
}

func TestParseIsBoundedInWork(t *testing.T) {
	const mebi = 1 << 20
	texts := map[string]string{
		"digits":        strings.Repeat("9", mebi),
		"zeros":         "0." + strings.Repeat("0", mebi),
		"letters":       strings.Repeat("x", mebi),
		"blanks":        strings.Repeat(" ", mebi) + "1",
		"large":         "1e1000000000",
		"small":         "1e-1000000000",
		"just taken in": "1e1999",
		"long exponent": "1e" + strings.Repeat("0", mebi) + "1",
	}
	_, _ = Parse("1", Cents) // makes the tables of the library
	for name, text := range texts {
		if got := allocated(func() { _, _ = Parse(text, Cents) }); got > 64<<10 {
			t.Errorf("%s: reading the number took %d bytes of memory", name, got)
		}
	}
}

func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"199.00", "6.666666666666667", ".5", "5.", "-0.005", "1.5e2", "1e-400", "1e400", "NaN", "Infinity", "1e", " 7 ",
		"0.00" + strings.Repeat("49", 29), "10000000000000.005", "1e1000000000",
	} {
		f.Add(text, uint8(2))
	}
	f.Fuzz(func(t *testing.T, text string, p uint8) {
		places := int(p % 5)
		got, err := Parse(text, places)
		if err != nil && !errors.Is(err, ErrNotNumber) && !errors.Is(err, ErrTooLarge) {
			t.Fatalf("Parse(%q) = %v, an error that is not documented", text, err)
		}
		if err == nil && (got > Max || got < -Max) {
			t.Fatalf("Parse(%q) = %d, beyond Max", text, got)
		}
		compareExact(t, text, places, got, err)
	})
}

// compareExact checks Parse on any text. The reference is left out where it
// would be the one to do unbounded work.
func compareExact(t *testing.T, text string, places int, got Amount, err error) {
	trimmed := strings.TrimSpace(text)
	isNumber := decimalText.MatchString(trimmed)
	switch {
	case !isNumber && !errors.Is(err, ErrNotNumber):
		t.Fatalf("Parse(%q) = %d, %v, want ErrNotNumber", text, got, err)
	case isNumber && errors.Is(err, ErrNotNumber):
		t.Fatalf("Parse(%q) = %v, but it is a number", text, err)
	case isNumber && len(trimmed) <= maxText && smallExponent.MatchString(trimmed):
		expect(t, text, got, err, rounded(exact(text), places))
	}
}

var smallExponent = regexp.MustCompile(`^[^eE]*([eE][+-]?0*\d{1,3})?$`)
