// Package money holds decimal amounts: money and measures.
//
// No amount ever passes through binary floating point. What comes in is read
// as decimal text, rounded half up (half away from zero) to the places it is
// kept with, and held as a whole number of the last place.
package money

import (
	"errors"
	"fmt"
	"math/bits"
	"regexp"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// Cents is the number of decimal places of dollars, prices, sizes and weights.
const Cents = 2

// Amount is a decimal number counted in units of its last place: 19999 with
// two places is 199.99. The places are not part of the value; dollars and
// measures have Cents, other currencies what Places says.
type Amount int64

// Max is the largest magnitude of an Amount that is taken in. It leaves room
// for adding up many of them.
const Max Amount = 1_000_000_000_000_000

var (
	// ErrNotNumber says that a text is no decimal number.
	ErrNotNumber = errors.New("is not a decimal number")
	// ErrTooLarge says that an amount, or a total, is beyond Max.
	ErrTooLarge = errors.New("is too large")
)

// syntax is what a decimal number looks like. The library also reads NaN and
// Infinity; a price is neither.
var syntax = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)

// maxText bounds the work of reading one number; 64 characters hold every
// price that a program divides its way to.
const maxText = 64

// decimals rounds as the contract says; its precision holds every text that is
// read, and its product with an Amount, so that nothing is rounded twice.
var decimals = apd.Context{
	Precision: 2 * maxText, MaxExponent: 2000, MinExponent: -2000,
	Rounding: apd.RoundHalfUp,
	Traps:    apd.DefaultTraps &^ (apd.Inexact | apd.Rounded | apd.Subnormal | apd.Underflow),
}

// Parse reads a decimal number such as "6.666666666666667", ".5", "-12" or
// "1.5e2" and rounds it half up to the given places. Its errors are
// ErrNotNumber and ErrTooLarge.
func Parse(text string, places int) (Amount, error) {
	if a, ok := parsePlain(text, places); ok {
		return a, nil
	}
	d, err := parseDecimal(text)
	if err != nil {
		return 0, err
	}
	return quantize(d, places)
}

// The bounds of what parsePlain reads, within which nothing overflows.
const (
	plainText   = 13
	plainPlaces = 4
)

// parsePlain reads what nearly every amount looks like: digits, and no more of
// them behind the point than are kept. It is a tenth of the work, and an order
// has some fifty amounts.
func parsePlain(text string, places int) (a Amount, ok bool) {
	if text == "" || text[0] == '.' || len(text) > plainText || places > plainPlaces {
		return 0, false
	}
	missing, behind := places, false
	for _, c := range []byte(text) {
		switch {
		case c == '.' && !behind:
			behind = true
			continue
		case c < '0' || c > '9':
			return 0, false
		case behind:
			missing--
		}
		a = 10*a + Amount(c-'0')
	}
	for range missing {
		a *= 10
	}
	return a, missing >= 0 && a <= Max
}

// Rate is a factor between currencies.
type Rate struct{ d apd.Decimal }

// ParseRate reads a positive decimal factor.
func ParseRate(text string) (Rate, error) {
	d, err := parseDecimal(text)
	if err != nil {
		return Rate{}, err
	}
	if d.Sign() <= 0 {
		return Rate{}, errors.New("is not a positive decimal number")
	}
	return Rate{*d}, nil
}

// Convert turns dollars into another currency of the given places, rounded
// half up.
func (r Rate) Convert(dollars Amount, places int) (Amount, error) {
	product := new(apd.Decimal)
	if _, err := decimals.Mul(product, apd.New(int64(dollars), -Cents), &r.d); err != nil {
		return 0, ErrTooLarge
	}
	return quantize(product, places)
}

func parseDecimal(text string) (*apd.Decimal, error) {
	text = strings.TrimSpace(text)
	if !syntax.MatchString(text) {
		return nil, ErrNotNumber
	}
	if len(text) > maxText {
		return nil, ErrTooLarge
	}
	d, _, err := decimals.NewFromString(text)
	if err != nil {
		return nil, ErrTooLarge // its exponent is
	}
	return d, nil
}

func quantize(d *apd.Decimal, places int) (Amount, error) {
	if _, err := decimals.Quantize(d, d, int32(-places)); err != nil {
		return 0, ErrTooLarge
	}
	n, err := strconv.ParseInt(d.Coeff.String(), 10, 64)
	if err != nil || Amount(n) > Max {
		return 0, ErrTooLarge
	}
	if d.Negative {
		n = -n
	}
	return Amount(n), nil
}

// Add is a+b, or ErrTooLarge.
func (a Amount) Add(b Amount) (Amount, error) {
	return checked(a + b) // both are within Max, so int64 cannot overflow
}

// Times is a multiplied by a count, or ErrTooLarge.
func (a Amount) Times(count int64) (Amount, error) {
	hi, lo := bits.Mul64(magnitude(int64(a)), magnitude(count))
	if hi != 0 || lo > uint64(Max) {
		return 0, ErrTooLarge
	}
	if (a < 0) != (count < 0) {
		return -Amount(lo), nil
	}
	return Amount(lo), nil
}

func checked(a Amount) (Amount, error) {
	if a > Max || a < -Max {
		return 0, ErrTooLarge
	}
	return a, nil
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// Append writes the amount with the given places, as a JSON number: 199.00.
func (a Amount) Append(dst []byte, places int) []byte {
	u := magnitude(int64(a))
	if a < 0 {
		dst = append(dst, '-')
	}
	unit := uint64(1)
	for range places {
		unit *= 10
	}
	dst = strconv.AppendUint(dst, u/unit, 10)
	if places == 0 {
		return dst
	}
	dst = append(dst, '.')
	fraction := u % unit
	for unit /= 10; unit > 0; unit /= 10 {
		dst = append(dst, '0'+byte(fraction/unit%10))
	}
	return dst
}

// Format is Append as a string.
func (a Amount) Format(places int) string { return string(a.Append(nil, places)) }

// String shows the amount with two places.
func (a Amount) String() string { return a.Format(Cents) }

// Sum adds amounts up, or is ErrTooLarge.
func Sum(amounts ...Amount) (Amount, error) {
	var total Amount
	for _, a := range amounts {
		var err error
		if total, err = total.Add(a); err != nil {
			return 0, fmt.Errorf("the sum %w", err)
		}
	}
	return total, nil
}
