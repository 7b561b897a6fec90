package ledger_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"entrepot/client"
	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
)

// model is what the interface's comments say, in memory.
type model struct {
	store      int64
	cursor     merchantsync.Cursor
	orders     map[int64]merchantsync.Entry
	statuses   map[int64][]client.Status
	changes    []merchantsync.Change
	troubles   map[int64]merchantsync.Trouble
	reports    []merchantsync.Report // ID is not known
	positions  map[string]int64
	deliveries map[string]map[int64]merchantsync.Delivery
	runs       []merchantsync.Run
}

func newModel(store int64) *model {
	return &model{
		store: store, orders: map[int64]merchantsync.Entry{}, statuses: map[int64][]client.Status{},
		troubles: map[int64]merchantsync.Trouble{}, positions: map[string]int64{},
		deliveries: map[string]map[int64]merchantsync.Delivery{"files": {}, "hook": {}},
	}
}

func (m *model) clone() *model {
	c := *m
	c.orders, c.troubles, c.positions = maps.Clone(m.orders), maps.Clone(m.troubles), maps.Clone(m.positions)
	c.statuses, c.deliveries = map[int64][]client.Status{}, map[string]map[int64]merchantsync.Delivery{}
	for number, list := range m.statuses {
		c.statuses[number] = slices.Clone(list)
	}
	for name, list := range m.deliveries {
		c.deliveries[name] = maps.Clone(list)
	}
	c.changes, c.reports, c.runs = slices.Clone(m.changes), slices.Clone(m.reports), slices.Clone(m.runs)
	return &c
}

func (m *model) put(e merchantsync.Entry) {
	was, there := m.orders[e.Number]
	if !there || was.Status != e.Status {
		m.statuses[e.Number] = append(m.statuses[e.Number], e.Status)
	}
	m.orders[e.Number] = e
	delete(m.troubles, e.Number)
	m.changes = append(m.changes, merchantsync.Change{
		Store: m.store, Seq: int64(len(m.changes)) + 1, Number: e.Number, OrderID: client.MakeOrderID(m.store, e.Number),
		Kind: e.Kind, Standing: e.Standing, Status: e.Status, Test: e.Test, At: e.SeenAt, Document: e.Document,
	})
}

func (m *model) known(match func(merchantsync.Known) bool, less func(a, b merchantsync.Known) int) (list []merchantsync.Known) {
	for _, e := range m.orders {
		if match(e.Known) {
			list = append(list, e.Known)
		}
	}
	slices.SortFunc(list, func(a, b merchantsync.Known) int { return cmp.Or(less(a, b), byNumber(a, b)) })
	return list
}

func byNumber(a, b merchantsync.Known) int { return cmp.Compare(a.Number, b.Number) }

// dueReports are the earliest pending one of each order and kind, if its time
// has come.
func (m *model) dueReports(now time.Time) (list []merchantsync.Report) {
	type lane struct {
		id   client.OrderID
		kind merchantsync.ReportKind
	}
	first := map[lane]bool{}
	for _, r := range m.reports {
		if of := (lane{r.OrderID, r.Kind}); r.State == merchantsync.Pending && !first[of] {
			first[of] = true
			if !r.RetryAt.After(now) {
				list = append(list, r)
			}
		}
	}
	return list
}

func (m *model) dueDeliveries(name string, now time.Time) (list []merchantsync.Delivery) {
	first := map[int64]bool{}
	for _, seq := range slices.Sorted(maps.Keys(m.deliveries[name])) {
		d := m.deliveries[name][seq]
		if !first[d.Number] && !d.RetryAt.After(now) {
			list = append(list, d)
		}
		first[d.Number] = true
	}
	return list
}

func (m *model) tally() merchantsync.Tally {
	t := merchantsync.Tally{
		Troubles: int64(len(m.troubles)), LastSeq: int64(len(m.changes)),
		Reports: map[merchantsync.ReportState]int64{}, Behind: map[string]int64{}, Waiting: map[string]int64{},
	}
	for _, e := range m.orders {
		t.Orders++
		t.TestOrders += oneIf(e.Test)
		t.Ready += oneIf(e.Standing == merchantsync.Ready)
		t.Held += oneIf(e.Standing == merchantsync.Held)
		t.Cancelled += oneIf(e.Standing == merchantsync.Cancelled)
		t.Followed += oneIf(!e.CheckAt.IsZero())
	}
	for _, r := range m.reports {
		t.Reports[r.State]++
	}
	for name, position := range m.positions {
		t.Behind[name] = int64(len(m.changes)) - position
	}
	for name, list := range m.deliveries {
		if len(list) > 0 {
			t.Waiting[name] = int64(len(list))
		}
	}
	return t
}

