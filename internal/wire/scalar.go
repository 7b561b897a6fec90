package wire

import (
	"math/big"
	"regexp"
	"strings"

	"entrepot/internal/order"
)

// wholeNumber reads a positive whole number of 63 bits: digits with leading
// zeros and a zero fraction at most, or a JSON number of that value however it
// is written.
func (v value) wholeNumber() (int64, bool) {
	text := strings.TrimSpace(v.text)
	if v.kind == isNumber && strings.ContainsAny(text, "eE") {
		return wholeByValue(text)
	}
	if v.kind != isNumber && v.kind != isString {
		return 0, false
	}
	n, err := order.ParsePositive(text)
	return n, err == nil
}

// moderateExponent keeps 1e999999999 from costing memory: 63 bits have 19
// digits, and nobody writes more than a hundred after the point.
var moderateExponent = regexp.MustCompile(`[eE][+-]?0*\d{1,2}$`)

const maxNumberText = 128

func wholeByValue(text string) (int64, bool) {
	if len(text) > maxNumberText || !moderateExponent.MatchString(text) {
		return 0, false
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok || !r.IsInt() || !r.Num().IsInt64() || r.Sign() <= 0 {
		return 0, false
	}
	return r.Num().Int64(), true
}

// storeNumber reads the number of a store; zero is never one.
func (v value) storeNumber() order.StoreNumber {
	n, ok := v.wholeNumber()
	if !ok {
		return 0
	}
	return order.StoreNumber(n)
}

// orderNumber reads an order's id, full or bare, of a store.
func (v value) orderNumber(store order.StoreNumber) (order.Number, bool) {
	text := strings.TrimSpace(v.text)
	if v.kind == isString && strings.Contains(text, "-") {
		id, err := order.ParseID(text)
		return id.Number, err == nil && id.Store == store
	}
	n, ok := v.wholeNumber()
	return order.Number(n), ok
}

// truth reads a boolean in any of the ways in which clients write one.
func (v value) truth() (is, ok bool) {
	switch strings.ToLower(strings.TrimSpace(v.text)) {
	case "true", "1":
		return true, v.kind != isOther
	case "false", "0":
		return false, v.kind != isOther
	}
	return false, false
}

// scalar is a text that may come as a number.
func (v value) scalar() (text string, ok bool) {
	switch v.kind {
	case absent:
		return "", true
	case isString, isNumber:
		return v.text, true
	}
	return "", false
}
