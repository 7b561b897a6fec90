package wire

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"entrepot/internal/order"
)

// only reads one value by itself.
func only(t testing.TB, raw string) value {
	t.Helper()
	return parse(t, `{"k":`+raw+`}`).get("k")
}

func TestOrderNumber(t *testing.T) {
	const store = 999
	tests := []struct {
		raw  string
		want order.Number // zero for what is no id of the store
	}{
		{`"999-99999"`, 99999},
		{`"99999"`, 99999},
		{`99999`, 99999},
		{`" 999-99999\t"`, 99999},
		{`" 99999 "`, 99999},
		{`"00099999"`, 99999},
		{`"0999-0099999"`, 99999},
		{`99999.0`, 99999},
		{`"99999.000"`, 99999},
		{`"999-99999.0"`, 99999},
		{`9.9999e4`, 99999},
		{`9999900E-2`, 99999},
		{`"99\u0000999"`, 99999},
		{`9223372036854775807`, math.MaxInt64},
		{`"999-9223372036854775807"`, math.MaxInt64},

		{`"998-99999"`, 0},
		{`"-99999"`, 0},
		{`"999-"`, 0},
		{`"-"`, 0},
		{`"999--1"`, 0},
		{`"999-1-1"`, 0},
		{`"999 - 99999"`, 0},
		{`"999-+5"`, 0},
		{`"+5"`, 0},
		{`-5`, 0},
		{`0`, 0},
		{`-0`, 0},
		{`"0"`, 0},
		{`"999-0"`, 0},
		{`0.0`, 0},
		{`99999.5`, 0},
		{`"99999.01"`, 0},
		{`"99,999"`, 0},
		{`"99 999"`, 0},
		{`"9_9"`, 0},
		{`"0x10"`, 0},
		{`"1e3"`, 0}, // a string is an id, and no id is written like this
		{`"abc"`, 0},
		{`"999-abc"`, 0},
		{`"٣"`, 0},
		{`"٣-٣"`, 0},
		{`1e-3`, 0},
		{`1e1000000000`, 0},
		{`1e-1000000000`, 0},
		{`9223372036854775808`, 0},
		{`"999-9223372036854775808"`, 0},
		{`99999999999999999999`, 0},
		{`9.3e18`, 0},
		{`true`, 0},
		{`false`, 0},
		{`[99999]`, 0},
		{`{"id":99999}`, 0},
	}
	for _, tt := range tests {
		got, ok := only(t, tt.raw).orderNumber(store)
		if ok != (tt.want != 0) || (ok && got != tt.want) {
			t.Errorf("%s is order %d, %t, want %d", tt.raw, got, ok, tt.want)
		}
	}
}

// However a number is written, it is taken for what it says, and nothing else
// is taken for a number.
func TestWholeNumberByValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "number")
		r, ok := new(big.Rat).SetString(raw)
		if !ok {
			t.Fatal("the reference cannot read", raw)
		}
		want := int64(0)
		if r.IsInt() && r.Num().IsInt64() {
			want = max(0, r.Num().Int64())
		}
		got, _ := value{kind: isNumber, text: raw}.wholeNumber()
		if got != want {
			t.Fatalf("%s is %d, want %d", raw, got, want)
		}
	})
}

func TestWaysOfWritingAnID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store := order.StoreNumber(rapid.Int64Range(1, math.MaxInt64).Draw(t, "store"))
		number := order.Number(rapid.Int64Range(1, math.MaxInt64).Draw(t, "number"))
		zeros := strings.Repeat("0", rapid.IntRange(0, 5).Draw(t, "zeros"))
		blanks := strings.Repeat(" ", rapid.IntRange(0, 2).Draw(t, "blanks"))
		fraction := rapid.SampledFrom([]string{"", ".0", ".00"}).Draw(t, "fraction")
		bare := fmt.Sprintf("%s%d%s", zeros, number, fraction)
		for _, raw := range []string{
			fmt.Sprintf(`"%s%d-%s%s"`, blanks, store, bare, blanks),
			fmt.Sprintf(`"%s%s%s"`, blanks, bare, blanks),
			fmt.Sprintf("%d%s", number, fraction),
		} {
			v := value{kind: isString, text: strings.Trim(raw, `"`)}
			if !strings.HasPrefix(raw, `"`) {
				v.kind = isNumber
			}
			if got, ok := v.orderNumber(store); !ok || got != number {
				t.Fatalf("%s of store %d is %d, %t", raw, store, got, ok)
			}
			if _, ok := v.orderNumber(store - 1); ok && strings.Contains(raw, "-") {
				t.Fatalf("%s is an order of store %d", raw, store-1)
			}
		}
	})
}

func TestStoreNumber(t *testing.T) {
	tests := []struct {
		raw  string
		want order.StoreNumber
	}{
		{`999`, 999},
		{`"999"`, 999},
		{`" 999"`, 999},
		{`"\t999 \n"`, 999},
		{`"0999"`, 999},
		{`999.0`, 999},
		{`9.99e2`, 999},
		{`"999.0"`, 999},
		{`0`, 0},
		{`-999`, 0},
		{`"-999"`, 0},
		{`999.5`, 0},
		{`"abc"`, 0},
		{`"999-1"`, 0},
		{`"999 999"`, 0},
		{`9223372036854775808`, 0},
		{`1e1000000000`, 0},
		{`true`, 0},
		{`[999]`, 0},
		{`{}`, 0},
		{`null`, 0},
		{`" "`, 0},
	}
	for _, tt := range tests {
		if got := only(t, tt.raw).storeNumber(); got != tt.want {
			t.Errorf("%s is store %d, want %d", tt.raw, got, tt.want)
		}
	}
}

func TestTruth(t *testing.T) {
	tests := []struct {
		raw    string
		is, ok bool
	}{
		{`true`, true, true},
		{`false`, false, true},
		{`"true"`, true, true},
		{`"false"`, false, true},
		{`"TRUE"`, true, true},
		{`" False "`, false, true},
		{`1`, true, true},
		{`0`, false, true},
		{`"1"`, true, true},
		{`"0"`, false, true},
		{`2`, false, false},
		{`-1`, false, false},
		{`"yes"`, false, false},
		{`"truetrue"`, false, false},
		{`[]`, false, false},
		{`[1]`, false, false},
		{`{}`, false, false},
	}
	for _, tt := range tests {
		if is, ok := only(t, tt.raw).truth(); is != tt.is || ok != tt.ok {
			t.Errorf("%s is %t, %t", tt.raw, is, ok)
		}
	}
}

func TestScalar(t *testing.T) {
	tests := []struct {
		raw, want string
		ok        bool
	}{
		{`"12-34567"`, "12-34567", true},
		{`" kept as it is "`, " kept as it is ", true},
		{`1234567890123456789012`, "1234567890123456789012", true},
		{`1.50`, "1.50", true}, // not 1.5: a string that came as a number
		{`1e3`, "1e3", true},
		{`"a\u0000b"`, "ab", true},
		{`null`, "", true},
		{`""`, "", true},
		{`"   "`, "", true},
		{`true`, "", false},
		{`false`, "", false},
		{`[]`, "", false},
		{`{"a":1}`, "", false},
	}
	for _, tt := range tests {
		if got, ok := only(t, tt.raw).scalar(); got != tt.want || ok != tt.ok {
			t.Errorf("%s is %q, %t", tt.raw, got, ok)
		}
	}
}
