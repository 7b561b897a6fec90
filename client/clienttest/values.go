package clienttest

import (
	"bytes"
	"encoding/json"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// object is the body of a request, value by value.
type object map[string]json.RawMessage

// parse refuses what is not one JSON object in UTF-8.
func parse(body []byte) (object, bool) {
	var o object
	err := json.Unmarshal(body, &o)
	return o, err == nil && o != nil && utf8.Valid(body)
}

// shown is what a test may look at.
func shown(body []byte) map[string]string {
	o, _ := parse(body)
	keys := map[string]string{}
	for key, raw := range o {
		if key != "secret" {
			keys[key] = string(raw)
		}
	}
	return keys
}

// kind is what a request sent under a key.
type kind int

const (
	absent kind = iota // no such key, null, or a blank string
	isString
	isNumber
	isBool
	isOther
)

// value is what a request sent under a key.
type value struct {
	kind kind
	raw  json.RawMessage
	text string // of a string, without NUL; of a number or boolean, its token
}

// get reads a key, or the first of its other names that is not absent.
func (o object) get(names ...string) (v value) {
	for _, name := range names {
		if v = read(o[name]); v.kind != absent {
			return v
		}
	}
	return v
}

// given reads a value of which false, too, says that there is none.
func (o object) given(names ...string) value {
	v := o.get(names...)
	if v.kind == isBool && v.text == "false" {
		return value{raw: v.raw}
	}
	return v
}

func read(raw json.RawMessage) value {
	v := value{raw: raw, text: string(raw)}
	if len(raw) == 0 || raw[0] == 'n' {
		return value{raw: raw}
	}
	switch raw[0] {
	case '"':
		_ = json.Unmarshal(raw, &v.text) // the parser has seen it
		v.text = strings.ReplaceAll(v.text, "\x00", "")
		if strings.TrimSpace(v.text) == "" {
			return value{raw: raw}
		}
		v.kind = isString
	case 't', 'f':
		v.kind = isBool
	case '{', '[':
		v.kind, v.text = isOther, compact(raw)
	default:
		v.kind = isNumber
	}
	return v
}

func compact(raw []byte) string {
	var b bytes.Buffer
	_ = json.Compact(&b, raw) // the parser has seen it
	return b.String()
}

func quote(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always can be
	return strings.TrimSuffix(b.String(), "\n")
}

// scalar is a text that may come as a number; "" for none.
func (v value) scalar() string {
	if v.kind == isString || v.kind == isNumber {
		return v.text
	}
	return ""
}

func (v value) elements() (list []json.RawMessage, ok bool) {
	return list, v.kind == isOther && json.Unmarshal(v.raw, &list) == nil
}

var (
	wholeText   = regexp.MustCompile(`^[0-9]+(\.0*)?$`)
	decimalText = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$`)
)

// whole reads a positive whole number of 63 bits.
func (v value) whole() (int64, bool) {
	text := strings.TrimSpace(v.text)
	if v.kind == isNumber && strings.ContainsAny(text, "eE") {
		r, ok := v.decimal()
		return ratWhole(r, ok)
	}
	if (v.kind != isNumber && v.kind != isString) || !wholeText.MatchString(text) {
		return 0, false
	}
	text, _, _ = strings.Cut(text, ".")
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0
}

func ratWhole(r *big.Rat, ok bool) (int64, bool) {
	if !ok || !r.IsInt() || !r.Num().IsInt64() || r.Sign() <= 0 {
		return 0, false
	}
	return r.Num().Int64(), true
}

// decimal reads a number, exactly.
func (v value) decimal() (*big.Rat, bool) {
	text := strings.TrimSpace(v.text)
	if (v.kind != isNumber && v.kind != isString) || len(text) > 100 || !decimalText.MatchString(text) {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// truth reads a boolean in any of the ways in which clients write one.
func (v value) truth() (is, ok bool) {
	switch strings.ToLower(strings.TrimSpace(v.text)) {
	case "true", "1":
		return true, v.kind != isOther
	case "false", "0":
		return false, v.kind != isOther
	}
	return false, v.kind == absent
}

// cents rounds half up, away from zero.
func cents(r *big.Rat) int64 {
	scaled := new(big.Rat).Mul(r, big.NewRat(200, 1)) // twice, so that a half is whole
	twice := new(big.Int).Quo(scaled.Num(), scaled.Denom())
	n := twice.Int64()
	if n < 0 {
		return -((-n + 1) / 2)
	}
	return (n + 1) / 2
}

// money writes cents with two decimals.
func money(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	fraction := strconv.FormatInt(cents%100+100, 10)[1:]
	return sign + strconv.FormatInt(cents/100, 10) + "." + fraction
}
