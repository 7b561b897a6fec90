package order

import (
	"runtime"
	"testing"
	"time"
)

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestRehearsedBytes holds a rehearsal to the memory that the help of the
// command promises, right after its map has grown as well as before.
func TestRehearsedBytes(t *testing.T) {
	s := &Service{}
	before := heap()
	i := s.RehearseImport()
	r := Record{}
	r.Head.Store = 999
	for n := 1; n <= 120_000; n++ {
		r.Head.Number = Number(n)
		i.pretend.add(&r)
		if n < 60_000 || n%10_000 != 0 {
			continue
		}
		if each := float64(heap()-before) / float64(n); each > RehearsedBytes {
			t.Errorf("%d orders take %.1f bytes each, more than %d", n, each, RehearsedBytes)
		}
	}
	runtime.KeepAlive(i)
}

// TestRehearsalDigest: an order that differs in anything that an import
// compares has another digest.
func TestRehearsalDigest(t *testing.T) {
	p := (&Service{}).RehearseImport().pretend
	base := func() *Record {
		return &Record{Stored: Stored{
			Head: Head{ID: ID{Store: 1, Number: 2}, Tracking: []string{"A", "B"}}, Document: Document{Format: 1, Body: []byte("{}")},
			Notes: []Note{{Text: "x"}},
		}}
	}
	same := p.digest(base())
	if p.digest(base()) != same {
		t.Fatal("the same order has two digests")
	}
	for name, change := range map[string]func(*Record){
		"orderDate":           func(r *Record) { r.Head.PlacedAt = time.UnixMilli(1).UTC() },
		"orderStatus":         func(r *Record) { r.Head.State.Status = OnHold },
		"the status to go to": func(r *Record) { r.Head.State.Resume = InProcess },
		"orderStatusDate":     func(r *Record) { r.Head.StatusAt = time.UnixMilli(1).UTC() },
		"testOrder":           func(r *Record) { r.Head.Test = true },
		"merchantOrderId":     func(r *Record) { r.Head.MerchantOrderID = "1" },
		"referenceId":         func(r *Record) { r.Head.ReferenceID = "1" },
		"trackingNumber":      func(r *Record) { r.Head.Tracking = []string{"A B"} },
		"notes":               func(r *Record) { r.Notes[0].Text = "y" },
		"no notes":            func(r *Record) { r.Notes = nil },
		"the details":         func(r *Record) { r.Document.Body = []byte("{ }") },
		"their format":        func(r *Record) { r.Document.Format = 2 },
	} {
		other := base()
		change(other)
		if p.digest(other) == same {
			t.Errorf("another %s is not seen", name)
		}
	}
}
