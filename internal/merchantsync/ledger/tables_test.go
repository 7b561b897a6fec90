package ledger_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"entrepot/client"
	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
)

// rich is an order with everything, some of it awkward for a database.
func rich(t *testing.T) merchantsync.Entry {
	t.Helper()
	const body = `{"order":{"orderId":"999-5","orderDate":1893553445678,"orderStatus":"IGLOBAL_ORDER_IN_PROCESS","orderStatusDateString":"2030-01-02 03:04:06.5",
		"testOrder":true,"shipComplete":true,"cslListMatch":true,"referenceId":"cart\u0000-5","merchantOrderId":"","poNumber":null,
		"name":"Pat \ud83d\ude00 Example","company":"Söhne & Co","email":"pat@example.com","phone":"1","address1":"a","address2":"b","address3":"c",
		"city":"d","state":"e","zip":"f","countryCode":"CA","itemsCount":2,"foreignCurrencyCode":"CAD",
		"itemsTotal":1.5E+2,"itemsTotalForeign":"200.10","shippingTotal":-0.5,"shippingTotalForeign":1e-3,"dutyTaxesTotal":123456789012345678901234567890.12,
		"grandTotal":0.10,"grandTotalForeign":3,"promoCode":{"code":"TEN","amount":10.00},"trackingNumber":"T1,T2",
		"customerSelectedShippingName":"DHL Express","shippingCarrierServiceLevel":"DHL_EXPRESS",
		"items":[{"description":"tent","quantity":2,"unitPrice":199.00,"productId":"P","sku":"S","length":1,"width":2.50,"height":3,"weight":"4.00","weightUnits":"LB",
			"itemNonShippable":true,"countryOfOrigin":"US","itemHSCode":"6306.22","itemBrand":"b","itemCategory":"c","itemColor":"d","itemCustomization":"e","status":"f"},
			{"description":"coupon","quantity":1,"unitPrice":-5.00}],
		"notes":[{"createdByUser":"clerk","customerNote":false,"dateCreated":1893553445001,"flagged":true,"note":"look"},{"customerNote":true,"note":null}]},
		"remittance_amount":7.25, "new":{"b":1,"a":[2 ,3]}}`
	o, err := client.DecodeOrder([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return merchantsync.Entry{
		Order: o, Document: []byte(body), Kind: merchantsync.Imported, SeenAt: begin.Add(789 * time.Microsecond),
		Known: merchantsync.Known{
			Number: 5, PlacedAt: o.Placed(), Test: true, Status: o.Status, StatusAt: o.StatusSince(),
			Standing: merchantsync.Ready, Digest: [32]byte{1, 2}, Checks: 2, CheckAt: begin.Add(time.Hour),
		},
	}
}

// asText makes a column readable in the same way on both engines.
func asText(o ledger.Options, column string) string {
	switch {
	case !isPostgres(o):
		return column
	case strings.HasSuffix(column, "_at"):
		return fmt.Sprintf(`to_char(%s, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`, column)
	case column == "test" || column == "ship_complete" || column == "csl_list_match" || column == "non_shippable" || column == "customer_note" || column == "flagged":
		return column + "::int"
	}
	return column
}

func columns(t *testing.T, o ledger.Options, table, names string) string {
	t.Helper()
	var list []string
	for _, name := range strings.Fields(names) {
		list = append(list, asText(o, name))
	}
	return query(t, o, "SELECT "+strings.Join(list, ", ")+" FROM "+table+" ORDER BY 1, 2, 3")
}

// TestTables looks at what stands in the tables, as the shop reads them.
func TestTables(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		l := open(t, o)
		e := rich(t)
		put(t, l, e)
		tests := []struct{ table, columns, want string }{
			{
				"entrepot_orders", `store number order_id standing test status status_at placed_at merchant_order_id reference_id po_number
				ship_name ship_company ship_email ship_phone ship_address1 ship_address2 ship_address3 ship_city ship_state ship_zip ship_country_code`,
				"999|5|999-5|ready|1|IGLOBAL_ORDER_IN_PROCESS|2030-01-02T03:04:06.500Z|2030-01-02T03:04:05.678Z|~|cart-5|~|" +
					"Pat 😀 Example|Söhne & Co|pat@example.com|1|a|b|c|d|e|f|CA",
			},
			{
				"entrepot_orders", `store number ship_complete csl_list_match shipping_name shipping_service tracking items_count currency
				items_total items_total_foreign shipping_total shipping_total_foreign duty_taxes_total grand_total grand_total_foreign
				remittance_amount promo_code promo_amount imported_at changed_at checks check_at`,
				"999|5|1|1|DHL Express|DHL_EXPRESS|T1,T2|2|CAD|150|200.10|-0.5|0.001|123456789012345678901234567890.12|0.10|3|7.25|TEN|10.00|" +
					"2030-01-02T03:04:05.678Z|2030-01-02T03:04:05.678Z|2|2030-01-02T04:04:05.678Z",
			},
			{
				"entrepot_order_items", `store number line description quantity unit_price product_id sku length width height weight weight_units
				non_shippable country_of_origin hs_code brand category color customization status`,
				"999|5|1|tent|2|199.00|P|S|1|2.50|3|4.00|LB|1|US|6306.22|b|c|d|e|f\n999|5|2|coupon|1|-5.00|~|~|~|~|~|~|~|0|~|~|~|~|~|~|~",
			},
			{
				"entrepot_order_notes", "store number line created_by created_at customer_note flagged note",
				"999|5|1|clerk|2030-01-02T03:04:05.001Z|0|1|look\n999|5|2|~|~|1|0|~",
			},
			{"entrepot_order_tracking", "store number line tracking_number", "999|5|1|T1\n999|5|2|T2"},
			{
				"entrepot_order_statuses", "store number seq status status_at seen_at",
				"999|5|1|IGLOBAL_ORDER_IN_PROCESS|2030-01-02T03:04:06.500Z|2030-01-02T03:04:05.678Z",
			},
			{
				"entrepot_changes", "store seq number order_id kind standing status test written_at",
				"999|1|5|999-5|imported|ready|IGLOBAL_ORDER_IN_PROCESS|1|2030-01-02T03:04:05.678Z",
			},
		}
		for _, test := range tests {
			if diff := gocmp.Diff(test.want, columns(t, o, test.table, test.columns)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.table, diff)
			}
		}
		want := strings.Replace(string(e.Document), `\u0000`, "", 1)
		for _, table := range []string{"entrepot_orders", "entrepot_changes"} {
			if got := query(t, o, "SELECT document FROM "+table); got != want {
				t.Errorf("the document in %s is %s", table, got)
			}
		}
	})
}

