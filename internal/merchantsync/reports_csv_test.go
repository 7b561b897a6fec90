package merchantsync_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"entrepot/internal/merchantsync"
)

var reportsAt = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

func readReports(t *testing.T, text string) ([]merchantsync.Report, []string) {
	t.Helper()
	reports, wrong, err := merchantsync.ReadReports(strings.NewReader(text), 999, reportsAt)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, w := range wrong {
		texts = append(texts, w.Error())
	}
	return reports, texts
}

func TestReadReports(t *testing.T) {
	const file = "\uFEFFValue, kind ,ORDER_ID,key\r\n" +
		"12-34567,merchant_order_id,999-1,\r\n" +
		" VENDOR_SHIPMENT_READY , Status ,1,\r\n" +
		"\"1Z1, 1Z2,,1Z1\",tracking,999-0001,parcel 1\r\n" +
		"VENDOR_SHIPMENT_READY,status,999-1,again\n" +
		"\"say \"\"hi\"\"\",merchant_order_id,999-2,\n"
	got, wrong := readReports(t, file)
	want := []merchantsync.Report{
		{Key: "csv:999-1:merchant_order_id:12-34567", OrderID: "999-1", Kind: merchantsync.ReportMerchantID, Value: "12-34567"},
		{Key: "csv:999-1:status:VENDOR_SHIPMENT_READY", OrderID: "999-1", Kind: merchantsync.ReportStatus, Value: "VENDOR_SHIPMENT_READY"},
		{Key: "parcel 1", OrderID: "999-1", Kind: merchantsync.ReportTracking, Value: "1Z1,1Z2"},
		{Key: "again", OrderID: "999-1", Kind: merchantsync.ReportStatus, Value: "VENDOR_SHIPMENT_READY"},
		{Key: `csv:999-2:merchant_order_id:say "hi"`, OrderID: "999-2", Kind: merchantsync.ReportMerchantID, Value: `say "hi"`},
	}
	for i := range want {
		want[i].State, want[i].MadeAt = merchantsync.Pending, reportsAt
	}
	if !slices.Equal(got, want) || wrong != nil {
		t.Errorf("%+v\nwant %+v\n%v", got, want, wrong)
	}
}

// TestReadReportsTwice: the same lines have the same keys, in any file and in
// any order of lines and columns.
func TestReadReportsTwice(t *testing.T) {
	first, _ := readReports(t, "order_id,kind,value\n1,tracking,1Z1\n999-1,tracking,1Z1\n2,status,VENDOR_SHIPMENT_READY\n")
	again, _ := readReports(t, "value,order_id,kind,key\nVENDOR_SHIPMENT_READY,2,status,\n1Z1,999-1,tracking,\n")
	keys := func(reports []merchantsync.Report) (all []string) {
		for _, r := range reports {
			all = append(all, r.Key)
		}
		slices.Sort(all)
		return all
	}
	if len(first) != 2 || !slices.Equal(keys(first), keys(again)) {
		t.Errorf("%q and then %q", keys(first), keys(again))
	}
}

// TestWrongReports: each is told of by its place, and the rest is read.
func TestWrongReports(t *testing.T) {
	for line, want := range map[string]string{
		"998-1,status,VENDOR_SHIPMENT_READY":                   `line 3, column 1: order_id: "998-1" is not an order of store 999`,
		"abc,status,VENDOR_SHIPMENT_READY":                     `line 3, column 1: order_id: "abc" is not an order's id, such as 999-1001`,
		"x-1,status,VENDOR_SHIPMENT_READY":                     `line 3, column 1: order_id: "x-1" is not an order's id, such as 999-1001`,
		"999-0,status,VENDOR_SHIPMENT_READY":                   `line 3, column 1: order_id: "999-0" is not an order's id, such as 999-1001`,
		",status,VENDOR_SHIPMENT_READY":                        `line 3, column 1: order_id: it is missing`,
		"999-1,price,1":                                        `line 3, column 7: kind: "price" is none of merchant_order_id, status, tracking`,
		"999-1,,1":                                             `line 3, column 7: kind: it is missing`,
		"999-1,status,shipped today":                           `line 3, column 14: value: "shipped today" is not a status, such as VENDOR_SHIPMENT_READY`,
		"999-1,status,IGLOBAL_ORDER_CANCELLED":                 `line 3, column 14: value: IGLOBAL_ORDER_CANCELLED is not a shop's to set`,
		"999-1,tracking,\" , \"":                               `line 3, column 16: value: it is missing`,
		"999-1,merchant_order_id,":                             `line 3, column 25: value: it is missing`,
		"999-1,merchant_order_id,\"a\nb\"":                     `line 3, column 25: value: it has line breaks or other control characters in it`,
		"999-1,merchant_order_id,\xff":                         `line 3, column 25: value: it is not UTF-8`,
		"999-1,merchant_order_id," + strings.Repeat("9", 5000): `line 3, column 25: value: it is longer than 4096 bytes`,
		"999-1,status":                                         `line 3: it has 2 cells, the header has 3`,
		"999-1,status,VENDOR_SHIPMENT_READY,k":                 `line 3: it has 4 cells, the header has 3`,
		"999-1,status,VENDOR\"_READY":                          `line 3, column 20: bare " in non-quoted-field`,
	} {
		reports, wrong := readReports(t, "order_id,kind,value\n1,tracking,1Z1\n"+line+"\n2,tracking,1Z2\n")
		if !slices.Equal(wrong, []string{want}) {
			t.Errorf("%q: %q, want %q", line, wrong, want)
		}
		if len(reports) != 2 {
			t.Errorf("%q: %d reports of the other two lines", line, len(reports))
		}
	}
}

func TestReportKeyWithTwoMeanings(t *testing.T) {
	reports, wrong := readReports(t, "key,order_id,kind,value\nk,1,tracking,1Z1\nk,1,tracking,1Z1\nk,2,tracking,1Z1\n")
	want := `line 4, column 1: key: "k" is the key of line 2, which says something else`
	if len(reports) != 1 || !slices.Equal(wrong, []string{want}) {
		t.Errorf("%d reports, and %q", len(reports), wrong)
	}
}

func TestNoReports(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "line 1: the file is empty; expected a header line: order_id,kind,value",
		"order_id,kind\n":                      `line 1: the header has no column "value"`,
		"order_id,kind,value,keys\n":           `line 1, column 21: there is no column "keys"; expected order_id, kind, value, key`,
		"order_id,kind,value,kind\n":           `line 1, column 21: column "kind" is there twice`,
		"order_id;kind;value\n":                "line 1, column 1: columns must be separated by commas, not semicolons",
		"999-1,status,VENDOR_SHIPMENT_READY\n": `line 1, column 1: there is no column "999-1"; expected order_id, kind, value, key`,
	} {
		if _, _, err := merchantsync.ReadReports(strings.NewReader(text), 999, reportsAt); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestReportsThatCannotBeRead(t *testing.T) {
	broken := errors.New("the disk is broken")
	for _, text := range []string{"", "order_id,kind,value\n1,tracking,1Z1\n"} {
		r := iotest.DataErrReader(strings.NewReader(text))
		if _, _, err := merchantsync.ReadReports(&thenFails{r, broken}, 999, reportsAt); !errors.Is(err, broken) {
			t.Errorf("after %q: %v", text, err)
		}
	}
}

type thenFails struct {
	r   interface{ Read([]byte) (int, error) }
	err error
}

func (f *thenFails) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil {
		err = f.err
	}
	return n, err
}
