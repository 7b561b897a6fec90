package storagetest

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"entrepot/internal/demo"
	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// testMove carries the demo's orders, in every status, into another storage:
// they give the same answers, byte for byte, and so do the lists.
func testMove(t *testing.T, open Open) {
	from, to := open(t), open(t)
	now := time.Now()
	err := demo.Populate(t.Context(), from, demo.Options{Store: loadingStore, Secret: secret, Orders: 700, Seed: 7, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	source := order.NewService(order.Config{Storage: from, Codec: codec})
	target := order.NewService(order.Config{Storage: to, Codec: codec})
	newLoading(t, target)
	lines := export(t, source)
	importing := target.Import(why)
	for _, batch := range [][][]byte{lines[400:], lines[:500]} {
		var records []order.Record
		for _, line := range batch {
			r, err := wire.DecodeRecord(line, 0)
			if err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			records = append(records, r)
		}
		for i, said := range take(t, importing, records...) {
			if said != "" && (said != "=" || len(batch) != 500 || i < 400) {
				t.Fatalf("%s: %s", said, batch[i])
			}
		}
	}
	openLoading(t, target)
	statuses := map[order.Status]bool{}
	for n := range lines {
		id := order.ID{Store: loadingStore, Number: order.Number(n + 1)}
		sameOrder(t, from, to, id)
		statuses[head(t, to, id).State.Status] = true
	}
	if len(statuses) != len(order.Statuses()) {
		t.Errorf("the demo has the statuses %v only", statuses)
	}
	q := order.ListQuery{Store: loadingStore, WithStatus: true}
	if !slices.Equal(list(t, from, q), list(t, to, q)) {
		t.Error("the lists differ")
	}
}

// sameOrder compares what is known of an order in two storages; the second has
// one entry of history more.
func sameOrder(t *testing.T, from, to order.Storage, id order.ID) {
	t.Helper()
	answers := make([][]byte, 2)
	for i, storage := range []order.Storage{from, to} {
		view(t, storage, func(v order.View) error {
			h, doc, err := v.Detail(id)
			if err != nil {
				return err
			}
			notes, err := v.Notes(id)
			if err != nil {
				return err
			}
			changes, err := v.History(id)
			if err != nil {
				return err
			}
			stored := order.Stored{Head: h, Document: doc, Notes: notes}
			answers[i], err = wire.AppendRecord(nil, &order.Record{Stored: stored, History: changes[:len(changes)-i]})
			return err
		})
	}
	if !bytes.Equal(answers[0], answers[1]) {
		t.Fatalf("order %s was\n%s\nand is\n%s", id, answers[0], answers[1])
	}
}

func export(t *testing.T, s *order.Service) (lines [][]byte) {
	t.Helper()
	err := s.Export(t.Context(), order.OrdersQuery{Store: loadingStore}, func(r *order.Record) error {
		line, err := wire.AppendRecord(nil, r)
		lines = append(lines, line)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// testExport walks the orders in pages, while new ones come.
func testExport(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	newLoading(t, s)
	if lines := export(t, s); len(lines) != 0 {
		t.Errorf("a store without orders exports %d", len(lines))
	}
	wantFault(t, s.Export(t.Context(), order.OrdersQuery{Store: 77}, nil), fault.NotFound)
	const orders = 1203 // more than two pages
	var records []order.Record
	for n := range orders {
		records = append(records, record(t, loadingStore, order.Number(2*n+2), begin.Add(-time.Hour)))
	}
	take(t, s.Import(why), records...)
	last := order.Number(0)
	count := 0
	err := s.Export(t.Context(), order.OrdersQuery{Store: loadingStore}, func(r *order.Record) error {
		if count++; r.Head.Number <= last || len(r.Notes) != 1 || len(r.History) != 1 {
			t.Errorf("after %d comes %+v", last, r)
		}
		if last = r.Head.Number; count == 1 {
			take(t, s.Import(why), record(t, loadingStore, 5000, begin))
		}
		return nil
	})
	if err != nil || count != orders {
		t.Errorf("%d orders: %v", count, err)
	}
	err = s.Export(t.Context(), order.OrdersQuery{Store: loadingStore}, func(*order.Record) error { return errOnPurpose })
	if err != errOnPurpose { //nolint:errorlint // as it is
		t.Errorf("an error of yield: %v", err)
	}
	var some []order.Number
	q := order.OrdersQuery{Store: loadingStore, After: 3, Through: 9}
	if err := s.Export(t.Context(), q, func(r *order.Record) error { some = append(some, r.Head.Number); return nil }); err != nil || !slices.Equal(some, []order.Number{4, 6, 8}) {
		t.Errorf("%+v: %v, %v", q, some, err)
	}
}
