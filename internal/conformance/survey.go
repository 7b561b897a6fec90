package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"entrepot/internal/conformance/match"
)

// listed is an order as orderNumbers tells it.
type listed struct {
	ID         string
	Number     string
	Test       bool
	Placed     time.Time
	Timestamp  string
	MerchantID string
	Status     string
}

// survey is what was found on the server: which needs are met, and with what.
type survey struct {
	caller *caller
	store  string
	secret string
	auth   string // both as members of a body
	orders []listed
	now    time.Time // the server's
	bound  map[string]vars
	needed func(kind string) bool // nil: all kinds are
}

var digits = regexp.MustCompile(`^[1-9][0-9]{0,15}$`)

func hasText(key string) func(*match.Node) bool {
	return func(o *match.Node) bool { return o.Get(key).Value() != "" }
}

func matches(key, expr string) func(*match.Node) bool {
	re := regexp.MustCompile(expr)
	return func(o *match.Node) bool { return re.MatchString(o.Get(key).Value()) }
}

// look lists the store's orders and finds those that cases ask for.
func (s *survey) look(ctx context.Context) error {
	if err := s.list(ctx); err != nil {
		return fmt.Errorf("survey: %w", err)
	}
	if len(s.orders) == 0 {
		return nil
	}
	s.bindListed()
	s.bindRanges()
	s.bindTwoWeeks()
	if err := s.lookAtDetails(ctx); err != nil {
		return fmt.Errorf("survey: %w", err)
	}
	return nil
}

func (s *survey) call(ctx context.Context, path, members string) (*answer, error) {
	return s.caller.send(ctx, request{method: http.MethodPost, path: path, body: "{" + s.auth + "," + members + "}"})
}

func (s *survey) list(ctx context.Context) error {
	a, err := s.call(ctx, "/v1/orderNumbers", `"sinceDate":"20000101","statuses":true`)
	if err != nil {
		return err
	}
	if s.now, err = http.ParseTime(a.header.Get("Date")); err != nil {
		s.now = time.Now()
	}
	s.orders, err = decodeList(a.body)
	return err
}

// decodeList does without match.Parse, since the list may be a million long.
func decodeList(body []byte) ([]listed, error) {
	var list struct {
		Error  *string
		Orders []struct {
			ID, Timestamp, OrderStatus string
			MerchantOrderID            *string
			TestOrder                  bool
		}
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&list); err != nil {
		return nil, fmt.Errorf("list of orders: %w", err)
	}
	if list.Error != nil {
		return nil, fmt.Errorf("list of orders: server says %q", *list.Error)
	}
	orders := make([]listed, 0, len(list.Orders))
	for _, o := range list.Orders {
		placed, err := match.ParseTime(o.Timestamp)
		_, number, found := strings.Cut(o.ID, "-")
		if err != nil || !found {
			return nil, fmt.Errorf("list of orders: cannot read %q, placed %q", o.ID, o.Timestamp)
		}
		entry := listed{ID: o.ID, Number: number, Test: o.TestOrder, Placed: placed, Timestamp: o.Timestamp, Status: o.OrderStatus}
		if o.MerchantOrderID != nil {
			entry.MerchantID = *o.MerchantOrderID
		}
		orders = append(orders, entry)
	}
	return orders, nil
}

func (s *survey) bind(kind string, o listed) {
	s.bound[kind] = vars{
		kind: o.ID, kind + "Number": o.Number, kind + "Placed": o.Timestamp,
		kind + "Status": o.Status, kind + "MerchantId": o.MerchantID, kind + "Reference": "",
	}
}

// bindListed takes the newest order of each kind that the list tells.
func (s *survey) bindListed() {
	s.bind("first", s.orders[0])
	s.bind("last", s.orders[len(s.orders)-1])
	for _, k := range orderKinds {
		for i := len(s.orders) - 1; i >= 0 && k.listed != nil; i-- {
			if k.listed(s.orders[i]) {
				s.bind(k.name, s.orders[i])
				break
			}
		}
	}
	if len(s.orders) <= mostWhole {
		s.bound[needWholeList] = vars{"allIds": idsOf(s.orders)}
	}
}

// lookAtDetails goes from the newest order to the oldest until every kind needed is found: over
// the newest one by one, since there somebody may have made what is rare, and
// over the others in strides.
func (s *survey) lookAtDetails(ctx context.Context) error {
	stride := 1 + max(0, len(s.orders)-newestDetails)/(mostDetails-newestDetails)
	for i := len(s.orders) - 1; i >= 0 && s.wanting(); {
		if err := s.lookAt(ctx, s.orders[i]); err != nil {
			return err
		}
		if i--; len(s.orders)-i > newestDetails {
			i -= stride - 1
		}
	}
	return nil
}

func (s *survey) wanting() bool {
	return slices.ContainsFunc(orderKinds, func(k orderKind) bool {
		return k.detail != nil && s.bound[k.name] == nil && (s.needed == nil || s.needed(k.name))
	})
}

func (s *survey) lookAt(ctx context.Context, o listed) error {
	order, err := s.detail(ctx, `"orderId":`+match.Quote(o.ID))
	if err != nil || order == nil {
		return err
	}
	unique := false
	if slices.ContainsFunc(ofReferences, func(kind string) bool { return s.bound[kind] == nil }) {
		if unique, err = s.isUnique(ctx, order); err != nil {
			return err
		}
	}
	for _, k := range orderKinds {
		if k.detail == nil || s.bound[k.name] != nil || !k.detail(order) || !fitting(k.name, unique) {
			continue
		}
		s.bind(k.name, o)
		s.bound[k.name][k.name+"Reference"] = order.Get("referenceId").Value()
	}
	return nil
}

// detail is nil when the server refuses, or answers what cannot be read: that is for the cases to show.
func (s *survey) detail(ctx context.Context, key string) (*match.Node, error) {
	a, err := s.call(ctx, "/v2/orderDetail", key)
	if err != nil {
		return nil, err
	}
	doc, err := match.Parse(a.body)
	if err != nil {
		return nil, nil //nolint:nilerr // see above
	}
	return doc.Get("order"), nil
}

// isUnique asks for the order by its referenceId.
func (s *survey) isUnique(ctx context.Context, order *match.Node) (bool, error) {
	reference := order.Get("referenceId").Value()
	if reference == "" {
		return false, nil
	}
	found, err := s.detail(ctx, `"referenceId":`+match.Quote(reference))
	return found.Get("orderId") != nil, err
}

// ofReferences are the kinds that depend on who else carries the referenceId.
var ofReferences = []string{"referenced", "numericReference", "duplicated"}

func fitting(kind string, unique bool) bool {
	return !slices.Contains(ofReferences, kind) || unique == (kind != "duplicated")
}

// beyond is a number that no order has, nor will have soon.
func (s *survey) beyond() string {
	const far = 1_000_000_000
	if len(s.orders) == 0 {
		return strconv.Itoa(far - 1)
	}
	n, err := strconv.ParseInt(s.orders[len(s.orders)-1].Number, 10, 64)
	if err != nil || n > 1<<62 {
		return strconv.Itoa(far - 1)
	}
	return strconv.FormatInt(n+far, 10)
}

func idsOf(orders []listed) string {
	ids := make([]string, len(orders))
	for i, o := range orders {
		ids[i] = o.ID
	}
	return strings.Join(ids, ",")
}
