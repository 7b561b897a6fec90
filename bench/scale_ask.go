package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"entrepot/internal/order"
)

// subsetAsker asks for orders of a subset.
type subsetAsker struct {
	*subset
	random *rand.Rand
	inTurn bool
	index  int
}

func (*subsetAsker) path() string  { return "/v2/orderDetail" }
func (*subsetAsker) start() string { return `{"order":{"orderId":"` }
func (*subsetAsker) every() int64  { return 100 }

func (a *subsetAsker) ask(dst []byte) []byte {
	a.index = pick(a.random, a.inTurn, a.index, a.Subset)
	return append(appendOrderID(credentials(dst, lookups), lookups, a.read(a.index)), '}')
}

func (a *subsetAsker) check(answer []byte) error {
	if sum(answer) != a.sums[a.index] {
		return fmt.Errorf("%w for order %d: %.300q", errWrong, a.read(a.index), answer)
	}
	return nil
}

// newest is how many orders a shop that polls finds, on average.
const newest = 10

// newestAsker asks, as a shop that polls does, for what has come after one of
// the last orders.
type newestAsker struct {
	*subset
	random   *rand.Rand
	count    int
	expected []byte
}

func (*newestAsker) path() string  { return "/v1/orderNumbers" }
func (*newestAsker) start() string { return `{"totalCount":` }
func (*newestAsker) every() int64  { return 100 }

func (a *newestAsker) ask(dst []byte) []byte {
	a.count = 1 + a.random.IntN(2*newest-1)
	dst = append(credentials(dst, lookups), `"sinceOrderId":`...)
	return append(strconv.AppendInt(dst, int64(a.Size-a.count), 10), '}')
}

func (a *newestAsker) check(answer []byte) error {
	a.expected = a.calendar().appendList(a.expected[:0], a.Size-a.count+1, a.count)
	return same(answer, a.expected)
}

func same(answer, expected []byte) error {
	if !bytes.Equal(answer, expected) {
		return fmt.Errorf("%w: %.300q, expected %.300q", errWrong, answer, expected)
	}
	return nil
}

// days is how many days are asked for, spread evenly: as many in each
// database, so that none has more to keep in memory.
const days = 10

// dayAsker asks for the orders of a day.
type dayAsker struct {
	*subset
	random   *rand.Rand
	day      int
	expected []byte
}

func (*dayAsker) path() string  { return "/v1/orderNumbers" }
func (*dayAsker) start() string { return `{"totalCount":` }
func (*dayAsker) every() int64  { return 100 }

func (a *dayAsker) ask(dst []byte) []byte {
	c := a.calendar()
	a.day = a.random.IntN(min(days, c.Days)) * c.Days / min(days, c.Days)
	dst = c.day(a.day).AppendFormat(append(credentials(dst, lookups), `"sinceDate":`...), "20060102")
	dst = c.day(a.day).AppendFormat(append(dst, `,"throughDate":`...), "20060102")
	return append(dst, '}')
}

func (a *dayAsker) check(answer []byte) error {
	a.expected = a.calendar().appendList(a.expected[:0], a.day*perDay+1, perDay)
	return same(answer, a.expected)
}

// missingAsker asks for the orders of all times without a merchant order id.
type missingAsker struct{ *subset }

func (missingAsker) path() string  { return "/v1/orderNumbers" }
func (missingAsker) start() string { return `{"totalCount":` }
func (missingAsker) every() int64  { return 100 }

func (a missingAsker) ask(dst []byte) []byte {
	dst = append(credentials(dst, lookups), `"missingMerchantOrderId":true,"sinceDate":`...)
	return append(a.calendar().day(0).AppendFormat(dst, "20060102"), '}')
}

func (a missingAsker) check(answer []byte) error { return same(answer, a.missing) }

// moveAsker moves orders of a subset to and fro. Each asker has orders of its
// own, so that two never move the same at a time.
type moveAsker struct {
	*subset
	random     *rand.Rand
	inTurn     bool
	own, share int
	nth        int // of its own
	to         order.Status
	expected   []byte
}

func (*moveAsker) path() string  { return "/v1/updateVendorOrderStatus" }
func (*moveAsker) start() string { return `{"success":"Updated Order: ` }
func (*moveAsker) every() int64  { return 1 }

func (a *moveAsker) index() int { return a.own + a.share*a.nth }

func (a *moveAsker) ask(dst []byte) []byte {
	a.nth = pick(a.random, a.inTurn, a.nth, a.Subset/a.share)
	a.to = statuses[0]
	if a.statuses[a.index()] == a.to {
		a.to = statuses[1]
	}
	dst = appendOrderID(credentials(dst, lookups), lookups, a.fresh(a.index()))
	return append(append(append(dst, `,"orderStatus":"`...), a.to...), `"}`...)
}

func (a *moveAsker) check(answer []byte) error {
	a.expected = fmt.Appendf(a.expected[:0], `{"success":"Updated Order: %d to new order status: %s"}`, a.fresh(a.index()), a.to)
	a.statuses[a.index()] = a.to
	return same(answer, a.expected)
}

// placeAsker places orders.
type placeAsker struct {
	body   []byte
	begins string
}

func (*placeAsker) path() string        { return "/sandbox/orders" }
func (*placeAsker) start() string       { return `{"orderId":"` }
func (*placeAsker) every() int64        { return 1 }
func (a *placeAsker) ask([]byte) []byte { return a.body }

func (a *placeAsker) check(answer []byte) error {
	if text := string(answer); !strings.HasPrefix(text, a.begins) || !strings.Contains(text, `"again":false`) {
		return fmt.Errorf("%w to a placement: %.300q", errWrong, answer)
	}
	return nil
}
