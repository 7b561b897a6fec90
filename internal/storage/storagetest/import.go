package storagetest

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/money"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

const loadingStore order.StoreNumber = 1001

// newLoading adds a store that is loading.
func newLoading(t *testing.T, s *order.Service) {
	t.Helper()
	if _, err := s.AddStore(t.Context(), order.NewStoreRequest{Number: loadingStore, Secret: secret, Loading: true}); err != nil {
		t.Fatal(err)
	}
}

// record is an order as it comes from elsewhere.
func record(t *testing.T, store order.StoreNumber, number order.Number, at time.Time) order.Record {
	t.Helper()
	doc, err := codec.EncodeDetails(&order.Details{Misc: [6]string{"kept"}, Totals: order.Totals{Currency: money.Currency{Code: money.Dollar, Places: money.Cents}}})
	if err != nil {
		t.Fatal(err)
	}
	return order.Record{Stored: order.Stored{Document: doc, Head: order.Head{
		ID: order.ID{Store: store, Number: number}, PlacedAt: at, StatusAt: at.Add(time.Hour),
		State: order.State{Status: order.OnHold, Resume: order.Preparing}, MerchantOrderID: "m", Tracking: []string{"A", "B"},
	}, Notes: []order.Note{{CreatedAt: at, CreatedBy: "ann", Text: "x", Extra: `"a":1`}}}}
}

// take imports records and answers what was refused, "" for what was added and
// "=" for what was there.
func take(t *testing.T, i *order.Import, records ...order.Record) (answers []string) {
	t.Helper()
	verdicts, err := i.Take(t.Context(), records)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		switch {
		case v.Refused != nil:
			answers = append(answers, v.Refused.Error())
		case v.Present:
			answers = append(answers, "=")
		default:
			answers = append(answers, "")
		}
	}
	return answers
}

func wantTaken(t *testing.T, got []string, want ...string) {
	t.Helper()
	same := slices.EqualFunc(got, want, func(got, want string) bool {
		return got == want || (len(want) > 1 && strings.Contains(got, want))
	})
	if !same {
		t.Errorf("the import says %q, want %q", got, want)
	}
}

func testImport(t *testing.T, storage order.Storage) {
	c := newClock(begin.Add(time.Hour)) // the status of an order that was placed at begin is of now
	s := newService(t, storage, c)
	newLoading(t, s)
	day := 24 * time.Hour
	at := func(number order.Number, daysAgo int) order.Record {
		return record(t, loadingStore, number, begin.Add(-time.Duration(daysAgo)*day))
	}
	batch := []order.Record{at(20, 5), at(10, 9), at(10, 9), at(10, 8), at(15, -1), record(t, 77, 1, begin), at(12, 2)}
	verdicts := []string{"", "", "=", "already with other content", "orderDate: lies in the future", "orderId: there is no store 77", ""}

	rehearsal := s.RehearseImport()
	wantTaken(t, take(t, rehearsal, batch...), verdicts...)
	other := at(20, 5)
	other.Head.MerchantOrderID = "n"
	wantTaken(t, take(t, rehearsal, batch[0], other), "=", "already with other content")
	view(t, storage, func(v order.View) error {
		_, err := v.Head(batch[0].Head.ID)
		wantFault(t, err, fault.NotFound)
		counter, err := v.Counter(loadingStore)
		if counter.Last != 0 {
			t.Errorf("a rehearsal has raised the counter: %+v", counter)
		}
		return err
	})

	wantTaken(t, take(t, s.Import(why), batch...), verdicts...)
	wantTaken(t, take(t, s.Import(why), other), "other content: merchantOrderId")
	wantTaken(t, take(t, s.Import(why), batch...), "=", "=", "=", "other content: orderDate, orderStatusDate, notes", "future", "no store", "=")
	wantImported(t, storage, batch[0])
	wantClosed(t, s)
	openLoading(t, s)

	skewed, future := at(31, 0), at(32, 0)
	skewed.Head.StatusAt = skewed.Head.PlacedAt.Add(-time.Second) // by another server's clock
	future.Head.StatusAt = c.now().Add(time.Millisecond)
	wantTaken(t, take(t, s.Import(why), at(19, 1), at(20, 5), at(30, 7), at(25, 1), skewed, future),
		"is not above 1001-20, the store's highest number", "=", "", "is not above 1001-30", "", "orderStatusDate: lies in the future")
	placed := mustOrder(t, s, loadingStore, checkout(), "")
	if placed.Number != 32 {
		t.Errorf("the order after the import is %s", placed)
	}
	view(t, storage, func(v order.View) error {
		measured, err := v.DateDisorder(loadingStore)
		if err != nil {
			return err
		}
		counter, err := v.Counter(loadingStore)
		if want := 5 * day; counter.Disorder != want || measured != want { // 30 lies so much before 12
			t.Errorf("disorder %v, measured %v, want %v", counter.Disorder, measured, want)
		}
		return err
	})
}

func wantImported(t *testing.T, storage order.Storage, r order.Record) {
	t.Helper()
	view(t, storage, func(v order.View) error {
		head, doc, err := v.Detail(r.Head.ID)
		if err != nil {
			return err
		}
		notes, err := v.Notes(r.Head.ID)
		if err != nil {
			return err
		}
		got, err := wire.AppendDetail(nil, &order.Stored{Head: head, Document: doc, Notes: notes})
		if err != nil {
			return err
		}
		want, err := wire.AppendDetail(nil, &r.Stored)
		if !bytes.Equal(got, want) || head.State != r.Head.State {
			t.Errorf("the import of\n%s\nanswers\n%s", want, got)
		}
		return err
	})
	changes := history(t, storage, r.Head.ID)
	if len(changes) != 1 || changes[0].Kind != order.ChangeImported || changes[0].Actor != why.Actor || changes[0].To != string(r.Head.State.Status) {
		t.Errorf("the history is %+v", changes)
	}
}

