package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"entrepot/internal/order"
)

// plan is an order before it is made.
type plan struct {
	cartID   order.CartID
	cart     order.CartContents
	carted   time.Time
	placed   time.Time
	checkout order.Checkout
	steps    []step
}

// planner draws orders, each by its index alone.
type planner struct {
	options Options
	lands   []*land
	placed  []time.Time
	twins   map[int]bool // orders from the same cart as the one before
}

func newPlanner(o Options) (*planner, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	o.Now = o.Now.UTC().Truncate(time.Millisecond)
	lands, err := resolve(countries)
	if err != nil {
		return nil, err
	}
	return &planner{
		options: o, lands: lands,
		placed: dates(o.Seed, o.Orders, o.Now), twins: twins(o.Orders),
	}, nil
}

// recentCountries are where some of the last orders go, by how many came
// after them: one that settles in dollars, and one whose currency has three
// decimals. Few orders go there, and none among few orders.
var recentCountries = map[int]string{5: "EC", 10: "KW"}

func (p *planner) from(r *rand.Rand, i int) *land {
	drawn := weighted(r, p.lands)
	code := recentCountries[len(p.placed)-1-i]
	if at := slices.IndexFunc(p.lands, func(l *land) bool { return l.code == code }); at >= 0 {
		return p.lands[at]
	}
	return drawn
}

// twins picks a handful of orders, spread over all of them, the last near the
// end.
func twins(count int) map[int]bool {
	picked := map[int]bool{}
	handful := min(8, 1+count/750)
	for i := range handful {
		at := (2*i + 1) * count / (2 * handful)
		if i == handful-1 {
			at = max(at, count-recent-4)
		}
		if at > 0 {
			picked[at] = true
		}
	}
	return picked
}

func (p *planner) plan(i int) (plan, error) {
	bought := i
	if p.twins[i] {
		bought = i - 1
	}
	s, err := p.shop(bought)
	if err != nil {
		return plan{}, fmt.Errorf("draw order %d: %w", i+1, err)
	}
	r := source(p.options.Seed, ofLife, uint64(i))
	placed := p.placed[i]
	s.checkout.Payment = pay(r, placed)
	l := p.life(r, i)
	l.carrier = s.carrier
	s.checkout.Test, s.checkout.Screen = l.test, l.journey.screened
	s.checkout.CSLListMatch = l.journey.screened && chance(r, 15)
	return plan{
		cartID: p.cartID(i), cart: s.cart, checkout: s.checkout,
		carted: placed.Add(-between(r, 90*time.Second, 40*time.Minute)),
		placed: placed, steps: l.draw(),
	}, nil
}

// cartID is a random UUID. It follows from the store, too: two stores filled
// from one seed must not share their carts.
func (p *planner) cartID(i int) order.CartID {
	r := source(p.options.Seed, ofCarts, uint64(i), uint64(p.options.Store))
	high := r.Uint64()&^0xf000 | 0x4000 // version 4
	low := r.Uint64()>>2 | 1<<63        // variant of RFC 9562
	return order.CartID(fmt.Sprintf("%08x-%04x-%04x-%04x-%012x",
		high>>32, high>>16&0xffff, high&0xffff, low>>48, low&(1<<48-1)))
}

func (p *planner) life(r *rand.Rand, i int) *life {
	l := &life{
		Rand: r, placed: p.placed[i], now: p.options.Now,
		merchantID: fmt.Sprintf("%09d", 100_000_000+3*i+r.IntN(3)),
	}
	ago := len(p.placed) - 1 - i
	switch {
	case ago < recent:
		l.journey, l.fitted, l.unseen = recentJourneys[ago], true, ago == 0
	case p.test(i):
		l.test = true
		l.journey, l.fitted = p.rehearse(r, i)
	case p.twins[i]:
		l.journey = twiceJourney
	default:
		l.journey = weighted(r, journeys)
	}
	return l
}

// testEvery makes four of a hundred orders test orders.
const testEvery = 25

// rehearse draws the journey of a test order. The last few of them go as far
// as each status, so that a program can be tried on every one.
func (p *planner) rehearse(r *rand.Rand, i int) (_ journey, fitted bool) {
	drawn := weighted(r, testJourneys)
	// The last two groups may have their test order among the recent ones.
	if ago := (len(p.placed)-1)/testEvery - i/testEvery - 2; ago >= 0 && ago < len(rehearsals) {
		return rehearsals[ago], true
	}
	return drawn, false
}

func (p *planner) test(i int) bool {
	r := source(p.options.Seed, ofTests, uint64(i/testEvery))
	return r.IntN(testEvery) == i%testEvery
}
