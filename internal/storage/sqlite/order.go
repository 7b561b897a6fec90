package sqlite

import (
	"fmt"
	"strings"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

const headColumns = `o.placed_at, o.test, o.status, o.resume_status, o.status_at,
	o.merchant_order_id, o.reference_id, o.tracking, o.cart, o.notes, o.changes`

func (r row) head(id order.ID) order.Head {
	h := order.Head{
		ID: id, PlacedAt: r.time(0), Test: r.bool(1),
		State:    order.State{Status: order.Status(r.text(2)), Resume: order.Status(r.text(3))},
		StatusAt: r.time(4), MerchantOrderID: r.text(5), ReferenceID: r.text(6),
		Cart: r.cartID(8), Notes: r.int(9), Changes: r.int(10),
	}
	if tracking := r.text(7); tracking != "" {
		h.Tracking = strings.Split(tracking, ",")
	}
	return h
}

const (
	selectHead   = "SELECT " + headColumns + " FROM orders o WHERE o.store = ? AND o.number = ?"
	selectDetail = "SELECT " + headColumns + ", d.format, d.body, d.crc32c FROM orders o JOIN order_documents d ON d.id = o.document WHERE o.store = ? AND o.number = ?"
)

// Head implements order.View.
func (v view) Head(id order.ID) (h order.Head, err error) {
	q := query(v.conn, selectHead, int64(id.Store), int64(id.Number))
	err = q.one(func(r row) { h = r.head(id) })
	return h, err
}

// Detail implements order.View.
func (v view) Detail(id order.ID) (h order.Head, d order.Document, err error) {
	q := query(v.conn, selectDetail, int64(id.Store), int64(id.Number))
	var sum int64
	err = q.one(func(r row) {
		h = r.head(id)
		d, sum = order.Document{Format: int(r.int(11)), Body: r.bytes(12)}, r.int(13)
	})
	if err == nil && sum != checksum(d.Body) {
		err = fault.New(fault.Internal, fmt.Sprintf("the document of order %s is damaged: its checksum differs", id))
	}
	return h, d, err
}

const (
	raiseCounter = `UPDATE order_counters SET last_number = last_number + 1, last_placed_at = max(last_placed_at, ?)
		WHERE store = ? RETURNING last_number, last_placed_at`
	updateState = `UPDATE orders SET status = ?, resume_status = ?, status_at = ?
		WHERE store = ? AND number = ? AND status = ? AND resume_status IS ?`
)

const selectByReference = "SELECT number FROM orders WHERE store = ? AND reference_id = ? ORDER BY number LIMIT ?"

// ByReference implements order.View.
func (v view) ByReference(store order.StoreNumber, reference string, limit int) (ids []order.ID, err error) {
	q := query(v.conn, selectByReference, int64(store), reference, int64(limit))
	err = q.each(func(r row) error {
		ids = append(ids, order.ID{Store: store, Number: order.Number(r.int(0))})
		return nil
	})
	return ids, err
}

// NextNumber implements order.Tx.
func (t tx) NextNumber(n order.StoreNumber, now time.Time) (number order.Number, at time.Time, err error) {
	q := query(t.conn, raiseCounter, millis(now), int64(n))
	err = q.each(func(r row) error { // to the end: a statement with RETURNING writes when it is done
		number, at = order.Number(r.int(0)), r.time(1)
		return nil
	})
	if err == nil && number == 0 {
		err = errNotFound
	}
	return number, at, err
}

// InsertOrder implements order.Tx.
func (t tx) InsertOrder(h order.Head, d order.Document) error {
	err := t.insert("INSERT INTO order_documents (store, number, format, body, crc32c) VALUES (?, ?, ?, ?, ?)",
		int64(h.Store), int64(h.Number), int64(d.Format), d.Body, checksum(d.Body))
	if err != nil {
		return err
	}
	return t.insert(`INSERT INTO orders (store, number, placed_at, test, status, resume_status, status_at,
			merchant_order_id, reference_id, tracking, cart, document)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		int64(h.Store), int64(h.Number), millis(h.PlacedAt), h.Test,
		string(h.State.Status), string(h.State.Resume), millis(h.StatusAt),
		h.MerchantOrderID, h.ReferenceID, strings.Join(h.Tracking, ","), uuidBytes(h.Cart), t.conn.LastInsertRowID())
}

// SetState implements order.Tx.
func (t tx) SetState(id order.ID, from, to order.State, at time.Time) error {
	ok, err := t.changed(updateState,
		string(to.Status), string(to.Resume), millis(at),
		int64(id.Store), int64(id.Number), string(from.Status), string(from.Resume))
	if err == nil && !ok {
		return fault.New(fault.Conflict, fmt.Sprintf("order %s is not in status %s any more", id, from.Status))
	}
	return err
}

// SetMerchantOrderID implements order.Tx.
func (t tx) SetMerchantOrderID(id order.ID, merchantOrderID string) error {
	return t.update("UPDATE orders SET merchant_order_id = ? WHERE store = ? AND number = ?",
		merchantOrderID, int64(id.Store), int64(id.Number))
}

// SetTracking implements order.Tx.
func (t tx) SetTracking(id order.ID, numbers []string) error {
	return t.update("UPDATE orders SET tracking = ?, identified = 1 WHERE store = ? AND number = ?",
		strings.Join(numbers, ","), int64(id.Store), int64(id.Number))
}