// TestAwkwardValues keeps what a strange server may send.
func TestAwkwardValues(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		l := open(t, o)
		late, none, broken, deep := imported(1), imported(2), imported(3), imported(4)
		late.PlacedAt = time.Date(52000, 1, 1, 0, 0, 0, 0, time.UTC)
		none.PlacedAt, none.StatusAt, none.Status = time.Time{}, time.Time{}, ""
		broken.Document = []byte("{\"a\":\"\xff\\u0000\\\\u0000\\ud800\\uD83d\\uDE00\\udc00\\u00e9\\n\"}")
		broken.Order.ShipTo.Name, broken.Status, broken.MerchantOrderID = "\xc3\x28\x00", "ODD\x00", strings.Repeat("long Ω", 10_000)
		deep.Document = []byte(`{"a":` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + "}")
		put(t, l, late, none, broken, deep)
		again := broken
		again.Kind = merchantsync.Updated
		put(t, l, again)
		known := read(t, l, func(v merchantsync.View) (map[int64]merchantsync.Known, error) { return v.Known(numbersUpTo(4)) })
		if got := known[1].PlacedAt; got.Year() != 9999 {
			t.Errorf("a date too late is %v", got)
		}
		if got := known[2]; !got.PlacedAt.IsZero() || !got.StatusAt.IsZero() || got.Status != "" {
			t.Errorf("without dates: %+v", got)
		}
		if got := known[3]; got.Status != "ODD" || got.MerchantOrderID != broken.MerchantOrderID || got.Digest != broken.Digest {
			t.Errorf("broken: %.100v", got)
		}
		if got := query(t, o, "SELECT ship_name FROM entrepot_orders WHERE number = 3"); got != "\uFFFD(" {
			t.Errorf("a broken name is %q", got)
		}
		if got := query(t, o, "SELECT count(*) FROM entrepot_order_statuses WHERE number = 3"); got != "1" {
			t.Errorf("a status that stays the same is %s times in the history", got)
		}
		look := "SELECT document ->> '$.a' FROM entrepot_orders WHERE number = 3"
		if isPostgres(o) {
			look = "SELECT document ->> 'a' FROM entrepot_orders WHERE number = 3"
		}
		if got, want := query(t, o, look), "\uFFFD\\u0000\uFFFD😀\uFFFDé\n"; got != want {
			t.Errorf("a text in a broken document is %q, want %q", got, want)
		}
		for number, want := range map[int64]string{3: "{\"a\":\"\uFFFD\\\\u0000\uFFFD\\uD83d\\uDE00\uFFFD\\u00e9\\n\"}", 4: string(deep.Document)} {
			if got := read(t, l, func(v merchantsync.View) ([]byte, error) { return v.Document(number) }); string(got) != want {
				t.Errorf("the document of %d is %.60s", number, got)
			}
		}
	})
}

