package conformance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entrepot/internal/conformance/match"
)

const (
	dayLayout = "20060102"
	twoWeeks  = 14 * 24 * time.Hour
	margin    = 10 * time.Minute // an order so near to the edge may cross it while the run lasts
)

// bindRanges finds stretches of the list whose content will not change any more.
func (s *survey) bindRanges() {
	if n := len(s.orders); n >= 3 {
		start := max(0, n-1-windowOfOrders)
		s.bound[needWindow] = vars{
			"windowStart": s.orders[start].ID, "windowStartNumber": s.orders[start].Number,
			"windowIds": idsOf(s.orders[start+1:]),
		}
	}
	for _, d := range s.days() {
		s.bindDays(d)
	}
}

// stretch is the orders of two days that follow each other in the list.
type stretch struct{ from, next, end int } // next: the first of the second day

// days are the stretches that have orders before and after them, the newest first.
// An order of a later day shows that they are over.
func (s *survey) days() []stretch {
	var starts []int
	for i, o := range s.orders {
		if i == 0 || !sameDay(o, s.orders[i-1]) {
			starts = append(starts, i)
		}
	}
	var all []stretch
	for i := 1; i+2 < len(starts); i++ {
		d := stretch{starts[i], starts[i+1], starts[i+2]}
		if d.end-d.from <= mostRange {
			all = append(all, d)
		}
	}
	slices.Reverse(all)
	return all
}

func sameDay(a, b listed) bool { return a.Placed.Format(dayLayout) == b.Placed.Format(dayLayout) }

func (s *survey) bindDays(d stretch) {
	in := s.orders[d.from:d.end]
	v := vars{
		"day":       in[0].Placed.Format(dayLayout),
		"dayIds":    idsOf(s.orders[d.from:d.next]),
		"rangeFrom": in[0].Placed.Format(dayLayout), "rangeThrough": in[len(in)-1].Placed.Format(dayLayout),
		"rangeIds":    idsOf(in),
		"rangeBefore": s.orders[d.from-1].ID, "rangeAfter": s.orders[d.end].ID,
	}
	if s.bound[needDays] == nil {
		s.bound[needDays] = v
	}
	missing := slices.DeleteFunc(slices.Clone(in), func(o listed) bool { return o.MerchantID != "" })
	if s.bound[needMixedDays] == nil && len(missing) > 0 && len(missing) < len(in) {
		s.bound[needMixedDays] = v.with(vars{"rangeMissingIds": idsOf(missing)})
	}
}

// bindTwoWeeks finds the orders without a merchant order id on both sides of the edge, the nearest to it.
func (s *survey) bindTwoWeeks() {
	edge := s.now.Add(-twoWeeks)
	var recent []listed
	for _, o := range s.orders {
		switch {
		case o.MerchantID != "":
		case o.Placed.Before(edge.Add(-margin)):
			s.bound[needOld] = vars{"oldMissing": o.ID}
		case o.Placed.After(edge.Add(margin)) && len(recent) < sampleOfMissing:
			recent = append(recent, o)
		}
	}
	if len(recent) > 0 {
		s.bound[needRecent] = vars{"recentMissingIds": idsOf(recent), "twoWeeksAgo": match.FormatTime(edge)}
	}
}

// bindOther looks for a number of the second store that the first has not.
func (s *survey) bindOther(ctx context.Context, other *survey) error {
	s.bound[needOtherStore] = vars{
		"otherStore": other.store, "otherSecret": other.secret, "otherAuth": other.auth,
	}
	if err := other.list(ctx); err != nil {
		return fmt.Errorf("survey of the second store: %w", err)
	}
	own := map[string]bool{}
	for _, o := range s.orders {
		own[o.Number] = true
	}
	for _, o := range other.orders {
		if !own[o.Number] {
			s.bound[needOtherOnly] = vars{"otherOnly": o.ID, "otherOnlyNumber": o.Number}
			return nil
		}
	}
	return nil
}