// wantClosed sees that a store that is loading shows no lists, takes no carts,
// and leaves that state in no way but one.
func wantClosed(t *testing.T, s *order.Service) {
	t.Helper()
	err := s.Read(t.Context(), order.Credentials{Store: loadingStore, Secret: secret}, func(r order.Reader) error {
		if _, err := r.Detail(20); err != nil {
			t.Errorf("an order of a loading store: %v", err)
		}
		return r.List(order.ListQuery{}, func(*order.Listed) error { return nil })
	})
	wantFault(t, err, fault.Closed)
	_, err = newCart(t.Context(), s, loadingStore, "")
	wantFault(t, err, fault.Closed)
	wantFault(t, s.CloseStore(t.Context(), loadingStore), fault.Closed)
	for _, state := range []order.StoreState{order.StoreOpen, order.StoreClosed} {
		wantFault(t, s.ConfigureStore(t.Context(), loadingStore, func(st *order.Store) { st.State = state }), fault.Closed)
	}
	wantFault(t, s.ConfigureStore(t.Context(), storeNumber, func(st *order.Store) { st.State = order.StoreLoading }), fault.Closed)
}

func openLoading(t *testing.T, s *order.Service) {
	t.Helper()
	for range 2 { // the second time changes nothing
		if err := s.OpenStore(t.Context(), loadingStore); err != nil {
			t.Fatal(err)
		}
	}
	store, err := s.Store(t.Context(), loadingStore)
	if err != nil || store.State != order.StoreOpen {
		t.Fatalf("the store is %s: %v", store.State, err)
	}
}

// testImportSandbox sees that a sandbox stays one.
func testImportSandbox(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin.Add(time.Hour)))
	if _, err := s.AddStore(t.Context(), order.NewStoreRequest{Number: loadingStore, Secret: secret, Test: true}); err != nil {
		t.Fatal(err)
	}
	live, sandbox := record(t, loadingStore, 1, begin), record(t, loadingStore, 2, begin)
	sandbox.Head.Test = true
	wantTaken(t, take(t, s.Import(why), live, sandbox), "testOrder: is false", "")
}

// testDisorderedLists compares lists of orders whose dates do not grow with
// their numbers with a selection one by one: from a little disorder to none of
// the order left, with the numbers in any order before the store is opened and
// growing after.
func testDisorderedLists(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same every time
	for i, disorder := range []time.Duration{0, time.Hour, 10 * time.Hour, 1000 * time.Hour} {
		store := order.StoreNumber(2000 + i)
		if _, err := s.AddStore(t.Context(), order.NewStoreRequest{Number: store, Secret: secret, Loading: true}); err != nil {
			t.Fatal(err)
		}
		var records []order.Record
		for n := range 80 {
			late := time.Duration(0)
			if disorder > 0 && random.IntN(3) == 0 {
				late = time.Duration(random.Int64N(int64(disorder))).Truncate(30 * time.Minute)
			}
			r := record(t, store, order.Number(3*n+1), begin.Add(time.Duration(n-2000)*time.Hour/2-late))
			r.Notes = nil
			if random.IntN(2) == 0 {
				r.Head.MerchantOrderID = ""
			}
			records = append(records, r)
		}
		loading := slices.Clone(records[:50])
		random.Shuffle(len(loading), func(a, b int) { loading[a], loading[b] = loading[b], loading[a] })
		take(t, s.Import(why), loading...)
		if err := s.OpenStore(t.Context(), store); err != nil {
			t.Fatal(err)
		}
		take(t, s.Import(why), records[50:]...)
		for range 300 {
			compareLists(t, storage, store, records, random)
		}
	}
}

func compareLists(t *testing.T, storage order.Storage, store order.StoreNumber, records []order.Record, random *rand.Rand) {
	t.Helper()
	moment := func() time.Time {
		if random.IntN(4) == 0 {
			return time.Time{}
		}
		at := records[random.IntN(len(records))].Head.PlacedAt
		return at.Add(time.Duration(random.IntN(3)-1) * time.Millisecond)
	}
	q := order.ListQuery{
		Store: store, PlacedFrom: moment(), PlacedBefore: moment(),
		Unmerchanted: random.IntN(2) == 0, WithStatus: random.IntN(2) == 0,
	}
	if random.IntN(2) == 0 {
		q.After = records[random.IntN(len(records))].Head.Number
	}
	var want, got, whole []order.Number
	for _, r := range records {
		if selects(q, r.Head) {
			want = append(want, r.Head.Number)
		}
	}
	for _, l := range list(t, storage, q) {
		got = append(got, l.Number)
		if q.WithStatus && l.Status != order.OnHold {
			t.Fatalf("%+v lists %+v", q, l)
		}
	}
	if !slices.Equal(want, got) {
		t.Fatalf("%+v lists %v, want %v", q, got, want)
	}
	checkSpan(t, storage, q, list(t, storage, q))
	if q.Unmerchanted {
		return
	}
	view(t, storage, func(v order.View) error {
		whole = nil
		of := order.OrdersQuery{Store: store, After: q.After, PlacedFrom: q.PlacedFrom, PlacedBefore: q.PlacedBefore}
		return v.Orders(of, func(h order.Head, _ order.Document) error {
			whole = append(whole, h.Number)
			return nil
		})
	})
	if !slices.Equal(want, whole) {
		t.Fatalf("%+v has the orders %v, want %v", q, whole, want)
	}
}
