package postgres

import (
	"context"
	"strings"
	"time"

	"entrepot/internal/order"
)

const (
	selectNumbers    = "SELECT number FROM orders WHERE store = $1 AND number > $2 ORDER BY number LIMIT $3"
	selectIdentified = `SELECT number FROM orders
		WHERE store = $1 AND number > $2 AND number <= $3 AND placed_at + 0 < $4 AND identified ORDER BY number`
)

// Numbers implements order.View.
func (v view) Numbers(store order.StoreNumber, after order.Number, limit int) ([]order.Number, error) {
	return v.numbers(selectNumbers, int64(store), int64(after), int64(limit))
}

// Identified implements order.View.
func (v view) Identified(store order.StoreNumber, after, through order.Number, t time.Time) ([]order.Number, error) {
	return v.numbers(selectIdentified, int64(store), int64(after), int64(through), millis(t))
}

// EraseOrder implements order.Tx.
func (t tx) EraseOrder(id order.ID, e order.Erasure) error {
	store, number := int64(id.Store), int64(id.Number)
	t.update(errNotFound, "UPDATE orders SET tracking = $3, identified = FALSE WHERE store = $1 AND number = $2",
		store, number, absent(strings.Join(e.Tracking, ",")))
	t.update(errNotFound, "UPDATE order_documents SET format = $3, body = $4, crc32c = $5 WHERE store = $1 AND number = $2",
		store, number, int64(e.Document.Format), e.Document.Body, checksum(e.Document.Body))
	for _, n := range e.Notes {
		t.update(errNotFound, "UPDATE order_notes SET created_by = $4, note = $5, extra = $6 WHERE store = $1 AND number = $2 AND seq = $3",
			store, number, n.Seq, n.CreatedBy, n.Text, absent(n.Extra))
	}
	for _, c := range e.Changes {
		t.update(errNotFound, "UPDATE order_changes SET actor = $4, was = $5, became = $6, reason = $7 WHERE store = $1 AND number = $2 AND seq = $3",
			store, number, c.Seq, c.Actor, c.From, c.To, c.Reason)
	}
	return nil
}

// Scrub implements order.Storage. The files are the server's: its VACUUM frees
// what was overwritten, its log and its backups go when their time has come
// (docs/personal-data.md). Nothing that this program may do would hasten it.
func (s *Storage) Scrub(context.Context) error { return nil }
