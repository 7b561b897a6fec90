package ledger

import (
	"fmt"
	"time"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

const changeColumns = "c.seq, c.number, c.kind, c.standing, c.status, c.test, c.written_at"

func (v view) readChange(r row) merchantsync.Change {
	return merchantsync.Change{
		Store: v.store, Seq: r.whole(0), Number: r.whole(1), OrderID: client.MakeOrderID(v.store, r.whole(1)),
		Kind: merchantsync.ChangeKind(r.text(2)), Standing: merchantsync.Standing(r.text(3)),
		Status: client.Status(r.text(4)), Test: r.flag(5), At: r.moment(6),
	}
}

const selectChanges = "SELECT " + changeColumns + `, CAST(c.document AS TEXT) FROM entrepot_changes AS c
	WHERE c.store = $1 AND c.seq > $2 ORDER BY c.seq LIMIT CAST($3 AS BIGINT)`

// Changes implements merchantsync.View.
func (v view) Changes(after int64, limit int) ([]merchantsync.Change, error) {
	list, err := all(v.conn, func(r row) merchantsync.Change {
		c := v.readChange(r)
		c.Document = []byte(r.text(7))
		return c
	}, selectChanges, v.store, after, int64(limit))
	return list, wrap("list changes", err)
}

// Position implements merchantsync.View.
func (v view) Position(destination string) (seq int64, err error) {
	_, err = one(v.conn, func(r row) { seq = r.whole(0) },
		"SELECT position FROM entrepot_destinations WHERE store = $1 AND destination = $2", v.store, destination)
	return seq, wrap("read a destination's position", err)
}

// SetPosition implements merchantsync.Tx.
func (t tx) SetPosition(destination string, seq int64) error {
	_, err := t.conn.exec(`INSERT INTO entrepot_destinations (store, destination, position) VALUES ($1, $2, $3)
		ON CONFLICT (store, destination) DO UPDATE SET position = excluded.position`, t.store, destination, seq)
	return wrap("set a destination's position", err)
}

const (
	deliveryColumns = changeColumns + ", d.destination, d.reason, d.attempts, d.since, d.retry_at"
	fromDeliveries  = ` FROM entrepot_deliveries AS d
		JOIN entrepot_changes AS c ON c.store = d.store AND c.seq = d.seq WHERE d.store = $1`
	selectDeliveries = "SELECT " + deliveryColumns + ", CAST(c.document AS TEXT)" + fromDeliveries + ` AND d.destination = $2
		AND (d.retry_at IS NULL OR d.retry_at <= $3)
		AND NOT EXISTS (SELECT 1 FROM entrepot_deliveries AS e
			WHERE e.store = d.store AND e.destination = d.destination AND e.number = d.number AND e.seq < d.seq)
		ORDER BY d.seq LIMIT CAST($4 AS BIGINT)`
	selectStuckDeliveries = "SELECT " + deliveryColumns + fromDeliveries + " AND d.attempts > 0 ORDER BY d.since, d.seq, d.destination LIMIT CAST($2 AS BIGINT)"
	selectWaits           = "SELECT 1 FROM entrepot_deliveries WHERE store = $1 AND destination = $2 AND number = $3 LIMIT 1"
)

func (v view) readDelivery(r row) merchantsync.Delivery {
	return merchantsync.Delivery{
		Change: v.readChange(r), Destination: r.text(7), Reason: r.text(8),
		Attempts: int(r.whole(9)), Since: r.moment(10), RetryAt: r.moment(11),
	}
}

// Deliveries implements merchantsync.View.
func (v view) Deliveries(destination string, now time.Time, limit int) ([]merchantsync.Delivery, error) {
	list, err := all(v.conn, func(r row) merchantsync.Delivery {
		d := v.readDelivery(r)
		d.Document = []byte(r.text(12))
		return d
	}, selectDeliveries, v.store, destination, now, int64(limit))
	return list, wrap("list deliveries", err)
}

// Waits implements merchantsync.View.
func (v view) Waits(destination string, number int64) (bool, error) {
	waits, err := one(v.conn, func(row) {}, selectWaits, v.store, destination, number)
	return waits, wrap("look for a delivery", err)
}

func (v view) stuckDeliveries(limit int) ([]merchantsync.Stuck, error) {
	return all(v.conn, func(r row) merchantsync.Stuck {
		d := v.readDelivery(r)
		return merchantsync.Stuck{
			What: d.Destination, OrderID: d.OrderID, Detail: fmt.Sprintf("%d %s", d.Seq, d.Kind),
			Reason: d.Reason, Attempts: d.Attempts, Since: d.Since, RetryAt: d.RetryAt,
		}
	}, selectStuckDeliveries, v.store, int64(limit))
}

// PutDelivery implements merchantsync.Tx.
func (t tx) PutDelivery(d merchantsync.Delivery) error {
	_, err := t.conn.exec(`INSERT INTO entrepot_deliveries (store, destination, seq, number, reason, attempts, since, retry_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (store, destination, seq) DO UPDATE
		SET reason = excluded.reason, attempts = excluded.attempts, since = excluded.since, retry_at = excluded.retry_at`,
		t.store, d.Destination, d.Seq, d.Number, text(d.Reason), int64(d.Attempts), d.Since, optional(d.RetryAt))
	return wrap("record a delivery", err)
}

// DropDelivery implements merchantsync.Tx.
func (t tx) DropDelivery(destination string, seq int64) error {
	_, err := t.conn.exec("DELETE FROM entrepot_deliveries WHERE store = $1 AND destination = $2 AND seq = $3", t.store, destination, seq)
	return wrap("end a delivery", err)
}
