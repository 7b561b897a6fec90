package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entrepot/internal/fault"
)

// readAll reads everything as an import does.
func readAll(t *testing.T, input io.Reader) (lines []importLine) {
	t.Helper()
	for batch := range readBatches(t.Context(), input, 999) {
		if batch.err != nil {
			t.Fatal(batch.err)
		}
		if size := batchSize(batch); size > batchBytes+maxLine+64<<10 {
			t.Errorf("a batch of %d bytes", size)
		}
		lines = append(lines, batch.lines...)
	}
	return lines
}

func batchSize(b importBatch) (size int) {
	for _, l := range b.lines {
		size += len(l.text)
	}
	return size
}

// Lines are numbered as an editor numbers them, whatever ends them, and what
// is too long goes to the rejects as it is, piece by piece.
func TestImportLines(t *testing.T) {
	good := `{"orderId": 1, "orderDate": 1, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS"}`
	long := `{"orderId": 2, "misc1": "` + strings.Repeat("x", 2*maxLine) + `"}`
	large := `{"orderId": 3, "orderDate": 1, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS", "misc1": "` + strings.Repeat("y", maxLine/2) + `"}`
	lines := readAll(t, strings.NewReader("\ufeff"+good+"\r\n\n  \n"+long+"\n"+large+"\n"+good))
	var numbers []int
	var rejected bytes.Buffer
	for _, l := range lines {
		if !l.continued {
			numbers = append(numbers, l.number)
		}
		if l.err != nil {
			if !errors.Is(l.err, errTooLong) || l.number != 4 {
				t.Errorf("line %d: %v", l.number, l.err)
			}
			rejected.Write(l.text)
		} else if l.record.Head.PlacedAt.UnixMilli() != 1 {
			t.Errorf("line %d is not read: %+v", l.number, l.record.Head)
		}
	}
	if len(numbers) != 4 || numbers[0] != 1 || numbers[1] != 4 || numbers[2] != 5 || numbers[3] != 6 {
		t.Errorf("the lines are %v", numbers)
	}
	if rejected.String() != long+"\n" {
		t.Errorf("%d bytes are rejected, want %d", rejected.Len(), len(long)+1)
	}
}

// A file that cannot be read to its end is not taken for a short one.
func TestImportReadFault(t *testing.T) {
	input := io.MultiReader(strings.NewReader("{}\n"), faulty{})
	var err error
	for batch := range readBatches(t.Context(), input, 0) {
		if batch.err != nil {
			err = batch.err
			break
		}
	}
	if !errors.Is(err, errFaulty) {
		t.Errorf("%v", err)
	}
}

// What is no text in UTF-8 is found by its first bytes; what is, is read from
// the first.
func TestImportOfWhatIsNoText(t *testing.T) {
	for start, want := range map[string]string{
		"\x1f\x8b\x08\x00": "packed with gzip", "\x28\xb5\x2f\xfd": "packed with zstd", "\xfd7zXZ\x00": "packed with xz",
		"PK\x03\x04": "packed with zip", "\xff\xfe{\x00": "in UTF-16", "\xfe\xff\x00{": "in UTF-16", "{\x00\"\x00": "in UTF-16", "\x00{\x00\"": "in UTF-16",
	} {
		input := strings.NewReader(start + strings.Repeat("x\n", 100))
		batch, more := <-readBatches(t.Context(), input, 999)
		if !more || batch.err == nil || !strings.HasSuffix(batch.err.Error(), want) || len(batch.lines) > 0 {
			t.Errorf("%q: %d lines, %v, want %s", start, len(batch.lines), batch.err, want)
		}
		if h, ok := errors.AsType[*hinted](batch.err); !ok || !strings.HasSuffix(h.hint, " | entrepot order import -`") {
			t.Errorf("%q: no way out is said", start)
		}
	}
	for _, text := range []string{"", "{", "{}", "P\n", "\ufeff{}"} {
		if batch := <-readBatches(t.Context(), strings.NewReader(text), 999); batch.err != nil || len(batch.lines) != min(1, len(text)) {
			t.Errorf("%q: %d lines, %v", text, len(batch.lines), batch.err)
		}
	}
}

var errFaulty = errors.New("a fault of the disk")

type faulty struct{}

func (faulty) Read([]byte) (int, error) { return 0, errFaulty }

func TestRejectsName(t *testing.T) {
	for _, tt := range []struct {
		input   string
		attempt int
		want    string
	}{
		{"orders.jsonl", 1, "orders.rejects.jsonl"},
		{"orders.jsonl", 2, "orders.rejects-2.jsonl"},
		{"a.b/orders", 1, "a.b/orders.rejects"},
		{"a/.orders", 1, "a/.orders.rejects"},
		{"-", 1, "import.rejects.jsonl"},
	} {
		if got := rejectsName(tt.input, tt.attempt); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.input, got, tt.want)
		}
	}
}

// The pieces of a line that is too long are one line again.
func TestRejectsPutLinesTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rejects")
	r, err := newRejects("-", path, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []importLine{
		{text: []byte("one"), ended: true},
		{text: []byte("tw")},
		{text: []byte("o\n"), continued: true, ended: true},
		{text: []byte("three"), ended: true},
	} {
		if err := r.add(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	if body, err := os.ReadFile(path); err != nil || string(body) != "one\ntwo\nthree\n" {
		t.Errorf("%q, %v", body, err)
	}
	for _, dry := range []bool{false, true} {
		for _, bad := range []string{path, filepath.Join(path, "below-a-file"), filepath.Join(t.TempDir(), "no", "folder")} {
			if _, err := newRejects("-", bad, dry); err == nil {
				t.Errorf("%s was taken", bad)
			}
		}
	}
}

func TestLineReaderEnds(t *testing.T) {
	l := lineReader{r: bufio.NewReader(strings.NewReader(strings.Repeat("x", maxLine)))}
	total := 0
	for {
		b := l.batch()
		if len(b.lines) == 0 {
			break
		}
		for _, line := range b.lines {
			total += len(line.text)
			if !fault.Is(line.err, fault.Invalid) {
				t.Errorf("a line that ends with the file, and is as long as none may be: %v", line.err)
			}
		}
	}
	if total != maxLine {
		t.Errorf("%d bytes, want %d", total, maxLine)
	}
}
