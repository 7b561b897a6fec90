package storagetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

func wantFault(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got error %v, want the fault %s", err, code)
	}
}

func testStores(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	_, err := s.AddStore(t.Context(), order.NewStoreRequest{Number: storeNumber, Secret: uuid.NewString()})
	wantFault(t, err, fault.Exists)
	next, err := s.AddStore(t.Context(), order.NewStoreRequest{Name: "Nächster", Test: true, Secret: uuid.NewString()})
	if err != nil || next.Number != otherStore+1 {
		t.Fatalf("the next free number is %d, %v; want %d", next.Number, err, otherStore+1)
	}
	loaded, err := s.Store(t.Context(), next.Number)
	if diff := cmp.Diff(next, loaded); err != nil || diff != "" {
		t.Errorf("loaded differently: %v\n%s", err, diff)
	}
	err = s.ConfigureStore(t.Context(), next.Number, func(store *order.Store) {
		store.Name, store.State = "", order.StoreClosed
		store.Settings = order.StoreSettings{RequireSecretForCarts: true, CartLifetime: time.Hour, DomesticShipping: order.ShippingOwnLine, AllowedOrigins: "https://shop.example.com http://127.0.0.1:8998"}
		next = *store
	})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err = s.Store(t.Context(), next.Number)
	if diff := cmp.Diff(next, loaded); err != nil || diff != "" {
		t.Errorf("changed differently: %v\n%s", err, diff)
	}
	stores, err := s.Stores(t.Context())
	if err != nil || len(stores) != 3 || stores[0].Number != storeNumber || stores[2].Number != next.Number {
		t.Errorf("stores %v, %v", stores, err)
	}
	_, err = s.Store(t.Context(), 5)
	wantFault(t, err, fault.NotFound)
	wantFault(t, s.ConfigureStore(t.Context(), 5, func(*order.Store) {}), fault.NotFound)
	wantFault(t, storage.InTx(t.Context(), func(tx order.Tx) error { return tx.SetStore(order.Store{Number: 5, State: order.StoreOpen}) }), fault.NotFound)
	wantFault(t, storage.InTx(t.Context(), func(tx order.Tx) error { return tx.SetSecrets(5, nil) }), fault.NotFound)
}

func testSecrets(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	second, third := uuid.NewString(), uuid.NewString()
	valid := func(secrets ...string) {
		t.Helper()
		for _, candidate := range []string{secret, second, third} {
			_, err := s.Authenticate(t.Context(), order.Credentials{Store: storeNumber, Secret: candidate})
			if want := strings.Contains(strings.Join(secrets, " "), candidate); (err == nil) != want {
				t.Errorf("secret %s: %v, want valid %t", candidate, err, want)
			}
		}
	}
	valid(secret)
	if err := s.RotateSecret(t.Context(), storeNumber, second); err != nil {
		t.Fatal(err)
	}
	valid(secret, second)
	wantFault(t, s.RotateSecret(t.Context(), storeNumber, second), fault.Exists)
	if err := s.RotateSecret(t.Context(), storeNumber, third); err != nil {
		t.Fatal(err)
	}
	valid(second, third)
	wantFault(t, s.RotateSecret(t.Context(), 5, third), fault.NotFound)
	wantFault(t, s.RotateSecret(t.Context(), storeNumber, "password"), fault.Invalid)
	for _, wrong := range []order.Credentials{{Store: otherStore, Secret: third}, {Store: 5, Secret: third}, {Store: storeNumber}, {Secret: third}} {
		_, err := s.Authenticate(t.Context(), wrong)
		wantFault(t, err, fault.Credentials)
	}
}

