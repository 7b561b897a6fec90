package main

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"strconv"
	"time"

	"entrepot/internal/order"
)

// asker asks one kind of question over and over, each time about something else,
// and knows the answers.
type asker interface {
	path() string
	// start is how each answer begins that is no error.
	start() string
	// ask appends the body of the next request.
	ask(dst []byte) []byte
	// check says what is wrong with the answer to the last request.
	check(answer []byte) error
	// every is how often an answer is checked: 1 for each, 100 for each hundredth.
	every() int64
}

var errWrong = errors.New("a wrong answer")

// credentials begin a body.
func credentials(dst []byte, store order.StoreNumber) []byte {
	dst = strconv.AppendInt(append(dst, `{"storeId":`...), int64(store), 10)
	return append(dst, `,"secret":"`+secret+`",`...)
}

func appendOrderID(dst []byte, store order.StoreNumber, number int) []byte {
	dst = strconv.AppendInt(append(dst, `"orderId":"`...), int64(store), 10)
	return append(strconv.AppendInt(append(dst, '-'), int64(number), 10), '"')
}

// detailAsker asks for random orders of the lookup store.
type detailAsker struct {
	random *rand.Rand
	sums   []uint32 // of the answers, by number-1
	number int
}

func (*detailAsker) path() string  { return "/v2/orderDetail" }
func (*detailAsker) start() string { return `{"order":{"orderId":"` }
func (*detailAsker) every() int64  { return 100 }

func (a *detailAsker) ask(dst []byte) []byte {
	a.number = 1 + a.random.IntN(len(a.sums))
	return append(appendOrderID(credentials(dst, lookups), lookups, a.number), '}')
}

func (a *detailAsker) check(answer []byte) error {
	if sum(answer) != a.sums[a.number-1] {
		return fmt.Errorf("%w for order %d: %.300q", errWrong, a.number, answer)
	}
	return nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sum(answer []byte) uint32 { return crc32.Checksum(answer, castagnoli) }

// listAsker asks for lists of one length: by turns some days, beginning on a
// random one, and what has come after an order, as a shop that polls does.
type listAsker struct {
	random   *rand.Rand
	calendar calendar
	days     int
	polls    bool
	first    int // number of the first order expected
	expected []byte
}

func (*listAsker) path() string  { return "/v1/orderNumbers" }
func (*listAsker) start() string { return `{"totalCount":` }
func (*listAsker) every() int64  { return 100 }

func (a *listAsker) ask(dst []byte) []byte {
	c := a.calendar
	dst = credentials(dst, c.Store)
	// All orders come after none, so a list of all cannot be polled for.
	if a.polls = !a.polls && a.days < c.Days; a.polls {
		since := (c.Days - a.days) * c.PerDay
		a.first = since + 1
		return append(strconv.AppendInt(append(dst, `"sinceOrderId":`...), int64(since), 10), '}')
	}
	day := a.random.IntN(c.Days - a.days + 1)
	a.first = day*c.PerDay + 1
	dst = c.day(day).AppendFormat(append(dst, `"sinceDate":`...), "20060102")
	dst = c.day(day+a.days-1).AppendFormat(append(dst, `,"throughDate":`...), "20060102")
	return append(dst, '}')
}

func (a *listAsker) check(answer []byte) error {
	a.expected = a.calendar.appendList(a.expected[:0], a.first, a.days*a.calendar.PerDay)
	if !bytes.Equal(answer, a.expected) {
		return fmt.Errorf("%w for %d days from order %d: %.300q", errWrong, a.days, a.first, answer)
	}
	return nil
}

// appendList writes the list that the service must answer. It is made from the
// calendar, and shares nothing with the service.
func (c calendar) appendList(dst []byte, first, count int) []byte {
	past := first + count
	tests := (past-1)/testEvery - (first-1)/testEvery
	dst = fmt.Appendf(dst, `{"totalCount":%d,"orderCount":%d,"testOrderCount":%d,"orders":[`, count, count-tests, tests)
	for n := first; n < past; n++ {
		if n > first {
			dst = append(dst, ',')
		}
		dst = strconv.AppendBool(append(dst, `{"testOrder":`...), c.test(n))
		dst = strconv.AppendInt(append(dst, `,"id":"`...), int64(c.Store), 10)
		dst = strconv.AppendInt(append(dst, '-'), int64(n), 10)
		dst = append(appendTime(append(dst, `","timestamp":"`...), c.placed(n)), `"}`...)
	}
	return append(dst, "]}"...)
}

func appendTime(dst []byte, t time.Time) []byte {
	dst = t.AppendFormat(dst, "2006-01-02 15:04:05.000")
	end := len(dst) - 2 // one digit stays after the point
	return append(dst[:end], bytes.TrimRight(dst[end:], "0")...)
}
