package ledger_test

import (
	"cmp"
	"context"
	"crypto/sha256"
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

// look is what a view is asked. It is drawn outside of transactions: a panic
// by which rapid gives a draw up would be taken for the transaction's.
type look struct {
	now, from time.Time
	number    int64
	n, limit  int
}

var looks = rapid.Custom(func(t *rapid.T) look {
	return look{
		now: instants.Draw(t, "now"), from: instants.Draw(t, "from"), number: numbers.Draw(t, "of"),
		n: rapid.IntRange(1, 5).Draw(t, "n"), limit: rapid.IntRange(1, 8).Draw(t, "limit"),
	}
})

// agree compares all that a view tells with the model.
func (m *model) agree(v merchantsync.View, ask look) error {
	now, from, number, n, limit := ask.now, ask.from, ask.number, ask.n, ask.limit
	before := from.Add(time.Duration(limit) * time.Minute)
	inRange := func(k merchantsync.Known) bool { return !k.PlacedAt.Before(from) && k.PlacedAt.Before(before) }
	checks := []func() (got, want any, err error){
		func() (any, any, error) { got, err := v.Cursor(); return got, m.cursor, err },
		func() (any, any, error) { return m.compareKnown(v) },
		func() (any, any, error) { got, err := v.Document(number); return got, m.orders[number].Document, err },
		func() (any, any, error) { return m.compareBefore(v, number, n) },
		func() (any, any, error) {
			var got []merchantsync.Known
			err := v.Placed(from, before, func(k merchantsync.Known) error { got = append(got, k); return nil })
			return got, m.known(inRange, byNumber), err
		},
		func() (any, any, error) {
			got, err := v.PlacedBetween(from, before)
			return got, int64(len(m.known(inRange, byNumber))), err
		},
		func() (any, any, error) {
			got, err := v.Due(now, limit)
			want := m.known(func(k merchantsync.Known) bool { return !k.CheckAt.IsZero() && !k.CheckAt.After(now) },
				func(a, b merchantsync.Known) int { return a.CheckAt.Compare(b.CheckAt) })
			return got, first(want, limit), err
		},
		func() (any, any, error) { return m.compareTroubles(v, now, limit) },
		func() (any, any, error) { got, err := v.TroublesOf(numbersUpTo(12)); return got, m.troubles, err },
		func() (any, any, error) {
			got, err := v.Reports(now, limit)
			return got, first(m.dueReports(now), limit), err
		},
		func() (any, any, error) {
			got, err := v.Changes(number, limit)
			return got, first(m.changes[min(int(number), len(m.changes)):], limit), err
		},
		func() (any, any, error) { got, err := v.Position("files"); return got, m.positions["files"], err },
		func() (any, any, error) {
			got, err := v.Deliveries("hook", now, limit)
			return got, first(m.dueDeliveries("hook", now), limit), err
		},
		func() (any, any, error) { return m.compareWaits(v, number) },
		func() (any, any, error) { got, err := v.Tally(now); return got, m.tally(), err },
		func() (any, any, error) { return m.compareStuck(v, limit) },
		func() (any, any, error) {
			got, err := v.LastRun()
			if len(m.runs) == 0 {
				return got, (*merchantsync.Run)(nil), err
			}
			return got, &m.runs[len(m.runs)-1], err
		},
	}
	for i, check := range checks {
		got, want, err := check()
		if err != nil {
			return err
		}
		if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(merchantsync.Report{}, "ID")); diff != "" {
			return fmt.Errorf("look %d (-want +got):\n%s", i, diff)
		}
	}
	return nil
}

func first[T any](list []T, limit int) []T { return list[:min(limit, len(list))] }

func numbersUpTo(n int64) (list []int64) {
	for i := range n {
		list = append(list, i+1)
	}
	return list
}

func (m *model) compareKnown(v merchantsync.View) (any, any, error) {
	want := map[int64]merchantsync.Known{}
	for number, e := range m.orders {
		want[number] = e.Known
	}
	got, err := v.Known(numbersUpTo(13))
	return got, want, err
}

func (m *model) compareBefore(v merchantsync.View, number int64, n int) (any, any, error) {
	below := m.known(func(k merchantsync.Known) bool { return k.Number < number }, func(a, b merchantsync.Known) int { return byNumber(b, a) })
	type answer struct {
		Number int64
		Placed time.Time
		OK     bool
	}
	want := answer{}
	if len(below) > 0 {
		k := below[min(n, len(below))-1]
		want = answer{k.Number, k.PlacedAt, true}
	}
	lower, placed, ok, err := v.Before(number, n)
	return answer{lower, placed, ok}, want, err
}

// compareTroubles knows of no order among those that are due.
func (m *model) compareTroubles(v merchantsync.View, now time.Time, limit int) (any, any, error) {
	got, err := v.Troubles(now, limit)
	due := 0
	for _, one := range m.troubles {
		due += int(oneIf(!one.RetryAt.After(now)))
	}
	if len(got) != min(due, limit) {
		return len(got), min(due, limit), err
	}
	for _, one := range got {
		if want := m.troubles[one.Number]; want != one || one.RetryAt.After(now) {
			return one, want, errors.Join(err, errors.New("a trouble is not what it is, or not due"))
		}
	}
	return nil, nil, err
}

func (m *model) compareWaits(v merchantsync.View, number int64) (any, any, error) {
	got, err := v.Waits("files", number)
	want := false
	for _, d := range m.deliveries["files"] {
		want = want || d.Number == number
	}
	return got, want, err
}

func (m *model) compareStuck(v merchantsync.View, limit int) (any, any, error) {
	order := func(a, b merchantsync.Stuck) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	}
	want := m.stuck()
	slices.SortFunc(want, order)
	all, err := v.Stuck(1000)
	if err != nil {
		return nil, nil, err
	}
	if !slices.IsSortedFunc(all, func(a, b merchantsync.Stuck) int { return a.Since.Compare(b.Since) }) {
		return nil, nil, errors.New("what is stuck is not in the order of its time")
	}
	few, err := v.Stuck(limit)
	if err == nil && (len(few) != min(limit, len(all)) || !sameSince(few, all)) {
		err = errors.New("a few that are stuck are not the first of all")
	}
	slices.SortFunc(all, order)
	return all, want, err
}

func sameSince(few, all []merchantsync.Stuck) bool {
	return slices.EqualFunc(few, all[:len(few)], func(a, b merchantsync.Stuck) bool { return a.Since.Equal(b.Since) })
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
