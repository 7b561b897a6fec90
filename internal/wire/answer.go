package wire

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"entrepot/internal/order"
)

// AppendError writes {"error": text}.
func AppendError(dst []byte, text string) []byte {
	return append(appendString(append(dst, `{"error":`...), text), '}')
}

// AppendSuccess writes {"success": text}.
func AppendSuccess(dst []byte, text string) []byte {
	return append(appendString(append(dst, `{"success":`...), text), '}')
}

// AppendCart answers createTempCart.
func AppendCart(dst []byte, id order.CartID) []byte {
	return append(appendString(append(dst, `{"tempCartUUID":`...), string(id)), '}')
}

// Counts stand in front of a list of orders.
type Counts struct{ Live, Test int64 }

// Add counts an order.
func (c *Counts) Add(test bool) {
	if test {
		c.Test++
	} else {
		c.Live++
	}
}

// AppendListHead begins the answer of orderNumbers; the listed orders follow,
// separated by commas, and ListTail ends it.
func AppendListHead(dst []byte, c Counts) []byte {
	dst = strconv.AppendInt(append(dst, `{"totalCount":`...), c.Live+c.Test, 10)
	dst = strconv.AppendInt(append(dst, `,"orderCount":`...), c.Live, 10)
	dst = strconv.AppendInt(append(dst, `,"testOrderCount":`...), c.Test, 10)
	return append(dst, `,"orders":[`...)
}

// ListTail ends the answer of orderNumbers.
const ListTail = "]}"

// AppendListed writes an order of a list, with its status keys on request.
func AppendListed(dst []byte, store order.StoreNumber, l *order.Listed, statuses bool) []byte {
	dst = strconv.AppendBool(append(dst, `{"testOrder":`...), l.Test)
	dst = strconv.AppendInt(append(dst, `,"id":"`...), int64(store), 10)
	dst = strconv.AppendInt(append(dst, '-'), int64(l.Number), 10)
	dst = appendTime(append(dst, `","timestamp":`...), l.PlacedAt)
	if statuses {
		dst = appendText(append(dst, `,"merchantOrderId":`...), l.MerchantOrderID)
		dst = appendString(append(dst, `,"orderStatus":`...), string(l.Status))
		dst = appendTwins(append(dst, ','), "orderStatusDate", l.StatusAt)
	}
	return append(dst, '}')
}

// CutListed cuts the orders of a range of numbers out of some that AppendListed
// has written, without statuses, each after a comma.
func CutListed(list []byte, span order.Span) (cut []byte, c Counts) {
	begin, end := len(list), len(list)
	for at := 0; at < len(list); {
		number, test, size := scanListed(list[at:])
		if number > span.Through {
			end = at
			break
		}
		if number > span.After {
			begin = min(begin, at)
			c.Add(test)
		}
		at += size
	}
	return list[min(begin, end):end], c
}

// scanListed reads the first of such orders.
func scanListed(list []byte) (number order.Number, test bool, size int) {
	test = list[len(`,{"testOrder":`)] == 't'
	for _, digit := range list[bytes.IndexByte(list, '-')+1:] {
		if digit == '"' {
			break
		}
		number = 10*number + order.Number(digit-'0')
	}
	return number, test, bytes.IndexByte(list, '}') + 1
}

// remittanceKey is in front of the last member of a document.
var remittanceKey = []byte(`"remittance_amount":`)

// AppendDetail answers orderDetail: what changes, then what was fixed, then
// the remittance once more beside the order.
func AppendDetail(dst []byte, o *order.Stored) ([]byte, error) {
	body, beside, err := splitBeside(o.Document)
	at := bytes.LastIndex(body, remittanceKey)
	if err != nil || at < 0 || body[0] != '{' {
		return dst, errors.New("the stored details are not in a form known here")
	}
	dst = appendHead(append(dst, `{"order":{`...), &o.Head)
	dst = appendNotes(append(dst, `,"notes":`...), o.Notes)
	dst = append(append(dst, ','), body[1:]...)
	dst = append(append(dst, ','), body[at:len(body)-1]...)
	return append(appendExtra(dst, beside), '}'), nil
}

func appendHead(dst []byte, h *order.Head) []byte {
	dst = strconv.AppendInt(append(dst, `"orderId":"`...), int64(h.Store), 10)
	dst = strconv.AppendInt(append(dst, '-'), int64(h.Number), 10)
	dst = appendText(append(dst, `","referenceId":`...), h.ReferenceID)
	dst = appendText(append(dst, `,"merchantOrderId":`...), h.MerchantOrderID)
	dst = appendTwins(append(dst, ','), "orderDate", h.PlacedAt.UnixMilli())
	dst = appendString(append(dst, `,"orderStatus":`...), string(h.State.Status))
	dst = appendTwins(append(dst, ','), "orderStatusDate", h.StatusAt.UnixMilli())
	dst = strconv.AppendBool(append(dst, `,"testOrder":`...), h.Test)
	return appendText(append(dst, `,"trackingNumber":`...), strings.Join(h.Tracking, ","))
}

func appendNotes(dst []byte, notes []order.Note) []byte {
	dst = append(dst, '[')
	for i, n := range notes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(append(dst, `{"createdByUser":`...), n.CreatedBy)
		dst = strconv.AppendBool(append(dst, `,"customerNote":`...), n.Customer)
		dst = appendTwins(append(dst, ','), "dateCreated", n.CreatedAt.UnixMilli())
		dst = strconv.AppendBool(append(dst, `,"flagged":`...), n.Flagged)
		dst = appendText(append(dst, `,"note":`...), n.Text)
		dst = append(appendExtra(dst, n.Extra), '}')
	}
	return append(dst, ']')
}
