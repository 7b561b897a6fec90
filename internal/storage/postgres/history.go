package postgres

import (
	"github.com/jackc/pgx/v5"

	"entrepot/internal/order"
)

const (
	selectNotes = `SELECT seq, created_at, created_by, customer, flagged, note, coalesce(extra, '')
		FROM order_notes WHERE store = $1 AND number = $2 ORDER BY seq`
	selectChanges = "SELECT seq, at, actor, kind, was, became, reason FROM order_changes WHERE store = $1 AND number = $2 ORDER BY seq"
)

// Notes implements order.View.
func (v view) Notes(id order.ID) (notes []order.Note, err error) {
	err = v.each(func(rows pgx.Rows) error {
		var n order.Note
		var at int64
		err := rows.Scan(&n.Seq, &at, &n.CreatedBy, &n.Customer, &n.Flagged, &n.Text, (*string)(&n.Extra))
		n.CreatedAt = fromMillis(at)
		notes = append(notes, n)
		return err
	}, selectNotes, int64(id.Store), int64(id.Number))
	return notes, err
}

// History implements order.View.
func (v view) History(id order.ID) (changes []order.Change, err error) {
	err = v.each(func(rows pgx.Rows) error {
		var c order.Change
		var at int64
		err := rows.Scan(&c.Seq, &at, &c.Actor, (*string)(&c.Kind), &c.From, &c.To, &c.Reason)
		c.At = fromMillis(at)
		changes = append(changes, c)
		return err
	}, selectChanges, int64(id.Store), int64(id.Number))
	return changes, err
}

// The order's row, which counts them, numbers them without gaps: its lock lets
// one transaction at a time add to an order.
const (
	addNote = `WITH o AS (UPDATE orders SET notes = notes + 1, identified = TRUE WHERE store = $1 AND number = $2 RETURNING notes)
		INSERT INTO order_notes (store, number, seq, created_at, created_by, customer, flagged, note, extra)
		SELECT $1, $2, o.notes, $3, $4, $5, $6, $7, $8 FROM o`
	addChange = `WITH o AS (UPDATE orders SET changes = changes + 1 WHERE store = $1 AND number = $2 RETURNING changes)
		INSERT INTO order_changes (store, number, seq, at, actor, kind, was, became, reason)
		SELECT $1, $2, o.changes, $3, $4, $5, $6, $7, $8 FROM o`
)

// AddNote implements order.Tx.
func (t tx) AddNote(id order.ID, n order.Note) error {
	t.update(errNotFound, addNote, int64(id.Store), int64(id.Number),
		millis(n.CreatedAt), n.CreatedBy, n.Customer, n.Flagged, n.Text, absent(n.Extra))
	return nil
}

// AddChange implements order.Tx.
func (t tx) AddChange(id order.ID, c order.Change) error {
	t.update(errNotFound, addChange, int64(id.Store), int64(id.Number),
		millis(c.At), c.Actor, string(c.Kind), c.From, c.To, c.Reason)
	return nil
}
