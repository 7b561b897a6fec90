package match

import (
	"strings"
	"testing"
	"time"
)

// list and detail hold; each wrong one is an edit of these that a check must notice.
const (
	list = `{"totalCount": 3, "orderCount": 2, "testOrderCount": 1, "orders": [
		{"testOrder": false, "id": "999-8", "timestamp": "2015-01-01 00:33:14.0", "orderStatusDate": 1420097594000, "orderStatusDateString": "2015-01-01 07:33:14.0"},
		{"testOrder": true, "id": "999-9", "timestamp": "2015-01-01 23:59:59.999"},
		{"testOrder": false, "id": "999-10", "timestamp": "2015-01-02 00:00:00.0"}]}`
	detail = `{"remittance_amount": 1.50, "order": {"itemsCount": 2, "itemsTotal": 0.30, "shippingTotal": 10.00, "dutyTaxesTotal": 2.05,
		"quotedDutyTaxes": 2.05, "quotedDutyTaxesForeign": 2.05, "shippingTotalForeign": 10.00,
		"grandTotal": 12.35, "grandTotalForeign": 12.35, "itemsTotalForeign": 0.30, "foreignCurrencyCode": "USD", "remittance_amount": 1.50,
		"orderDate": 1420072394250, "orderDateString": "2015-01-01 00:33:14.25",
		"items": [{"quantity": 4, "unitPrice": 0.10}, {"quantity": 1, "unitPrice": -0.10}],
		"notes": [{"dateCreated": 1420072394000, "dateCreatedString": "2015-01-01 00:33:14.0"}, {"dateCreated": 1420072394250, "dateCreatedString": "2015-01-01 00:33:14.25"}]}}`
)

var checkCases = []struct {
	check, doc string
	wrong      [][2]string // each an edit: what stands there, and what instead
}{
	{"counts", list, [][2]string{{`"totalCount": 3`, `"totalCount": 4`}, {`"orderCount": 2`, `"orderCount": 3`}, {`"testOrderCount": 1`, `"testOrderCount": 0`}, {`"testOrder": true`, `"testOrder": false`}, {`"totalCount": 3,`, ``}}},
	{"ascending", list, [][2]string{{`"999-8"`, `"999-9"`}, {`"999-10"`, `"999-7"`}, {`"999-9"`, `"nonsense"`}}},
	{"ofStore 999", list, [][2]string{{`"999-9"`, `"1000-9"`}, {`"999-9"`, `"9999-9"`}}},
	{"after 999-7", list, [][2]string{{`"999-8"`, `"999-7"`}, {`"999-8"`, `"999-6"`}}},
	{"lists 999-8,999-10", list, [][2]string{{`"999-8"`, `"999-7"`}, {`"999-10"`, `"999-11"`}}},
	{"omits 999-7,999-11", list, [][2]string{{`"999-8"`, `"999-7"`}, {`"999-10"`, `"999-11"`}}},
	{"only 999-8,999-9,999-10", list, [][2]string{{`"999-9"`, `"999-8"`}, {`{"testOrder": false, "id": "999-8"`, `{"id": "999-7"}, {"id": "999-8"`}}},
	{"begins 999-8,999-9", list, [][2]string{{`"999-9"`, `"999-10"`}, {`"999-8"`, `"999-7"`}}},
	{"nonEmpty", list, [][2]string{{`"orders"`, `"ordres"`}}},
	{"placedFrom 20150101", list, [][2]string{{`"2015-01-01 00:33:14.0"`, `"2014-12-31 23:59:59.999"`}, {`"2015-01-01 00:33:14.0"`, `"x"`}}},
	{"placedFrom 2015-01-01 00:33:14.0", list, [][2]string{{`00:33:14.0`, `00:33:13.999`}}},
	{"placedThrough 20150102", list, [][2]string{{`"2015-01-02 00:00:00.0"`, `"2015-01-03 00:00:00.0"`}}},
	{"twins", list, [][2]string{{`"2015-01-01 07:33:14.0"`, `"2015-01-01 14:16:17.0"`}, {`1420097594000`, `1420097594001`}, {`07:33:14.0`, `07:33:14.000`}, {`"orderStatusDateString"`, `"x"`}, {`1420097594000`, `"1420097594000 "`}}},
	{"twins", detail, [][2]string{{`1420072394250`, `1420072394251`}, {`00:33:14.25"`, `00:33:14.250"`}, {`"2015-01-01 00:33:14.25"`, `null`}, {`1420072394000`, `null`}}},
	{"identifiers", detail, [][2]string{{`"itemsCount"`, `"items-count"`}, {`"quantity"`, `"class"`}, {`"order"`, `"1st"`}}},
	{"itemsCount", detail, [][2]string{{`"itemsCount": 2`, `"itemsCount": 1`}, {`"itemsCount": 2,`, ``}, {`"items":`, `"itmes":`}}},
	{"itemsTotal", detail, [][2]string{{`"itemsTotal": 0.30`, `"itemsTotal": 0.40`}, {`"quantity": 4`, `"quantity": 5`}, {`-0.10`, `0.10`}, {`"unitPrice": -0.10`, `"price": -0.10`}, {`"itemsTotal": 0.30`, `"itemsTotal": 0.30000000000000004`}}},
	{"grandTotal", detail, [][2]string{{`12.35`, `12.34`}, {`"shippingTotal": 10.00`, `"shippingTotal": 0.00`}, {`"dutyTaxesTotal": 2.05`, `"dutyTaxesTotal": null`}}},
	{"foreignDecimals", detail, [][2]string{{`"itemsTotalForeign": 0.30`, `"itemsTotalForeign": 0.300`}, {`USD`, `KWD`}, {`"grandTotalForeign": 12.35`, `"grandTotalForeign": 12`}}},
	{"foreignDecimals", `{"order": {"foreignCurrencyCode": "IQD", "itemsTotalForeign": 0.30}}`, [][2]string{{`IQD`, `KWD`}}},
	{"foreignDecimals", `{"order": {"foreignCurrencyCode": "IQD", "itemsTotalForeign": 0.300}}`, [][2]string{{`IQD`, `USD`}}},
	{"foreignDecimals", `{"order": {"foreignCurrencyCode": "KWD", "itemsTotalForeign": 0.300, "grandTotalForeign": null}}`, [][2]string{{`0.300`, `0.30`}, {`0.300`, `null`}}},
	{"foreignIsUSD", detail, [][2]string{{`"itemsTotalForeign": 0.30`, `"itemsTotalForeign": 0.31`}, {`"grandTotalForeign"`, `"x"`}}},
	{"hasCoupon", detail, [][2]string{{`-0.10`, `0.10`}}},
	{"inTurn", detail, [][2]string{{`"dateCreated": 1420072394250`, `"dateCreated": 1420072393999`}}},
	{"equal remittance_amount order.remittance_amount", detail, [][2]string{{`1.50`, `1.51`}, {`{"remittance_amount": 1.50,`, `{`}}},
	{"same order.items.0 {\"unitPrice\": 0.10, \"quantity\": 4}", detail, [][2]string{{`"quantity": 4`, `"quantity": 5`}, {`"unitPrice": 0.10`, `"unitPrice": 0.1`}}},
	{"differs order.itemsCount 3", detail, [][2]string{{`"itemsCount": 2`, `"itemsCount": 3`}, {`"itemsCount": 2,`, ``}}},
	{"notEarlier order.orderDate 1420072394250", detail, [][2]string{{`"orderDate": 1420072394250`, `"orderDate": 1420072394249`}, {`"orderDate": 1420072394250,`, ``}}},
}

