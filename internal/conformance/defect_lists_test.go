package conformance_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listDefects are of orderNumbers.
var listDefects = []defect{
	{name: "the counts come last", caught: "the three counts come first", of: tells(list, `(?s)^\{("totalCount".*?),("orders":.*)\}$`, `{$2,$1}`)},
	{name: "one of the counts comes last", caught: "the three counts come first", of: tells(list, `(?s)^\{("totalCount":\d+),(.*)\}$`, `{$2,$1}`)},
	{name: "test orders are not counted", caught: "live and test orders are counted apart", of: tells(list, `"testOrderCount":[1-9]\d*`, `"testOrderCount":0`)},
	{name: "orderCount counts all", caught: "live and test orders are counted apart", of: tells(list, `"totalCount":(\d+),"orderCount":\d+`, `"totalCount":$1,"orderCount":$1`)},
	{name: "no list is longer than a hundred", caught: "there is no paging", of: telling(list, func(_ *call, a *reply) {
		if rows := strings.SplitAfter(a.body, "},"); len(rows) > 100 {
			a.body = strings.TrimSuffix(strings.Join(rows[:100], ""), ",") + "]}"
		}
	})},
	{name: "newest first", caught: "orders after an order, without it", of: telling(list, func(_ *call, a *reply) { a.body = reversed(a.body) })},
	{name: "two orders are swapped", caught: "the numbers of a list grow", of: tells(list, `(\{"testOrder":[^}]*"id":"999-290"[^}]*\}),(\{[^}]*\})`, `$2,$1`)},
	{name: "the newest order comes late", caught: "an order placed later has a higher number, and is the next to be listed", of: telling(list, func(c *call, a *reply) {
		if !strings.Contains(c.body, "statuses") {
			a.body = lastRow.ReplaceAllString(a.body, "]}")
		}
	})},
	{name: "sinceOrderId is inclusive", caught: "orders after an order, without it", of: since(-1)},
	{name: "sinceOrderId leaves one out", caught: "orders after an order, without it", of: since(+1)},
	{name: "sinceDate is exclusive", caught: "orders since a day, that day included", of: asking(list, func(c *call) { c.body = shifted(c.body, "sinceDate", 1) })},
	{name: "throughDate is exclusive", caught: "orders through a day, that day included", of: asking(list, func(c *call) { c.body = shifted(c.body, "throughDate", -1) })},
	{name: "throughDate is overlooked", caught: "orders through a day, that day included", of: asks(list, `"throughDate": ?"?20\d{6}"?`, `"xDate": 0`)},
	{name: "a range begins a month early", caught: "orders through a day, that day included", of: asking(list, func(c *call) {
		if strings.Contains(c.body, "throughDate") {
			c.body = shifted(c.body, "sinceDate", -30)
		}
	})},
	{name: "missingMerchantOrderId is overlooked beside a range", caught: "only orders without a merchant order id, in a range", of: asks(list, `"missingMerchantOrderId": true, "since`, `"x":1, "since`)},
	{name: "missingMerchantOrderId looks at two weeks whatever the range", caught: "a range older than two weeks is kept with missingMerchantOrderId", of: asks(list, `"missingMerchantOrderId": true, "sinceDate": "20000101"`, `"missingMerchantOrderId": true`)},
	{name: "missingMerchantOrderId alone looks at everything", caught: "an older order without a merchant order id is not among those of two weeks", of: asks(list, `"missingMerchantOrderId": true ?\}`, `"missingMerchantOrderId": true, "sinceDate":"20000101"}`)},
	{name: "missingMerchantOrderId of false is a range", caught: "missingMerchantOrderId of false is as if absent", of: asks(list, `"missingMerchantOrderId": false \}`, `"missingMerchantOrderId": true }`)},
	{name: "statuses of false is as if absent", caught: "with the key statuses, whatever its value, each order has its status", of: asks(list, `"statuses": ?(false|"false")`, `"x":0`)},
	{name: "statuses of null is as if absent", caught: "with the key statuses, whatever its value, each order has its status", of: asks(list, `"statuses": ?null`, `"x":0`)},
	{name: "every list has statuses", caught: "without the key statuses no order has its status", of: asks(list, `\}\s*$`, `,"statuses":1}`)},
	{name: "a list leaves null out", caught: "an order without a merchant order id says null in the list, one with it says it", of: tells(list, `"merchantOrderId":null,`, ``)},
	{name: "a list has no orderStatusDateString", caught: "a list's times say the same in both forms", of: tells(list, `,"orderStatusDateString":"[^"]*"`, ``)},
	{name: "a list tells since when otherwise than the detail", caught: "a list's times say the same in both forms", of: tells(list, `("orderStatusDate":\d{12})\d`, `${1}0`)},
	{name: "a list's timestamp is without its time", caught: "a time says the same in both forms", of: tells(list, `("timestamp":"\d{4}-\d\d-\d\d) [^"]*"`, `$1 00:00:00.0"`)},
	{name: "a list calls every order live", caught: "there is no paging", of: tells(list, `"testOrder":true`, `"testOrder":false`)},
	{name: "an id is a bare number in a list", caught: "the survey of what the server holds", of: tells(list, `"id":"999-`, `"id":"`)},
	{name: "an order that is not there lists everything", caught: "sinceOrderId of an order that is not there", of: asks(list, `"sinceOrderId": "?(999-)?0*\d{10}(\.0)?"?`, `"sinceDate": "20000101"`)},
	{name: "of both keys sinceDate counts", caught: "sinceOrderId and sinceDate exclude each other", of: asks(list, `"sinceOrderId": "?(999-)?\w+"?, "sinceDate": "\d{8}"`, `"sinceDate": "20150101"`)},
	{name: "throughDate needs no sinceDate", caught: "throughDate needs sinceDate", of: asks(list, `^\{ ("store":999,"secret":"[^"]*"), "throughDate": "20150101" \}$`, `{ $1, "sinceDate": "20000101" }`)},
	{name: "a date that does not exist is taken", caught: "a date that is none", of: asks(list, `20150230`, `20150302`)},
	{name: "a date with hyphens is taken", caught: "a date that is none", of: asks(list, `2015-01-01`, `20150101`)},
	{name: "a range that ends before it begins is empty", caught: "a range that ends before it begins", of: asks(list, `"sinceDate": "20150102", "throughDate": "20150101"`, `"sinceDate": "20000101", "throughDate": "20000101"`)},
	{name: "a blank sinceDate is a second key", caught: "a job polls for new orders", of: asks(list, `"sinceDate":""`, `"sinceDate":"20150101"`)},
	{name: "after the first order comes the first", caught: "all orders after the first", of: asks(list, `"sinceOrderId": "999-1"`, `"sinceDate": "20000101"`)},
	{name: "that there is nothing new is an error", caught: "nothing after the newest order", of: tells(list, `^\{"totalCount":0,.*`, `{"error":"There are no orders."}`)},
	{name: "a throughDate of null is a date", caught: "a throughDate that is null or blank is absent", of: asks(list, `"throughDate": null`, `"throughDate": "null"`)},
	{name: "two weeks are today", caught: "orders without a merchant order id of the last two weeks", of: asking(list, func(c *call) {
		c.body = strings.Replace(c.body, `"missingMerchantOrderId": true }`, `"missingMerchantOrderId": true, "sinceDate": "`+time.Now().UTC().Format("20060102")+`"}`, 1)
	})},
	{name: "a list without statuses is empty", caught: "a list without the key statuses has the same orders as one with it", of: telling(list, func(c *call, a *reply) {
		if strings.Contains(c.body, "throughDate") && !strings.Contains(c.body, "statuses") {
			a.body = `{"totalCount":0,"orderCount":0,"testOrderCount":0,"orders":[]}`
		}
	})},
	{name: "without a range everything is listed", caught: "one of the keys that set a range is required", of: asks(list, `^\{ ("store":999,"secret":"[^"]*") +\}$`, `{ $1, "sinceDate": "20000101" }`)},
	{name: "a list knows a status of its own", caught: "every status in a list is one of those of the contract", of: tells(list, `"IGLOBAL_ORDER_IN_PROCESS"`, `"IGLOBAL_ORDER_PAID"`)},
}

