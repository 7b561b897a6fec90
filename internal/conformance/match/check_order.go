package match

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// twins: what ends in …Date (or dateCreated) is in millis, and its …String says the same.
func twins(doc *Node) error {
	pairs := 0
	err := walk(doc, "answer", func(object *Node, at string) error {
		for _, m := range object.Members {
			base, ok := strings.CutSuffix(m.Key, "String")
			twin := object.Get(base)
			if !ok || twin == nil {
				continue
			}
			pairs++
			if err := twin2(twin, m.Value); err != nil {
				return fmt.Errorf("%s.%s: %w", at, base, err)
			}
		}
		return nil
	})
	if err == nil && pairs == 0 {
		return errors.New("no time is here in both forms")
	}
	return err
}

func twin2(millis, text *Node) error {
	if millis.Kind == Null && text.Kind == Null {
		return nil
	}
	n, err := strconv.ParseInt(millis.Text, 10, 64)
	if err != nil {
		return fmt.Errorf("%s are no milliseconds", millis.JSON())
	}
	if want := FormatTime(time.UnixMilli(n)); text.Text != want {
		return fmt.Errorf("%d is %q, the string says %s", n, want, text.JSON())
	}
	return nil
}

var (
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// words that a client could not use as an attribute, a variable or a property
	reserved = regexp.MustCompile(`^(and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield|None|True|False|this)$`)
)

func identifiers(doc *Node) error {
	return walk(doc, "answer", func(object *Node, at string) error {
		for _, m := range object.Members {
			if !identifier.MatchString(m.Key) || reserved.MatchString(m.Key) {
				return fmt.Errorf("%s: key %q is no identifier", at, m.Key)
			}
		}
		return nil
	})
}

func amount(n *Node) (*big.Rat, error) {
	if n == nil || n.Kind != Number {
		return nil, fmt.Errorf("%s is no amount", n.JSON())
	}
	r, ok := new(big.Rat).SetString(n.Text)
	if !ok {
		return nil, fmt.Errorf("%s is no amount", n.Text)
	}
	return r, nil
}

// sum adds what stands at some keys of the order; all must be there.
func sum(order *Node, keys ...string) (*big.Rat, error) {
	total := new(big.Rat)
	for _, key := range keys {
		r, err := amount(order.Get(key))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		total.Add(total, r)
	}
	return total, nil
}

func grandTotal(doc *Node) error {
	order := doc.Get("order")
	want, err := sum(order, "itemsTotal", "shippingTotal", "dutyTaxesTotal")
	if err != nil {
		return err
	}
	return is(order, "grandTotal", want)
}

func is(order *Node, key string, want *big.Rat) error {
	got, err := sum(order, key)
	if err != nil {
		return err
	}
	if got.Cmp(want) != 0 {
		return fmt.Errorf("%s should be %s, is %s", key, want.FloatString(2), order.Get(key).Text)
	}
	return nil
}

func itemsTotal(doc *Node) error {
	order := doc.Get("order")
	want := new(big.Rat)
	for i, item := range order.At("items").itemsOrNone() {
		price, err := amount(item.Get("unitPrice"))
		if err != nil {
			return fmt.Errorf("items[%d].unitPrice: %w", i, err)
		}
		quantity, err := amount(item.Get("quantity"))
		if err != nil {
			return fmt.Errorf("items[%d].quantity: %w", i, err)
		}
		want.Add(want, price.Mul(price, quantity))
	}
	return is(order, "itemsTotal", want)
}

func (n *Node) itemsOrNone() []*Node {
	if n == nil {
		return nil
	}
	return n.Items
}

func itemsCount(doc *Node) error {
	items := doc.At("order.items").itemsOrNone()
	if len(items) == 0 {
		return errors.New("no items")
	}
	return is(doc.Get("order"), "itemsCount", big.NewRat(int64(len(items)), 1))
}

func hasCoupon(doc *Node) error {
	for _, item := range doc.At("order.items").itemsOrNone() {
		if price, err := amount(item.Get("unitPrice")); err == nil && price.Sign() < 0 {
			return nil
		}
	}
	return errors.New("no item has a negative price")
}

// threeDecimals are the currencies of ISO 4217 with a minor unit of a thousandth, but for
// the Iraqi dinar: of that one the Unicode CLDR says otherwise, and the contract does not choose.
var threeDecimals = regexp.MustCompile(`^(BHD|JOD|KWD|LYD|OMR|TND)$`)

const disputed = "IQD"

// foreignDecimals: two of them, three where the currency has three.
func foreignDecimals(doc *Node) error {
	order, want := doc.Get("order"), 2
	currency := order.Get("foreignCurrencyCode").Value()
	if threeDecimals.MatchString(currency) {
		want = 3
	}
	seen := false
	for _, m := range order.membersOrNone() {
		if !strings.HasSuffix(m.Key, "Foreign") || m.Value.Kind == Null {
			continue
		}
		seen = true
		if _, fraction, _ := strings.Cut(m.Value.Text, "."); len(fraction) != want && currency != disputed {
			return fmt.Errorf("%s is %s, should have %d decimals", m.Key, m.Value.Text, want)
		}
	}
	if !seen {
		return errors.New("no …Foreign amount")
	}
	return nil
}

func (n *Node) membersOrNone() []Member {
	if n == nil {
		return nil
	}
	return n.Members
}

// foreignIsUSD: an order settled in dollars has the same amounts twice.
func foreignIsUSD(doc *Node) error {
	for _, key := range []string{"itemsTotal", "shippingTotal", "quotedDutyTaxes", "grandTotal"} {
		usd, foreign := doc.At("order."+key), doc.At("order."+key+"Foreign")
		if !Same(usd, foreign) {
			return fmt.Errorf("%s is %s, %sForeign %s", key, usd.JSON(), key, foreign.JSON())
		}
	}
	return nil
}

func notesInTurn(doc *Node) error {
	last := ""
	for i, note := range doc.At("order.notes").itemsOrNone() {
		created := note.Get("dateCreated").Value()
		if len(created) < len(last) || (len(created) == len(last) && created < last) {
			return fmt.Errorf("notes[%d] was written before the one above it", i)
		}
		last = created
	}
	return nil
}
