package money

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// amounts are all that Parse can answer, with the ends often among them.
func amounts() *rapid.Generator[Amount] {
	return rapid.OneOf(
		rapid.Map(rapid.Int64Range(int64(-Max), int64(Max)), func(n int64) Amount { return Amount(n) }),
		rapid.SampledFrom([]Amount{-Max, 1 - Max, -1, 0, 1, 5, 99, 100, Max - 1, Max}),
	)
}

func TestFormatParseRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, places := amounts().Draw(t, "amount"), rapid.IntRange(2, 4).Draw(t, "places")
		text := a.Format(places)
		if got, err := Parse(text, places); err != nil || got != a {
			t.Fatalf("%d became %s became %d, %v", a, text, got, err)
		}
		if rounded(exact(text), places).Cmp(big.NewInt(int64(a))) != 0 {
			t.Fatalf("%d with %d places is written as %s", a, places, text)
		}
		if _, fraction, _ := strings.Cut(text, "."); len(fraction) != places {
			t.Fatalf("%s has not %d places", text, places)
		}
	})
}

func TestFormat(t *testing.T) {
	tests := []struct {
		amount Amount
		places int
		want   string
	}{
		{19900, 2, "199.00"},
		{10, 2, "0.10"},
		{0, 2, "0.00"},
		{-5, 2, "-0.05"},
		{-12345, 3, "-12.345"},
		{7, 4, "0.0007"},
		{7, 0, "7"},
		{math.MinInt64, 2, "-92233720368547758.08"},
		{math.MaxInt64, 2, "92233720368547758.07"},
	}
	for _, tt := range tests {
		if got := tt.amount.Format(tt.places); got != tt.want {
			t.Errorf("Format(%d, %d) = %s, want %s", tt.amount, tt.places, got, tt.want)
		}
		if got := string(tt.amount.Append([]byte("in front "), tt.places)); got != "in front "+tt.want {
			t.Errorf("Append lost what was there: %s", got)
		}
	}
	if got := Amount(30).String(); got != "0.30" {
		t.Errorf("String = %s, want 0.30", got)
	}
}

func TestAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts().Draw(t, "a"), amounts().Draw(t, "b")
		got, err := a.Add(b)
		expect(t, "a+b", got, err, new(big.Int).Add(big.NewInt(int64(a)), big.NewInt(int64(b))))
	})
}

func TestTimes(t *testing.T) {
	counts := rapid.OneOf(
		rapid.Int64(),
		rapid.Int64Range(-1000, 1000),
		rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, math.MaxInt64, 1 << 32, 1_000_000_000}),
	)
	all := rapid.OneOf(amounts(), rapid.Map(rapid.Int64(), func(n int64) Amount { return Amount(n) }))
	rapid.Check(t, func(t *rapid.T) {
		a, n := all.Draw(t, "a"), counts.Draw(t, "count")
		got, err := a.Times(n)
		expect(t, "a*n", got, err, new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(n)))
	})
}

// Sum is exact, or refuses as soon as a sum on the way is too large: it never
// answers a wrong total.
func TestSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(amounts(), 0, 20).Draw(t, "amounts")
		want, beyond := new(big.Int), false
		for _, a := range list {
			want.Add(want, big.NewInt(int64(a)))
			beyond = beyond || new(big.Int).Abs(want).Cmp(big.NewInt(int64(Max))) > 0
		}
		got, err := Sum(list...)
		if beyond != errors.Is(err, ErrTooLarge) {
			t.Fatalf("Sum = %d, %v", got, err)
		}
		if !beyond {
			expect(t, "the sum", got, err, want)
		}
	})
}

func TestSumOfTenths(t *testing.T) {
	if got, err := Sum(10, 20); err != nil || got.String() != "0.30" {
		t.Errorf("0.10 + 0.20 = %s, %v", got, err)
	}
	if got, err := Sum(); err != nil || got != 0 {
		t.Errorf("the sum of nothing = %d, %v", got, err)
	}
}

func TestConvert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, text := amounts().Draw(t, "dollars"), decimalTexts().Draw(t, "rate")
		places := rapid.IntRange(0, 4).Draw(t, "places")
		factor := exact(text)
		rate, err := ParseRate(text)
		if positive := factor.Sign() > 0; positive != (err == nil) {
			t.Fatalf("ParseRate(%s): %v", text, err)
		}
		if err != nil {
			return
		}
		got, err := rate.Convert(a, places)
		product := new(big.Rat).Mul(big.NewRat(int64(a), 100), factor)
		expect(t, a.String()+" times "+text, got, err, rounded(product, places))
	})
}

func TestConvertTable(t *testing.T) {
	tests := []struct {
		dollars Amount
		rate    string
		places  int
		want    Amount
	}{
		{10000, "0.307125", 3, 30713}, // KWD: half up at the third place
		{10000, "149.875", 2, 1498750},
		{1, "0.5", 2, 1},
		{-1, "0.5", 2, -1},
		{0, "12.5", 2, 0},
		// A rate of more digits than any fixed precision.
		{1, "0.4" + strings.Repeat("9", 61), 2, 0},
	}
	for _, tt := range tests {
		rate, err := ParseRate(tt.rate)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := rate.Convert(tt.dollars, tt.places); err != nil || got != tt.want {
			t.Errorf("%s times %s = %d, %v, want %d", tt.dollars, tt.rate, got, err, tt.want)
		}
	}
}

func TestParseRateRefuses(t *testing.T) {
	for _, text := range []string{"", "0", "0.00", "-1", "-0", "abc", "NaN", "Infinity", "1e", strings.Repeat("1", 65)} {
		if _, err := ParseRate(text); err == nil {
			t.Errorf("ParseRate(%q) took it", text)
		}
	}
}
