package storagetest

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// classified reads the keys of a table in docs/personal-data.md.
func classified(t *testing.T, heading string) map[string]bool {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	page, err := os.ReadFile(filepath.Join(filepath.Dir(file), "..", "..", "..", "docs", "personal-data.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n### "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n#")
	keys := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]+) \|`).FindAllStringSubmatch(section, -1) {
		for _, key := range strings.Split(row[1], ",") {
			keys[strings.TrimSpace(key)] = true
		}
	}
	delete(keys, "key")
	delete(keys, "---")
	if !found || len(keys) < 5 {
		t.Fatalf("docs/personal-data.md has no table %q", heading)
	}
	return keys
}

// testEraseAsDocumented erases an order with something in every field and
// holds what is left to docs/personal-data.md.
func testEraseAsDocumented(t *testing.T, storage order.Storage) {
	s := newService(t, storage, newClock(begin))
	id := FullOrder(t, storage, s)
	before := leaves(t, s, id)
	goes, stays := classified(t, "Erased"), classified(t, "Stays")
	if changed, err := s.Erase(t.Context(), id, why); err != nil || !changed {
		t.Fatalf("erase: %t, %v", changed, err)
	}
	after := leaves(t, s, id)
	for key, was := range before {
		if strings.HasSuffix(key, "unknown") {
			if after[key] != nil {
				t.Errorf("the unknown key %s is still there", key)
			}
			continue
		}
		is, changed := after[key], !slices.Equal(was, after[key])
		switch {
		case is == nil:
			t.Errorf("%s is not answered any more", key)
		case goes[key] == stays[key]:
			t.Errorf("%s is in %t of the tables of docs/personal-data.md; it has to be in one", key, goes[key])
		case goes[key] != changed:
			t.Errorf("%s: was %q and is %q; docs/personal-data.md says otherwise", key, was, is)
		}
		for _, text := range is {
			if goes[key] && key != "notes[].createdByUser" && text != order.Erased {
				t.Errorf("%s is %q", key, text)
			}
		}
	}
	for key := range goes {
		if before[key] == nil {
			t.Errorf("docs/personal-data.md lists %s, which orderDetail does not answer", key)
		}
	}
	for key := range stays {
		if before[key] == nil {
			t.Errorf("docs/personal-data.md lists %s, which orderDetail does not answer", key)
		}
	}
	if left := fmt.Sprintf("%+v", history(t, storage, id)); strings.Contains(left, marked) {
		t.Errorf("the history still says %s", left)
	}
}

// testErase looks at who did it, at repeating it, and at what is added later.
func testErase(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	id, other := FullOrder(t, storage, s), FullOrder(t, storage, s)
	untouched := leaves(t, s, other)
	status := head(t, storage, id).State
	c.tick(time.Hour)
	erase := func(want bool) {
		t.Helper()
		if changed, err := s.Erase(t.Context(), id, order.Why{Actor: "dpo", Reason: "request 7"}); err != nil || changed != want {
			t.Errorf("erased: %t, %v; want %t", changed, err, want)
		}
	}
	erase(true)
	erase(false)
	changes := history(t, storage, id)
	last := changes[len(changes)-1]
	if want := (order.Change{Seq: last.Seq, At: c.now(), Actor: "dpo", Kind: order.ChangeErased, Reason: "request 7"}); last != want {
		t.Errorf("the history ends in %+v", last)
	}
	if got := head(t, storage, id).State; got != status {
		t.Errorf("erasing moved the order from %v to %v", status, got)
	}
	if err := s.AddNote(t.Context(), id, order.Note{Text: marked + "again"}, why); err != nil {
		t.Fatal(err)
	}
	erase(true)
	if left := fmt.Sprint(leaves(t, s, id)["notes[].note"]); strings.Contains(left, marked) {
		t.Errorf("what was added later is left: %s", left)
	}
	if now := leaves(t, s, other); !reflect.DeepEqual(untouched, now) {
		t.Error("another order has changed")
	}
	if err := s.Scrub(t.Context()); err != nil {
		t.Error(err)
	}
	_, err := s.Erase(t.Context(), order.ID{Store: storeNumber, Number: 77}, why)
	wantFault(t, err, fault.NotFound)
	checkFinds(t, s)
}

// checkFinds runs the check and wants no problem.
func checkFinds(t *testing.T, s *order.Service) {
	t.Helper()
	_, err := s.Check(t.Context(), order.Checking{Problem: func(p order.Problem) { t.Errorf("check: %s: %s", p.Order, p.Text) }})
	if err != nil {
		t.Error(err)
	}
}

// testRetention lets time pass over two stores, of which one keeps identities
// for ten days.
func testRetention(t *testing.T, storage order.Storage) {
	c := newClock(begin)
	s := newService(t, storage, c)
	err := s.ConfigureStore(t.Context(), storeNumber, func(store *order.Store) { store.Settings.RetainIdentity = 10 * 24 * time.Hour })
	if err != nil {
		t.Fatal(err)
	}
	old, kept := mustOrder(t, s, storeNumber, checkout(), ""), mustOrder(t, s, otherStore, checkout(), "")
	c.tick(time.Millisecond)
	younger := mustOrder(t, s, storeNumber, checkout(), "")
	due := func(want int) {
		t.Helper()
		if n, err := s.EraseDue(t.Context()); err != nil || n != want {
			t.Errorf("at %s: %d orders were due, %v; want %d", c.now(), n, err, want)
		}
	}
	named := func(id order.ID, want bool) {
		t.Helper()
		if got := leaves(t, s, id)["name"][0] != order.Erased; got != want {
			t.Errorf("order %s says its name: %t, want %t", id, got, want)
		}
	}
	due(0)
	c.set(begin.Add(10*24*time.Hour + time.Millisecond)) // the first is a millisecond too old
	due(1)
	due(0)
	named(old, false)
	named(younger, true)
	if err := s.AddTracking(t.Context(), old, []string{"1Z9"}, why); err != nil {
		t.Fatal(err)
	}
	due(1)
	c.tick(365 * 24 * time.Hour)
	due(1)
	due(0)
	named(younger, false)
	named(kept, true)
	if last := history(t, storage, younger); last[len(last)-1].Actor != "retention" {
		t.Errorf("the history ends in %+v", last[len(last)-1])
	}
}
