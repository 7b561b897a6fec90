package sqlite

import "entrepot/internal/order"

const (
	selectNotes   = "SELECT seq, created_at, created_by, customer, flagged, note, extra FROM order_notes WHERE store = ? AND number = ? ORDER BY seq"
	selectChanges = "SELECT seq, at, actor, kind, was, became, reason FROM order_changes WHERE store = ? AND number = ? ORDER BY seq"
)

// Notes implements order.View.
func (v view) Notes(id order.ID) (notes []order.Note, err error) {
	err = query(v.conn, selectNotes, int64(id.Store), int64(id.Number)).each(func(r row) error {
		notes = append(notes, order.Note{
			Seq: r.int(0), CreatedAt: r.time(1), CreatedBy: r.text(2),
			Customer: r.bool(3), Flagged: r.bool(4), Text: r.text(5), Extra: order.Extra(r.text(6)),
		})
		return nil
	})
	return notes, err
}

// History implements order.View.
func (v view) History(id order.ID) (changes []order.Change, err error) {
	err = query(v.conn, selectChanges, int64(id.Store), int64(id.Number)).each(func(r row) error {
		changes = append(changes, order.Change{
			Seq: r.int(0), At: r.time(1), Actor: r.text(2), Kind: order.ChangeKind(r.text(3)),
			From: r.text(4), To: r.text(5), Reason: r.text(6),
		})
		return nil
	})
	return changes, err
}

// AddNote implements order.Tx.
func (t tx) AddNote(id order.ID, n order.Note) error {
	if err := t.update("UPDATE orders SET notes = notes + 1, identified = 1 WHERE store = ? AND number = ?", int64(id.Store), int64(id.Number)); err != nil {
		return err
	}
	return t.insert(`INSERT INTO order_notes (store, number, seq, created_at, created_by, customer, flagged, note, extra)
		SELECT store, number, notes, ?, ?, ?, ?, ?, ? FROM orders WHERE store = ? AND number = ?`,
		millis(n.CreatedAt), text(n.CreatedBy), n.Customer, n.Flagged, text(n.Text), string(n.Extra), int64(id.Store), int64(id.Number))
}

// AddChange implements order.Tx.
func (t tx) AddChange(id order.ID, c order.Change) error {
	if err := t.update("UPDATE orders SET changes = changes + 1 WHERE store = ? AND number = ?", int64(id.Store), int64(id.Number)); err != nil {
		return err
	}
	return t.insert(`INSERT INTO order_changes (store, number, seq, at, actor, kind, was, became, reason)
		SELECT store, number, changes, ?, ?, ?, ?, ?, ? FROM orders WHERE store = ? AND number = ?`,
		millis(c.At), text(c.Actor), string(c.Kind), text(c.From), text(c.To), text(c.Reason), int64(id.Store), int64(id.Number))
}
