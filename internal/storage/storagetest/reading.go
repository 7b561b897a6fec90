package storagetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"entrepot/internal/order"
)

// testOwnWrites sees that a transaction reads what it has written.
func testOwnWrites(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	id := mustOrder(t, s, storeNumber, checkout(), "")
	err := storage.InTx(t.Context(), func(tx order.Tx) error {
		if err := tx.SetMerchantOrderID(id, "own"); err != nil {
			return err
		}
		if h, err := tx.Head(id); err != nil || h.MerchantOrderID != "own" {
			t.Errorf("the head is %+v, %v", h, err)
		}
		if err := tx.AddNote(id, order.Note{Text: "own"}); err != nil {
			return err
		}
		if notes, err := tx.Notes(id); err != nil || len(notes) != 1 || notes[0].Text != "own" {
			t.Errorf("the notes are %+v, %v", notes, err)
		}
		if err := tx.AddChange(id, order.Change{At: begin, Kind: order.ChangeNote}); err != nil {
			return err
		}
		changes, err := tx.History(id)
		if len(changes) != 2 || changes[1].Seq != 2 {
			t.Errorf("the history is %+v", changes)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// testReadsWhileListing asks for something else in the middle of a list.
func testReadsWhileListing(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	for range 3 {
		mustOrder(t, s, storeNumber, checkout(), "")
	}
	view(t, storage, func(v order.View) error {
		n := 0
		look := func(number order.Number) error {
			n++
			_, headErr := v.Head(order.ID{Store: storeNumber, Number: number})
			_, storeErr := v.Store(storeNumber)
			return errors.Join(headErr, storeErr)
		}
		err := v.List(order.ListQuery{Store: storeNumber}, func(l *order.Listed) error { return look(l.Number) })
		whole := v.Orders(order.OrdersQuery{Store: storeNumber}, func(h order.Head, _ order.Document) error { return look(h.Number) })
		if n != 6 {
			t.Errorf("%d of 6 orders", n)
		}
		return errors.Join(err, whole)
	})
}

// testLongTexts keeps texts that no index takes, and finds by them.
func testLongTexts(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	var ids []order.ID
	var references []string
	for n := range 3 { // they differ in the end only
		var long strings.Builder
		for i := range 60_000 {
			fmt.Fprintf(&long, "%x", i*i%251)
		}
		references = append(references, long.String()+fmt.Sprint(n))
		ids = append(ids, mustOrder(t, s, storeNumber, checkout(), references[n]))
	}
	for n, reference := range references {
		view(t, storage, func(v order.View) error {
			found, err := v.ByReference(storeNumber, reference, 9)
			if len(found) != 1 || found[0] != ids[n] {
				t.Errorf("reference %d is found in %v", n, found)
			}
			heads, headsErr := v.Heads(order.HeadQuery{Store: storeNumber, ReferenceID: reference})
			if len(heads) != 1 || heads[0].ID != ids[n] || heads[0].ReferenceID != reference {
				t.Errorf("reference %d is found in %d heads", n, len(heads))
			}
			return errors.Join(err, headsErr)
		})
	}
}

// testEraseForeignHistory erases an order whose history came with an import:
// what another server calls its entries, nobody knows, nor what they say.
func testEraseForeignHistory(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	id := mustOrder(t, s, storeNumber, checkout(), "")
	kinds := []order.ChangeKind{order.ChangePlaced, order.ChangeStatus, order.ChangeTracking, order.ChangeNote, order.ChangeImported, order.ChangeErased, "carrier-called"}
	err := storage.InTx(t.Context(), func(tx order.Tx) error {
		if err := tx.AddNote(id, order.Note{CreatedBy: "Ann Example", Customer: true, Text: "hello"}); err != nil {
			return err
		}
		for _, kind := range kinds {
			err := tx.AddChange(id, order.Change{Actor: "packer", Kind: kind, From: "Ann Example was out", To: "Ann Example was in"})
			if err != nil {
				return err
			}
		}
		if err := tx.AddChange(id, order.Change{Actor: "Ann Example", Kind: "customer-called"}); err != nil {
			return err
		}
		moved := order.Change{Actor: "packer", Kind: "carrier-moved", From: string(order.InProcess), To: string(order.OnHold)}
		return tx.AddChange(id, moved)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Erase(t.Context(), id, order.Why{Actor: "dpo"}); err != nil {
		t.Fatal(err)
	}
	changes := history(t, storage, id)
	for _, c := range changes {
		if said := fmt.Sprint(c); strings.Contains(said, "Ann Example") {
			t.Errorf("the history still says %s", said)
		}
	}
	if moved := changes[len(changes)-2]; moved.From != string(order.InProcess) || moved.To != string(order.OnHold) || moved.Actor != "packer" {
		t.Errorf("statuses name nobody, and are %q and %q by %q", moved.From, moved.To, moved.Actor)
	}
}

// testCheckRebuilds keeps a document that says the same in other bytes.
func testCheckRebuilds(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	id := mustOrder(t, s, storeNumber, checkout(), "")
	mustOrder(t, s, storeNumber, checkout(), "")
	checkFinds(t, s)
	err := storage.InTx(t.Context(), func(tx order.Tx) error {
		_, doc, err := tx.Detail(id)
		if err != nil {
			return err
		}
		doc.Body = append([]byte("{ "), doc.Body[1:]...)
		if err := tx.EraseOrder(id, order.Erasure{Document: doc}); err != nil {
			return err
		}
		return tx.AddChange(id, order.Change{At: begin.Add(time.Hour), Kind: order.ChangeErased})
	})
	if err != nil {
		t.Fatal(err)
	}
	var found []order.Problem
	if _, err := s.Check(t.Context(), order.Checking{Problem: func(p order.Problem) { found = append(found, p) }}); err != nil {
		t.Fatal(err)
	}
	want := order.Problem{Order: id, Text: "its document differs from what its parts make"}
	if len(found) != 1 || found[0] != want {
		t.Errorf("found %v, want %v", found, want)
	}
}
