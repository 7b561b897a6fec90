package destination_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/destination"
)

// table is what a spreadsheet sees of a document, by column.
func table(t *testing.T, change merchantsync.Change) map[string]string {
	t.Helper()
	j := newJournal(t, destination.CSV())
	j.s.changes = append(j.s.changes, change)
	j.mustPass(t)
	text := j.read(t)
	if lines := strings.Count(text, "\n"); lines != 2 {
		t.Fatalf("%d lines: %q", lines, text)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cells := map[string]string{}
	for i, column := range rows[0] {
		cells[column] = rows[1][i]
	}
	return cells
}

func TestTable(t *testing.T) {
	c := changeOf(1, 1001, true)
	c.Document = []byte(`{"order":{"orderId":"999-1001","merchantOrderId":"12","orderDate":1893553445000,"name":"Sample Person","city":"Sampleton",
		"countryCode":"CA","items":[{},{}],"grandTotal":12.50,"foreignCurrencyCode":"CAD","grandTotalForeign":17.13,
		"promoCode":{"code":"TEN","amount":1.00},"trackingNumber":"1Z1,1Z2","notes":[{}]}}`)
	got := table(t, c)
	for column, want := range map[string]string{
		"key": "999-1", "sequence": "1", "kind": "imported", "order_id": "999-1001", "standing": "ready", "test": "true",
		"status": "IGLOBAL_ORDER_IN_PROCESS", "at": "2030-01-01T00:00:01.000Z", "merchant_order_id": "12", "placed_at": "2030-01-02T03:04:05.000Z",
		"name": "Sample Person", "city": "Sampleton", "country_code": "CA", "items": "2", "grand_total": "12.50", "currency": "CAD",
		"grand_total_foreign": "17.13", "promo_code": "TEN", "promo_amount": "1.00", "tracking": "1Z1,1Z2", "notes": "1", "phone": "",
	} {
		if got[column] != want {
			t.Errorf("%s is %q, want %q", column, got[column], want)
		}
	}
}

// TestNoFormulas: whatever a shopper writes stays text, on one line.
func TestNoFormulas(t *testing.T) {
	for said, want := range map[string]string{
		`=HYPERLINK("http://example.com")`: `'=HYPERLINK("http://example.com")`,
		"+1+cmd|' /C calc'!A0":             "'+1+cmd|' /C calc'!A0",
		"-2+3":                             "'-2+3",
		"@SUM(1)":                          "'@SUM(1)",
		"\t=1":                             "'\t=1",
		"\r=1":                             " =1",
		"＝1":                               "'＝1",
		"+1 555 0100":                      "+1 555 0100",
		"-1.50":                            "-1.50",
		"a\r\nb\nc\u2028d\u0000":           "a b c d",
		`say "hi", you`:                    `say "hi", you`,
		"":                                 "",
	} {
		name, err := json.Marshal(said)
		if err != nil {
			t.Fatal(err)
		}
		c := changeOf(1, 1001, false)
		c.Document = []byte(`{"order":{"orderId":"999-1001","name":` + string(name) + `}}`)
		if got := table(t, c)["name"]; got != want {
			t.Errorf("%q is written as %q, want %q", said, got, want)
		}
	}
}

// TestColumnsAreDocumented, in their order.
func TestColumnsAreDocumented(t *testing.T) {
	j := newJournal(t, destination.CSV())
	j.fill(1, nil)
	j.mustPass(t)
	header, _, _ := strings.Cut(j.read(t), "\n")
	text, err := os.ReadFile("../../../docs/sync-destinations.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	_, section, _ := strings.Cut(string(text), "### CSV")
	section, _, _ = strings.Cut(section, "## ")
	for line := range strings.Lines(section) {
		if names, ok := strings.CutPrefix(line, "    "); ok {
			documented = append(documented, strings.Split(strings.TrimRight(strings.TrimSpace(names), ","), ",")...)
		}
	}
	if !slices.Equal(documented, strings.Split(header, ",")) {
		t.Errorf("the documented columns are %v, want %s", documented, header)
	}
}
