package destination_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"entrepot/internal/merchantsync"
)

// shop is a receiver that notes what it gets, and what is wrong with that.
type shop struct {
	mu     sync.Mutex
	answer func(merchantsync.Change) error // what it does with a change
	got    []int64                         // every attempt
	taken  map[int64]int                   // by Seq: how often
	order  map[int64][]int64               // by order: taken for the first time
	busy   map[int64]bool                  // orders that it works at
	atOnce int
	most   int
	wrong  []string
}

func newShop(answer func(merchantsync.Change) error) *shop {
	return &shop{answer: answer, taken: map[int64]int{}, order: map[int64][]int64{}, busy: map[int64]bool{}}
}

func takesAll(merchantsync.Change) error { return nil }

func (s *shop) Deliver(_ context.Context, c merchantsync.Change) (string, error) {
	s.begin(c)
	err := s.answer(c)
	s.end(c, err)
	return fmt.Sprintf("shop-%d", c.Number), err
}

func (s *shop) begin(c merchantsync.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[c.Number] {
		s.wrong = append(s.wrong, fmt.Sprintf("two changes of order %d at once", c.Number))
	}
	s.busy[c.Number] = true
	s.got = append(s.got, c.Seq)
	s.atOnce++
	s.most = max(s.most, s.atOnce)
}

func (s *shop) end(c merchantsync.Change, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy[c.Number] = false
	s.atOnce--
	if err != nil {
		return
	}
	s.taken[c.Seq]++
	if s.taken[c.Seq] == 1 {
		s.order[c.Number] = append(s.order[c.Number], c.Seq)
	}
}

func (s *shop) feed(m *memory, change func(*merchantsync.ReceiverOptions)) *merchantsync.ReceiverFeed {
	o := merchantsync.ReceiverOptions{FeedOptions: merchantsync.FeedOptions{Ledger: m, Name: name, Clock: m.clock}}
	if change != nil {
		change(&o)
	}
	return merchantsync.NewReceiverFeed(s, o)
}

func mustFeed(t *testing.T, f merchantsync.Feed) merchantsync.Fed {
	t.Helper()
	fed, err := f.Pass(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return fed
}

func (s *shop) times() (n int) {
	for _, times := range s.taken {
		n += times
	}
	return n
}

func (s *shop) check(t *testing.T, m *memory, skip bool) {
	t.Helper()
	for _, wrong := range s.wrong {
		t.Error(wrong)
	}
	want, reports := map[int64][]int64{}, 0
	for _, c := range m.s.changes {
		if !c.Test || !skip {
			want[c.Number] = append(want[c.Number], c.Seq)
		}
	}
	for number, all := range want {
		if !slices.Equal(s.order[number], all) {
			t.Errorf("order %d came as %v, want %v", number, s.order[number], all)
		}
		reports++
	}
	if len(s.order) != len(want) || len(m.s.reports) != reports {
		t.Errorf("%d orders and %d reports, want %d of each", len(s.order), len(m.s.reports), reports)
	}
	if len(m.s.deliveries) != 0 || m.s.positions[name] != int64(len(m.s.changes)) {
		t.Errorf("%d changes wait and the position is %d, want none and %d", len(m.s.deliveries), m.s.positions[name], len(m.s.changes))
	}
}
