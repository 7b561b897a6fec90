package ledger

import (
	"bytes"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"entrepot/client"
)

// The times between which both engines sort alike.
var (
	firstMoment = time.Date(1, 1, 1, 0, 0, 0, int(time.Millisecond), time.UTC)
	lastMoment  = time.Date(9999, 12, 31, 23, 59, 59, 999*int(time.Millisecond), time.UTC)
)

// moment is a time as it is kept.
func moment(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Millisecond)
	switch {
	case t.Before(firstMoment):
		return firstMoment
	case t.After(lastMoment):
		return lastMoment
	}
	return t
}

// optional is a time, or NULL for none.
func optional(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return moment(t)
}

// text is a string that a text column takes on either engine.
func text(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.Contains(s, "\x00") {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}

// orNull is a text, or NULL for none.
func orNull[S ~string](s S) any {
	if s == "" {
		return nil
	}
	return text(string(s))
}

// document is JSON that both engines can look into. PostgreSQL takes an escape
// of NUL, or of half a character, but fails in every query that reads any part
// of such a document.
func document(b []byte) string {
	if !utf8.Valid(b) {
		b = bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	if bytes.Contains(b, []byte(`\u`)) {
		b = escape.ReplaceAllFunc(b, readable)
	}
	return string(b)
}

// escape is a pair of surrogates, half a pair, NUL, or any other.
var escape = regexp.MustCompile(`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\u0000|\\.`)

func readable(escape []byte) []byte {
	switch {
	case string(escape) == `\u0000`:
		return nil
	case len(escape) == len(`\ud800`):
		return []byte("\uFFFD")
	}
	return escape
}

// decimal is an amount without an exponent, or NULL for none.
func decimal(a client.Amount) (any, error) {
	if a == "" {
		return nil, nil
	}
	if !strings.ContainsAny(string(a), "eE") {
		return string(a), nil
	}
	r, err := a.Rat()
	if err != nil {
		return nil, fmt.Errorf("keep an amount: %w", err)
	}
	return plain(r), nil
}

// plain is the whole of a decimal: its denominator has factors 2 and 5 only.
func plain(r *big.Rat) string {
	digits, _ := r.FloatPrec()
	return r.FloatString(digits)
}
