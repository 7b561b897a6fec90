package destination_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"entrepot/internal/merchantsync"
)

func (j *journal) read(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(j.path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (j *journal) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(j.path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestEveryCut cuts a file that the tables do not know of yet at every byte,
// and lets zeros stand where the disk had not written.
func TestEveryCut(t *testing.T) {
	bothFormats(t, func(t *testing.T, j *journal) {
		j.fill(3, nil)
		j.mustPass(t)
		whole := j.read(t)
		j.fill(2, nil)
		j.mustPass(t)
		all := j.read(t)
		for cut := len(whole); cut < len(all); cut++ {
			if tedious(all, cut) {
				continue
			}
			zeros := []int{0, 1, len(all) - cut}[cut%3]
			j.write(t, all[:cut]+strings.Repeat("\x00", zeros))
			j.s.positions[name] = 3
			j.mustPass(t)
			if j.read(t) != all {
				t.Fatalf("cut at byte %d with %d zeros, the file is %q", cut, zeros, j.read(t))
			}
		}
	})
}

// tedious leaves out the inside of the filling.
func tedious(text string, cut int) bool {
	return strings.HasPrefix(text[cut:], "xxx") && strings.HasSuffix(text[:cut], "xxx")
}

func TestFirstWriteCut(t *testing.T) {
	bothFormats(t, func(t *testing.T, j *journal) {
		j.fill(2, nil)
		j.mustPass(t)
		all := j.read(t)
		for cut := range len(all) {
			if tedious(all, cut) {
				continue
			}
			j.write(t, all[:cut]+strings.Repeat("\x00", cut%3))
			delete(j.s.positions, name)
			j.mustPass(t)
			if j.read(t) != all {
				t.Fatalf("cut at byte %d, the file is %q", cut, j.read(t))
			}
		}
	})
}

// TestSomethingElseIsNoticed sees that a file that is not what the tables say
// is told of, and is left as it is.
func TestSomethingElseIsNoticed(t *testing.T) {
	for what, c := range map[string]struct {
		change func(all, firstLine, lastLine string) string
		want   string
	}{
		"cut at a line":       {func(all, _, last string) string { return strings.TrimSuffix(all, last) }, "ends with change 4, but was written up to 5: it was cut"},
		"cut in a line":       {func(all, _, last string) string { return all[:len(all)-len(last)/2] }, "ends with change 4, but was written up to 5: it was cut"},
		"not ours":            {func(string, string, string) string { return "shopping list\nmilk\n" }, "file of store 999"},
		"not ours, no line":   {func(string, string, string) string { return "milk" }, "file of store 999"},
		"another store's":     {func(all, _, _ string) string { return strings.ReplaceAll(all, "999-", "998-") }, "file of store 999"},
		"a line twice":        {func(all, _, last string) string { return all + last }, "after change 5: it was edited"},
		"a remark at the end": {func(all, _, _ string) string { return all + "# paid\n" }, "after change 5: it was edited"},
		"half a remark":       {func(all, _, _ string) string { return all + "# paid" }, "after change 5: it was edited"},
		"a damaged beginning": {func(all, first, _ string) string { return strings.Repeat("\x00", len(first)) + all[len(first):] }, "after change 0: it was edited"},
	} {
		bothFormats(t, func(t *testing.T, j *journal) {
			j.fill(5, nil)
			j.mustPass(t)
			lines := strings.SplitAfter(strings.TrimSuffix(j.read(t), "\n"), "\n")
			changed := c.change(j.read(t), lines[0], lines[len(lines)-1]+"\n")
			j.write(t, changed)
			j.fill(1, nil)
			err := j.pass(t)
			var told *merchantsync.JournalError
			if !errors.As(err, &told) || !strings.Contains(told.Problem, c.want) || told.Hint == "" {
				t.Errorf("%s: %v, want %q", what, err, c.want)
			}
			if j.read(t) != changed || j.s.positions[name] != 5 {
				t.Errorf("%s: the file or the position changed", what)
			}
		})
	}
}

func TestFileOfOtherTables(t *testing.T) {
	bothFormats(t, func(t *testing.T, j *journal) {
		j.fill(5, nil)
		j.mustPass(t)
		for tables, number := range map[string]int64{"shorter": 1000, "others": 7000} {
			other := &journal{memory: newMemory(), path: j.path, format: j.format}
			other.add(number, false)
			for range map[string]int{"shorter": 2, "others": 6}[tables] {
				number++
				other.add(number, false)
			}
			var told *merchantsync.JournalError
			if err := other.pass(t); !errors.As(err, &told) || !strings.Contains(told.Problem, "ends with change 5, of order 999-1004, of which the tables know nothing") {
				t.Errorf("%s tables: %v", tables, err)
			}
		}
		j.holdsAll(t)
	})
}

// TestEmptyFileIsANewOne: what rotates files may put an empty one in place.
func TestEmptyFileIsANewOne(t *testing.T) {
	bothFormats(t, func(t *testing.T, j *journal) {
		j.fill(5, nil)
		j.mustPass(t)
		if err := os.Rename(j.path, j.path+".1"); err != nil {
			t.Fatal(err)
		}
		j.write(t, "")
		j.fill(5, nil)
		j.mustPass(t)
		j.holdsAll(t, j.path+".1")
	})
}

// moving takes the file away between the look at it and the first write.
type moving struct {
	merchantsync.Journal
	move func()
}

type movingOpen struct {
	merchantsync.OpenJournal
	*moving
}

func (m *moving) Open(position int64) (merchantsync.OpenJournal, error) {
	o, err := m.Journal.Open(position)
	return &movingOpen{o, m}, err
}

func (m *movingOpen) Append(changes []merchantsync.Change) error {
	if m.move != nil {
		m.move()
		m.move = nil
	}
	return m.OpenJournal.Append(changes)
}

func TestFileMovedMeanwhile(t *testing.T) {
	bothFormats(t, func(t *testing.T, j *journal) {
		j.fill(5, nil)
		j.mustPass(t)
		j.fill(5, nil)
		err := j.passTo(t, &moving{j.file(), func() {
			if err := os.Rename(j.path, j.path+".1"); err != nil {
				t.Error(err)
			}
		}})
		if err != nil {
			t.Error(err)
		}
		j.holdsAll(t, j.path+".1")
	})
}

func TestFileChangedMeanwhile(t *testing.T) {
	bothFormats(t, func(t *testing.T, j *journal) {
		j.fill(5, nil)
		j.mustPass(t)
		j.fill(5, nil)
		err := j.passTo(t, &moving{j.file(), func() { j.write(t, j.read(t)+"# paid\n") }})
		if err == nil || !strings.Contains(err.Error(), "it was edited") {
			t.Errorf("written after somebody else's line: %v", err)
		}
	})
}

func TestOneWriterAtATime(t *testing.T) {
	bothFormats(t, func(t *testing.T, j *journal) {
		j.fill(1, nil)
		other, err := j.file().Open(0)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.pass(t); !errors.Is(err, merchantsync.ErrJournalBusy) {
			t.Errorf("beside another writer: %v", err)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		j.mustPass(t)
		j.holdsAll(t)
	})
}

// TestLongFile has more behind the position than is looked at first.
func TestLongFile(t *testing.T) {
	bothFormats(t, func(t *testing.T, j *journal) {
		j.fill(1500, nil)
		j.mustPass(t)
		for _, position := range []int64{0, 1, 700, 1499, 1500} {
			j.s.positions[name] = position
			j.fill(1, nil)
			j.mustPass(t)
			j.holdsAll(t)
		}
	})
}

// TestHoleFarFromTheEnd: a power cut may leave zeros long before the last line
// that it spared.
func TestHoleFarFromTheEnd(t *testing.T) {
	bothFormats(t, func(t *testing.T, j *journal) {
		j.fill(1500, nil)
		j.mustPass(t)
		all := j.read(t)
		lines := strings.SplitAfter(all, "\n")
		hole := len(strings.Join(lines[:800], ""))
		j.write(t, all[:hole]+strings.Repeat("\x00", len(lines[800]))+all[hole+len(lines[800]):])
		j.s.positions[name] = 700
		j.mustPass(t)
		if j.read(t) != all {
			t.Error("the file is not what it was")
		}
	})
}
