package client

import "time"

// Attempt is one try of a call, for logging and metrics. It has no secret and
// nothing of an order.
type Attempt struct {
	Endpoint string // as in "v2/orderDetail"
	Number   int    // 1 for the first try of a call

	RequestID string        // of the answer, or else the one that was sent
	Status    int           // of HTTP; 0 when there was no answer
	Duration  time.Duration // of a list: until its last order was taken
	Bytes     int64         // of the answer's body, after unpacking

	Err   error         // nil when the try succeeded; not yet wrapped in an *Error
	Class string        // a short name of Err's kind for labels, as in "throttled"; "ok" without one
	Wait  time.Duration // until the next try; 0 when there is none
}
