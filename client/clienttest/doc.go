// Package clienttest has a server of the order API in memory, for the tests of
// programs that use package client. It needs the standard library only.
//
//	server := clienttest.NewServer()
//	defer server.Close()
//	id := server.Add(client.Order{ShipTo: client.Address{Name: "Ann Example"}})
//	c := server.Client(client.Options{})
//	order, err := c.Order(ctx, id)
//
// It keeps the contract: its answers are those of a real server, texts and
// all, over HTTP on loopback, for both versions of orderDetail. Orders are
// added by Add, made of carts by Place, and changed by Change and SetStatus.
//
// # Trouble
//
// Fail makes the next answers go wrong: errors of the server, 429, web pages,
// connections that break before, after or in the middle of an answer. After
// the trouble, the server is well again:
//
//	server.Fail(2, clienttest.InternalError())
//	server.Fail(1, clienttest.LostAnswer().At("v1/updateVendorOrderStatus"))
//
// StringIDs makes answers as some old servers write them: ids, counts, times
// and amounts as strings.
//
// # What it leaves out
//
// There is no checkout page, carts do not lapse, the rate of carts is not
// limited, nothing is kept after Close, and the life of an order on the side
// of the system (the end of fraud review and of holds) is what a test sets by
// SetStatus. A cart's orders are settled in USD, without shipping and duty,
// unless Place is told otherwise.
package clienttest
