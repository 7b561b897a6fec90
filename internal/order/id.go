package order

import (
	"fmt"
	"strconv"
	"strings"
)

// StoreNumber names a shop, as in 999.
type StoreNumber int64

// String is the bare number.
func (n StoreNumber) String() string { return strconv.FormatInt(int64(n), 10) }

// Number is an order's number within its store. Numbers grow, are never
// reused, and become visible in their order.
type Number int64

// ID is an order's full id.
type ID struct {
	Store  StoreNumber
	Number Number
}

// String is the full id as clients see it: 999-99999.
func (id ID) String() string {
	return strconv.FormatInt(int64(id.Store), 10) + "-" + strconv.FormatInt(int64(id.Number), 10)
}

// ParseID reads a full id such as 999-99999.
func ParseID(text string) (ID, error) {
	store, number, ok := strings.Cut(text, "-")
	s, errStore := ParsePositive(store)
	n, errNumber := ParsePositive(number)
	if !ok || errStore != nil || errNumber != nil {
		return ID{}, fmt.Errorf("%q is not an order id like 999-99999", text)
	}
	return ID{StoreNumber(s), Number(n)}, nil
}

// ParsePositive reads a positive whole number of 63 bits from digits; leading
// zeros and a zero fraction ("007.0") are harmless.
func ParsePositive(text string) (int64, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	if strings.Trim(fraction, "0") != "" || whole == "" || whole[0] == '+' {
		return 0, errNotPositive
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n <= 0 {
		return 0, errNotPositive
	}
	return n, nil
}

var errNotPositive = fmt.Errorf("is not a positive whole number of 63 bits")

// CartID is the UUID of a temporary cart, in lower case with hyphens.
type CartID string
