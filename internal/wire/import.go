package wire

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// DecodeRecord reads an answer of orderDetail, whole or only the map under
// "order", so that the order can be kept: from this service or another. store
// is whose order a bare number is, zero where there is no such; the full id of
// another store is refused.
//
// Its errors are of the code Invalid, name the key (none when it is about the
// whole line), and repeat no values of people: they may end in a log.
func DecodeRecord(line []byte, store order.StoreNumber) (order.Record, error) {
	answer, err := parseLine(line)
	if err != nil {
		return order.Record{}, fault.New(fault.Invalid, err.Error())
	}
	if answer.isError() {
		return order.Record{}, fault.New(fault.Invalid, "is an error, not an order")
	}
	f := &fields{object: answer, quiet: true}
	if !answer.has("orderId") && answer.has("order") {
		inner := splitSized(answer["order"], largestOrder)
		if inner == nil {
			return order.Record{}, fault.Field("order", "is not a map")
		}
		f = &fields{object: inner, quiet: true}
	}
	r := order.Record{Stored: order.Stored{Head: f.head(store), Notes: f.notes()}}
	details := f.details(answer)
	f.entrepot(&r, answer)
	if f.err != nil {
		return order.Record{}, importFault(f.err)
	}
	r.Document, err = Codec{}.EncodeDetails(details)
	return r, err
}

// isError reports whether the answer tells of an error; a key that tells of
// none is dropped, because clients look whether it is there.
func (o Object) isError() bool {
	v := o.get("error")
	delete(o, "error")
	return v.kind != absent && !v.isFalse()
}

// importFault is a problem in words, with the key apart.
func importFault(err error) error {
	p, ok := errors.AsType[*Problem](err)
	switch {
	case !ok:
		return err
	case p.Key == FieldRequired:
		return fault.Field(p.Args["field"], "is required")
	}
	return fault.Field(p.Args["field"], p.Args["problem"])
}

// say is fail with a value that is nobody's secret.
func (f *fields) say(key, text string) {
	if f.err == nil {
		f.err = problem(BadField, Args{"field": f.prefix + key, "problem": f.object.get(key).quoted() + " " + text})
	}
}

func (f *fields) head(store order.StoreNumber) order.Head {
	h := order.Head{
		ID: f.orderID(store), ReferenceID: f.text("referenceId"), MerchantOrderID: f.text("merchantOrderId"),
		PlacedAt: f.time("orderDate"), Test: f.is("testOrder"), State: f.state(),
	}
	h.StatusAt = h.PlacedAt
	if f.object.get("orderStatusDate", "orderStatusDateString").kind != absent {
		h.StatusAt = f.time("orderStatusDate")
	}
	if tracking := f.text("trackingNumber"); tracking != "" {
		h.Tracking = strings.Split(tracking, ",")
	}
	return h
}

func (f *fields) orderID(store order.StoreNumber) order.ID {
	v := f.object.get("orderId")
	if v.kind == absent {
		f.missing("orderId")
		return order.ID{}
	}
	if id, err := order.ParseID(strings.TrimSpace(v.text)); err == nil && v.kind == isString {
		if store != 0 && id.Store != store {
			f.say("orderId", fmt.Sprintf("is not an order of store %d", store))
		}
		return id
	}
	n, ok := v.wholeNumber()
	switch {
	case !ok:
		f.say("orderId", "is not an order id like 999-99999")
	case store == 0:
		f.say("orderId", "does not say which store it is of; give --store")
	}
	return order.ID{Store: store, Number: order.Number(n)}
}

func (f *fields) state() order.State {
	text := f.required("orderStatus")
	status, ok := order.ParseStatus(text)
	if text != "" && !ok {
		f.say("orderStatus", "is no status known here")
	}
	return order.State{Status: status, Resume: order.DefaultResume(status)}
}

// latestMillis is the end of the year 9999, the last one that four digits show.
const latestMillis = 253402300799999

// time reads milliseconds under a key or else, under the key with String added,
// the contract's string.
func (f *fields) time(key string) time.Time {
	v := f.object.get(key)
	if v.kind == absent {
		return f.timeString(key)
	}
	ms, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(v.text), ".0"), 10, 64)
	if err != nil || ms < 0 || ms > latestMillis || (v.kind != isNumber && v.kind != isString) {
		f.say(key, "is not a time in milliseconds since 1970")
	}
	return time.UnixMilli(ms).UTC()
}

func (f *fields) timeString(key string) time.Time {
	v := f.object.get(key + "String")
	if v.kind == absent {
		f.missing(key)
		return time.Time{}
	}
	at, err := time.Parse("2006-01-02 15:04:05.999999999", strings.TrimSpace(v.text))
	if err != nil || at.UnixMilli() < 0 {
		f.say(key+"String", "is not a time like 2015-01-01 00:33:14.0")
	}
	return at.Truncate(time.Millisecond)
}

// maps reads a list of maps; empty when there is none.
func (f *fields) maps(key string) []*fields {
	v := f.optional(key)
	if v.kind == absent {
		return nil
	}
	if v.raw[0] != '[' {
		f.fail(key, "is not a list")
		return nil
	}
	list := splitList(v.raw)
	maps := make([]*fields, len(list))
	for i, raw := range list {
		o, name := splitSized(raw, largestOrder), key+"["+strconv.Itoa(i)+"]"
		if o == nil {
			f.fail(name, "is not a map")
		}
		maps[i] = &fields{object: o, prefix: f.prefix + name + ".", quiet: f.quiet}
	}
	return maps
}

func (f *fields) notes() (notes []order.Note) {
	for _, n := range f.maps("notes") {
		notes = append(notes, order.Note{
			CreatedBy: n.text("createdByUser"), Customer: n.is("customerNote"), CreatedAt: n.time("dateCreated"),
			Flagged: n.is("flagged"), Text: n.text("note"), Extra: n.object.extra(knownNote),
		})
		n.end(f)
	}
	return notes
}

// entrepot reads what our own exports say besides.
func (f *fields) entrepot(r *order.Record, answer Object) {
	outer := &fields{object: answer, quiet: true}
	if own := outer.inner(entrepotKey); own != nil {
		own.resume(&r.Head.State)
		r.History = own.history()
		own.checkHistory(r)
		own.end(f)
	}
	outer.end(f)
}

func (f *fields) resume(state *order.State) {
	text := f.text("resume")
	status, ok := order.ParseStatus(text)
	if text == "" {
		return
	}
	if !ok || !order.CanResume(state.Status, status) {
		f.say("resume", "is no status that an order goes back to from "+string(state.Status))
	}
	state.Resume = status
}