// TestOnlyWhatDiffersIsReplaced counts what is written of items when one of
// three changes and another goes.
func TestOnlyWhatDiffersIsReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		l := open(t, o)
		e := imported(1)
		first := e.SeenAt
		e.Order.Items = []client.Item{{SKU: "A", Weight: "1.0"}, {SKU: "B"}, {SKU: "C"}}
		put(t, l, e)
		mustExec(t, o, "CREATE TABLE seen (what TEXT)")
		for _, what := range []string{"INSERT", "UPDATE", "DELETE"} {
			watch(t, o, what)
		}
		items := func(list ...client.Item) {
			e.Order.Items, e.Kind, e.SeenAt = list, merchantsync.Updated, e.SeenAt.Add(time.Hour)
			put(t, l, e)
		}
		items(client.Item{SKU: "A", Weight: "1.0"}, client.Item{SKU: "B"}, client.Item{SKU: "C"})
		if got := query(t, o, "SELECT what FROM seen"); got != "" {
			t.Errorf("what is the same is written: %q", got)
		}
		items(client.Item{SKU: "A", Weight: "1.0"}, client.Item{SKU: "X"})
		if got := query(t, o, "SELECT what FROM seen ORDER BY what"); got != "DELETE 3\nUPDATE 2" {
			t.Errorf("one changes, one goes: %q", got)
		}
		items(client.Item{SKU: "A"}, client.Item{SKU: "X"}, client.Item{SKU: "Y"})
		if got := query(t, o, "SELECT what FROM seen ORDER BY what"); got != "DELETE 3\nINSERT 3\nUPDATE 1\nUPDATE 2" {
			t.Errorf("one loses its weight, one comes: %q", got)
		}
		if got := query(t, o, "SELECT line, sku, weight FROM entrepot_order_items ORDER BY line"); got != "1|A|~\n2|X|~\n3|Y|~" {
			t.Errorf("the items are %q", got)
		}
		const iso = "2006-01-02T15:04:05.000Z"
		if got, want := columns(t, o, "entrepot_orders", "imported_at changed_at number"), first.Format(iso)+"|"+e.SeenAt.Format(iso)+"|1"; got != want {
			t.Errorf("imported and changed: %s, want %s", got, want)
		}
	})
}

