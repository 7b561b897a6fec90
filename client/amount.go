package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Amount is a decimal as the server wrote it, such as 199.00: money or a
// measure. "" is none, as null is.
type Amount string

// plainDecimal bounds what is computed with: 1e999999999 would cost memory.
var plainDecimal = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?$`)

// Rat is the exact value. An Amount that is none, or no decimal, is an error.
func (a Amount) Rat() (*big.Rat, error) {
	r, ok := new(big.Rat).SetString(string(a))
	if !ok || !plainDecimal.MatchString(string(a)) {
		return nil, fmt.Errorf("%q is no amount", string(a))
	}
	return r, nil
}

// Minor is the amount in minor units: with 2 decimals, 199.00 is 19900. An
// amount that is finer than that is an error, not rounded.
func (a Amount) Minor(decimals int) (int64, error) {
	r, err := a.Rat()
	if err != nil {
		return 0, err
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
	r.Mul(r, new(big.Rat).SetInt(scale))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, fmt.Errorf("%s is no whole number of 1/%s", a, scale)
	}
	return r.Num().Int64(), nil
}

// MarshalJSON writes a number, or null for none.
func (a Amount) MarshalJSON() ([]byte, error) {
	switch {
	case a == "":
		return []byte("null"), nil
	case !plainDecimal.MatchString(string(a)):
		return nil, fmt.Errorf("%q is no amount", string(a))
	}
	return []byte(a), nil
}

// UnmarshalJSON reads a number, or a string that holds one.
func (a *Amount) UnmarshalJSON(raw []byte) (err error) {
	*a, err = decodeAmount(raw)
	return err
}

func decodeAmount(raw []byte) (Amount, error) {
	text, err := decodeText(raw)
	if err != nil || isBool(raw) {
		return "", fmt.Errorf("%.40s is no amount", raw)
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, ".") {
		text = "0" + text
	}
	if text != "" && !plainDecimal.MatchString(text) {
		return "", fmt.Errorf("%.40s is no amount", raw)
	}
	return Amount(text), nil
}

// decodeText reads a string, or a scalar as it is written; null is "".
func decodeText(raw []byte) (string, error) {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", nil
	case raw[0] == '"':
		return decodeString(raw)
	case raw[0] == '{' || raw[0] == '[':
		return "", fmt.Errorf("%.40s is no text", raw)
	}
	return string(raw), nil
}

// decodeString reads plain text at once, and the rest as JSON says.
func decodeString(raw []byte) (text string, err error) {
	for _, c := range raw {
		if c == '\\' || c >= utf8.RuneSelf {
			err = json.Unmarshal(raw, &text)
			return text, err
		}
	}
	return string(raw[1 : len(raw)-1]), nil
}

func isBool(raw []byte) bool {
	text := string(bytes.TrimSpace(raw))
	return text == "true" || text == "false"
}

// decodeBool reads a boolean in any of the ways in which one is written.
func decodeBool(raw []byte) (bool, error) {
	text, err := decodeText(raw)
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "1":
		return true, err
	case "false", "0", "":
		return false, err
	}
	return false, fmt.Errorf("%.40s is not true or false", raw)
}

// decodeWhole reads a whole number, or a string that holds one.
func decodeWhole(raw []byte) (int64, error) {
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil && raw[0] != '+' {
		return n, nil // as it nearly always comes
	}
	amount, err := decodeAmount(raw)
	if err != nil || amount == "" {
		return 0, err
	}
	n, err := amount.Minor(0)
	if err != nil {
		return 0, fmt.Errorf("%.40s is no whole number", raw)
	}
	return n, nil
}
