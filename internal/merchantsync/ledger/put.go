package ledger

import (
	"time"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

// tx writes, too.
type tx struct {
	view
	clock func() time.Time
}

var _ merchantsync.Tx = tx{}

// SetCursor implements merchantsync.Tx.
func (t tx) SetCursor(c merchantsync.Cursor) error {
	_, err := t.conn.exec("UPDATE entrepot_sync SET cursor_number = $1, cursor_placed_at = $2 WHERE store = $3",
		c.Number, optional(c.PlacedAt), t.store)
	return wrap("set the cursor", err)
}

// Put implements merchantsync.Tx. An order that is there twice is kept twice,
// one after the other.
func (t tx) Put(entries []merchantsync.Entry) error {
	for len(entries) > 0 {
		n := distinct(entries)
		if err := t.putDistinct(entries[:n]); err != nil {
			return wrap("keep orders", err)
		}
		entries = entries[n:]
	}
	return nil
}

// distinct is how many entries there are before one whose order has been there
// already.
func distinct(entries []merchantsync.Entry) int {
	seen := make(map[int64]bool, len(entries))
	for i, e := range entries {
		if seen[e.Number] {
			return i
		}
		seen[e.Number] = true
	}
	return len(entries)
}

func (t tx) putDistinct(entries []merchantsync.Entry) error {
	numbers := make([]int64, len(entries))
	for i, e := range entries {
		numbers[i] = e.Number
	}
	before, err := t.Known(numbers)
	if err != nil {
		return err
	}
	steps := []func([]merchantsync.Entry, map[int64]merchantsync.Known) error{
		t.putOrders, t.putLines, t.putStatuses, t.putChanges,
	}
	for _, step := range steps {
		if err := step(entries, before); err != nil {
			return err
		}
	}
	return t.EndTroubles(numbers)
}

func (t tx) putOrders(entries []merchantsync.Entry, _ map[int64]merchantsync.Known) (err error) {
	rows := make([][]any, len(entries))
	for i := range entries {
		if rows[i], err = t.orderRow(&entries[i]); err != nil {
			return err
		}
	}
	_, err = t.conn.insert(orders, rows)
	return err
}

// putLines replaces items, notes and tracking where they differ, and drops
// those that are over.
func (t tx) putLines(entries []merchantsync.Entry, before map[int64]merchantsync.Known) error {
	for _, kind := range lineKinds {
		var rows, over [][]any
		for i := range entries {
			e := &entries[i]
			lines, err := kind.rows(t.store, e)
			if err != nil {
				return err
			}
			rows = append(rows, lines...)
			if _, there := before[e.Number]; there {
				over = append(over, []any{t.store, e.Number, int64(len(lines))})
			}
		}
		if _, err := t.conn.insert(kind.table, rows); err != nil {
			return err
		}
		if err := t.conn.execEach(kind.drop, over); err != nil {
			return err
		}
	}
	return nil
}

var statuses = newTable("entrepot_order_statuses", "store:whole number:whole seq:whole status status_at:time seen_at:time", "")

const selectLastStatus = "SELECT number, seq FROM entrepot_order_statuses WHERE store = $1 AND number = $2 ORDER BY seq DESC LIMIT 1"

func (t tx) putStatuses(entries []merchantsync.Entry, before map[int64]merchantsync.Known) error {
	var moved []*merchantsync.Entry
	var again []int64
	for i := range entries {
		was, there := before[entries[i].Number]
		if there && was.Status == client.Status(text(string(entries[i].Status))) {
			continue
		}
		moved = append(moved, &entries[i])
		if there {
			again = append(again, entries[i].Number)
		}
	}
	last := map[int64]int64{}
	if err := t.conn.lookUp(func(r row) { last[r.whole(0)] = r.whole(1) }, selectLastStatus, t.store, again); err != nil {
		return err
	}
	rows := make([][]any, len(moved))
	for i, e := range moved {
		rows[i] = []any{t.store, e.Number, last[e.Number] + 1, text(string(e.Status)), optional(e.StatusAt), e.SeenAt}
	}
	_, err := t.conn.insert(statuses, rows)
	return err
}

var changes = newTable("entrepot_changes",
	"store:whole seq:whole number:whole order_id kind standing status test:flag written_at:time document:json", "")

// putChanges numbers changes under the lock of the store's row, so that they
// become visible in their order, and none is missing.
func (t tx) putChanges(entries []merchantsync.Entry, _ map[int64]merchantsync.Known) error {
	var seq int64
	_, err := one(t.conn, func(r row) { seq = r.whole(0) },
		"UPDATE entrepot_sync SET last_seq = last_seq + $1 WHERE store = $2 RETURNING last_seq", int64(len(entries)), t.store)
	if err != nil {
		return err
	}
	seq -= int64(len(entries))
	rows := make([][]any, len(entries))
	for i, e := range entries {
		rows[i] = []any{
			t.store, seq + int64(i) + 1, e.Number, string(client.MakeOrderID(t.store, e.Number)),
			string(e.Kind), string(e.Standing), text(string(e.Status)), e.Test, e.SeenAt, document(e.Document),
		}
	}
	_, err = t.conn.insert(changes, rows)
	return err
}

const look = "UPDATE entrepot_orders SET checks = $1, check_at = $2 WHERE store = $3 AND number = $4"

// Look implements merchantsync.Tx.
func (t tx) Look(list []merchantsync.Known) error {
	args := make([][]any, len(list))
	for i, k := range list {
		args[i] = []any{int64(k.Checks), optional(k.CheckAt), t.store, k.Number}
	}
	return wrap("note when to look again", t.conn.execEach(look, args))
}
