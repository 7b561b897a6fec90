package ledger

import (
	"time"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

const (
	troubleColumns = "number, reason, attempts, since, retry_at"
	selectTroubles = "SELECT " + troubleColumns + ` FROM entrepot_troubles
		WHERE store = $1 AND (retry_at IS NULL OR retry_at <= $2) ORDER BY number LIMIT CAST($3 AS BIGINT)`
	selectStuckTroubles = "SELECT " + troubleColumns + ` FROM entrepot_troubles
		WHERE store = $1 AND attempts > 0 ORDER BY since, number LIMIT CAST($2 AS BIGINT)`
	selectTrouble = "SELECT " + troubleColumns + " FROM entrepot_troubles WHERE store = $1 AND number = $2 LIMIT 1"
)

func readTrouble(r row) merchantsync.Trouble {
	return merchantsync.Trouble{
		Number: r.whole(0), Reason: r.text(1), Attempts: int(r.whole(2)), Since: r.moment(3), RetryAt: r.moment(4),
	}
}

// Troubles implements merchantsync.View.
func (v view) Troubles(now time.Time, limit int) ([]merchantsync.Trouble, error) {
	list, err := all(v.conn, readTrouble, selectTroubles, v.store, now, int64(limit))
	return list, wrap("list troubles", err)
}

// TroublesOf implements merchantsync.View.
func (v view) TroublesOf(numbers []int64) (map[int64]merchantsync.Trouble, error) {
	troubles := map[int64]merchantsync.Trouble{}
	err := v.conn.lookUp(func(r row) {
		t := readTrouble(r)
		troubles[t.Number] = t
	}, selectTrouble, v.store, numbers)
	return troubles, wrap("look troubles up", err)
}

func (v view) stuckTroubles(limit int) ([]merchantsync.Stuck, error) {
	return all(v.conn, func(r row) merchantsync.Stuck {
		t := readTrouble(r)
		return merchantsync.Stuck{
			What: "fetch", OrderID: client.MakeOrderID(v.store, t.Number),
			Reason: t.Reason, Attempts: t.Attempts, Since: t.Since, RetryAt: t.RetryAt,
		}
	}, selectStuckTroubles, v.store, int64(limit))
}

// EndTroubles implements merchantsync.Tx.
func (t tx) EndTroubles(numbers []int64) error {
	troubles, err := t.TroublesOf(numbers)
	if err != nil {
		return err
	}
	var ended [][]any
	for number := range troubles {
		ended = append(ended, []any{t.store, number})
	}
	return wrap("end troubles", t.conn.execEach("DELETE FROM entrepot_troubles WHERE store = $1 AND number = $2", ended))
}

const troubleFields = "store:whole number:whole reason attempts:whole since:time retry_at:time"

var troubles = newTable("entrepot_troubles", troubleFields, replacing("store, number", troubleFields))

// PutTroubles implements merchantsync.Tx.
func (t tx) PutTroubles(list []merchantsync.Trouble) error {
	byNumber := map[int64]int{} // the last of a number counts
	var rows [][]any
	for _, one := range list {
		values := []any{t.store, one.Number, text(one.Reason), int64(one.Attempts), one.Since, optional(one.RetryAt)}
		if i, again := byNumber[one.Number]; again {
			rows[i] = values
			continue
		}
		byNumber[one.Number] = len(rows)
		rows = append(rows, values)
	}
	_, err := t.conn.insert(troubles, rows)
	return wrap("record troubles", err)
}
