package main

import (
	"math"
	"time"
)

// latencies counts how long answers took. A bucket is wider than the one before
// by a twentieth, so that a percentile is right to five per cent, whatever it is.
type latencies [buckets]int64

const (
	buckets  = 340 // the last begins at some 15 s
	widening = 1.05
)

func bucketOf(took time.Duration) int {
	if took <= time.Microsecond {
		return 0
	}
	return min(int(math.Log(float64(took)/float64(time.Microsecond))/math.Log(widening))+1, buckets-1)
}

func (l *latencies) add(took time.Duration) { l[bucketOf(took)]++ }

func (l *latencies) merge(other *latencies) {
	for i, n := range other {
		l[i] += n
	}
}

func (l *latencies) count() (n int64) {
	for _, in := range l {
		n += in
	}
	return n
}

// percentile is what so many of a hundred answers took at most; zero when there
// are none.
func (l *latencies) percentile(p float64) time.Duration {
	rank := int64(math.Ceil(float64(l.count()) * p / 100))
	for i, in := range l {
		if rank -= in; rank <= 0 && in > 0 {
			return time.Duration(float64(time.Microsecond) * math.Pow(widening, float64(i)))
		}
	}
	return 0
}
