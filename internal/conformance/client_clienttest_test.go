package conformance_test

import (
	"context"
	"testing"
	"time"

	"entrepot/client"
	"entrepot/client/clienttest"
	"entrepot/internal/conformance"
)

// copied is a clienttest server with the orders of a service, read from it by
// the client.
func copied(t *testing.T, from conformance.Target) *clienttest.Server {
	t.Helper()
	server := clienttest.NewServer(
		clienttest.Store{Number: store, Secret: secret, NextSecret: nextSecret},
		clienttest.Store{Number: otherStore, Secret: otherSecret, CartSecret: true})
	t.Cleanup(server.Close)
	for number, its := range map[int64]string{store: secret, otherStore: otherSecret} {
		c := newClient(t, from.URL, number, its, client.Options{})
		for n, err := range c.OrderNumbers(t.Context(), client.OrderNumbersQuery{SinceDate: time.Unix(0, 0), Statuses: true}) {
			if err != nil {
				t.Fatal(err)
			}
			o, err := c.Order(t.Context(), n.ID)
			if err != nil {
				t.Fatal(err)
			}
			server.Add(*o)
		}
	}
	return server
}

func newClient(t *testing.T, url string, number int64, its string, o client.Options) *client.Client {
	t.Helper()
	c, err := client.New(url, number, its, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The server that users test against keeps the same contract as the service.
func TestClienttestHoldsTheContract(t *testing.T) {
	t.Parallel()
	server := copied(t, serve(t, open(t)))
	wantAllHeld(t, run(t, conformance.Target{
		URL: server.URL, Store: store, Secret: secret, NextSecret: nextSecret,
		OtherStore: otherStore, OtherSecret: otherSecret, OtherCartSecret: true, Write: true,
		Place: func(_ context.Context, cart string) (string, error) {
			id, err := server.Place(cart, client.Order{TestOrder: true, ShipTo: client.Address{Name: "Conformance Example", CountryCode: "CA"}})
			return string(id), err
		},
	}))
}
