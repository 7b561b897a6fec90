package ledger_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

// act is something that is done to a ledger and to its model.
type act func(merchantsync.Tx, *model) error

var (
	numbers  = rapid.Int64Range(1, 12)
	instants = rapid.Custom(func(t *rapid.T) time.Time {
		return begin.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "minutes")) * time.Minute)
	})
	sometimes = rapid.OneOf(rapid.Just(time.Time{}), instants)
	names     = rapid.SampledFrom([]string{"files", "hook"})
	reasons   = rapid.SampledFrom([]string{"", "it broke", "‰"})
	statuses  = rapid.SampledFrom([]client.Status{client.OrderInProcess, client.FraudReview, client.OrderCancelled, "SOMETHING_NEW", ""})
	attempts  = rapid.IntRange(0, 2)
)

var entries = rapid.Custom(func(t *rapid.T) merchantsync.Entry {
	e := entry(numbers.Draw(t, "number"), statuses.Draw(t, "status"), rapid.SampledFrom([]merchantsync.ChangeKind{
		merchantsync.Imported, merchantsync.HeldBack, merchantsync.Released, merchantsync.CalledOff, merchantsync.Updated,
	}).Draw(t, "kind"))
	e.PlacedAt, e.StatusAt, e.SeenAt = sometimes.Draw(t, "placed"), sometimes.Draw(t, "since"), instants.Draw(t, "seen")
	e.Test, e.MerchantOrderID = rapid.Bool().Draw(t, "test"), rapid.SampledFrom([]string{"", "M-1", "Ω"}).Draw(t, "merchant")
	e.Checks, e.CheckAt = rapid.IntRange(0, 3).Draw(t, "checks"), sometimes.Draw(t, "check")
	e.Document = fmt.Appendf(nil, `{"salt":%d, "b":1,"a":"ü"}`, rapid.Int().Draw(t, "salt"))
	e.Digest = sha256.Sum256(e.Document)
	return e
})

var acts = []func(*rapid.T, *model) act{
	func(t *rapid.T, _ *model) act {
		c := merchantsync.Cursor{Number: numbers.Draw(t, "cursor"), PlacedAt: sometimes.Draw(t, "placed")}
		return func(tx merchantsync.Tx, m *model) error { m.cursor = c; return tx.SetCursor(c) }
	},
	func(t *rapid.T, _ *model) act {
		list := rapid.SliceOfN(entries, 0, 6).Draw(t, "entries")
		return func(tx merchantsync.Tx, m *model) error {
			for _, e := range list {
				m.put(e)
			}
			return tx.Put(list)
		}
	},
	func(t *rapid.T, _ *model) act {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) merchantsync.Known {
			return merchantsync.Known{Number: numbers.Draw(t, "number"), Checks: rapid.IntRange(0, 9).Draw(t, "checks"), CheckAt: sometimes.Draw(t, "check")}
		}), 0, 4).Draw(t, "looks")
		return func(tx merchantsync.Tx, m *model) error {
			for _, k := range list {
				if e, there := m.orders[k.Number]; there {
					e.Checks, e.CheckAt = k.Checks, k.CheckAt
					m.orders[k.Number] = e
				}
			}
			return tx.Look(list)
		}
	},
	func(t *rapid.T, _ *model) act {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) merchantsync.Trouble {
			return merchantsync.Trouble{
				Number: numbers.Draw(t, "number"), Reason: reasons.Draw(t, "reason"), Attempts: attempts.Draw(t, "attempts"),
				Since: instants.Draw(t, "since"), RetryAt: sometimes.Draw(t, "retry"),
			}
		}), 0, 4).Draw(t, "troubles")
		return func(tx merchantsync.Tx, m *model) error {
			for _, one := range list {
				m.troubles[one.Number] = one
			}
			return tx.PutTroubles(list)
		}
	},
	func(t *rapid.T, _ *model) act {
		ended := rapid.SliceOfN(numbers, 0, 3).Draw(t, "ended")
		return func(tx merchantsync.Tx, m *model) error {
			for _, number := range ended {
				delete(m.troubles, number)
			}
			return tx.EndTroubles(ended)
		}
	},
	addReports, setReport, setPosition, putDelivery, dropDelivery,
	func(t *rapid.T, _ *model) act {
		run := merchantsync.Run{
			Began: instants.Draw(t, "began"), Ended: instants.Draw(t, "ended"), Listed: numbers.Draw(t, "listed"),
			Imported: 1, Changed: 2, Failed: 3, Reported: 4, Refused: 5, Cursor: 6, Error: reasons.Draw(t, "error"),
		}
		return func(tx merchantsync.Tx, m *model) error { m.runs = append(m.runs, run); return tx.RecordRun(run) }
	},
}

