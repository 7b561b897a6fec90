package money

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseCurrency(t *testing.T) {
	tests := []struct {
		text string
		want Currency
	}{
		{"USD", Currency{"USD", 2}},
		{"EUR", Currency{"EUR", 2}},
		{"JPY", Currency{"JPY", 2}}, // money has two places at least, as the contract shows it
		{"KRW", Currency{"KRW", 2}},
		{"KWD", Currency{"KWD", 3}},
		{"BHD", Currency{"BHD", 3}},
		{"OMR", Currency{"OMR", 3}},
		{"JOD", Currency{"JOD", 3}},
		{"TND", Currency{"TND", 3}},
		{"kwd", Currency{"KWD", 3}},
		{" gbp\t", Currency{"GBP", 2}},
	}
	for _, tt := range tests {
		if got, err := ParseCurrency(tt.text); err != nil || got != tt.want {
			t.Errorf("ParseCurrency(%q) = %v, %v, want %v", tt.text, got, err, tt.want)
		}
	}
}

func TestParseCurrencyRefuses(t *testing.T) {
	for _, text := range []string{"", " ", "US", "USDX", "U$D", "123", "ZZZ", "ＵＳＤ", "US\x00", strings.Repeat("USD", 1<<18)} {
		if got, err := ParseCurrency(text); err == nil {
			t.Errorf("ParseCurrency(%.20q) = %v", text, got)
		}
	}
}

// Whatever is taken is a code of three capitals that reads as itself, with
// places that an Amount can be written with.
func TestParseCurrencyIsStable(t *testing.T) {
	code := regexp.MustCompile(`^[A-Z]{3}$`)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`[A-Za-z]{3}`), rapid.String()).Draw(t, "text")
		c, err := ParseCurrency(text)
		if err != nil {
			return
		}
		again, err := ParseCurrency(c.Code)
		if err != nil || again != c || !code.MatchString(c.Code) || c.Places < 2 || c.Places > 4 {
			t.Fatalf("%q is %v, which is %v, %v", text, c, again, err)
		}
	})
}
