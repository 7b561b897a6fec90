package destination_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/destination"
)

const name = "file"

// journal is a feed to a file, and what is needed to look at it.
type journal struct {
	*memory
	path   string
	format destination.Format
	skip   bool
}

func newJournal(t *testing.T, format destination.Format) *journal {
	return &journal{memory: newMemory(), path: filepath.Join(memoryFolder(t), "orders"), format: format}
}

// memoryFolder spares the disk: most tests crash by changing the file.
func memoryFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "entrepot-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

func (j *journal) file() *destination.File { return destination.NewFile(j.path, store, j.format) }

// pass is one of a daemon that has just been started.
func (j *journal) pass(t *testing.T) error { return j.passTo(t, j.file()) }

func (j *journal) passTo(t *testing.T, to merchantsync.Journal) error {
	t.Helper()
	_, err := merchantsync.NewJournalFeed(to, merchantsync.FeedOptions{Ledger: j, Name: name, SkipTest: j.skip}).Pass(t.Context())
	return err
}

func (j *journal) mustPass(t *testing.T) {
	t.Helper()
	if err := j.pass(t); err != nil {
		t.Fatal(err)
	}
}

// sequences are those in a file, in their order. A line that is not whole
// fails the test.
func (j *journal) sequences(t *testing.T, path string) (found []int64) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		t.Fatalf("%s ends with half a line: %.80q", path, text[max(0, len(text)-80):])
	}
	if bytes.HasPrefix(text, []byte("key,")) {
		return sequencesOfCSV(t, text)
	}
	for line := range bytes.Lines(text) {
		var m struct{ Sequence int64 }
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatalf("%v in %.80q", err, line)
		}
		found = append(found, m.Sequence)
	}
	return found
}

func sequencesOfCSV(t *testing.T, text []byte) (found []int64) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		seq, err := strconv.ParseInt(row[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, seq)
	}
	return found
}

func (j *journal) wanted() (all []int64) {
	for _, c := range j.s.changes {
		if !c.Test || !j.skip {
			all = append(all, c.Seq)
		}
	}
	return all
}

func (j *journal) holdsAll(t *testing.T, paths ...string) {
	t.Helper()
	var found []int64
	for _, path := range append(paths, j.path) {
		found = append(found, j.sequences(t, path)...)
	}
	if !slices.Equal(found, j.wanted()) {
		t.Fatalf("the files hold %d changes %.60v…, want %d", len(found), found, len(j.wanted()))
	}
}

func bothFormats(t *testing.T, run func(*testing.T, *journal)) {
	for format, f := range map[string]destination.Format{"jsonl": destination.JSONLines(), "csv": destination.CSV()} {
		t.Run(format, func(t *testing.T) { run(t, newJournal(t, f)) })
	}
}

var errCrash = errors.New("crash")

// crashing is a journal whose process ends at any point of an Append.
type crashing struct {
	merchantsync.Journal
	path string
	dice *rand.Rand
}

type crashingOpen struct {
	merchantsync.OpenJournal
	*crashing
}

func (c *crashing) Open(position int64) (merchantsync.OpenJournal, error) {
	o, err := c.Journal.Open(position)
	return &crashingOpen{o, c}, err
}

// Append lets the disk keep any part of what was written.
func (c *crashingOpen) Append(changes []merchantsync.Change) error {
	switch c.dice.IntN(6) {
	case 0:
		return errCrash
	case 1:
		return errors.Join(c.tear(changes, false), errCrash)
	case 2:
		return errors.Join(c.tear(changes, true), errCrash)
	case 3:
		return errors.Join(c.OpenJournal.Append(changes), errCrash)
	default:
		return c.OpenJournal.Append(changes)
	}
}

func (c *crashingOpen) tear(changes []merchantsync.Change, zeros bool) error {
	before, err := os.ReadFile(c.path)
	if err != nil {
		return err
	}
	if err := c.OpenJournal.Append(changes); err != nil {
		return err
	}
	after, err := os.ReadFile(c.path)
	if err != nil {
		return err
	}
	// Append may have cut off the remains of the crash before.
	same := 0
	for same < min(len(before), len(after)) && before[same] == after[same] {
		same++
	}
	from := same + c.dice.IntN(len(after)-same+1)
	if !zeros {
		return os.WriteFile(c.path, after[:from], 0o600)
	}
	to := from + c.dice.IntN(len(after)-from+1)
	clear(after[from:to])
	return os.WriteFile(c.path, after, 0o600)
}

// TestFilesHoldEachChangeOnce crashes at random between and within all steps,
// and moves files away.
func TestFilesHoldEachChangeOnce(t *testing.T) {
	for seed := range uint64(40) {
		bothFormats(t, func(t *testing.T, j *journal) {
			dice := rand.New(rand.NewPCG(seed, 1))
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("seed %d", seed)
				}
			})
			j.skip = dice.IntN(2) == 0
			mayCrash := func() error {
				if dice.IntN(5) == 0 {
					return errCrash
				}
				return nil
			}
			j.before, j.after = mayCrash, mayCrash
			var moved []string
			for step := range 30 {
				j.fill(dice.IntN(5), func(int) bool { return dice.IntN(3) == 0 })
				if err := j.passTo(t, &crashing{j.file(), j.path, dice}); err != nil && !errors.Is(err, errCrash) {
					t.Fatal(err)
				}
				if dice.IntN(8) == 0 {
					moved = j.moveAway(t, moved, step)
				}
			}
			j.before, j.after = nil, nil
			j.mustPass(t)
			j.holdsAll(t, moved...)
		})
	}
}

// moveAway rotates the file, when a daemon has looked at it after its last
// crash: what nobody has looked at may end with half a line.
func (j *journal) moveAway(t *testing.T, moved []string, step int) []string {
	before, after := j.before, j.after
	j.before, j.after = nil, nil
	j.mustPass(t)
	j.before, j.after = before, after
	to := j.path + "." + strconv.Itoa(step)
	if err := os.Rename(j.path, to); err != nil {
		t.Fatal(err)
	}
	return append(moved, to)
}