func addReports(t *rapid.T, m *model) act {
	list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) merchantsync.Report {
		return merchantsync.Report{
			Key: rapid.SampledFrom([]string{"", "", "k1", "k2", "k3"}).Draw(t, "key"), OrderID: client.MakeOrderID(m.store, rapid.Int64Range(1, 3).Draw(t, "number")),
			Kind:  rapid.SampledFrom([]merchantsync.ReportKind{merchantsync.ReportStatus, merchantsync.ReportTracking, merchantsync.ReportMerchantID}).Draw(t, "kind"),
			Value: "a,b", State: merchantsync.Pending, MadeAt: instants.Draw(t, "made"),
		}
	}), 0, 4).Draw(t, "reports")
	return func(tx merchantsync.Tx, m *model) error {
		want := 0
		for _, r := range list {
			if r.Key == "" || !slices.ContainsFunc(m.reports, func(o merchantsync.Report) bool { return o.Key == r.Key }) {
				m.reports = append(m.reports, r)
				want++
			}
		}
		added, err := tx.AddReports(list)
		if err == nil && added != want {
			err = fmt.Errorf("%d reports were added, not %d", added, want)
		}
		return err
	}
}

// setReport works on what Reports lists, as the daemon does.
func setReport(t *rapid.T, _ *model) act {
	now := instants.Draw(t, "now")
	state := rapid.SampledFrom([]merchantsync.ReportState{merchantsync.Pending, merchantsync.Taken, merchantsync.Refused}).Draw(t, "state")
	reason, tried, retry := reasons.Draw(t, "reason"), attempts.Draw(t, "attempts"), sometimes.Draw(t, "retry")
	return func(tx merchantsync.Tx, m *model) error {
		due, err := tx.Reports(now, 1)
		if err != nil || len(due) == 0 {
			return err
		}
		at := slices.IndexFunc(m.reports, func(r merchantsync.Report) bool {
			return r.State == merchantsync.Pending && r.OrderID == due[0].OrderID
		})
		set := due[0]
		set.State, set.Reason, set.Attempts, set.RetryAt = state, reason, tried, retry
		m.reports[at].State, m.reports[at].Reason, m.reports[at].Attempts, m.reports[at].RetryAt = state, reason, tried, retry
		return tx.SetReport(set)
	}
}

func setPosition(t *rapid.T, _ *model) act {
	name, back := names.Draw(t, "destination"), numbers.Draw(t, "back")
	return func(tx merchantsync.Tx, m *model) error {
		m.positions[name] = max(0, int64(len(m.changes))-back)
		return tx.SetPosition(name, m.positions[name])
	}
}

func putDelivery(t *rapid.T, _ *model) act {
	name, back := names.Draw(t, "destination"), rapid.IntRange(1, 4).Draw(t, "back")
	d := merchantsync.Delivery{
		Destination: name, Reason: reasons.Draw(t, "reason"), Attempts: attempts.Draw(t, "attempts"),
		Since: instants.Draw(t, "since"), RetryAt: sometimes.Draw(t, "retry"),
	}
	return func(tx merchantsync.Tx, m *model) error {
		if len(m.changes) < back {
			return nil
		}
		d.Change = m.changes[len(m.changes)-back]
		m.deliveries[name][d.Seq] = d
		return tx.PutDelivery(d)
	}
}

func dropDelivery(t *rapid.T, _ *model) act {
	name, back := names.Draw(t, "destination"), rapid.Int64Range(0, 4).Draw(t, "back")
	return func(tx merchantsync.Tx, m *model) error {
		seq := int64(len(m.changes)) - back
		delete(m.deliveries[name], seq)
		return tx.DropDelivery(name, seq)
	}
}
