package ledger

import (
	"time"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

const (
	reportColumns = "id, key, order_id, kind, value, state, reason, attempts, made_at, retry_at"
	selectReports = "SELECT " + reportColumns + ` FROM entrepot_reports AS r
		WHERE store = $1 AND state = 'pending' AND (retry_at IS NULL OR retry_at <= $2)
		AND NOT EXISTS (SELECT 1 FROM entrepot_reports AS e
			WHERE e.store = r.store AND e.number = r.number AND e.kind = r.kind AND e.state = 'pending' AND e.id < r.id)
		ORDER BY id LIMIT CAST($3 AS BIGINT)`
	// A report that names no store of ours is everybody's.
	selectStuckReports = "SELECT " + reportColumns + ` FROM entrepot_reports
		WHERE (store = $1 OR store IS NULL) AND (state = 'refused' OR (state = 'pending' AND attempts > 0))
		ORDER BY made_at, id LIMIT CAST($2 AS BIGINT)`
)

func readReport(r row) merchantsync.Report {
	return merchantsync.Report{
		ID: r.whole(0), Key: r.text(1), OrderID: client.OrderID(r.text(2)), Kind: merchantsync.ReportKind(r.text(3)),
		Value: r.text(4), State: merchantsync.ReportState(r.text(5)), Reason: r.text(6),
		Attempts: int(r.whole(7)), MadeAt: r.moment(8), RetryAt: r.moment(9),
	}
}

// Reports implements merchantsync.View.
func (v view) Reports(now time.Time, limit int) ([]merchantsync.Report, error) {
	list, err := all(v.conn, readReport, selectReports, v.store, now, int64(limit))
	return list, wrap("list reports", err)
}

func (v view) stuckReports(limit int) ([]merchantsync.Stuck, error) {
	return all(v.conn, func(row row) merchantsync.Stuck {
		r := readReport(row)
		s := merchantsync.Stuck{
			What: "report", OrderID: r.OrderID, Detail: string(r.Kind) + " " + r.Value,
			Reason: r.Reason, Attempts: r.Attempts, Since: r.MadeAt,
		}
		if r.State == merchantsync.Pending {
			s.RetryAt = r.RetryAt
		}
		return s
	}, selectStuckReports, v.store, int64(limit))
}

var reports = newTable("entrepot_reports", "order_id kind value made_at:time added_by:whole key",
	" ON CONFLICT (added_by, key) DO NOTHING")

// AddReports implements merchantsync.Tx. What can be no report is added and
// refused at once, by a trigger, as it is for the shop's own rows.
func (t tx) AddReports(list []merchantsync.Report) (int, error) {
	rows := make([][]any, len(list))
	for i, r := range list {
		id := r.OrderID
		if id.Store() == 0 && id.Number() > 0 { // the number alone
			id = client.MakeOrderID(t.store, id.Number())
		}
		if r.MadeAt.IsZero() {
			r.MadeAt = t.clock()
		}
		rows[i] = []any{text(string(id)), text(string(r.Kind)), text(r.Value), r.MadeAt, t.store, orNull(r.Key)}
	}
	added, err := t.conn.insert(reports, rows)
	return int(added), wrap("add reports", err)
}

// SetReport implements merchantsync.Tx.
func (t tx) SetReport(r merchantsync.Report) error {
	_, err := t.conn.exec(`UPDATE entrepot_reports SET state = $1, reason = $2, attempts = $3, retry_at = $4 WHERE id = $5 AND store = $6`,
		string(r.State), orNull(r.Reason), int64(r.Attempts), optional(r.RetryAt), r.ID, t.store)
	return wrap("keep what became of a report", err)
}
