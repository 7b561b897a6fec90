package wire

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"entrepot/internal/order"
)

func TestTable(t *testing.T) {
	r := mustRecord(t, foreignAnswer, 999)
	var b strings.Builder
	table, err := NewTable(&b)
	if err != nil {
		t.Fatal(err)
	}
	hostile := mustRecord(t, `{"orderId": "999-18", "orderDate": 1420072394250, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS",
		"name": "=HYPERLINK(\"https://example.com\")", "company": "-1+1", "phone": "+43 1 000", "city": "A, \"B\"\nC", "itemsTotal": -5}`, 0)
	for _, record := range []order.Record{r, hostile} {
		if err := table.Add(&record); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	want := strings.Join(TableHeader, ",") + `
999-17,4711,,2015-01-01T00:33:14Z,VENDOR_LABELS_PRINTED_DATE,2015-01-01T00:33:14Z,false,Ann Example,,,,,,,,,1010,,,1,40.00,0.00,0.00,40.50,KWD,12.346,A,1.00,,"A,B",0
999-18,,,2015-01-01T00:33:14.25Z,IGLOBAL_ORDER_IN_PROCESS,2015-01-01T00:33:14.25Z,false,"'=HYPERLINK(""https://example.com"")",'-1+1,,+43 1 000,,,,"A, ""B""
C",,,,,0,-5.00,0.00,0.00,0.00,USD,0.00,,,,,0
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

// What a spreadsheet would take for a formula is text.
func TestHarmless(t *testing.T) {
	for _, cell := range []string{"=1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "-1+1", "+a", "＝1", "＋1", "－1", "＠SUM(1)"} {
		if got := harmless(cell); got != "'"+cell {
			t.Errorf("%q became %q", cell, got)
		}
	}
	for _, cell := range []string{"", "-5.00", "+43 1 000", "Ann", "日本", "a=1", "\xef"} {
		if got := harmless(cell); got != cell {
			t.Errorf("%q became %q", cell, got)
		}
	}
}
