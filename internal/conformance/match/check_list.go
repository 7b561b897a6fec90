package match

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

func orders(doc *Node) []*Node { return doc.Get("orders").itemsOrNone() }

func nonEmpty(doc *Node) error {
	if len(orders(doc)) == 0 {
		return errors.New("no orders listed")
	}
	return nil
}

// counts: totalCount is all that is listed, orderCount the live ones, testOrderCount the test ones.
func counts(doc *Node) error {
	test := 0
	for _, o := range orders(doc) {
		if o.Get("testOrder").Value() == "true" {
			test++
		}
	}
	all := len(orders(doc))
	want := map[string]int{"totalCount": all, "orderCount": all - test, "testOrderCount": test}
	for key, n := range want {
		if got := doc.Get(key).Value(); got != strconv.Itoa(n) {
			return fmt.Errorf("%s is %s, listed are %d", key, got, n)
		}
	}
	return nil
}

// number is the part of an id behind the store.
func number(id string) (*big.Int, error) {
	_, digits, found := strings.Cut(id, "-")
	n, ok := new(big.Int).SetString(digits, 10)
	if !found || !ok {
		return nil, fmt.Errorf("%q is no full id", id)
	}
	return n, nil
}

// eachID visits the ids in the order of the list.
func eachID(doc *Node, visit func(id string, n *big.Int) error) error {
	for i, o := range orders(doc) {
		id := o.Get("id").Value()
		n, err := number(id)
		if err == nil {
			err = visit(id, n)
		}
		if err != nil {
			return fmt.Errorf("orders[%d]: %w", i, err)
		}
	}
	return nil
}

func ascending(doc *Node) error {
	last := new(big.Int)
	return eachID(doc, func(id string, n *big.Int) error {
		if n.Cmp(last) <= 0 {
			return fmt.Errorf("%s after number %s", id, last)
		}
		last = n
		return nil
	})
}

func ofStore(doc *Node, store string) error {
	return eachID(doc, func(id string, _ *big.Int) error {
		if !strings.HasPrefix(id, store+"-") {
			return fmt.Errorf("%s is not of store %s", id, store)
		}
		return nil
	})
}

// after: every id is beyond the one given.
func after(doc *Node, id string) error {
	limit, err := number(id)
	if err != nil {
		return err
	}
	return eachID(doc, func(id string, n *big.Int) error {
		if n.Cmp(limit) <= 0 {
			return fmt.Errorf("%s is listed", id)
		}
		return nil
	})
}

func ids(doc *Node) []string {
	var all []string
	for _, o := range orders(doc) {
		all = append(all, o.Get("id").Value())
	}
	return all
}

func given(arg string) []string { return strings.Split(arg, ",") }

// lists: all these are among the listed.
func lists(doc *Node, arg string) error {
	listed := ids(doc)
	for _, id := range given(arg) {
		if !slices.Contains(listed, id) {
			return fmt.Errorf("%s is not listed", id)
		}
	}
	return nil
}

// omits: none of these is among the listed.
func omits(doc *Node, arg string) error {
	listed := ids(doc)
	for _, id := range given(arg) {
		if slices.Contains(listed, id) {
			return fmt.Errorf("%s is listed", id)
		}
	}
	return nil
}

// only: these are listed, in this order, and nothing else.
func only(doc *Node, arg string) error {
	if got := ids(doc); !slices.Equal(got, given(arg)) {
		return fmt.Errorf("expected %s, listed are %s", shorten(arg), shorten(strings.Join(got, ",")))
	}
	return nil
}

// begins: the list starts with these; more may have been placed since.
func begins(doc *Node, arg string) error {
	want, got := given(arg), ids(doc)
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		return fmt.Errorf("expected %s, listed are %s", shorten(arg), shorten(strings.Join(got, ",")))
	}
	return nil
}

// moment reads a day (yyyymmdd) or the string form of a time.
func moment(arg string) (time.Time, error) {
	if day, err := time.Parse("20060102", arg); err == nil {
		return day, nil
	}
	return ParseTime(arg)
}

func eachPlaced(doc *Node, visit func(id string, placed time.Time) error) error {
	return walk(doc, "answer", func(object *Node, at string) error {
		if object.Get("timestamp") == nil {
			return nil
		}
		placed, err := ParseTime(object.Get("timestamp").Value())
		if err != nil {
			return fmt.Errorf("%s.timestamp: %w", at, err)
		}
		return visit(object.Get("id").Value(), placed)
	})
}

func placedFrom(doc *Node, arg string) error {
	from, err := moment(arg)
	if err != nil {
		return err
	}
	return eachPlaced(doc, func(id string, placed time.Time) error {
		if placed.Before(from) {
			return fmt.Errorf("%s was placed %s, before %s", id, FormatTime(placed), arg)
		}
		return nil
	})
}

// placedThrough: up to the end of the day.
func placedThrough(doc *Node, arg string) error {
	day, err := moment(arg)
	if err != nil {
		return err
	}
	return eachPlaced(doc, func(id string, placed time.Time) error {
		if !placed.Before(day.AddDate(0, 0, 1)) {
			return fmt.Errorf("%s was placed %s, after %s", id, FormatTime(placed), arg)
		}
		return nil
	})
}

// two cuts an argument in front and behind its first blank.
func two(arg string) (string, string) {
	first, second, _ := strings.Cut(arg, " ")
	return first, second
}

// notEarlier PATH MILLIS: the millis there are not below those given.
func notEarlier(doc *Node, arg string) error {
	path, limit := two(arg)
	got, err := strconv.ParseInt(doc.At(path).Value(), 10, 64)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	want, err := strconv.ParseInt(limit, 10, 64)
	if err != nil {
		return err
	}
	if got < want {
		return fmt.Errorf("%s is %d, before %d", path, got, want)
	}
	return nil
}

// equal PATH PATH: both are there and the same.
func equal(doc *Node, arg string) error {
	a, b := two(arg)
	if doc.At(a) == nil || !Same(doc.At(a), doc.At(b)) {
		return fmt.Errorf("%s is %s, %s is %s", a, shorten(doc.At(a).JSON()), b, shorten(doc.At(b).JSON()))
	}
	return nil
}

// same PATH JSON: what is there is this, whatever the order of keys.
func same(doc *Node, arg string) error {
	path, text := two(arg)
	want, err := Parse([]byte(text))
	if err != nil {
		return err
	}
	if got := doc.At(path); !Same(want, got) {
		return fmt.Errorf("%s should be %s, is %s", path, shorten(text), shorten(got.JSON()))
	}
	return nil
}

// differs PATH JSON: what is there is something else.
func differs(doc *Node, arg string) error {
	path, text := two(arg)
	other, err := Parse([]byte(text))
	if err != nil {
		return err
	}
	if got := doc.At(path); got == nil || Same(other, got) {
		return fmt.Errorf("%s is %s", path, shorten(got.JSON()))
	}
	return nil
}