// watch notes in the table seen what is done to lines of items.
func watch(t *testing.T, o ledger.Options, what string) {
	t.Helper()
	row := "NEW"
	if what == "DELETE" {
		row = "OLD"
	}
	if !isPostgres(o) {
		mustExec(t, o, fmt.Sprintf("CREATE TRIGGER watch_%[1]s AFTER %[1]s ON entrepot_order_items BEGIN INSERT INTO seen VALUES ('%[1]s ' || %[2]s.line); END", what, row))
		return
	}
	mustExec(t, o, fmt.Sprintf(`CREATE FUNCTION watch_%[1]s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		INSERT INTO seen VALUES ('%[1]s ' || %[2]s.line); RETURN NULL; END $$`, what, row),
		fmt.Sprintf("CREATE TRIGGER watch_%[1]s AFTER %[1]s ON entrepot_order_items FOR EACH ROW EXECUTE FUNCTION watch_%[1]s()", what))
}

// TestImpossibleRowsAreRefused tries what must never stand in the tables.
func TestImpossibleRowsAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		l := open(t, o)
		e := imported(1)
		e.Order.Items = []client.Item{{SKU: "A"}}
		put(t, l, e)
		write(t, l, func(tx merchantsync.Tx) error {
			return tx.PutDelivery(merchantsync.Delivery{Destination: "hook", Change: merchantsync.Change{Seq: 1, Number: 1}, Since: begin})
		})
		for _, sql := range []string{
			"UPDATE entrepot_orders SET standing = 'shipped'",
			"UPDATE entrepot_orders SET standing = NULL",
			"UPDATE entrepot_orders SET order_id = '999-2'",
			"UPDATE entrepot_orders SET number = 0, order_id = '999-0'",
			"UPDATE entrepot_orders SET checks = -1",
			"UPDATE entrepot_orders SET test = 'maybe'",
			"UPDATE entrepot_orders SET document = NULL",
			"UPDATE entrepot_orders SET digest = NULL",
			"UPDATE entrepot_orders SET items_count = 'few'",
			"INSERT INTO entrepot_order_items (store, number, line, quantity, non_shippable) SELECT store, 2, 1, 1, test FROM entrepot_orders",
			"INSERT INTO entrepot_order_statuses (store, number, seq, status, seen_at) SELECT store, number, seq, status, seen_at FROM entrepot_order_statuses",
			"UPDATE entrepot_order_statuses SET number = 2",
			"UPDATE entrepot_changes SET kind = 'shipped'",
			"UPDATE entrepot_changes SET number = 2, order_id = '999-2'",
			"UPDATE entrepot_deliveries SET seq = 2",
			"UPDATE entrepot_deliveries SET destination = ''",
			"UPDATE entrepot_sync SET store = -1",
			"INSERT INTO entrepot_reports (order_id, kind, value, state) VALUES ('999-1', 'status', 'X', 'lost')",
		} {
			if err := shopExec(o, sql); err == nil {
				t.Errorf("%s is taken", sql)
			}
		}
		// What belongs to an order goes with it.
		mustExec(t, o, "DELETE FROM entrepot_orders")
		for _, table := range []string{"order_items", "order_statuses", "changes", "deliveries"} {
			if got := query(t, o, "SELECT count(*) FROM entrepot_"+table); got != "0" {
				t.Errorf("%s rows of %s are left", got, table)
			}
		}
	})
}

// TestRunsAreForgotten keeps the last thousand.
func TestRunsAreForgotten(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		l := open(t, o)
		for range 2 {
			write(t, l, func(tx merchantsync.Tx) error {
				for i := range int64(600) {
					if err := tx.RecordRun(merchantsync.Run{Began: begin, Ended: begin, Listed: i}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if got := query(t, o, "SELECT count(*), min(id), max(id) FROM entrepot_runs"); got != "1000|201|1200" {
			t.Errorf("the runs are %s", got)
		}
	})
}
