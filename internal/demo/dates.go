package demo

import (
	"slices"
	"time"
)

// span is how far back the first orders reach.
const span = 182 * 24 * time.Hour

// hourly says how many of a hundred shoppers who might order at an hour (UTC)
// do: few at night, most in the afternoon and the evening.
var hourly = [24]int{
	22, 15, 10, 8, 8, 12, 22, 38, 52, 60, 66, 72,
	78, 82, 86, 90, 94, 98, 100, 100, 92, 74, 52, 34,
}

// The last orders are recent however few there are, so that some are under
// way.
const (
	recent    = len(recentJourneys)
	recentGap = 5 * time.Hour
)

// dates draws when orders are placed, in ascending order: twice as many at the
// end as at the beginning, and the last one minutes before now, on a whole
// second, which few of the others are.
func dates(seed uint64, count int, now time.Time) []time.Time {
	r := source(seed, ofDates)
	last := now.Add(-between(r, 2*time.Minute, 9*time.Minute)).Truncate(time.Second)
	first := last.Add(-span)
	list := make([]time.Time, 0, count)
	for len(list) < count {
		after := time.Duration(r.Int64N(int64(span)))
		at := first.Add(after).Truncate(time.Millisecond)
		growing := r.Int64N(int64(2*span)) < int64(span+after)
		if growing && chance(r, hourly[at.Hour()]) {
			list = append(list, at)
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	for ago := range min(recent, count) {
		at := &list[count-1-ago]
		if latest := last.Add(-time.Duration(ago) * recentGap); at.Before(latest) || ago == 0 {
			*at = latest
		}
	}
	return list
}
