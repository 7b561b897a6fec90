package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"

	"entrepot/client"
	"entrepot/internal/merchantsync"
	"entrepot/internal/testkit"
)

// typicalDocument is an answer of orderDetail of about 3 KB with three items.
func typicalDocument(t testing.TB, number int64) []byte {
	t.Helper()
	item := func(sku, price string) map[string]any {
		return map[string]any{
			"description": "A tent for two, with poles and pegs", "quantity": 2, "unitPrice": json.Number(price), "productId": "P-" + sku, "sku": sku,
			"length": json.Number("12.50"), "width": json.Number("8.00"), "height": json.Number("4.25"), "weight": json.Number("3.10"), "weightUnits": "LB",
			"itemNonShippable": false, "countryOfOrigin": "US", "itemHSCode": "6306.22", "itemBrand": "Example", "itemCategory": "Camping",
			"itemColor": "green", "itemURL": "https://shop.example.com/p/" + sku, "imageURL": "https://shop.example.com/i/" + sku + ".jpg",
		}
	}
	order := map[string]any{
		"orderId": fmt.Sprintf("%d-%d", store, number), "referenceId": fmt.Sprintf("cart-%d", number), "merchantOrderId": nil,
		"orderDate": begin.UnixMilli() + number*1000, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS", "orderStatusDate": begin.UnixMilli() + number*1000,
		"testOrder": false, "shipComplete": false, "cslListMatch": false, "optInEmail": nil,
		"name": "Pat Example", "email": "pat@example.com", "phone": "+1 555 0100", "address1": "1 Example Street", "address2": "Apt 4",
		"city": "Vancouver", "state": "BC", "zip": "V5K 0A1", "countryCode": "CA", "countryName": "Canada",
		"billingName": "Pat Example", "billingEmail": "pat@example.com", "billingAddress1": "1 Example Street", "billingCity": "Vancouver", "billingCountryCode": "CA",
		"itemsCount": 3, "itemsTotal": json.Number("439.00"), "itemsTotalForeign": json.Number("601.43"), "shippingTotal": json.Number("31.20"),
		"shippingTotalForeign": json.Number("42.74"), "dutyTaxesTotal": json.Number("52.68"), "grandTotal": json.Number("522.88"),
		"grandTotalForeign": json.Number("716.35"), "foreignCurrencyCode": "CAD", "remittance_amount": json.Number("0.00"),
		"customerSelectedShippingName": "DHL Express", "shippingCarrierServiceLevel": "DHL_EXPRESS", "boxCount": "22x15x15(1)",
		"items": []any{item("TENT-2", "199.00"), item("PEG-10", "12.50"), item("LAMP-1", "8.00")},
		"notes": []any{map[string]any{"createdByUser": "shopper", "customerNote": true, "dateCreated": begin.UnixMilli(), "flagged": false, "note": "Please ring twice."}},
		"misc1": string(bytes.Repeat([]byte("m"), 500)),
	}
	body, err := json.Marshal(map[string]any{"order": order, "remittance_amount": json.Number("0.00")})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func typical(t testing.TB, number int64) merchantsync.Entry {
	t.Helper()
	body := typicalDocument(t, number)
	o, err := client.DecodeOrder(body)
	if err != nil {
		t.Fatal(err)
	}
	return merchantsync.Entry{
		Order: o, Document: body, Kind: merchantsync.Imported, SeenAt: begin,
		Known: merchantsync.Known{
			Number: number, PlacedAt: o.Placed(), Status: o.Status, StatusAt: o.StatusSince(), Standing: merchantsync.StandingOf(o.Status), Digest: sha256.Sum256(body),
		},
	}
}

// BenchmarkPut imports typical orders, 200 to a transaction, on a database
// that waits for the disk. One operation is one order:
//
//	go test -run - -bench Put -benchtime 100000x ./internal/merchantsync/ledger
func BenchmarkPut(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			o := e.fresh(b)
			o.Synchronous = ""
			if e.name == "postgres" {
				d := testkit.StartPostgres(b).Database(b)
				o.Database, o.PasswordFile = d.URL, d.PasswordFile
			}
			l := open(b, o)
			some := make([]merchantsync.Entry, 200)
			for i := range some {
				some[i] = typical(b, int64(i)+1)
			}
			b.ReportMetric(float64(len(some[0].Document)), "bytes/document")
			b.ResetTimer()
			for done := 0; done < b.N; {
				n := min(len(some), b.N-done)
				for i := range n {
					some[i].Number = int64(done+i) + 1
				}
				write(b, l, func(tx merchantsync.Tx) error { return tx.Put(some[:n]) })
				done += n
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "orders/s")
		})
	}
}
