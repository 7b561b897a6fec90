package main

import (
	"time"

	"entrepot/internal/order"
)

// scale says how much is measured, and for how long.
type scale struct {
	Orders int      // of the store for lookups: the demo's orders, each with an answer of some 4 KB
	Small  calendar // the stores for lists
	Large  calendar

	Lists   []list // what is listed at a time
	Memory  []int  // of Large: how many days are listed while memory is looked at
	Rounds  int
	Warmup  time.Duration // before the first round
	Ramp    time.Duration // at the start of each round, not counted
	Counted time.Duration // of each round

	Moved       int // orders that are exported, imported, backed up and checked
	MovedRounds int
}

// lookups is the store of scale.Orders; seed is what they are drawn from.
const (
	lookups = order.StoreNumber(999)
	seed    = 1
)

// secret is that of all stores here. It guards nothing.
const secret = "b5c1e0de-0000-4000-8000-5ca1ab1e0bad"

var full = scale{
	Orders: 300_000,
	Small:  calendar{Store: 10, PerDay: 10, Days: 3650},
	Large:  calendar{Store: 1000, PerDay: 1000, Days: 1000},
	Lists:  []list{{InSmall: true, Days: 1, Goal: 0.80}, {Days: 1, Goal: 0.50}, {Days: 100, Goal: 0.30}},
	Memory: []int{1, 100, 1000},
	Rounds: 5, Warmup: 2 * time.Second, Ramp: 500 * time.Millisecond, Counted: 3 * time.Second,
	Moved: 100_000, MovedRounds: 3,
}

var short = scale{
	Orders: 500,
	Small:  calendar{Store: 10, PerDay: 10, Days: 30},
	Large:  calendar{Store: 1000, PerDay: 1000, Days: 6},
	Lists:  []list{{InSmall: true, Days: 1, Goal: 0.80}, {Days: 1, Goal: 0.50}, {Days: 5, Goal: 0.30}},
	Memory: []int{1, 3, 6},
	Rounds: 2, Warmup: 50 * time.Millisecond, Ramp: 20 * time.Millisecond, Counted: 200 * time.Millisecond,
	Moved: 100, MovedRounds: 2,
}

// list is some days of a calendar.
type list struct {
	InSmall bool
	Days    int
	Goal    float64 // what part of the bare handler's answers there should be
}

func (s scale) calendar(l list) calendar {
	if l.InSmall {
		return s.Small
	}
	return s.Large
}

func (s scale) orders(l list) int { return s.calendar(l).PerDay * l.Days }

// calendar is a store that has the same number of orders on every day, so that
// a range of days is a list of known length, wherever it begins.
type calendar struct {
	Store        order.StoreNumber
	PerDay, Days int
}

// today is when the databases are made, as far as they know: the same
// parameters make the same orders.
var today = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (c calendar) orders() int { return c.PerDay * c.Days }

// day is the beginning of a day, counted from zero.
func (c calendar) day(n int) time.Time { return today.AddDate(0, 0, n-c.Days) }

// placed is when an order was placed; numbers begin with 1.
func (c calendar) placed(number int) time.Time {
	i := number - 1
	gap := 24 * time.Hour / time.Duration(c.PerDay)
	uneven := time.Duration(i%997) * time.Millisecond
	return c.day(i / c.PerDay).Add(time.Duration(i%c.PerDay)*gap + uneven).Truncate(time.Millisecond)
}

const testEvery = 25

func (c calendar) test(number int) bool { return number%testEvery == 0 }
