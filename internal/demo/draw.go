package demo

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"
)

// matter separates what is drawn for different purposes, so that one more
// draw for the one does not change the other.
type matter uint64

const (
	ofDates matter = iota + 1
	ofTests
	ofShopping
	ofLife
	ofCarts
)

// source is the randomness of one matter. ChaCha8 makes streams that have
// nothing to do with each other from keys as close as these.
func source(seed uint64, m matter, of ...uint64) *rand.Rand {
	var key [32]byte
	for i, part := range append([]uint64{seed, uint64(m)}, of...) {
		binary.LittleEndian.PutUint64(key[8*i:], part)
	}
	return rand.New(rand.NewChaCha8(key))
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// sometimes is one of the list in so many of a hundred cases, or else "".
func sometimes(r *rand.Rand, percent int, list []string) string {
	if len(list) == 0 || !chance(r, percent) {
		return ""
	}
	return pick(r, list)
}

func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }

func between(r *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(r.Int64N(int64(most-least)+1))
}

// weighted picks from a list whose elements say how often they come.
func weighted[T interface{ frequency() int }](r *rand.Rand, list []T) T {
	total := 0
	for _, e := range list {
		total += e.frequency()
	}
	n := r.IntN(total)
	for _, e := range list {
		if n -= e.frequency(); n < 0 {
			return e
		}
	}
	return list[len(list)-1]
}

// letters may stand in the postal codes of Canada, Ireland, the Netherlands
// and the United Kingdom alike.
const letters = "AEHNPRTWXY"

// fill replaces # by a digit, ? by one that is not zero, and @ by a letter.
func fill(r *rand.Rand, pattern string) string {
	var b strings.Builder
	for _, c := range pattern {
		switch c {
		case '#':
			c = '0' + r.Int32N(10)
		case '?':
			c = '1' + r.Int32N(9)
		case '@':
			c = rune(letters[r.IntN(len(letters))])
		}
		b.WriteRune(c)
	}
	return b.String()
}
