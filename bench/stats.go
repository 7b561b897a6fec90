package main

import "slices"

// values are what the rounds of one thing gave.
type values []float64

// median is the middle value, or the mean of the two in the middle.
func (v values) median() float64 {
	sorted := slices.Sorted(slices.Values(v))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func (v values) low() float64  { return slices.Min(v) }
func (v values) high() float64 { return slices.Max(v) }

// over divides round by round: what slows a whole round down slows both sides.
func (v values) over(other values) values {
	ratios := make(values, len(v))
	for i := range v {
		ratios[i] = v[i] / other[i]
	}
	return ratios
}
