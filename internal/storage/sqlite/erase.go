package sqlite

import (
	"context"
	"fmt"
	"strings"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
)

const (
	selectNumbers    = "SELECT number FROM orders WHERE store = ? AND number > ? ORDER BY number LIMIT ?"
	selectIdentified = `SELECT number FROM orders
		WHERE store = ? AND number > ? AND number <= ? AND placed_at < ? AND identified = 1 ORDER BY number`
)

// Numbers implements order.View.
func (v view) Numbers(store order.StoreNumber, after order.Number, limit int) ([]order.Number, error) {
	return query(v.conn, selectNumbers, int64(store), int64(after), int64(limit)).numbers()
}

// Identified implements order.View.
func (v view) Identified(store order.StoreNumber, after, through order.Number, t time.Time) ([]order.Number, error) {
	return query(v.conn, selectIdentified, int64(store), int64(after), int64(through), millis(t)).numbers()
}

func (s statement) numbers() (numbers []order.Number, err error) {
	err = s.each(func(r row) error {
		numbers = append(numbers, order.Number(r.int(0)))
		return nil
	})
	return numbers, err
}

// EraseOrder implements order.Tx.
func (t tx) EraseOrder(id order.ID, e order.Erasure) error {
	store, number := int64(id.Store), int64(id.Number)
	err := t.update("UPDATE orders SET tracking = ?, identified = 0 WHERE store = ? AND number = ?",
		strings.Join(e.Tracking, ","), store, number)
	if err != nil {
		return err
	}
	err = t.update(`UPDATE order_documents SET format = ?, body = ?, crc32c = ?
		WHERE id = (SELECT document FROM orders WHERE store = ? AND number = ?)`,
		int64(e.Document.Format), e.Document.Body, checksum(e.Document.Body), store, number)
	if err != nil {
		return err
	}
	for _, n := range e.Notes {
		err := t.update("UPDATE order_notes SET created_by = ?, note = ?, extra = ? WHERE store = ? AND number = ? AND seq = ?",
			text(n.CreatedBy), text(n.Text), string(n.Extra), store, number, n.Seq)
		if err != nil {
			return err
		}
	}
	for _, c := range e.Changes {
		err := t.update("UPDATE order_changes SET actor = ?, was = ?, became = ?, reason = ? WHERE store = ? AND number = ? AND seq = ?",
			text(c.Actor), text(c.From), text(c.To), text(c.Reason), store, number, c.Seq)
		if err != nil {
			return err
		}
	}
	return t.update("UPDATE installation SET scrub_owed = scrub_owed + 1")
}

// Scrub implements order.Storage. What is erased while it runs is left for the
// next time.
func (s *Storage) Scrub(ctx context.Context) error {
	owed, err := s.scrubOwed(ctx)
	if err != nil || owed == 0 {
		return err
	}
	if err := s.db.Scrub(ctx); err != nil {
		return err
	}
	err = s.db.Write(ctx, func(conn *sqlitedb.Conn) error {
		return query(conn, "UPDATE installation SET scrub_owed = scrub_owed - ?", owed).run()
	})
	if err != nil {
		return fmt.Errorf("note that the files are scrubbed: %w", err)
	}
	return nil
}

func (s *Storage) scrubOwed(ctx context.Context) (owed int64, err error) {
	err = s.db.Read(ctx, func(conn *sqlitedb.Conn) error {
		return query(conn, "SELECT scrub_owed FROM installation").one(func(r row) { owed = r.int(0) })
	})
	return owed, err
}
