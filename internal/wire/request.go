package wire

import (
	"fmt"
	"strings"
	"time"

	"entrepot/internal/order"
)

// Credentials are the store's number and secret as a request sends them.
type Credentials struct {
	order.Credentials
	StoreGiven bool // false when neither store nor storeId has a value
}

// DecodeCredentials reads store or storeId, and secret. A store that cannot be
// one, or two different ones, is store zero, which nobody has.
func DecodeCredentials(o Object) Credentials {
	store, other := o.get("store"), o.get("storeId")
	if store.kind == absent {
		store, other = other, store
	}
	c := Credentials{StoreGiven: store.kind != absent}
	c.Store = store.storeNumber()
	if other.kind != absent && other.storeNumber() != c.Store {
		c.Store = 0
	}
	if secret := o.get("secret"); !secret.isFalse() {
		c.Secret = secret.sent()
	}
	return c
}

// OrderRef is an order's number, and the id as it was sent, for echoing.
type OrderRef struct {
	Number order.Number
	Sent   string
}

func (v value) orderRef(store order.StoreNumber) (OrderRef, error) {
	number, ok := v.orderNumber(store)
	if !ok {
		return OrderRef{}, problem(BadOrderID, Args{"id": v.sent()})
	}
	return OrderRef{Number: number, Sent: v.sent()}, nil
}

// NumbersRequest asks for a list of orders.
type NumbersRequest struct {
	Query    order.ListQuery
	Since    OrderRef // the order that Query.After comes from; zero when there is none
	Statuses bool
}

// DecodeNumbers reads a request for orderNumbers.
func DecodeNumbers(o Object, store order.StoreNumber) (NumbersRequest, error) {
	since, from, through := o.get("sinceOrderId"), o.get("sinceDate"), o.get("throughDate")
	missing, err := o.missingMerchantOrderID()
	if err != nil {
		return NumbersRequest{}, err
	}
	switch {
	case since.kind != absent && from.kind != absent:
		return NumbersRequest{}, problem(BothSince, nil)
	case through.kind != absent && from.kind == absent:
		return NumbersRequest{}, problem(ThroughNeedsSince, nil)
	case since.kind == absent && from.kind == absent && !missing:
		return NumbersRequest{}, problem(SinceRequired, nil)
	}
	r := NumbersRequest{Statuses: o.has("statuses")}
	r.Query = order.ListQuery{Unmerchanted: missing, WithStatus: r.Statuses}
	if since.kind != absent {
		if r.Since, err = since.orderRef(store); err != nil {
			return NumbersRequest{}, err
		}
		r.Query.After = r.Since.Number
	}
	if from.kind != absent {
		r.Query.PlacedFrom, r.Query.PlacedBefore, err = dateRange(from, through)
	}
	return r, err
}

func (o Object) missingMerchantOrderID() (bool, error) {
	v := o.get("missingMerchantOrderId")
	if v.kind == absent {
		return false, nil
	}
	is, ok := v.truth()
	if !ok {
		return false, problem(BadField, Args{"field": "missingMerchantOrderId", "problem": v.quoted() + " is not true or false"})
	}
	return is, nil
}

// dateRange is from the beginning of one day to the end of another; zero when
// there is no other.
func dateRange(since, through value) (from, before time.Time, err error) {
	if from, err = since.date("sinceDate"); err != nil || through.kind == absent {
		return notBeforeEpoch(from), time.Time{}, err
	}
	last, err := through.date("throughDate")
	if err != nil {
		return from, before, err
	}
	if last.Before(from) {
		return from, before, problem(ThroughBeforeSince, Args{"through": through.sent(), "since": since.sent()})
	}
	return notBeforeEpoch(from), notBeforeEpoch(last.AddDate(0, 0, 1)), nil
}

// notBeforeEpoch keeps January 1 of the year 1, with which some languages' time
// begins, from being taken for no time at all. No order is that old.
func notBeforeEpoch(t time.Time) time.Time {
	if epoch := time.Unix(0, 0).UTC(); t.Before(epoch) {
		return epoch
	}
	return t
}

