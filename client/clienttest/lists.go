package clienttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"entrepot/client"
)

// filter is which orders a list has.
type filter struct {
	after        int64
	from, before time.Time
	missing      bool
}

const twoWeeks = 14 * 24 * time.Hour

func (s *Server) orderNumbers(x *exchange) *answer {
	since, from, through := x.object.get("sinceOrderId"), x.object.get("sinceDate"), x.object.get("throughDate")
	missing, ok := x.object.get("missingMerchantOrderId").truth()
	switch {
	case !ok:
		return x.refuse("missingMerchantOrderId: " + compact(x.object["missingMerchantOrderId"]) + " is not true or false")
	case since.kind != absent && from.kind != absent:
		return x.refuse("Cannot specify both Parameters sinceOrderId and sinceDate.")
	case through.kind != absent && from.kind == absent:
		return x.refuse("Parameter sinceDate is required with throughDate.")
	case since.kind == absent && from.kind == absent && !missing:
		return x.refuse("Parameter sinceOrderId or sinceDate is required.")
	}
	f := filter{missing: missing}
	if since.kind != absent {
		order, refused := x.order(since, "Couldn't find order for sinceOrderId: ")
		if refused != nil {
			return refused
		}
		f.after = order.ID.Number()
	}
	if text := f.dates(from, through, s.clock().Add(-twoWeeks), since.kind == absent); text != "" {
		return x.refuse(text)
	}
	_, statuses := x.object["statuses"]
	return s.list(x.store, f, statuses)
}

// dates sets the range; the text says what is wrong with it.
func (f *filter) dates(from, through value, recent time.Time, alone bool) (wrong string) {
	if from.kind == absent {
		if alone && f.missing {
			f.from = recent
		}
		return ""
	}
	var ok bool
	if f.from, ok = day(from); !ok {
		return "sinceDate: " + from.text + " is not a valid date, expected yyyymmdd"
	}
	if through.kind == absent {
		return ""
	}
	last, ok := day(through)
	switch {
	case !ok:
		return "throughDate: " + through.text + " is not a valid date, expected yyyymmdd"
	case last.Before(f.from):
		return "throughDate: " + through.text + " is before sinceDate: " + from.text
	}
	f.before = last.AddDate(0, 0, 1)
	return ""
}

func day(v value) (time.Time, bool) {
	t, err := time.Parse("20060102", strings.TrimSpace(v.text))
	return t, err == nil && v.kind != isOther
}

func (f filter) has(number int64, order *client.Order) bool {
	placed := order.Placed()
	return number > f.after && !placed.Before(f.from) && (f.before.IsZero() || placed.Before(f.before)) &&
		(!f.missing || order.MerchantOrderID == "")
}

func (s *Server) list(st *store, f filter, statuses bool) *answer {
	var orders []client.OrderNumber
	live, test := 0, 0
	for _, number := range st.numbers {
		order := st.orders[number]
		if !f.has(number, order) {
			continue
		}
		if test++; !order.TestOrder {
			test--
			live++
		}
		orders = append(orders, listed(order, statuses))
	}
	raw, err := json.Marshal(orders)
	if err != nil || orders == nil {
		raw = []byte("[]")
	}
	body := fmt.Appendf(nil, `{"totalCount":%d,"orderCount":%d,"testOrderCount":%d,"orders":%s}`, live+test, live, test, raw)
	if s.strings {
		body = asStrings(body)
	}
	return newAnswer(http.StatusOK, jsonType, body)
}

func listed(order *client.Order, statuses bool) client.OrderNumber {
	n := client.OrderNumber{ID: order.ID, TestOrder: order.TestOrder, Timestamp: order.Placed()}
	if statuses {
		n.MerchantOrderID, n.Status, n.StatusDate = order.MerchantOrderID, order.Status, order.StatusSince()
	}
	return n
}

// asStrings writes every number and boolean as a string.
func asStrings(body []byte) []byte {
	var out bytes.Buffer
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '"':
			end := i + 1
			for body[end] != '"' {
				if body[end] == '\\' {
					end++
				}
				end++
			}
			out.Write(body[i : end+1])
			i = end
		case strings.IndexByte("{}[]:, \n\t\r", c) >= 0:
			out.WriteByte(c)
		default:
			end := i + bytes.IndexAny(body[i:], ",]} \n\t\r")
			out.WriteString(asString(string(body[i:end])))
			i = end - 1
		}
	}
	return out.Bytes()
}

func asString(token string) string {
	if token == "null" {
		return token
	}
	return `"` + token + `"`
}
