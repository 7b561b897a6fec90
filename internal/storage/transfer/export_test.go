package transfer

import "testing"

// SmallPages has more happen between the transactions of a test.
func SmallPages(t *testing.T, orders int) {
	t.Helper()
	was := pageOrders
	pageOrders = orders
	t.Cleanup(func() { pageOrders = was })
}