func testOrders(t *testing.T, storage order.Storage) {
	c := newClock(begin.Add(123 * time.Millisecond))
	s := newService(t, storage, c)
	sandbox := checkout()
	sandbox.Test, sandbox.Screen = true, true
	id := mustOrder(t, s, storeNumber, sandbox, "quote-1")
	if want := (order.ID{Store: storeNumber, Number: 1}); id != want {
		t.Fatalf("the first order is %s, want %s", id, want)
	}
	h := head(t, storage, id)
	want := order.Head{
		ID: id, PlacedAt: c.now(), Test: true, State: order.State{Status: order.FraudReview}, StatusAt: c.now(),
		ReferenceID: "quote-1", Cart: h.Cart, Changes: 1,
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("the head differs:\n%s", diff)
	}
	if err := s.AddTracking(t.Context(), id, []string{"1Z1", "1Z2", "1Z1"}, why); err != nil {
		t.Fatal(err)
	}
	if err := s.SetMerchantOrderID(t.Context(), id, "12-34567", why); err != nil {
		t.Fatal(err)
	}
	view(t, storage, func(v order.View) error {
		h, doc, err := v.Detail(id)
		if err != nil || strings.Join(h.Tracking, ",") != "1Z1,1Z2" || h.MerchantOrderID != "12-34567" || h.Changes != 3 {
			t.Errorf("detail %+v, %v", h, err)
		}
		if doc.Format == 0 || !strings.Contains(string(doc.Body), "Ann Example") {
			t.Errorf("document %d %s", doc.Format, doc.Body)
		}
		return nil
	})
	err := storage.InTx(t.Context(), func(tx order.Tx) error { return tx.InsertOrder(h, order.Document{Format: 1, Body: []byte("{}")}) })
	wantFault(t, err, fault.Exists)
	h.Number = 7
	err = storage.InTx(t.Context(), func(tx order.Tx) error { return tx.InsertOrder(h, order.Document{Format: 1, Body: []byte("{}")}) })
	wantFault(t, err, fault.Exists) // the cart has become an order already
	h.Store, h.Cart = 5, ""
	if err = storage.InTx(t.Context(), func(tx order.Tx) error { return tx.InsertOrder(h, order.Document{Format: 1, Body: []byte("{}")}) }); err == nil {
		t.Error("an order of no store was taken")
	}

	missing := order.ID{Store: otherStore, Number: id.Number}
	wantFault(t, s.SetMerchantOrderID(t.Context(), missing, "x", why), fault.NotFound)
	wantFault(t, s.AddTracking(t.Context(), missing, []string{"x"}, why), fault.NotFound)
	wantFault(t, s.AddNote(t.Context(), missing, order.Note{Text: "x"}, why), fault.NotFound)
	wantFault(t, s.Move(t.Context(), missing, order.Hold, why), fault.NotFound)
	view(t, storage, func(v order.View) error {
		_, err := v.Head(missing)
		wantFault(t, err, fault.NotFound)
		_, _, err = v.Detail(missing)
		wantFault(t, err, fault.NotFound)
		return nil
	})
}

var errOnPurpose = errors.New("on purpose")

