package merchantsync

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"entrepot/client"
)

// listing is what a list that came whole has to say. It may have had a million
// orders, so that nothing but numbers is kept of them.
type listing struct {
	total int64
	fresh []int64 // above the cursor, ascending
	want  []int64 // up to it: not in the tables, or otherwise there
	same  []Known // up to it: due to be looked at, and as they are in the tables, for all that the list says
	told  map[int64]told
}

// told is what a list says of an order that is otherwise in the tables.
type told struct {
	status client.Status
	since  time.Time
}

// everything is the cursor of a list whose orders are all compared.
const everything = math.MaxInt64

// list reads a list and compares it with the tables. Nothing is done before
// the end: a list that breaks off is worth nothing.
func (d *Daemon) list(ctx context.Context, q client.OrderNumbersQuery, cursor int64) (found listing, err error) {
	err = d.persist(ctx, func() error {
		s := scan{d: d, cursor: cursor, now: d.o.Clock(), listing: listing{told: map[int64]told{}}}
		for n, err := range d.api.OrderNumbers(ctx, q) {
			if err != nil {
				return err
			}
			if err := s.add(ctx, n); err != nil {
				return err
			}
		}
		err := s.compare(ctx)
		found = s.ordered()
		return err
	})
	return found, err
}

// scan reads a list.
type scan struct {
	listing
	d      *Daemon
	cursor int64
	now    time.Time
	chunk  []client.OrderNumber // to be compared next
}

const chunkSize = 500

func (s *scan) add(ctx context.Context, n client.OrderNumber) error {
	number, store := n.ID.Number(), n.ID.Store()
	if number == 0 || (store != 0 && store != s.d.o.Store) {
		return fmt.Errorf("the list has an order %q, which is none of store %d", n.ID, s.d.o.Store)
	}
	s.total++
	switch {
	case n.TestOrder && s.d.o.SkipTest:
		return nil
	case number > s.cursor:
		s.fresh = append(s.fresh, number)
		return nil
	}
	if s.chunk = append(s.chunk, n); len(s.chunk) < chunkSize {
		return nil
	}
	return s.compare(ctx)
}

// compare looks up a chunk in the tables.
func (s *scan) compare(ctx context.Context) error {
	if len(s.chunk) == 0 {
		return nil
	}
	known, troubles, err := s.d.known(ctx, numbersOf(s.chunk))
	if err != nil {
		return err
	}
	for _, n := range s.chunk {
		k, there := known[n.ID.Number()]
		_, troubled := troubles[n.ID.Number()]
		s.sort(n, k, there, troubled)
	}
	s.chunk = s.chunk[:0]
	return nil
}

func (s *scan) sort(n client.OrderNumber, k Known, there, troubled bool) {
	due := there && !k.CheckAt.IsZero() && !k.CheckAt.After(s.now)
	switch {
	case troubled: // it has a time of its own
	case there && differs(k, n):
		s.want = append(s.want, k.Number)
		s.told[k.Number] = told{n.Status, n.StatusDate}
	case !there || (due && (n.Status == "" || k.wantsDetail())):
		s.want = append(s.want, n.ID.Number())
	case due:
		s.same = append(s.same, k)
	}
}

func numbersOf(listed []client.OrderNumber) []int64 {
	numbers := make([]int64, len(listed))
	for i, n := range listed {
		numbers[i] = n.ID.Number()
	}
	return numbers
}

// differs reports whether a list says something else than the tables. One
// without statuses says only when orders were placed.
func differs(k Known, n client.OrderNumber) bool {
	if another(k.PlacedAt, n.Timestamp) {
		return true
	}
	return n.Status != "" && (n.Status != k.Status || n.MerchantOrderID != k.MerchantOrderID ||
		(!n.StatusDate.IsZero() && !inMillis(n.StatusDate).Equal(k.StatusAt)))
}

// inMillis is a time in the precision in which the tables have it.
func inMillis(t time.Time) time.Time { return t.Truncate(time.Millisecond) }

// another reports whether an order placed at one time cannot be the one placed
// at the other. Some servers tell seconds in one place and milliseconds in
// another.
func another(a, b time.Time) bool {
	return !a.IsZero() && !b.IsZero() && a.Sub(b).Abs() >= time.Second
}

// ordered trusts no server to list in order and each once.
func (s *scan) ordered() listing {
	for _, numbers := range []*[]int64{&s.fresh, &s.want} {
		slices.Sort(*numbers)
		*numbers = slices.Compact(*numbers)
	}
	return s.listing
}

// known tells what the tables have of orders, and which of them are trouble.
func (d *Daemon) known(ctx context.Context, numbers []int64) (known map[int64]Known, troubles map[int64]Trouble, err error) {
	err = d.ledger.View(ctx, func(v View) error {
		if known, err = v.Known(numbers); err != nil {
			return err
		}
		troubles, err = v.TroublesOf(numbers)
		return err
	})
	return known, troubles, wrap("look orders up", err)
}
