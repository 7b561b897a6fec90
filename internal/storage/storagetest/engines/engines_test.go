package engines_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"entrepot/internal/demo"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
	"entrepot/internal/storage/storagetest/kept"
	"entrepot/internal/wire"
)

var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func service(storage order.Storage) *order.Service {
	return order.NewService(order.Config{Storage: storage, Codec: wire.Codec{}, Clock: func() time.Time { return now }})
}

// file is what `order export` writes of all stores.
func file(t *testing.T, storage order.Storage) (lines []byte) {
	t.Helper()
	s := service(storage)
	stores, err := s.Stores(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, store := range stores {
		err := s.Export(t.Context(), order.OrdersQuery{Store: store.Number}, func(r *order.Record) (err error) {
			lines, err = wire.AppendRecord(lines, r)
			lines = append(lines, '\n')
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

// take imports a file into stores of its own.
func take(t *testing.T, storage order.Storage, lines []byte) {
	t.Helper()
	s := service(storage)
	for _, number := range []order.StoreNumber{999, 1000} {
		request := order.NewStoreRequest{Number: number, Secret: "5f0c6a52-8e1b-4f0e-9d6c-3f1a2b7c8d9e", Loading: true}
		if _, err := s.AddStore(t.Context(), request); err != nil {
			t.Fatal(err)
		}
	}
	var records []order.Record
	for line := range bytes.Lines(lines) {
		r, err := wire.DecodeRecord(line, 0)
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		records = append(records, r)
	}
	verdicts, err := s.Import(order.Why{Actor: "test"}).Take(t.Context(), records)
	if err != nil || len(verdicts) < 80 {
		t.Fatalf("%d orders, %v", len(verdicts), err)
	}
	for i, v := range verdicts {
		if v.Refused != nil || v.Present {
			t.Errorf("line %d: %+v", i+1, v)
		}
	}
}

// TestRoundTrip exports what one engine has, imports the same file into each,
// and exports it again: the engines agree on every byte, and so does one that
// imports what the other has exported.
func TestRoundTrip(t *testing.T) {
	var exported, again []byte // by the first engine
	engines.Each(t, func(t *testing.T, e engines.Engine) {
		storage := e.Open(t)
		kept.Fill(t, storage)
		lines := file(t, storage)
		if exported == nil {
			exported = lines
		}
		if !bytes.Equal(exported, lines) {
			t.Error("engines with the same orders export different files")
		}
		copied := e.Open(t)
		take(t, copied, exported)
		lines = file(t, copied)
		if again == nil {
			again = lines
		}
		if !bytes.Equal(again, lines) {
			t.Error("engines that imported one file export different ones")
		}
		wantSame(t, exported, lines)
	})
}

// wantSame compares two files; the second was imported, and its histories have
// an entry more.
func wantSame(t *testing.T, was, is []byte) {
	t.Helper()
	history := []byte(`,"entrepot":{`)
	a, b := bytes.Split(was, []byte("\n")), bytes.Split(is, []byte("\n"))
	if len(a) != len(b) {
		t.Fatalf("%d orders, and %d were there", len(b), len(a))
	}
	for i := range a {
		before, _, _ := bytes.Cut(a[i], history)
		after, _, _ := bytes.Cut(b[i], history)
		if !bytes.Equal(before, after) {
			t.Errorf("was %s\nis  %s", before, after)
		}
	}
}

// TestErasedStaysErased erases on each engine, and looks for what it said in
// all that can be read.
func TestErasedStaysErased(t *testing.T) {
	engines.Each(t, func(t *testing.T, e engines.Engine) {
		storage := e.Open(t)
		o := demo.Options{Store: 999, Secret: "5f0c6a52-8e1b-4f0e-9d6c-3f1a2b7c8d9e", Orders: 12, Seed: 3, Now: now}
		if err := demo.Populate(t.Context(), storage, o); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(file(t, storage), []byte("@example.")); n < 12 {
			t.Fatalf("only %d addresses are there before: this test sees nothing", n)
		}
		s := service(storage)
		for n := range 12 {
			if _, err := s.Erase(t.Context(), order.ID{Store: 999, Number: order.Number(n + 1)}, order.Why{Actor: "dpo"}); err != nil {
				t.Fatal(err)
			}
		}
		for name, opened := range map[string]order.Storage{"at once": storage, "when opened again": storage.Again(t)} {
			if left := file(t, opened); bytes.Contains(left, []byte("@example.")) || !bytes.Contains(left, []byte(order.Erased)) {
				t.Errorf("%s: an address is left in\n%s", name, left)
			}
		}
	})
}

// TestKeptAnswersAgree sees that the schemas that were released together
// answered alike.
func TestKeptAnswersAgree(t *testing.T) {
	sqlite, err := os.ReadFile("../../sqlite/testdata/schema-2.answers.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	postgres, err := os.ReadFile("../../postgres/testdata/schema-1.answers.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(sqlite, postgres) {
		t.Error("the same population was answered for differently")
	}
}