func (v value) date(field string) (time.Time, error) {
	day, err := time.Parse("20060102", strings.TrimSpace(v.text))
	if err != nil || v.kind == isOther {
		return time.Time{}, problem(BadDate, Args{"field": field, "value": v.sent()})
	}
	return day, nil
}

// DetailRequest asks for one order, by its id or else by its reference id.
type DetailRequest struct {
	Order     OrderRef
	Reference string
	ByOrder   bool
}

// DecodeDetail reads a request for orderDetail.
func DecodeDetail(o Object, store order.StoreNumber) (r DetailRequest, err error) {
	id, reference := o.get("orderId"), o.get("referenceId")
	switch {
	case id.kind != absent && reference.kind != absent:
		return r, problem(BothSelectors, nil)
	case id.kind != absent:
		r.ByOrder = true
		r.Order, err = id.orderRef(store)
		return r, err
	case reference.kind != absent:
		return DetailRequest{Reference: reference.sent()}, nil
	}
	return r, problem(SelectorRequired, nil)
}

// MerchantOrderIDRequest records the shop's own id.
type MerchantOrderIDRequest struct {
	Order           OrderRef
	MerchantOrderID string
}

// DecodeMerchantOrderID reads a request for updateMerchantOrderId.
func DecodeMerchantOrderID(o Object, store order.StoreNumber) (r MerchantOrderIDRequest, err error) {
	id, own := o.get("orderId"), o.get("merchantOrderId")
	switch {
	case id.kind == absent:
		return r, problem(OrderIDRequired, nil)
	case own.kind == absent:
		return r, problem(MerchantOrderIDRequired, nil)
	}
	if r.Order, err = id.orderRef(store); err != nil {
		return r, err
	}
	text, ok := own.scalar()
	if !ok {
		return r, notAString("merchantOrderId", own)
	}
	r.MerchantOrderID = text
	return r, nil
}

func notAString(field string, v value) error {
	return problem(BadField, Args{"field": field, "problem": v.quoted() + " is not a string"})
}

// StatusRequest moves an order.
type StatusRequest struct {
	Order OrderRef
	Sent  string // the status as it was sent
}

// DecodeStatus reads a request for updateVendorOrderStatus.
func DecodeStatus(o Object, store order.StoreNumber) (r StatusRequest, err error) {
	id, status := o.get("orderId"), o.get("orderStatus")
	switch {
	case id.kind == absent:
		return r, problem(OrderIDRequired, nil)
	case status.kind == absent:
		return r, problem(StatusRequired, nil)
	}
	r.Sent = status.sent()
	r.Order, err = id.orderRef(store)
	return r, err
}

// TrackingRequest adds tracking numbers.
type TrackingRequest struct {
	Order   OrderRef
	Numbers []string
}

// DecodeTracking reads a request for setShipmentTracking.
func DecodeTracking(o Object, store order.StoreNumber) (r TrackingRequest, err error) {
	id, list := o.get("orderId"), o.get("trackingList")
	entries, isList := list.elements()
	switch {
	case id.kind == absent:
		return r, problem(OrderIDRequired, nil)
	case list.kind == absent || (isList && len(entries) == 0):
		return r, problem(TrackingRequired, nil)
	}
	if r.Order, err = id.orderRef(store); err != nil {
		return r, err
	}
	if !isList {
		return r, problem(BadField, Args{"field": "trackingList", "problem": list.quoted() + " is not a list of maps with a number each"})
	}
	for i, entry := range entries {
		numbers, err := trackingNumbers(fmt.Sprintf("trackingList[%d].number", i), object(entry))
		if err != nil {
			return r, err
		}
		r.Numbers = append(r.Numbers, numbers...)
	}
	return r, nil
}

// trackingNumbers reads one entry. An answer separates numbers by commas, so a
// comma inside one separates, too.
func trackingNumbers(field string, entry Object) (numbers []string, err error) {
	v := entry.get("number", "numbers")
	text, ok := v.scalar()
	if !ok {
		return nil, notAString(field, v)
	}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			numbers = append(numbers, part)
		}
	}
	if len(numbers) == 0 {
		return nil, problem(FieldRequired, Args{"field": field})
	}
	return numbers, nil
}
