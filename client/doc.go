// Package client talks to a server of the order API of Zonos Checkout
// (formerly iGlobal Stores): entrepot, or any other that keeps the same
// contract. It needs the standard library only.
//
// A [Client] is made once for a store and may be used by many goroutines:
//
//	c, err := client.New("https://orders.example.com", 999, secret, client.Options{})
//
// There is a method for each endpoint of the contract:
//
//	OrderNumbers           POST /v1/orderNumbers             lists orders, as they stream
//	Order                  POST /v2/orderDetail (or v1)      everything known about one order
//	OrderByReference       the same, by the shop's cart id
//	UpdateMerchantOrderID  POST /v1/updateMerchantOrderId    records the shop's own id
//	UpdateStatus           POST /v1/updateVendorOrderStatus  moves an order along
//	SetTracking            POST /v2/setShipmentTracking      adds tracking numbers
//	CreateTempCart         POST /v1/createTempCart           takes a shopper's cart
//
// # What a shop does with it
//
// Ask for the orders after the last one that was imported, and import each:
//
//	for n, err := range c.OrderNumbers(ctx, client.OrderNumbersQuery{SinceOrderID: last}) {
//		if err != nil {
//			return err // what came before it is good; begin after it next time
//		}
//		order, err := c.Order(ctx, n.ID)
//		…
//		last = n.ID
//	}
//
// Look at [Order.Status] first: ship what is [OrderInProcess], hold what is
// [Status.Held], and never ship what is a test ([Order.TestOrder]). A server
// may send statuses and keys that are unknown here; they are kept, not refused.
//
// A list is read while the loop runs: a million orders need no more memory
// than one, and leaving the loop ends the request. A server gives up on a
// reader that stands still (entrepot after 30 seconds), so work that takes
// longer belongs outside the loop. A list that breaks off, or is not followed
// by its proper end, is an error after the orders that came: an iteration
// without an error was the whole list.
//
// # Errors
//
// Every error is a [*Error], which says what was asked, how often it was
// tried and under which request id the server's log has it. Why it failed is
// found with errors.As, whichever way the endpoint's version tells it:
//
//	*InvalidCredentialsError  the store's number or its secret is wrong
//	*NotFoundError            no such order: by its id, its reference, or as the cursor of a list
//	*InvalidOrderIDError      what was sent is no order's id
//	*LockedError              the order cannot be moved: From where it is, To where
//	*AlreadyThereError        the order has the status already
//	*InvalidStatusError       no such status, or not the vendor's to set
//	*ConflictError            lost a race with another update
//	*DuplicateReferenceError  several orders carry the reference
//	*InvalidDateError         a date or a range of dates that is none
//	*InvalidRequestError      something else is wrong with the request, Field says where
//	*StoreLoadingError        the store's orders are being loaded and cannot be listed yet
//	*RefusedError             a text that is not known here
//	*ThrottledError           too many requests, and when to come back
//	*ServerFaultError         the server says that it is at fault
//	*NotAPIError              not an answer of this API: a web page, nothing, other JSON
//	*BrokenListError          a list that ended too early, or was not well formed
//
// What is none of these is of the network or of the context; [Temporary] says
// of any error whether the same call may succeed later.
//
// # Repeating
//
// A call is tried up to four times ([Retry]), with growing and jittered pauses,
// after errors of the network, 429 (not before Retry-After) and faults of the
// server. A list is begun again only while no order of it has been handed out.
// Updates may be repeated without harm: the last merchant order id wins, a
// tracking number is added once, and a repeated change of status that is
// answered "already has current status" has succeeded. On a first try that
// answer is an [*AlreadyThereError].
//
// A cart is the exception. The contract gives no way to tell whether a lost
// answer made one, so CreateTempCart is repeated only where the server cannot
// have taken it: no connection came about, or it answered 429.
//
// The end of a context ends everything at once, pauses included. Without a
// deadline of its own, a small request takes [Options.Timeout] at most per
// try, and a list may be silent for [Options.IdleTimeout].
//
// # Secrets
//
// The secret travels in the body of requests. It is in no error, no
// [Attempt] and no printed form of a Client, not even where a server echoes
// it. Redirects are not followed, so it goes to the host that was named only.
// Use https beyond the own machine.
//
// # Testing
//
// Package clienttest has a server of the contract in memory, which can be told
// to fail.
package client
