package merchantsync_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"entrepot/internal/merchantsync"
)

// TestPageFlood has a thousand browsers ask for as many orders at a time, for
// a while. No stretch of time has more questions than the bucket allows.
func TestPageFlood(t *testing.T) {
	const rate, burst = 5, 20
	withPage(t, merchantsync.PageOptions{}, func(t *testing.T, page *merchantsync.Page, i *importer) {
		var browsers sync.WaitGroup
		for range 5 {
			for range 1000 {
				number := rand.Int64N(4000) + 1 // some there, most not
				browsers.Go(func() {
					if got := get(page, number); got.Code != http.StatusOK || got.after > 700*time.Millisecond {
						t.Errorf("%d after %s", got.Code, got.after)
					}
				})
			}
			time.Sleep(3 * time.Second)
		}
		browsers.Wait()
		time.Sleep(time.Minute)
		all := i.times()
		for from := range all {
			for to := from; to < len(all); to++ {
				if most := burst + rate*all[to].Sub(all[from]).Seconds() + 1.001; float64(to-from+1) > most {
					t.Fatalf("%d questions within %s", to-from+1, all[to].Sub(all[from]))
				}
			}
		}
		if len(all) < burst+rate*15 {
			t.Errorf("only %d questions: the bucket was not used", len(all))
		}
	})
}

// TestPageAsksSparingly: for one order at most every ten seconds, and once
// more two seconds after it was not there.
func TestPageAsksSparingly(t *testing.T) {
	for number, want := range map[int64][]float64{
		7:    {0, 10, 20},            // there
		2007: {0, 2, 12, 14, 24, 26}, // not there
		6007: {0, 10, 20},            // who knows
	} {
		withPage(t, merchantsync.PageOptions{Waiting: 100}, func(t *testing.T, page *merchantsync.Page, i *importer) {
			var browsers sync.WaitGroup
			for range 255 {
				browsers.Go(func() { get(page, number) })
				browsers.Go(func() { get(page, number) })
				time.Sleep(100 * time.Millisecond)
			}
			browsers.Wait()
			if got := i.seconds(number); !about(got, want) {
				t.Errorf("order %d was asked for at %v, want about %v", number, got, want)
			}
		})
	}
}

// about allows for the interval at which browsers ask.
func about(got, want []float64) bool {
	return slices.EqualFunc(got, want, func(a, b float64) bool { return a > b-0.6 && a < b+0.6 })
}

// TestPageOneAtATime: who asks while an order is being asked for adds nothing.
func TestPageOneAtATime(t *testing.T) {
	withPage(t, merchantsync.PageOptions{}, func(t *testing.T, page *merchantsync.Page, i *importer) {
		i.takes = 25 * time.Second
		var browsers sync.WaitGroup
		for range 20 {
			browsers.Go(func() { get(page, 7) })
			time.Sleep(time.Second)
		}
		browsers.Wait()
		if got := i.seconds(7); len(got) != 1 {
			t.Errorf("asked for at %v", got)
		}
	})
}

// TestPageFarNumbers cost double.
func TestPageFarNumbers(t *testing.T) {
	highest := func(context.Context) (int64, error) { return 100, nil }
	for from, want := range map[int64]int{500: 20 + 5*10, 3000: 20/2 + 5*10/2} {
		withPage(t, merchantsync.PageOptions{Highest: highest}, func(t *testing.T, page *merchantsync.Page, i *importer) {
			var browsers sync.WaitGroup
			for n := range int64(100) {
				browsers.Go(func() { get(page, from+n) })
			}
			time.Sleep(10 * time.Second)
			if got := len(i.times()); got < want-2 || got > want+2 {
				t.Errorf("%d questions from %d on in ten seconds, want about %d", got, from, want)
			}
			browsers.Wait()
		})
	}
}