func testRollback(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	id := mustOrder(t, s, storeNumber, checkout(), "")
	before, changes := head(t, storage, id), len(history(t, storage, id))
	err := storage.InTx(t.Context(), func(tx order.Tx) error {
		if _, _, err := tx.NextNumber(storeNumber, begin); err != nil {
			return err
		}
		if err := tx.SetMerchantOrderID(id, "half"); err != nil {
			return err
		}
		if err := tx.AddChange(id, order.Change{Kind: order.ChangeNote}); err != nil {
			return err
		}
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(before, head(t, storage, id)); diff != "" || len(history(t, storage, id)) != changes {
		t.Errorf("something is left of a transaction that failed:\n%s", diff)
	}
	if next := mustOrder(t, s, storeNumber, checkout(), ""); next.Number != id.Number+1 {
		t.Errorf("the next number is %d: the one that was rolled back is gone", next.Number)
	}
}

func testNumbers(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	first := mustOrder(t, s, storeNumber, checkout(), "")
	c.set(begin.Add(-time.Hour)) // a clock that was put back
	second := mustOrder(t, s, storeNumber, checkout(), "")
	other := mustOrder(t, s, otherStore, checkout(), "")
	if second.Number != first.Number+1 || other.Number != 1 {
		t.Errorf("numbers %s, %s and %s", first, second, other)
	}
	if at := head(t, storage, second).PlacedAt; !at.Equal(begin) {
		t.Errorf("the second order is of %s, before the first", at)
	}
	if at := head(t, storage, other).PlacedAt; !at.Equal(c.now()) {
		t.Errorf("the other store's order is of %s: stores have nothing to do with each other", at)
	}
	err := storage.InTx(t.Context(), func(tx order.Tx) error {
		_, _, err := tx.NextNumber(5, begin)
		return err
	})
	wantFault(t, err, fault.NotFound)
}

func testReferences(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	var ids []order.ID
	for _, reference := range []string{"a", "b", "a", "a", ""} {
		ids = append(ids, mustOrder(t, s, storeNumber, checkout(), reference))
	}
	mustOrder(t, s, otherStore, checkout(), "b")
	tests := []struct {
		store     order.StoreNumber
		reference string
		limit     int
		want      []order.ID
	}{
		{storeNumber, "a", 2, []order.ID{ids[0], ids[2]}},
		{storeNumber, "a", 9, []order.ID{ids[0], ids[2], ids[3]}},
		{storeNumber, "b", 9, []order.ID{ids[1]}},
		{storeNumber, "c", 9, nil},
		{storeNumber, "", 9, nil},
		{storeNumber, "A", 9, nil},
	}
	for _, test := range tests {
		view(t, storage, func(v order.View) error {
			got, err := v.ByReference(test.store, test.reference, test.limit)
			if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
				t.Errorf("%+v: %v\n%s", test, err, diff)
			}
			return nil
		})
	}
}

func testGuardedStates(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	id := mustOrder(t, s, storeNumber, checkout(), "")
	now := order.State{Status: order.InProcess}
	set := func(from, to order.State) error {
		return storage.InTx(t.Context(), func(tx order.Tx) error { return tx.SetState(id, from, to, begin) })
	}
	wantFault(t, set(order.State{Status: order.Preparing}, order.State{Status: order.ShipmentReady}), fault.Conflict)
	for name, impossible := range map[string]order.State{
		"an unknown status":           {Status: "SHIPPED"},
		"a hold without a way back":   {Status: order.OnHold},
		"a way back without a hold":   {Status: order.Preparing, Resume: order.InProcess},
		"a request without way back":  {Status: order.CancellationRequest},
		"no status":                   {},
		"a cancelled that may return": {Status: order.Cancelled, Resume: order.InProcess},
	} {
		if err := set(now, impossible); err == nil {
			t.Errorf("the database took %s", name)
		}
	}
	held := order.State{Status: order.OnHold, Resume: order.InProcess}
	if err := set(now, held); err != nil {
		t.Fatal(err)
	}
	wantFault(t, set(order.State{Status: order.OnHold, Resume: order.Preparing}, now), fault.Conflict)
	if got := head(t, storage, id).State; got != held {
		t.Errorf("state %v, want %v", got, held)
	}
}

func testHistory(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	id := mustOrder(t, s, storeNumber, checkout(), "")
	steps := []func() error{
		func() error { return s.Move(t.Context(), id, order.Hold, order.Why{Actor: "ann", Reason: "address"}) },
		func() error { return s.SetMerchantOrderID(t.Context(), id, "A", why) },
		func() error { return s.SetMerchantOrderID(t.Context(), id, "A", why) }, // again: no change
		func() error { return s.AddTracking(t.Context(), id, []string{"x", "y"}, why) },
		func() error { return s.AddTracking(t.Context(), id, []string{"y"}, why) }, // again: no change
		func() error { return s.Move(t.Context(), id, order.Release, why) },
		func() error { return s.VendorMove(t.Context(), id, order.LabelsPrinted, why) },
		func() error { return s.AddNote(t.Context(), id, order.Note{Text: "n"}, why) },
	}
	for i, step := range steps {
		c.tick(time.Second)
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	at := func(seconds int) time.Time { return begin.Add(time.Duration(seconds) * time.Second) }
	in, hold := string(order.InProcess), string(order.OnHold)
	want := []order.Change{
		{Seq: 1, At: at(0), Actor: "test", Kind: order.ChangePlaced, To: in, Reason: "a test"},
		{Seq: 2, At: at(1), Actor: "ann", Kind: order.ChangeStatus, From: in, To: hold, Reason: "address"},
		{Seq: 3, At: at(2), Actor: "test", Kind: order.ChangeMerchantOrderID, To: "A", Reason: "a test"},
		{Seq: 4, At: at(4), Actor: "test", Kind: order.ChangeTracking, To: "x,y", Reason: "a test"},
		{Seq: 5, At: at(6), Actor: "test", Kind: order.ChangeStatus, From: hold, To: in, Reason: "a test"},
		{Seq: 6, At: at(7), Actor: "test", Kind: order.ChangeStatus, From: in, To: string(order.LabelsPrinted), Reason: "a test"},
		{Seq: 7, At: at(8), Actor: "test", Kind: order.ChangeNote, Reason: "a test"},
	}
	if diff := cmp.Diff(want, history(t, storage, id)); diff != "" {
		t.Errorf("the history differs:\n%s", diff)
	}
	if h := head(t, storage, id); h.Changes != int64(len(want)) || !h.StatusAt.Equal(at(7)) {
		t.Errorf("the head counts %d changes and holds its status since %s", h.Changes, h.StatusAt)
	}
	wantFault(t, storage.InTx(t.Context(), func(tx order.Tx) error {
		return tx.AddChange(order.ID{Store: storeNumber, Number: 77}, order.Change{Kind: order.ChangeNote})
	}), fault.NotFound)
}

func testNotes(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	id, other := mustOrder(t, s, storeNumber, checkout(), ""), mustOrder(t, s, storeNumber, checkout(), "")
	var want []order.Note
	for i := range 3 {
		c.tick(-time.Minute) // the number orders them, not the time
		n := order.Note{Text: fmt.Sprintf("note %d – ü", i), Customer: i == 1, Flagged: i == 2}
		if err := s.AddNote(t.Context(), id, n, why); err != nil {
			t.Fatal(err)
		}
		n.Seq, n.CreatedAt, n.CreatedBy = int64(i+1), c.now(), "test"
		want = append(want, n)
	}
	err := s.Operate(t.Context(), storeNumber, func(r order.Reader) error {
		stored, err := r.Detail(id.Number)
		if diff := cmp.Diff(want, stored.Notes); diff != "" {
			t.Errorf("the notes differ:\n%s", diff)
		}
		if without, _ := r.Detail(other.Number); len(without.Notes) != 0 {
			t.Errorf("the other order has notes: %v", without.Notes)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, s.AddNote(t.Context(), id, order.Note{}, why), fault.Invalid)
}

func testViewIsOneState(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	id := mustOrder(t, s, storeNumber, checkout(), "")
	view(t, storage, func(v order.View) error {
		before, err := v.Head(id)
		if err != nil {
			return err
		}
		if err := s.SetMerchantOrderID(t.Context(), id, "meanwhile", why); err != nil {
			return err
		}
		mustOrder(t, s, storeNumber, checkout(), "")
		after, _, err := v.Detail(id)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("a view shows two states:\n%s", diff)
		}
		n := 0
		err = errors.Join(err, v.List(order.ListQuery{Store: storeNumber}, func(*order.Listed) error { n++; return nil }))
		if n != 1 {
			t.Errorf("a view lists an order that was placed after it began")
		}
		return err
	})
	if h := head(t, storage, id); h.MerchantOrderID != "meanwhile" {
		t.Error("a new view does not show the last acknowledged write")
	}
}

func testContexts(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	id := mustOrder(t, s, storeNumber, checkout(), "")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.SetMerchantOrderID(ended, id, "late", why); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
	during, cancel := context.WithCancel(t.Context())
	err := storage.InTx(during, func(tx order.Tx) error {
		cancel()
		return tx.SetMerchantOrderID(id, "begun")
	})
	if got := head(t, storage, id).MerchantOrderID; err != nil || got != "begun" {
		t.Errorf("a transaction that had begun: %v, and the id is %q", err, got)
	}
}
