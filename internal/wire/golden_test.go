package wire

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

var update = flag.Bool("update", false, "write the golden examples anew; look at the difference afterwards")

// golden compares an answer with an example, but for the white space that
// makes the example readable.
func golden(t *testing.T, name string, answer []byte) {
	t.Helper()
	var got bytes.Buffer
	if err := json.Indent(&got, answer, "", "  "); err != nil {
		t.Fatalf("%v\n%s", err, answer)
	}
	got.WriteByte('\n')
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file) //nolint:gosec // one of our own examples
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s:\n%s", name, diff)
	}
}

// The times are those of the contract's example.
var (
	placedAt = time.Date(2015, 1, 1, 0, 33, 14, 0, time.UTC)
	statusAt = time.Date(2015, 1, 1, 7, 33, 14, 250_000_000, time.UTC)
)

func everyDetail() order.Details {
	c := order.Details{
		NationalIdentifier: "ID-000", BirthDate: "1970-01-01", PONumber: "PO-7",
		ShipComplete: true, CSLListMatch: true, OptInEmail: pointer(true),
		Items: []order.Item{
			everyItem(),
			{Description: "Coupon \"SPRING\"", Quantity: 1, UnitPrice: -2550, WeightUnits: "LB"},
		},
		BoxCount: "22x15x15(1),8x8x4(2)", Misc: [6]string{"one", "2", " three ", "four", "five", "6.50"},
		Shipping: order.Shipping{
			Name: "DHL Express", ServiceLevel: "DHL_EXPRESS", Instructions: "Ring twice",
			CarrierAccountNumber: "000000000", CarrierAccountMethod: "GROUND",
		},
		Payment: order.Payment{
			Gateway: "shop", CapturedAt: &statusAt, CardType: "VISA", LastFour: "1111",
			TransactionID: "T-1", TransactionType: "AUTH_CAPTURE",
		},
		Promo: &order.Promo{Code: "SAVE5", Amount: 500},
	}
	c.ShipTo = order.Address{
		Name: "Ann Example", Company: "Example Ltd", Email: "ann@example.com", Phone: "+965 0000 0000", AltPhone: "+965 0000 0001",
		Address1: "1 Example Road", Address2: "Flat 2", Address3: "Block 3",
		City: "Kuwait City", State: "Al Asimah", Zip: "00000", CountryCode: "KW", CountryName: "Kuwait",
	}
	c.BillTo = order.Address{
		Name: "Bob Beispiel", Company: "Beispiel GmbH", Email: "bob@example.com", Phone: "+43 0 000", AltPhone: "+43 0 001",
		Address1: "Straße 9", Address2: "Stiege 1", Address3: "Tür 2",
		City: "Wien", State: "Wien", Zip: "1010", CountryCode: "AT", CountryName: "Austria",
	}
	c.Totals = order.Totals{
		Currency: money.Currency{Code: "KWD", Places: 3},
		Items:    37250, ItemsForeign: 114358, Shipping: 2000, ShippingForeign: 6140, DutyTaxes: 1750,
		QuotedDutyTaxes: 1700, QuotedDutyTaxesForeign: 5219, Grand: 41000, GrandForeign: 125717, Remittance: 310,
		Breakdown: order.DutyTaxesBreakdown{
			BrokerageFee: 100, DisbursementFee: 250, Duty: 900, PrepaymentFee: 40, VATOnDisbursementFee: 50, VAT: 410,
		},
	}
	return c
}

func everyHead() order.Head {
	return order.Head{
		ID: order.ID{Store: 999, Number: 99999}, PlacedAt: placedAt, Test: true,
		State: order.State{Status: order.Preparing}, StatusAt: statusAt,
		MerchantOrderID: "12-34567", ReferenceID: "70001", Tracking: []string{"1Z-A", "1Z-B"}, Notes: 2, Changes: 9,
	}
}

var twoNotes = []order.Note{
	{Seq: 1, CreatedAt: placedAt, CreatedBy: "Ann Example", Customer: true, Text: "Please no nuts.\nThank you"},
	{Seq: 2, CreatedAt: statusAt.Add(3 * time.Millisecond), CreatedBy: "operator", Flagged: true, Text: "Größe prüfen"},
}

func detailAnswer(t *testing.T, head order.Head, d order.Details, notes []order.Note) []byte {
	t.Helper()
	doc, err := Codec{}.EncodeDetails(&d)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := AppendDetail(nil, &order.Stored{Head: head, Document: doc, Notes: notes})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestGoldenDetailWithEverything(t *testing.T) {
	golden(t, "detail_everything.json", detailAnswer(t, everyHead(), everyDetail(), twoNotes))
}

// absentDetail is an order of which nothing is known that may be unknown.
func absentDetail(t *testing.T) []byte {
	head := order.Head{
		ID: order.ID{Store: 999, Number: 1}, PlacedAt: placedAt,
		State: order.State{Status: order.InProcess}, StatusAt: placedAt,
	}
	return detailAnswer(t, head, order.Details{Totals: order.Totals{Currency: money.Currency{Code: "USD", Places: 2}}}, nil)
}

func TestGoldenDetailWithNothing(t *testing.T) {
	golden(t, "detail_nothing.json", absentDetail(t))
}

// A line with the three required keys only, paid at the checkout.
func TestGoldenDetailOfBareItem(t *testing.T) {
	d := order.Details{
		Items:   []order.Item{{Description: "D", Quantity: 1, UnitPrice: 5, WeightUnits: "LB"}},
		Totals:  order.Totals{Currency: money.Currency{Code: "JPY", Places: 2}, Items: 5, ItemsForeign: 749, Grand: 5, GrandForeign: 749},
		Payment: order.Payment{Gateway: "iGlobal_CC"},
	}
	golden(t, "detail_bare_item.json", detailAnswer(t, everyHead(), d, nil))
}

func TestGoldenLists(t *testing.T) {
	orders := []order.Listed{
		{Number: 99991, PlacedAt: 1420072394000, Status: order.FraudReview, StatusAt: 1420097594000},
		{
			Number: 99992, PlacedAt: 1420089166123, Test: true,
			Status: order.LabelsPrinted, StatusAt: 1420097594250, MerchantOrderID: "12-34567",
		},
	}
	golden(t, "list.json", listAnswer(orders, false))
	golden(t, "list_statuses.json", listAnswer(orders, true))
	golden(t, "list_empty.json", listAnswer(nil, true))
}

func listAnswer(orders []order.Listed, statuses bool) []byte {
	var counts Counts
	for _, o := range orders {
		counts.Add(o.Test)
	}
	answer := AppendListHead(nil, counts)
	for i, o := range orders {
		if i > 0 {
			answer = append(answer, ',')
		}
		answer = AppendListed(answer, 999, &o, statuses)
	}
	return append(answer, ListTail...)
}

func TestSmallAnswers(t *testing.T) {
	tests := []struct {
		got  []byte
		want string
	}{
		{AppendCart(nil, "4c5b0f0e-0000-4000-8000-000000000000"), `{"tempCartUUID":"4c5b0f0e-0000-4000-8000-000000000000"}`},
		{AppendError(nil, `a "b"`), `{"error":"a \"b\""}`},
		{AppendSuccess(nil, "Updated"), `{"success":"Updated"}`},
		{AppendListHead(nil, Counts{Live: 2, Test: 1}), `{"totalCount":3,"orderCount":2,"testOrderCount":1,"orders":[`},
	}
	for _, tt := range tests {
		if string(tt.got) != tt.want {
			t.Errorf("%s, want %s", tt.got, tt.want)
		}
	}
}
