package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
)

// ingredient is a kind of request of the mixed load.
type ingredient struct {
	name  string
	share int // of a hundred requests
	asker asker
}

// mixedAsker asks for one thing or another, as a shop does in a day.
type mixedAsker struct {
	random *rand.Rand
	kinds  []ingredient
	only   string // the name of the kind that is asked for alone
	now    ingredient
}

// The kinds of the mixed load. New orders are sent as carts: whoever makes an
// order of one is the checkout.
const (
	mixDetails = "orderDetail"
	mixLists   = "orderNumbers, 10 to 100 orders"
	mixUpdates = "updateVendorOrderStatus"
	mixCarts   = "createTempCart"
)

func (l *loader) mixed(j job, connection int) *mixedAsker {
	random := newRandom(j.Seed, connection)
	return &mixedAsker{random: random, only: j.Only, kinds: []ingredient{
		{mixDetails, 80, &detailAsker{random: random, sums: l.sums}},
		{mixLists, 15, &varyingAsker{listAsker{random: random, calendar: l.scale.Small}}},
		{mixUpdates, 4, &updateAsker{random: random, moved: l.moved, own: connection, share: j.Connections}},
		{mixCarts, 1, &cartAsker{}},
	}}
}

// choose draws what is asked next.
func (a *mixedAsker) choose() (kind string) {
	n := a.random.IntN(100)
	for _, k := range a.kinds {
		if n -= k.share; k.name == a.only || a.only == "" && n < 0 {
			a.now = k
			return k.name
		}
	}
	panic("the shares are less than a hundred")
}

func (*mixedAsker) path() string { return "" } // line has it
func (a *mixedAsker) line(dst []byte) []byte {
	return append(append(dst, "POST "...), a.now.asker.path()...)
}
func (a *mixedAsker) start() string             { return a.now.asker.start() }
func (a *mixedAsker) every() int64              { return a.now.asker.every() }
func (a *mixedAsker) ask(dst []byte) []byte     { return a.now.asker.ask(dst) }
func (a *mixedAsker) check(answer []byte) error { return a.now.asker.check(answer) }

// varyingAsker asks for lists of one to ten days.
type varyingAsker struct{ listAsker }

func (a *varyingAsker) ask(dst []byte) []byte {
	a.days = 1 + a.random.IntN(10)
	return a.listAsker.ask(dst)
}

// cartAsker sends carts.
type cartAsker struct{}

func (*cartAsker) path() string  { return "/v1/createTempCart" }
func (*cartAsker) start() string { return `{"tempCartUUID":"` }
func (*cartAsker) every() int64  { return 1 }

func (*cartAsker) ask(dst []byte) []byte {
	dst = credentials(dst, lookups)
	return append(dst, `"items":[{"description":"Example","quantity":2,"unitPrice":19.9,"sku":"EX-1","weight":1,"weightUnits":"LB"}]}`...)
}

func (a *cartAsker) check(answer []byte) error {
	if !bytes.HasPrefix(answer, []byte(a.start())) || len(answer) < len(a.start())+36 {
		return fmt.Errorf("%w to a cart: %.300q", errWrong, answer)
	}
	return nil
}