var (
	rows    = regexp.MustCompile(`\{"testOrder":[^}]*\}`)
	lastRow = regexp.MustCompile(`,?\{"testOrder":[^}]*\}\]\}$`)
)

func reversed(body string) string {
	all := rows.FindAllString(body, -1)
	slices.Reverse(all)
	head, _, found := strings.Cut(body, `"orders":[`)
	if !found {
		return body
	}
	return head + `"orders":[` + strings.Join(all, ",") + "]}"
}

var sinceNumber = regexp.MustCompile(`"sinceOrderId": ?"?(?:999-)?(\d{1,5})"?`)

// since lists from another order on.
func since(by int) func(answering) answering {
	return asking(list, func(c *call) {
		c.body = sinceNumber.ReplaceAllStringFunc(c.body, func(key string) string {
			n, _ := strconv.Atoi(sinceNumber.FindStringSubmatch(key)[1])
			return `"sinceOrderId": ` + strconv.Itoa(max(1, n+by))
		})
	})
}

// shifted has another day under a key.
func shifted(body, key string, days int) string {
	date := regexp.MustCompile(`"` + key + `": ?"?(20[0-9]{6})"?`)
	return date.ReplaceAllStringFunc(body, func(pair string) string {
		day, err := time.Parse("20060102", date.FindStringSubmatch(pair)[1])
		if err != nil {
			return pair
		}
		return `"` + key + `": "` + day.AddDate(0, 0, days).Format("20060102") + `"`
	})
}
