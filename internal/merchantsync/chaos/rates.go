package chaos

// Rates are how many of a thousand requests meet each mishap, one at most; a
// sum over a thousand is as good as a thousand.
type Rates struct {
	CutBefore int // the connection ends, and the server knows nothing
	CutAfter  int // the server did what was asked, and the connection ends before the answer
	CutWithin int // the answer ends in the middle, and with it the connection
	Truncate  int // the answer ends in the middle, and HTTP says that it is whole
	Fault     int // 500 or 502, the server asked or not
	Throttle  int // 429, to be repeated after 0 or 1 s
	Page      int // a web page with 200, the server asked or not
	Stale     int // an earlier answer to the same list or detail

	// What follows comes on top.

	Delay   int // up to 20 ms before the server is asked
	Shuffle int // the orders of a list in another order
	Late    int // orders, not requests: one is left out of the first lists that should have it
}

// Bad is a network on which work gets done, but slowly.
func Bad() Rates {
	return Rates{
		CutBefore: 20, CutAfter: 20, CutWithin: 20, Truncate: 20, Fault: 20, Throttle: 20, Page: 20, Stale: 60,
		Delay: 100, Shuffle: 200, Late: 30,
	}
}

// Poor is one that people would not complain of.
func Poor() Rates {
	return Rates{CutBefore: 5, CutAfter: 5, CutWithin: 5, Truncate: 5, Fault: 5, Throttle: 5, Page: 5, Stale: 10, Delay: 20}
}

// mishap is what happens to a request.
type mishap string

const (
	nothing   mishap = "passed"
	cutBefore mishap = "cut before"
	cutAfter  mishap = "cut after"
	cutWithin mishap = "cut within"
	truncate  mishap = "truncated"
	broken    mishap = "fault"
	throttle  mishap = "throttled"
	page      mishap = "page"
	stale     mishap = "stale"
)

// pick is the mishap of a request by a number below a thousand.
func (r *Rates) pick(n int) mishap {
	for _, c := range []struct {
		rate int
		of   mishap
	}{
		{r.CutBefore, cutBefore},
		{r.CutAfter, cutAfter},
		{r.CutWithin, cutWithin},
		{r.Truncate, truncate},
		{r.Fault, broken},
		{r.Throttle, throttle},
		{r.Page, page},
		{r.Stale, stale},
	} {
		if n -= c.rate; n < 0 {
			return c.of
		}
	}
	return nothing
}