// A check that cannot fail shows nothing: each holds on what is right and fails on every edit.
func TestChecksBite(t *testing.T) {
	tried := map[string]bool{}
	for _, c := range checkCases {
		name, _, _ := strings.Cut(c.check, " ")
		tried[name] = true
		if err := Check(c.check, parse(t, c.doc)); err != nil {
			t.Errorf("%s fails on what is right: %v", c.check, err)
		}
		for _, edit := range c.wrong {
			wrong := strings.Replace(c.doc, edit[0], edit[1], 1)
			if wrong == c.doc {
				t.Fatalf("%s: the edit of %s changes nothing", c.check, edit[0])
			}
			if Check(c.check, parse(t, wrong)) == nil {
				t.Errorf("%s holds although %s became %s", c.check, edit[0], edit[1])
			}
		}
	}
	for _, name := range CheckNames() {
		if !tried[name] {
			t.Errorf("check %s is not tried", name)
		}
	}
}

func TestKnown(t *testing.T) {
	for _, text := range []string{"", "nonsense", "counts x", "lists", "same order", "after "} {
		if Known(text) == nil {
			t.Errorf("%q passed as a check", text)
		}
	}
}

func TestChecksSurviveAnyDocument(t *testing.T) {
	for _, doc := range []string{`null`, `[]`, `{}`, `"x"`, `{"order": null}`, `{"orders": [null, 5, {"id": 5}]}`, `{"order": {"items": [null]}}`} {
		for _, c := range checkCases {
			_ = Check(c.check, parse(t, doc)) // must not panic; whether it holds is not asked
		}
	}
}

func TestFormatTime(t *testing.T) {
	base := time.Date(2015, 1, 1, 0, 33, 14, 0, time.FixedZone("elsewhere", 3600))
	for nanos, want := range map[int]string{
		0: ".0", 250_000_000: ".25", 123_000_000: ".123", 100_000_000: ".1", 5_000_000: ".005", 999_999_999: ".999", 1: ".0",
	} {
		got := FormatTime(base.Add(time.Duration(nanos)))
		if got != "2014-12-31 23:33:14"+want {
			t.Errorf("%d nanoseconds are %s", nanos, got)
		}
	}
}
