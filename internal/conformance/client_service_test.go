package conformance_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"entrepot/client"
)

func TestClientAgainstTheService(t *testing.T) {
	t.Parallel()
	bothVersions(t, func(t *testing.T, s shop, _ *faulty, o client.Options, url string) {
		ctx, c := t.Context(), newClient(t, url, store, secret, o)
		id := placedOrder(t, s, c, "client-1")
		if err := errors.Join(c.UpdateMerchantOrderID(ctx, id, "12-34567"), c.SetTracking(ctx, id, "1Z-B", "1Z-A"), c.SetTracking(ctx, id, "1Z-A"),
			c.UpdateStatus(ctx, id, client.VendorPreparingOrder), c.UpdateStatus(ctx, id, client.VendorLabelsPrinted)); err != nil {
			t.Fatal(err)
		}
		got, err := c.Order(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if got.ID != id || got.Status != client.VendorLabelsPrinted || got.MerchantOrderID != "12-34567" || got.TrackingNumber != "1Z-B,1Z-A" ||
			!got.TestOrder || got.ItemsTotal != "398.00" || got.Items[0].Weight != "3.01" || got.ShipTo.CountryCode != "CA" || len(got.Extra) > 0 {
			t.Errorf("%+v", got)
		}
		if time.Since(got.Placed()) > time.Hour || got.OrderDateString != client.FormatTime(got.OrderDate) || got.StatusSince().Before(got.Placed()) {
			t.Errorf("placed %v, status since %v", got.Placed(), got.StatusSince())
		}
		same, err := c.OrderByReference(ctx, "client-1")
		if err != nil || !reflect.DeepEqual(same, got) {
			t.Errorf("%v: %+v", err, same)
		}
		number, err := c.Order(ctx, client.OrderID(strings.TrimPrefix(string(id), "999-")))
		if err != nil || number.ID != id {
			t.Errorf("%v: %+v", err, number)
		}
	})
}

func placedOrder(t *testing.T, s shop, c *client.Client, reference string) client.OrderID {
	t.Helper()
	cart, err := c.CreateTempCart(t.Context(), tent(reference))
	if err != nil {
		t.Fatal(err)
	}
	id, err := placing(s.Service)(t.Context(), cart)
	if err != nil {
		t.Fatal(err)
	}
	return client.OrderID(id)
}

// Each order of a list says what its detail says, and every detail survives
// being read and written.
func TestClientReadsEveryOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	c := newClient(t, serve(t, s).URL, store, secret, client.Options{})
	seen, counted := int64(0), client.Counts{}
	q := client.OrderNumbersQuery{SinceDate: time.Unix(0, 0), Statuses: true, Counts: func(n client.Counts) { counted = n }}
	for n, err := range c.OrderNumbers(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		seen++
		o, err := c.Order(t.Context(), n.ID)
		if err != nil {
			t.Fatal(err)
		}
		if o.Status != n.Status || !o.StatusDate.Equal(n.StatusDate) || !o.OrderDate.Equal(n.Timestamp) || o.MerchantOrderID != n.MerchantOrderID || o.TestOrder != n.TestOrder {
			t.Errorf("listed as %+v, told as %+v", n, o)
		}
		again, err := o.Answer()
		if err != nil || !sameDocument(t, again, o.Raw) || len(o.Extra) > 0 || len(n.Extra) > 0 {
			t.Errorf("%v\ncame    %s\nwritten %s", err, o.Raw, again)
		}
	}
	if seen != orders || counted.Total != orders || counted.Live+counted.Test != orders || counted.Test == 0 {
		t.Errorf("%d orders, %+v", seen, counted)
	}
}

func sameDocument(t *testing.T, a, b []byte) bool {
	t.Helper()
	read := func(body []byte) (v any) {
		decoder := json.NewDecoder(strings.NewReader(string(body)))
		decoder.UseNumber()
		if err := decoder.Decode(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	return reflect.DeepEqual(read(a), read(b))
}
