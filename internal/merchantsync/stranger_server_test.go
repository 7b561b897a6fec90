package merchantsync_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// stranger is a server that knows the contract's examples and nothing else. It
// writes its answers by hand, as somebody might have done for one shop, and
// shares no code with the service or the client.
type stranger struct {
	*httptest.Server
	habits habits

	mu     sync.Mutex
	orders []*strangerOrder // in the order in which it lists them
	taken  []string         // updates, as they came
}

// habits are what a server may do differently and still be one of the
// contract.
type habits struct {
	bareIDs    bool // "id": 99991 and "orderId": 99991
	textual    bool // numbers and booleans are strings
	extra      bool // keys that nobody knows
	noMillis   bool // dates are texts only
	noStatuses bool // lists never say statuses
	unsorted   bool // lists are in any order, and say some orders twice
	sparse     bool // keys without a value are missing
}

type strangerOrder struct {
	number                          int
	placed, status, since           string // times in the contract's way
	merchant, tracking, note, gross string
	test                            bool
}

const (
	strangerStore  = 77
	strangerSecret = "11111111-2222-4333-8444-555555555555"
)

func newStranger(t *testing.T, h habits) *stranger {
	s := &stranger{habits: h}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *stranger) serve(w http.ResponseWriter, r *http.Request) {
	var keys map[string]any
	body, err := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	if err != nil || json.Unmarshal(body, &keys) != nil {
		_, _ = io.WriteString(w, `{"error": "could not parse input"}`)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	status, answer := s.answer(r.URL.Path, keys)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

func (s *stranger) answer(path string, keys map[string]any) (int, string) {
	business := http.StatusOK
	if strings.HasPrefix(path, "/v2/") {
		business = http.StatusBadRequest
	}
	if fmt.Sprint(keys["store"]) != fmt.Sprint(strangerStore) || keys["secret"] != strangerSecret {
		return business, `{"error": "Invalid security credentials"}`
	}
	switch path {
	case "/v1/orderNumbers":
		return 200, s.list(keys)
	case "/v2/orderDetail":
		if o := s.find(keys["orderId"]); o != nil {
			return 200, s.detail(o)
		}
		return 400, fmt.Sprintf(`{"error": "Could not find an order with orderId: %v"}`, keys["orderId"])
	}
	o := s.find(keys["orderId"])
	if o == nil {
		return business, fmt.Sprintf(`{"error": "Could not find an order with orderId: %v"}`, keys["orderId"])
	}
	return s.update(path, o, keys)
}

func (s *stranger) update(path string, o *strangerOrder, keys map[string]any) (int, string) {
	switch path {
	case "/v1/updateMerchantOrderId":
		o.merchant = fmt.Sprint(keys["merchantOrderId"])
		s.taken = append(s.taken, o.merchant)
		return 200, fmt.Sprintf(`{"success": "Updated Order: %d with new merchantOrderId: %s"}`, o.number, o.merchant)
	case "/v1/updateVendorOrderStatus":
		to := fmt.Sprint(keys["orderStatus"])
		if o.status == "IGLOBAL_FRAUD_REVIEW" {
			return 200, fmt.Sprintf(`{"error": "OrderId: %d cannot be moved to order status: %s while in status: %s"}`, o.number, to, o.status)
		}
		o.status = to
		s.taken = append(s.taken, to)
		return 200, fmt.Sprintf(`{"success": "Updated Order: %d to new order status: %s"}`, o.number, to)
	case "/v2/setShipmentTracking":
		for _, one := range keys["trackingList"].([]any) { //nolint:forcetypeassert // the test ends where it is none
			o.tracking = strings.TrimPrefix(o.tracking+","+fmt.Sprint(one.(map[string]any)["number"]), ",") //nolint:forcetypeassert // likewise
		}
		s.taken = append(s.taken, o.tracking)
		return 200, fmt.Sprintf(`{"success": "Updated Order: %d with new tracking info."}`, o.number)
	}
	return 404, `{"error": "There is no such address."}`
}

// find takes the full id, or the number alone.
func (s *stranger) find(id any) *strangerOrder {
	text := strings.TrimPrefix(fmt.Sprint(id), fmt.Sprintf("%d-", strangerStore))
	for _, o := range s.orders {
		if text == fmt.Sprint(o.number) {
			return o
		}
	}
	return nil
}

func (s *stranger) list(keys map[string]any) string {
	after, from := 0, ""
	if id, given := keys["sinceOrderId"]; given {
		o := s.find(id)
		if o == nil {
			return fmt.Sprintf(`{"error": "Couldn't find order for sinceOrderId: %v"}`, id)
		}
		after = o.number
	} else {
		day := fmt.Sprint(keys["sinceDate"])
		from = day[:4] + "-" + day[4:6] + "-" + day[6:8]
	}
	through := "9999"
	if day, given := keys["throughDate"]; given {
		through = fmt.Sprint(day)
		through = through[:4] + "-" + through[4:6] + "-" + through[6:8] + " 99"
	}
	_, statuses := keys["statuses"]
	var orders []string
	tests := 0
	for _, o := range s.orders {
		if o.number <= after || o.placed < from || o.placed > through || (keys["missingMerchantOrderId"] == true && o.merchant != "") {
			continue
		}
		orders = append(orders, s.listed(o, statuses && !s.habits.noStatuses))
		if o.test {
			tests++
		}
	}
	if s.habits.unsorted && len(orders) > 1 {
		orders = append(append(orders[len(orders)/2:], orders[:len(orders)/2]...), orders[0])
	}
	// The counts of a list with an order twice are those of its lines.
	return fmt.Sprintf(`{"totalCount": %s, "orderCount": %s, "testOrderCount": %s, "orders": [%s]}`,
		s.value(len(orders)), s.value(len(orders)-tests), s.value(tests), strings.Join(orders, ",\n "))
}

func (s *stranger) listed(o *strangerOrder, statuses bool) string {
	m := s.members()
	m.add("testOrder", s.value(o.test))
	m.add("id", s.id(o))
	m.add("timestamp", quoted(o.placed))
	if statuses {
		m.text("merchantOrderId", o.merchant)
		m.add("orderStatus", quoted(o.status))
		m.date("orderStatusDate", o.since)
	}
	return m.close()
}

func (s *stranger) detail(o *strangerOrder) string {
	m := s.members()
	m.add("orderId", s.id(o))
	m.date("orderDate", o.placed)
	m.add("orderStatus", quoted(o.status))
	m.date("orderStatusDate", o.since)
	m.add("testOrder", s.value(o.test))
	m.text("merchantOrderId", o.merchant)
	m.text("trackingNumber", o.tracking)
	m.text("name", "Sample Person")
	m.text("company", "")
	m.add("grandTotal", s.value(json.Number(o.gross)))
	m.add("items", `[{"description": "Enamel mug", "quantity": `+s.value(2)+`, "unitPrice": `+s.value(json.Number("12.50"))+`}]`)
	if o.note != "" {
		m.add("notes", `[{"note": `+quoted(o.note)+`}]`)
	} else if !s.habits.sparse {
		m.add("notes", "[]")
	}
	return `{"order": ` + m.close() + `, "remittance_amount": ` + s.value(json.Number("0.00")) + `}`
}

func (s *stranger) id(o *strangerOrder) string {
	if s.habits.bareIDs {
		return s.value(o.number)
	}
	return quoted(fmt.Sprintf("%d-%d", strangerStore, o.number))
}

// value is a number or a boolean.
func (s *stranger) value(v any) string {
	if s.habits.textual {
		return quoted(fmt.Sprint(v))
	}
	return fmt.Sprint(v)
}

func quoted(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"` }

// members writes an object.
type members struct {
	habits
	all []string
}

func (s *stranger) members() *members { return &members{habits: s.habits} }

func (m *members) add(key, value string) { m.all = append(m.all, quoted(key)+": "+value) }

func (m *members) text(key, value string) {
	switch {
	case value != "":
		m.add(key, quoted(value))
	case !m.sparse:
		m.add(key, "null")
	}
}

// date is written both ways, or as text only.
func (m *members) date(key, text string) {
	if !m.noMillis {
		millis := fmt.Sprint(millisOf(text))
		if m.textual {
			millis = quoted(millis)
		}
		m.add(key, millis)
	}
	m.add(key+"String", quoted(text))
}

func (m *members) close() string {
	if m.extra {
		m.add("somethingNew", `{"a": [1, "two", null]}`)
	}
	return "{" + strings.Join(m.all, ", ") + "}"
}
