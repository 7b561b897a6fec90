package postgres

import (
	"fmt"
	"hash/crc32"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

const (
	headColumns = `o.number, o.placed_at, o.test, o.status, coalesce(o.resume_status, ''), o.status_at,
		coalesce(o.merchant_order_id, ''), coalesce(o.reference_id, ''), coalesce(o.tracking, ''), o.cart, o.notes, o.changes`
	joinDocument = " FROM orders o JOIN order_documents d ON d.store = o.store AND d.number = o.number"

	selectHead   = "SELECT " + headColumns + " FROM orders o WHERE o.store = $1 AND o.number = $2"
	selectDetail = "SELECT " + headColumns + ", d.format, d.body, d.crc32c" + joinDocument + " WHERE o.store = $1 AND o.number = $2"
)

// headRow is where a row of headColumns goes, and the document after it.
type headRow struct {
	head               order.Head
	number             int64
	placedAt, statusAt int64
	status, resume     string
	tracking           string
	cart               pgtype.UUID

	document order.Document
	format   int64
	sum      int64
}

func (r *headRow) fields() []any {
	return []any{
		&r.number, &r.placedAt, &r.head.Test, &r.status, &r.resume, &r.statusAt,
		&r.head.MerchantOrderID, &r.head.ReferenceID, &r.tracking, &r.cart, &r.head.Notes, &r.head.Changes,
	}
}

func (r *headRow) documentFields() []any {
	return append(r.fields(), &r.format, &r.document.Body, &r.sum)
}

func (r *headRow) read(store order.StoreNumber) order.Head {
	h := r.head
	h.ID = order.ID{Store: store, Number: order.Number(r.number)}
	h.PlacedAt, h.StatusAt, h.Cart = fromMillis(r.placedAt), fromMillis(r.statusAt), cartID(r.cart)
	h.State = order.State{Status: order.Status(r.status), Resume: order.Status(r.resume)}
	if r.tracking != "" {
		h.Tracking = strings.Split(r.tracking, ",")
	}
	return h
}

func (r *headRow) readDocument(store order.StoreNumber) (order.Head, order.Document, error) {
	h := r.read(store)
	if r.sum != checksum(r.document.Body) {
		return h, order.Document{}, fault.New(fault.Internal, fmt.Sprintf("the document of order %s is damaged: its checksum differs", h.ID))
	}
	return h, order.Document{Format: int(r.format), Body: r.document.Body}, nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is what is kept of a document beside it.
func checksum(body []byte) int64 { return int64(crc32.Checksum(body, castagnoli)) }

// Head implements order.View. In a transaction it locks the order.
func (v view) Head(id order.ID) (order.Head, error) {
	var r headRow
	if err := v.one(r.fields(), v.locking(selectHead, "o"), int64(id.Store), int64(id.Number)); err != nil {
		return order.Head{}, err
	}
	return r.read(id.Store), nil
}

// Detail implements order.View. In a transaction it locks the order.
func (v view) Detail(id order.ID) (order.Head, order.Document, error) {
	var r headRow
	if err := v.one(r.documentFields(), v.locking(selectDetail, "o"), int64(id.Store), int64(id.Number)); err != nil {
		return order.Head{}, order.Document{}, err
	}
	return r.readDocument(id.Store)
}

const selectByReference = `SELECT number FROM orders
	WHERE store = $1 AND left(reference_id, 100) = left($2, 100) AND reference_id = $2 ORDER BY number LIMIT $3`

// ByReference implements order.View.
func (v view) ByReference(store order.StoreNumber, reference string, limit int) (ids []order.ID, err error) {
	numbers, err := v.numbers(selectByReference, int64(store), reference, int64(limit))
	for _, n := range numbers {
		ids = append(ids, order.ID{Store: store, Number: n})
	}
	return ids, err
}

func (v view) numbers(sql string, args ...any) (numbers []order.Number, err error) {
	err = v.each(func(rows pgx.Rows) error {
		var n int64
		err := rows.Scan(&n)
		numbers = append(numbers, order.Number(n))
		return err
	}, sql, args...)
	return numbers, err
}

const raiseCounter = `UPDATE order_counters SET last_number = last_number + 1, last_placed_at = greatest(last_placed_at, $2)
	WHERE store = $1 RETURNING last_number, last_placed_at`

// NextNumber implements order.Tx.
func (t tx) NextNumber(n order.StoreNumber, now time.Time) (order.Number, time.Time, error) {
	var number, at int64
	t.wrote = true
	if err := t.one([]any{&number, &at}, raiseCounter, int64(n), millis(now)); err != nil {
		return 0, time.Time{}, err
	}
	return order.Number(number), fromMillis(at), nil
}

// InsertOrder implements order.Tx.
func (t tx) InsertOrder(h order.Head, d order.Document) error {
	t.write("INSERT INTO order_documents (store, number, format, body, crc32c) VALUES ($1, $2, $3, $4, $5)",
		int64(h.Store), int64(h.Number), int64(d.Format), d.Body, checksum(d.Body))
	t.write(`INSERT INTO orders (store, number, placed_at, test, status, resume_status, status_at,
			merchant_order_id, reference_id, tracking, cart)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		int64(h.Store), int64(h.Number), millis(h.PlacedAt), h.Test,
		string(h.State.Status), absent(h.State.Resume), millis(h.StatusAt),
		absent(h.MerchantOrderID), absent(h.ReferenceID), absent(strings.Join(h.Tracking, ",")), uuidOf(h.Cart))
	return nil
}

const updateState = `UPDATE orders SET status = $5, resume_status = $6, status_at = $7
	WHERE store = $1 AND number = $2 AND status = $3 AND coalesce(resume_status, '') = $4`

// SetState implements order.Tx.
func (t tx) SetState(id order.ID, from, to order.State, at time.Time) error {
	moved := fault.New(fault.Conflict, fmt.Sprintf("order %s is not in status %s any more", id, from.Status))
	t.update(moved, updateState, int64(id.Store), int64(id.Number), string(from.Status), string(from.Resume),
		string(to.Status), absent(to.Resume), millis(at))
	return nil
}

// SetMerchantOrderID implements order.Tx.
func (t tx) SetMerchantOrderID(id order.ID, merchantOrderID string) error {
	t.update(errNotFound, "UPDATE orders SET merchant_order_id = $3 WHERE store = $1 AND number = $2",
		int64(id.Store), int64(id.Number), absent(merchantOrderID))
	return nil
}

// SetTracking implements order.Tx.
func (t tx) SetTracking(id order.ID, numbers []string) error {
	t.update(errNotFound, "UPDATE orders SET tracking = $3, identified = TRUE WHERE store = $1 AND number = $2",
		int64(id.Store), int64(id.Number), absent(strings.Join(numbers, ",")))
	return nil
}
