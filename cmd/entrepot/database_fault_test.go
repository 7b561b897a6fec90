package main_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"zombiezen.com/go/sqlite"
)

// Another process keeps the database for longer than a write waits for it.
func TestDatabaseLockedByAnotherProcess(t *testing.T) {
	s, p := served(t, 40)
	other := openFile(t, databaseOf(p))
	defer closeFile(t, other)
	execute(t, other, "BEGIN IMMEDIATE")

	faults := writeAtOnce(t, s, 40)
	command(t, "store", "add", "--data", dataOf(p)).refused(t, "another process holds the database")
	p.blames(t, faults, "another process holds the database")
	p.alive(t)
	execute(t, other, "ROLLBACK")
	for _, w := range writes(1, "after") {
		s.ask(t, w.path, w.keys).succeeded(t)
	}
}

// writeAtOnce sends a write for each order at the same time, and reads for as
// long as they wait. All must be answered with their faults.
func writeAtOnce(t *testing.T, s shop, orders int) []answer {
	answers := make([]answer, orders)
	var waiting sync.WaitGroup
	for i := range orders {
		waiting.Go(func() {
			w := writes(int64(i+1), "locked")[i%4]
			a, err := s.post(t.Context(), w.path, w.keys)
			if err != nil {
				t.Errorf("%s of order %d: %v", w.path, i+1, err)
				return
			}
			a.refused(t, w.status, w.fault)
			answers[i] = a
		})
	}
	answered := make(chan struct{})
	go func() { waiting.Wait(); close(answered) }()
	readUntil(t, s, orders, answered)
	return answers
}

func readUntil(t *testing.T, s shop, orders int, end <-chan struct{}) {
	for reads := 0; ; reads++ {
		list := s.ask(t, numbersPath, longListKeys).body.Orders
		if got := s.detail(t, 1); len(list) != orders || got.Status != "IGLOBAL_ORDER_IN_PROCESS" || got.MerchantOrderID != "" {
			t.Fatalf("read beside a locked database: %d orders, the first is %+v", len(list), got)
		}
		select {
		case <-end:
			if reads == 0 {
				t.Error("nothing was read while writes waited")
			}
			return
		default:
		}
	}
}

// served is a service over a database of its own.
func served(t *testing.T, orders int) (shop, *process) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	s := shop{store: seedStore, secret: seed(t, data, orders)}
	p := serve(t, data)
	s.url = p.url
	return s, p
}

// dataOf is the folder that a process serves.
func dataOf(p *process) string     { return p.cmd.Args[3] }
func databaseOf(p *process) string { return filepath.Join(dataOf(p), "entrepot.db") }

// A write into a file that nobody finds again would be lost.
func TestFolderIsMovedAway(t *testing.T) {
	s, p := served(t, 3)
	for range 64 { // every connection is open by then, and could go on
		s.setMerchantID(t, 1, "before").succeeded(t)
	}
	data := dataOf(p)
	rename(t, data, data+"-elsewhere")
	var faults []answer
	for _, w := range writes(1, "gone") {
		a := s.ask(t, w.path, w.keys)
		a.refused(t, w.status, w.fault)
		faults = append(faults, a)
	}
	p.blames(t, faults, "the database has been moved, removed or replaced")
	p.alive(t)

	rename(t, data+"-elsewhere", data)
	if got := s.detail(t, 1).MerchantOrderID; got != "before" {
		t.Errorf("merchant order id is %q, want %q", got, "before")
	}
	for _, w := range writes(1, "after") {
		s.ask(t, w.path, w.keys).succeeded(t)
	}
	p.stop(t)
}

func TestFolderIsRemoved(t *testing.T) {
	s, p := served(t, 3)
	if err := os.RemoveAll(dataOf(p)); err != nil {
		t.Fatal(err)
	}
	for _, w := range writes(1, "gone") {
		s.ask(t, w.path, w.keys).refused(t, w.status, w.fault)
	}
	p.alive(t)
	p.stop(t)
	if _, err := os.Stat(dataOf(p)); !os.IsNotExist(err) {
		t.Errorf("the folder is there again (%v)", err)
	}
}

// Another database under the same name is not the one that is served.
func TestFolderIsReplaced(t *testing.T) {
	s, p := served(t, 3)
	s.setMerchantID(t, 1, "before").succeeded(t)
	data := dataOf(p)
	rename(t, data, data+"-elsewhere")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	other := shop{url: s.url, store: s.store, secret: seed(t, data, 1)}
	for _, w := range writes(1, "mixed up") {
		s.ask(t, w.path, w.keys).refused(t, w.status, w.fault)
	}
	for range 64 { // every connection has its turn
		list := s.ask(t, numbersPath, longListKeys)
		if len(list.body.Orders) != 3 {
			list.refused(t, http.StatusOK, numbersFault)
		}
		if a := other.ask(t, detailPath, `"orderId": 1`); a.body.Error == nil {
			t.Errorf("the other database's secret is taken: %s", a.text)
		}
	}
	p.alive(t)
	p.stop(t)
	for folder, want := range map[string]string{data + "-elsewhere": "before", data: ""} {
		if got := merchantID(t, filepath.Join(folder, "entrepot.db")); got != want {
			t.Errorf("%s: merchant order id is %q, want %q", folder, got, want)
		}
	}
}

// merchantID is order 1's, as it is in the file.
func merchantID(t *testing.T, file string) (id string) {
	t.Helper()
	readRows(t, file, "SELECT merchant_order_id FROM orders WHERE number = 1", func(row *sqlite.Stmt) { id = row.ColumnText(0) })
	return id
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// The database is cut off while it is served: no request may be answered with
// something else than what was there, and none may end the service.
func TestFileIsTruncatedWhileServed(t *testing.T) {
	s, p := served(t, 300)
	if err := os.Truncate(databaseOf(p), 12288); err != nil {
		t.Fatal(err)
	}
	var faults []answer
	for number := int64(1); number <= 300; number += 10 {
		a := s.ask(t, detailPath, fmt.Sprintf(`"orderId": %d`, number))
		if a.body.Order == nil {
			a.refused(t, http.StatusInternalServerError, detailFault)
			faults = append(faults, a)
		}
	}
	if len(faults) == 0 {
		t.Error("everything can be read from a file without most of its pages")
	}
	p.blames(t, faults, "damaged", "cannot be read")
	p.alive(t)
}
