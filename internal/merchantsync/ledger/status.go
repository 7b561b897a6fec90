package ledger

import (
	"slices"
	"time"

	"entrepot/internal/merchantsync"
)

const (
	countOrders   = "SELECT standing, test, count(*) FROM entrepot_orders WHERE store = $1 GROUP BY standing, test"
	countFollowed = "SELECT count(*) FROM entrepot_orders WHERE store = $1 AND check_at IS NOT NULL"
	countTroubles = "SELECT count(*) FROM entrepot_troubles WHERE store = $1"
	countReports  = "SELECT state, count(*) FROM entrepot_reports WHERE store = $1 OR store IS NULL GROUP BY state"
	selectLastSeq = "SELECT last_seq FROM entrepot_sync WHERE store = $1"
	countBehind   = `SELECT destination, (SELECT count(*) FROM entrepot_changes AS c WHERE c.store = d.store AND c.seq > d.position)
		FROM entrepot_destinations AS d WHERE store = $1`
	countDeliveries = "SELECT destination, count(*) FROM entrepot_deliveries WHERE store = $1 GROUP BY destination"
)

// Tally implements merchantsync.View.
func (v view) Tally(time.Time) (merchantsync.Tally, error) {
	t := merchantsync.Tally{
		Reports: map[merchantsync.ReportState]int64{}, Behind: map[string]int64{}, Waiting: map[string]int64{},
	}
	counts := []struct {
		sql  string
		each func(row)
	}{
		{countOrders, func(r row) { addOrders(&t, merchantsync.Standing(r.text(0)), r.flag(1), r.whole(2)) }},
		{countFollowed, func(r row) { t.Followed = r.whole(0) }},
		{countTroubles, func(r row) { t.Troubles = r.whole(0) }},
		{countReports, func(r row) { t.Reports[merchantsync.ReportState(r.text(0))] = r.whole(1) }},
		{selectLastSeq, func(r row) { t.LastSeq = r.whole(0) }},
		{countBehind, func(r row) { t.Behind[r.text(0)] = r.whole(1) }},
		{countDeliveries, func(r row) { t.Waiting[r.text(0)] = r.whole(1) }},
	}
	for _, count := range counts {
		if _, err := one(v.conn, count.each, count.sql, v.store); err != nil {
			return t, wrap("count", err)
		}
	}
	return t, nil
}

func addOrders(t *merchantsync.Tally, s merchantsync.Standing, test bool, n int64) {
	t.Orders += n
	if test {
		t.TestOrders += n
	}
	switch s {
	case merchantsync.Ready:
		t.Ready += n
	case merchantsync.Held:
		t.Held += n
	case merchantsync.Cancelled:
		t.Cancelled += n
	}
}

// Stuck implements merchantsync.View.
func (v view) Stuck(limit int) ([]merchantsync.Stuck, error) {
	var list []merchantsync.Stuck
	for _, find := range []func(int) ([]merchantsync.Stuck, error){v.stuckTroubles, v.stuckDeliveries, v.stuckReports} {
		some, err := find(limit)
		if err != nil {
			return nil, wrap("list what is stuck", err)
		}
		list = append(list, some...)
	}
	slices.SortStableFunc(list, func(a, b merchantsync.Stuck) int { return a.Since.Compare(b.Since) })
	return list[:min(limit, len(list))], nil
}

const (
	runColumns    = "began_at, ended_at, listed, imported, changed, failed, reported, refused, cursor_number, error"
	selectLastRun = "SELECT " + runColumns + " FROM entrepot_runs WHERE store = $1 ORDER BY id DESC LIMIT 1"
)

// LastRun implements merchantsync.View.
func (v view) LastRun() (last *merchantsync.Run, err error) {
	_, err = one(v.conn, func(r row) {
		last = &merchantsync.Run{
			Began: r.moment(0), Ended: r.moment(1), Listed: r.whole(2), Imported: r.whole(3), Changed: r.whole(4),
			Failed: r.whole(5), Reported: r.whole(6), Refused: r.whole(7), Cursor: r.whole(8), Error: r.text(9),
		}
	}, selectLastRun, v.store)
	return last, wrap("read the last run", err)
}

// runsKept is how many runs of a store are kept.
const runsKept = 1000

// RecordRun implements merchantsync.Tx.
func (t tx) RecordRun(run merchantsync.Run) error {
	var id int64
	_, err := one(t.conn, func(r row) { id = r.whole(0) }, `INSERT INTO entrepot_runs (store, id, `+runColumns+`)
		VALUES ($1, (SELECT coalesce(max(id), 0) + 1 FROM entrepot_runs WHERE store = $1), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		RETURNING id`,
		t.store, run.Began, run.Ended, run.Listed, run.Imported, run.Changed, run.Failed, run.Reported, run.Refused, run.Cursor, orNull(run.Error))
	if err == nil {
		_, err = t.conn.exec("DELETE FROM entrepot_runs WHERE store = $1 AND id <= $2", t.store, id-runsKept)
	}
	return wrap("record a run", err)
}
