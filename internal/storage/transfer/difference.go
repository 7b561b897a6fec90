package transfer

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// Difference is where the two sides of a store are not the same.
type Difference struct {
	Store order.StoreNumber
	Order order.Number // zero when it is not about an order
	Cart  order.CartID // "" when it is not about a cart
	What  string       // for people; names no person

	absent bool // one side does not have the store
}

// Error says it in a line.
func (d *Difference) Error() string {
	switch {
	case d.Order != 0:
		return fmt.Sprintf("store %d: order %s %s", d.Store, order.ID{Store: d.Store, Number: d.Order}, d.What)
	case d.Cart != "":
		return fmt.Sprintf("store %d: cart %s %s", d.Store, d.Cart, d.What)
	}
	return fmt.Sprintf("store %d %s", d.Store, d.What)
}

// standing is what is kept of a store beside its orders and carts.
type standing struct{ store, counter, usage sum }

func standingOf(v order.View, n order.StoreNumber) (s standing, err error) {
	store, err := v.Store(n)
	if err != nil {
		return s, err
	}
	counter, err := v.Counter(n)
	if err != nil {
		return s, err
	}
	usage, _, err := v.CartUsage(n, nil)
	var a, b, c stream
	a.store(store)
	b.counter(counter)
	c.usage(usage)
	return standing{a.sum(), b.sum(), c.sum()}, err
}

func (s standing) with(contents sum) sum {
	return sha256.Sum256(slices.Concat(s.store[:], s.counter[:], s.usage[:], contents[:]))
}

// compareStanding completes the checksums of a store.
func (t *transfer) compareStanding(to order.View, r *StoreReport) error {
	r.Difference = nil
	is, missing, err := standingOrNone(to, r.Number)
	if err != nil {
		return fmt.Errorf("load store %d of the destination: %w", r.Number, err)
	}
	want, extra, err := standingOrNone(t.from, r.Number)
	if err != nil {
		return fmt.Errorf("load store %d: %w", r.Number, err)
	}
	r.Source.Checksum, r.Destination.Checksum = want.with(r.Source.contents), is.with(r.Destination.contents)
	if what := differing(map[string]bool{
		"name, state, settings or secrets": want.store != is.store,
		"counter of numbers":               want.counter != is.counter,
		"quota of carts":                   want.usage != is.usage,
	}); what != "" {
		r.Difference = &Difference{Store: r.Number, What: presence(extra, missing, what), absent: extra || missing}
	}
	return nil
}

// assumeStanding is for a copy that cannot be finished: the stores are hidden,
// and only what is in them can differ. Those of others were refused.
func (t *transfer) assumeStanding(_ order.View, r *StoreReport) error {
	r.Difference = nil
	want, _, err := standingOrNone(t.from, r.Number)
	if err != nil {
		return fmt.Errorf("load store %d: %w", r.Number, err)
	}
	r.Source.Checksum, r.Destination.Checksum = want.with(r.Source.contents), want.with(r.Destination.contents)
	return nil
}

func standingOrNone(v order.View, n order.StoreNumber) (s standing, none bool, err error) {
	s, err = standingOf(v, n)
	if fault.Is(err, fault.NotFound) {
		return standing{}, true, nil
	}
	return s, false, err
}

// presence says what differs, or where it is missing altogether.
func presence(missingHere, missingThere bool, what string) string {
	switch {
	case missingThere:
		return "is not in the destination"
	case missingHere:
		return "is in the destination only"
	}
	return "differs: " + what
}

// differing are the names of what differs.
func differing(parts map[string]bool) string {
	var names []string
	for name, differs := range parts {
		if differs {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// describe says what differs of the first order or cart that does.
func (v *verification) describe(ctx context.Context, to order.View, l *ledger) error {
	n := l.report.Number
	if len(l.orders) > 0 {
		what, err := v.describeOrder(ctx, to, order.ID{Store: n, Number: l.orders[0]})
		l.report.Difference = &Difference{Store: n, Order: l.orders[0], What: what}
		return err
	}
	if len(l.carts) > 0 {
		what, err := v.describeCart(to, l.carts[0])
		l.report.Difference = &Difference{Store: n, Cart: l.carts[0], What: what}
		return err
	}
	return nil
}

func (v *verification) describeOrder(ctx context.Context, to order.View, id order.ID) (string, error) {
	a, b, err := v.both(ctx, to, id)
	if err != nil || a == nil || b == nil {
		return presence(a == nil, b == nil, ""), err
	}
	was, is := a.Head, b.Head
	return presence(false, false, differing(map[string]bool{
		"date":              !was.PlacedAt.Equal(is.PlacedAt),
		"test flag":         was.Test != is.Test,
		"status":            was.State != is.State || !was.StatusAt.Equal(is.StatusAt),
		"merchant order id": was.MerchantOrderID != is.MerchantOrderID,
		"reference id":      was.ReferenceID != is.ReferenceID,
		"tracking":          !slices.Equal(was.Tracking, is.Tracking),
		"cart":              was.Cart != is.Cart,
		"mark of erasure":   a.erased != b.erased,
		"details":           a.Document.Format != b.Document.Format || string(a.Document.Body) != string(b.Document.Body),
		"notes":             was.Notes != is.Notes || !slices.EqualFunc(a.Notes, b.Notes, sameNote),
		"history":           was.Changes != is.Changes || !slices.EqualFunc(a.History, b.History, sameChange),
	})), nil
}

func (v *verification) both(ctx context.Context, to order.View, id order.ID) (a, b *record, err error) {
	if a, err = one(ctx, v.from, id); err != nil {
		return nil, nil, err
	}
	b, err = one(ctx, to, id)
	return a, b, err
}

func sameNote(a, b order.Note) bool {
	var s, t stream
	s.note(a)
	t.note(b)
	return s.sum() == t.sum()
}

func sameChange(a, b order.Change) bool {
	var s, t stream
	s.change(a)
	t.change(b)
	return s.sum() == t.sum()
}

func (v *verification) describeCart(to order.View, id order.CartID) (string, error) {
	_, here, err := cartOrNone(v.from, id)
	if err != nil {
		return "", err
	}
	_, there, err := cartOrNone(to, id)
	return presence(!here, !there, "its dates, its contents or what it became"), err
}

func cartOrNone(v order.View, id order.CartID) (c order.CartRecord, found bool, err error) {
	c, err = v.Cart(id)
	if fault.Is(err, fault.NotFound) {
		return c, false, nil
	}
	return c, err == nil, err
}
