package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"entrepot/internal/order"
)

// statuses are what the orders of a calendar are moved between.
var statuses = [2]order.Status{order.Preparing, order.ShipmentReady}

// moved says where updates have left the orders of a calendar.
type moved struct {
	calendar calendar
	times    []uint8 // how often each order has been moved, by number-1
}

func newMoved(c calendar) *moved { return &moved{c, make([]uint8, c.orders())} }

// status is the status after the last move; empty before the first.
func (m *moved) status(number int) order.Status {
	if n := m.times[number-1]; n > 0 {
		return statuses[n%2]
	}
	return ""
}

// count counts a move, and begins again before the number overflows.
func (m *moved) count(number int) {
	if m.times[number-1]++; m.times[number-1] == 255 {
		m.times[number-1] = 1
	}
}

// updateAsker moves random orders to and fro. Each asker has orders of its own,
// every share-th one, so that two never move the same at a time.
type updateAsker struct {
	random     *rand.Rand
	moved      *moved
	own, share int
	number     int
	to         order.Status
	expected   []byte
}

func (*updateAsker) path() string  { return "/v1/updateVendorOrderStatus" }
func (*updateAsker) start() string { return `{"success":"Updated Order: ` }
func (*updateAsker) every() int64  { return 1 }

func (a *updateAsker) ask(dst []byte) []byte {
	a.number = 1 + a.own + a.share*a.random.IntN(len(a.moved.times)/a.share)
	a.to = statuses[(a.moved.times[a.number-1]+1)%2]
	store := a.moved.calendar.Store
	dst = appendOrderID(credentials(dst, store), store, a.number)
	return append(append(append(dst, `,"orderStatus":"`...), a.to...), `"}`...)
}

func (a *updateAsker) check(answer []byte) error {
	a.expected = fmt.Appendf(a.expected[:0], `{"success":"Updated Order: %d to new order status: %s"}`, a.number, a.to)
	if string(answer) != string(a.expected) {
		return fmt.Errorf("%w for %s: %.300q", errWrong, a.expected, answer)
	}
	a.moved.count(a.number)
	return nil
}

// proofAsker asks whether orders that were moved have the status that was
// answered last.
type proofAsker struct {
	random *rand.Rand
	moved  *moved
	number int
}

func (*proofAsker) path() string  { return "/v2/orderDetail" }
func (*proofAsker) start() string { return `{"order":{"orderId":"` }
func (*proofAsker) every() int64  { return 1 }

func (a *proofAsker) ask(dst []byte) []byte {
	for a.number = 0; a.number == 0 || a.moved.status(a.number) == ""; {
		a.number = 1 + a.random.IntN(len(a.moved.times))
	}
	store := a.moved.calendar.Store
	return append(appendOrderID(credentials(dst, store), store, a.number), '}')
}

func (a *proofAsker) check(answer []byte) error {
	var got struct {
		Order struct {
			ID     string `json:"orderId"`
			Status string `json:"orderStatus"`
		} `json:"order"`
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return fmt.Errorf("%w: %w", errWrong, err)
	}
	id := order.ID{Store: a.moved.calendar.Store, Number: order.Number(a.number)}
	if want := a.moved.status(a.number); got.Order.Status != string(want) || got.Order.ID != id.String() {
		return fmt.Errorf("%w: order %s is %s, expected %s in %s", errWrong, got.Order.ID, got.Order.Status, id, want)
	}
	return nil
}
