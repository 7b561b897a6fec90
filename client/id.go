package client

import (
	"strconv"
	"strings"
)

// OrderID is an order's id as the server sends it: "999-99999", the store's
// number and the order's. Requests may send the order's number alone, too.
type OrderID string

// MakeOrderID is the full id of a store's order.
func MakeOrderID(store, number int64) OrderID {
	return OrderID(strconv.FormatInt(store, 10) + "-" + strconv.FormatInt(number, 10))
}

// Number is the order's number within its store, by which orders are sorted;
// zero when the id has none.
func (id OrderID) Number() int64 {
	text := string(id)
	if _, after, full := strings.Cut(text, "-"); full {
		text = after
	}
	return positive(text)
}

// Store is the store's number; zero when the id does not say.
func (id OrderID) Store() int64 {
	store, _, full := strings.Cut(string(id), "-")
	if !full {
		return 0
	}
	return positive(store)
}

// positive is a whole number above zero, or zero.
func positive(text string) int64 {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 63)
	if err != nil {
		return 0
	}
	return int64(n)
}