func oneIf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (m *model) stuck() (list []merchantsync.Stuck) {
	add := func(what string, number int64, detail, reason string, attempts int, since, retry time.Time) {
		list = append(list, merchantsync.Stuck{
			What: what, OrderID: client.MakeOrderID(m.store, number), Detail: detail, Reason: reason, Attempts: attempts, Since: since, RetryAt: retry,
		})
	}
	for _, t := range m.troubles {
		if t.Attempts > 0 {
			add("fetch", t.Number, "", t.Reason, t.Attempts, t.Since, t.RetryAt)
		}
	}
	for name, deliveries := range m.deliveries {
		for _, d := range deliveries {
			if d.Attempts > 0 {
				add(name, d.Number, fmt.Sprintf("%d %s", d.Seq, d.Kind), d.Reason, d.Attempts, d.Since, d.RetryAt)
			}
		}
	}
	for _, r := range m.reports {
		switch {
		case r.State == merchantsync.Refused:
			add("report", r.OrderID.Number(), string(r.Kind)+" "+r.Value, r.Reason, r.Attempts, r.MadeAt, time.Time{})
		case r.State == merchantsync.Pending && r.Attempts > 0:
			add("report", r.OrderID.Number(), string(r.Kind)+" "+r.Value, r.Reason, r.Attempts, r.MadeAt, r.RetryAt)
		}
	}
	return list
}

// TestModel does random things to two stores of one database, and compares
// all that can be read after each transaction, some of which are given up.
func TestModel(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		var ledgers []*ledger.Ledger
		for _, o.Store = range []int64{store, 7} {
			ledgers = append(ledgers, open(t, o))
		}
		rapid.Check(t, func(rt *rapid.T) {
			wipe(rt, o)
			models := []*model{newModel(store), newModel(7)}
			for range rapid.IntRange(1, 5).Draw(rt, "transactions") {
				who := rapid.IntRange(0, 1).Draw(rt, "store")
				models[who] = transact(rt, ledgers[who], models[who])
			}
			for i, m := range models {
				ask := looks.Draw(rt, "look")
				if err := ledgers[i].View(context.Background(), func(v merchantsync.View) error { return m.agree(v, ask) }); err != nil {
					rt.Fatal(err)
				}
				m.compareHistory(rt, o)
			}
		})
	})
}

// wipe empties the tables, but for who holds them.
func wipe(rt *rapid.T, o ledger.Options) {
	for _, sql := range []string{
		"DELETE FROM entrepot_orders", "DELETE FROM entrepot_troubles", "DELETE FROM entrepot_reports",
		"DELETE FROM entrepot_destinations", "DELETE FROM entrepot_runs",
		"UPDATE entrepot_sync SET cursor_number = 0, cursor_placed_at = NULL, last_seq = 0",
	} {
		if err := shopExec(o, sql); err != nil {
			rt.Fatal(err)
		}
	}
}

func transact(rt *rapid.T, l *ledger.Ledger, m *model) *model {
	next := m.clone()
	var todo []act
	for range rapid.IntRange(1, 6).Draw(rt, "acts") {
		todo = append(todo, rapid.SampledFrom(acts).Draw(rt, "act")(rt, next))
	}
	ask := looks.Draw(rt, "look")
	givenUp := rapid.IntRange(0, 4).Draw(rt, "giving up") == 0
	err := l.InTx(context.Background(), func(tx merchantsync.Tx) error {
		for _, do := range todo {
			if err := do(tx, next); err != nil {
				return err
			}
		}
		if err := next.agree(tx, ask); err != nil {
			return err
		}
		if givenUp {
			return errOurs
		}
		return nil
	})
	switch {
	case givenUp && errors.Is(err, errOurs):
		return m
	case err != nil:
		rt.Fatal(err)
	}
	return next
}

// compareHistory looks at the tables themselves.
func (m *model) compareHistory(rt *rapid.T, o ledger.Options) {
	rows, err := shop(o, fmt.Sprintf("SELECT number, seq, status FROM entrepot_order_statuses WHERE store = %d ORDER BY number, seq", m.store))
	if err != nil {
		rt.Fatal(err)
	}
	var want []string
	for _, number := range slices.Sorted(maps.Keys(m.statuses)) {
		for i, status := range m.statuses[number] {
			want = append(want, fmt.Sprintf("%d|%d|%s", number, i+1, status))
		}
	}
	if diff := gocmp.Diff(want, rows, cmpopts.EquateEmpty()); diff != "" {
		rt.Fatalf("the history (-want +got):\n%s", diff)
	}
}
