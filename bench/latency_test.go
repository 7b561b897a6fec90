package main

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Percentiles are those of the sorted values, to five per cent.
func TestPercentiles(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same every time
	for range 50 {
		var l, half latencies
		var all []time.Duration
		for i := range 1 + random.IntN(3000) {
			took := time.Duration(1000 + random.ExpFloat64()*float64(time.Millisecond))
			all = append(all, took)
			if i%2 == 0 {
				half.add(took)
			} else {
				l.add(took)
			}
		}
		l.merge(&half)
		slices.Sort(all)
		for _, p := range []float64{50, 99, 99.9, 100} {
			want := all[int(min(float64(len(all)-1), float64(len(all))*p/100-1e-9))]
			if got := l.percentile(p); float64(got) < float64(want)/1.06 || float64(got) > float64(want)*1.06 {
				t.Errorf("p%v of %d is %s, want %s", p, len(all), got, want)
			}
		}
	}
	var l latencies
	if l.percentile(99) != 0 {
		t.Error("there is a percentile of nothing")
	}
	l.add(time.Hour)
	l.add(0)
	if l.percentile(1) > time.Microsecond || l.percentile(100) < 10*time.Second {
		t.Errorf("from %s to %s", l.percentile(1), l.percentile(100))
	}
}
