package ledger_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"entrepot/internal/merchantsync"
)

// look is what a view is asked. It is drawn outside of transactions: a panic
// by which rapid gives a draw up would be taken for the transaction's.
type look struct {
	now, from time.Time
	number    int64
	n, limit  int
}

var looks = rapid.Custom(func(t *rapid.T) look {
	return look{
		now: instants.Draw(t, "now"), from: instants.Draw(t, "from"), number: numbers.Draw(t, "of"),
		n: rapid.IntRange(1, 5).Draw(t, "n"), limit: rapid.IntRange(1, 8).Draw(t, "limit"),
	}
})

// agree compares all that a view tells with the model.
func (m *model) agree(v merchantsync.View, ask look) error {
	now, from, number, n, limit := ask.now, ask.from, ask.number, ask.n, ask.limit
	before := from.Add(time.Duration(limit) * time.Minute)
	inRange := func(k merchantsync.Known) bool { return !k.PlacedAt.Before(from) && k.PlacedAt.Before(before) }
	checks := []func() (got, want any, err error){
		func() (any, any, error) { got, err := v.Cursor(); return got, m.cursor, err },
		func() (any, any, error) { return m.compareKnown(v) },
		func() (any, any, error) { got, err := v.Document(number); return got, m.orders[number].Document, err },
		func() (any, any, error) { return m.compareBefore(v, number, n) },
		func() (any, any, error) {
			var got []merchantsync.Known
			err := v.Placed(from, before, func(k merchantsync.Known) error { got = append(got, k); return nil })
			return got, m.known(inRange, byNumber), err
		},
		func() (any, any, error) {
			got, err := v.PlacedBetween(from, before)
			return got, int64(len(m.known(inRange, byNumber))), err
		},
		func() (any, any, error) {
			got, err := v.Due(now, limit)
			want := m.known(func(k merchantsync.Known) bool { return !k.CheckAt.IsZero() && !k.CheckAt.After(now) },
				func(a, b merchantsync.Known) int { return a.CheckAt.Compare(b.CheckAt) })
			return got, first(want, limit), err
		},
		func() (any, any, error) { return m.compareTroubles(v, now, limit) },
		func() (any, any, error) { got, err := v.TroublesOf(numbersUpTo(12)); return got, m.troubles, err },
		func() (any, any, error) {
			got, err := v.Reports(now, limit)
			return got, first(m.dueReports(now), limit), err
		},
		func() (any, any, error) {
			got, err := v.Changes(number, limit)
			return got, first(m.changes[min(int(number), len(m.changes)):], limit), err
		},
		func() (any, any, error) { got, err := v.Position("files"); return got, m.positions["files"], err },
		func() (any, any, error) {
			got, err := v.Deliveries("hook", now, limit)
			return got, first(m.dueDeliveries("hook", now), limit), err
		},
		func() (any, any, error) { return m.compareWaits(v, number) },
		func() (any, any, error) { got, err := v.Tally(now); return got, m.tally(), err },
		func() (any, any, error) { return m.compareStuck(v, limit) },
		func() (any, any, error) {
			got, err := v.LastRun()
			if len(m.runs) == 0 {
				return got, (*merchantsync.Run)(nil), err
			}
			return got, &m.runs[len(m.runs)-1], err
		},
	}
	for i, check := range checks {
		got, want, err := check()
		if err != nil {
			return err
		}
		if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(merchantsync.Report{}, "ID")); diff != "" {
			return fmt.Errorf("look %d (-want +got):\n%s", i, diff)
		}
	}
	return nil
}

func first[T any](list []T, limit int) []T { return list[:min(limit, len(list))] }

func numbersUpTo(n int64) (list []int64) {
	for i := range n {
		list = append(list, i+1)
	}
	return list
}

func (m *model) compareKnown(v merchantsync.View) (any, any, error) {
	want := map[int64]merchantsync.Known{}
	for number, e := range m.orders {
		want[number] = e.Known
	}
	got, err := v.Known(numbersUpTo(13))
	return got, want, err
}

func (m *model) compareBefore(v merchantsync.View, number int64, n int) (any, any, error) {
	below := m.known(func(k merchantsync.Known) bool { return k.Number < number }, func(a, b merchantsync.Known) int { return byNumber(b, a) })
	type answer struct {
		Number int64
		Placed time.Time
		OK     bool
	}
	want := answer{}
	if len(below) > 0 {
		k := below[min(n, len(below))-1]
		want = answer{k.Number, k.PlacedAt, true}
	}
	lower, placed, ok, err := v.Before(number, n)
	return answer{lower, placed, ok}, want, err
}

// compareTroubles knows of no order among those that are due.
func (m *model) compareTroubles(v merchantsync.View, now time.Time, limit int) (any, any, error) {
	got, err := v.Troubles(now, limit)
	due := 0
	for _, one := range m.troubles {
		due += int(oneIf(!one.RetryAt.After(now)))
	}
	if len(got) != min(due, limit) {
		return len(got), min(due, limit), err
	}
	for _, one := range got {
		if want := m.troubles[one.Number]; want != one || one.RetryAt.After(now) {
			return one, want, errors.Join(err, errors.New("a trouble is not what it is, or not due"))
		}
	}
	return nil, nil, err
}

func (m *model) compareWaits(v merchantsync.View, number int64) (any, any, error) {
	got, err := v.Waits("files", number)
	want := false
	for _, d := range m.deliveries["files"] {
		want = want || d.Number == number
	}
	return got, want, err
}

func (m *model) compareStuck(v merchantsync.View, limit int) (any, any, error) {
	order := func(a, b merchantsync.Stuck) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	}
	want := m.stuck()
	slices.SortFunc(want, order)
	all, err := v.Stuck(1000)
	if err != nil {
		return nil, nil, err
	}
	if !slices.IsSortedFunc(all, func(a, b merchantsync.Stuck) int { return a.Since.Compare(b.Since) }) {
		return nil, nil, errors.New("what is stuck is not in the order of its time")
	}
	few, err := v.Stuck(limit)
	if err == nil && (len(few) != min(limit, len(all)) || !sameSince(few, all)) {
		err = errors.New("a few that are stuck are not the first of all")
	}
	slices.SortFunc(all, order)
	return all, want, err
}

func sameSince(few, all []merchantsync.Stuck) bool {
	return slices.EqualFunc(few, all[:len(few)], func(a, b merchantsync.Stuck) bool { return a.Since.Equal(b.Since) })
}
