package clienttest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"entrepot/client"
)

// store is what the server keeps of a store.
type store struct {
	Store
	orders  map[int64]*client.Order
	numbers []int64 // of the orders, growing
	carts   map[string]*cart
}

func newStore(of Store) *store {
	return &store{Store: of, orders: map[int64]*client.Order{}, carts: map[string]*cart{}}
}

func (st *store) next() int64 {
	if len(st.numbers) == 0 {
		return 1001
	}
	return st.numbers[len(st.numbers)-1] + 1
}

// Add adds an order and answers its id. An id without a store is the first
// store's; without an id the order gets the next number. What else is missing
// is filled in: placed now, in process.
func (s *Server) Add(o client.Order) client.OrderID {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.storeOf(o.ID)
	if o.ID.Number() == 0 {
		o.ID = client.MakeOrderID(st.Number, st.next())
	}
	return s.add(st, o)
}

func (s *Server) storeOf(id client.OrderID) *store {
	if st := s.stores[id.Store()]; st != nil {
		return st
	}
	return s.stores[s.first.Number]
}

func (s *Server) add(st *store, o client.Order) client.OrderID {
	o.ID = client.MakeOrderID(st.Number, o.ID.Number())
	s.fill(&o)
	number := o.ID.Number()
	if st.orders[number] == nil {
		at, _ := slices.BinarySearch(st.numbers, number)
		st.numbers = slices.Insert(st.numbers, at, number)
	}
	st.orders[number] = &o
	return o.ID
}

// fill gives an order what every order has.
func (s *Server) fill(o *client.Order) {
	now := s.clock().UTC().Truncate(time.Millisecond)
	if o.OrderDate = o.Placed(); o.OrderDate.IsZero() {
		o.OrderDate = now
	}
	if o.StatusDate = o.StatusSince(); o.StatusDate.IsZero() {
		o.StatusDate = o.OrderDate
	}
	o.OrderDateString, o.StatusDateString = client.FormatTime(o.OrderDate), client.FormatTime(o.StatusDate)
	if o.Status == "" {
		o.Status = client.OrderInProcess
	}
	for i := range o.Notes {
		o.Notes[i].DateCreatedString = client.FormatTime(o.Notes[i].DateCreated)
	}
	if o.ItemsCount == 0 {
		o.ItemsCount = int64(len(o.Items))
	}
	fillAmounts(o)
}

// fillAmounts adds up what was not given, in USD.
func fillAmounts(o *client.Order) {
	total := int64(0)
	for _, item := range o.Items {
		price, _ := item.UnitPrice.Minor(2)
		total += price * item.Quantity
	}
	or := func(a *client.Amount, cents int64) int64 {
		if *a == "" {
			*a = client.Amount(money(cents))
		}
		n, _ := a.Minor(2)
		return n
	}
	sum := or(&o.ItemsTotal, total) + or(&o.ShippingTotal, 0) + or(&o.DutyTaxesTotal, 0)
	or(&o.GrandTotal, sum)
	or(&o.RemittanceAmount, 0)
	if o.ForeignCurrencyCode == "" {
		o.ForeignCurrencyCode = "USD"
		o.ItemsTotalForeign, o.ShippingTotalForeign, o.GrandTotalForeign = o.ItemsTotal, o.ShippingTotal, o.GrandTotal
	}
}

// Order is an order as it is now.
func (s *Server) Order(id client.OrderID) (client.Order, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	order := s.storeOf(id).orders[id.Number()]
	if order == nil {
		return client.Order{}, false
	}
	return *order, true
}

// Change changes an order behind the API's back, and reports whether it is
// there.
func (s *Server) Change(id client.OrderID, change func(*client.Order)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	order := s.storeOf(id).orders[id.Number()]
	if order != nil {
		change(order)
	}
	return order != nil
}

// SetStatus moves an order as the system does, to any status.
func (s *Server) SetStatus(id client.OrderID, status client.Status) bool {
	return s.Change(id, func(o *client.Order) { s.move(o, status) })
}

func (s *Server) move(o *client.Order, to client.Status) {
	o.Status = to
	o.StatusDate = s.clock().UTC().Truncate(time.Millisecond)
	o.StatusDateString = client.FormatTime(o.StatusDate)
}

var errNoCart = errors.New("there is no such cart")

// Place makes an order of a cart, once: asked again, it answers the same
// order. What the shopper adds at the checkout is taken from o; items and
// what else a cart says are the cart's.
func (s *Server) Place(tempCartUUID string, o client.Order) (client.OrderID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.stores {
		c := st.carts[tempCartUUID]
		if c == nil {
			continue
		}
		if c.orderID == "" {
			c.orderID = s.add(st, c.becomes(o, client.MakeOrderID(st.Number, st.next())))
		}
		return c.orderID, nil
	}
	return "", fmt.Errorf("place %s: %w", tempCartUUID, errNoCart)
}

func (c *cart) becomes(o client.Order, id client.OrderID) client.Order {
	from := c.order
	o.ID, o.ReferenceID, o.BoxCount, o.Items = id, from.ReferenceID, from.BoxCount, from.Items
	o.Misc1, o.Misc2, o.Misc3, o.Misc4, o.Misc5, o.Misc6 = from.Misc1, from.Misc2, from.Misc3, from.Misc4, from.Misc5, from.Misc6
	return o
}
