package client_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"entrepot/client"
	"entrepot/client/clienttest"
)

// Orders are fetched after the last one that the shop has, and each is looked
// at by its status first.
func Example() {
	server := clienttest.NewServer() // stands for https://orders.example.com
	defer server.Close()
	last := server.Add(client.Order{})
	server.Add(client.Order{ShipTo: client.Address{Name: "Ann Example"}, Items: []client.Item{{Description: "Tent", Quantity: 2, UnitPrice: "199.00"}}})
	server.Add(client.Order{Status: client.FraudReview})
	server.Add(client.Order{TestOrder: true})

	ctx := context.Background()
	c, err := client.New(server.URL, 999, clienttest.DefaultSecret, client.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for n, err := range c.OrderNumbers(ctx, client.OrderNumbersQuery{SinceOrderID: last}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		order, err := c.Order(ctx, n.ID)
		switch {
		case err != nil:
			fmt.Println(err)
			return
		case order.TestOrder:
			fmt.Println(order.ID, "is a test")
		case order.Status.Held():
			fmt.Println(order.ID, "waits:", order.Status)
		case order.Status == client.OrderInProcess:
			fmt.Println(order.ID, "goes to", order.ShipTo.Name, "for", order.GrandTotal)
		}
	}
	// Output:
	// 999-1002 goes to Ann Example for 398.00
	// 999-1003 waits: IGLOBAL_FRAUD_REVIEW
	// 999-1004 is a test
}

// Why an order cannot be moved is told by the type of the error.
func ExampleClient_UpdateStatus() {
	server := clienttest.NewServer()
	defer server.Close()
	id := server.Add(client.Order{Status: client.OrderOnHold})
	c := server.Client(client.Options{})

	err := c.UpdateStatus(context.Background(), id, client.VendorPreparingOrder)
	if locked, ok := errors.AsType[*client.LockedError](err); ok {
		fmt.Println("it is in", locked.From)
	}
	server.SetStatus(id, client.OrderInProcess)
	fmt.Println(c.UpdateStatus(context.Background(), id, client.VendorPreparingOrder))
	// Output:
	// it is in IGLOBAL_ORDER_ON_HOLD
	// <nil>
}

// A shop that was away asks by date, and is told how many orders there are.
func ExampleClient_OrderNumbers() {
	server := clienttest.NewServer()
	defer server.Close()
	server.Add(client.Order{OrderDate: time.Date(2015, 1, 1, 0, 33, 14, 0, time.UTC)})
	server.Add(client.Order{OrderDate: time.Date(2015, 1, 2, 5, 12, 46, 0, time.UTC), TestOrder: true})

	query := client.OrderNumbersQuery{
		SinceDate: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC),
		Statuses:  true,
		Counts:    func(n client.Counts) { fmt.Println(n.Live, "live,", n.Test, "test") },
	}
	for n, err := range server.Client(client.Options{}).OrderNumbers(context.Background(), query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(n.ID, n.Timestamp.Format(time.DateOnly), n.Status, n.TestOrder)
	}
	// Output:
	// 1 live, 1 test
	// 999-1001 2015-01-01 IGLOBAL_ORDER_IN_PROCESS false
	// 999-1002 2015-01-02 IGLOBAL_ORDER_IN_PROCESS true
}

// A cart is left with the server, and the shopper goes to the checkout with
// its identifier.
func ExampleClient_CreateTempCart() {
	server := clienttest.NewServer()
	defer server.Close()
	c := server.Client(client.Options{})

	cart, err := c.CreateTempCart(context.Background(), client.Cart{
		ReferenceID: "17",
		Items:       []client.CartItem{{Description: "Tent", Quantity: 1, UnitPrice: "199.00"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := server.Place(cart, client.Order{}); err != nil { // the shopper pays
		fmt.Println(err)
		return
	}
	order, err := c.OrderByReference(context.Background(), "17")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(order.ID, order.Items[0].Description, order.ItemsTotal)
	// Output: 999-1001 Tent 199.00
}

// Observe is where logs and metrics are fed.
func ExampleOptions_observe() {
	server := clienttest.NewServer()
	defer server.Close()
	id := server.Add(client.Order{})
	c := server.Client(client.Options{
		Retry: client.Retry{MinWait: time.Millisecond},
		Observe: func(a client.Attempt) {
			fmt.Println(a.Endpoint, a.Number, a.Status, a.Class)
		},
	})
	server.Fail(1, clienttest.InternalError())
	if err := c.SetTracking(context.Background(), id, "1Z0001", "1Z0002"); err != nil {
		fmt.Println(err)
		return
	}
	// Output:
	// v2/setShipmentTracking 1 500 server
	// v2/setShipmentTracking 2 200 ok
}
