package destination

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"entrepot/internal/merchantsync"
)

// scan finds the last change in the file, and where its line ends.
//
// Lines up to position were on disk before the ledger said so. What follows
// may have been cut by a crash: in the middle of a line, or after a power cut
// with zeros where the disk had not written yet. Only such remains are ever
// cut off. Anything else that is not ours is left for a person to look at.
func (o *openFile) scan(position int64) error {
	info, err := o.file.Stat()
	if err != nil {
		return fmt.Errorf("look at the file: %w", err)
	}
	o.size = info.Size()
	begun, err := o.checkStart()
	if err != nil {
		return err
	}
	if begun {
		from, err := o.probe(position)
		if err != nil {
			return err
		}
		if err := o.follow(from); err != nil {
			return err
		}
	}
	return o.sparesOld(position)
}

// sparesOld sees that a file without a whole line at its beginning has none of
// those that were on disk further on: that would be damage, not the remains of
// its first write.
func (o *openFile) sparesOld(position int64) error {
	if o.last.Seq > 0 || position == 0 {
		return nil
	}
	for r := bufio.NewReader(io.NewSectionReader(o.file, o.whole, o.size-o.whole)); ; {
		line, err := r.ReadBytes('\n')
		if m, ok := o.format.mark(bytes.TrimSuffix(line, []byte("\n"))); ok && m.seq <= position {
			return o.spoilt()
		}
		if err != nil {
			return wrapRead(o.path, notEOF(err))
		}
	}
}

func wrapRead(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("read %s: %w", path, err)
}

// checkStart sees that the file begins as ours do; begun is false when it does
// not even have its first line.
func (o *openFile) checkStart() (begun bool, err error) {
	want := []byte(string(o.format.header) + o.linePrefix())
	start := make([]byte, min(int64(len(want)), o.size))
	if _, err := io.ReadFull(io.NewSectionReader(o.file, 0, o.size), start); err != nil {
		return false, wrapRead(o.path, err)
	}
	if !isRemains(start, string(want)) {
		return false, o.foreign()
	}
	return len(start) > 0 && bytes.HasPrefix(start, o.format.header) && start[0] != 0, nil
}

// linePrefix is how each line of the store begins.
func (o *openFile) linePrefix() string {
	return o.format.prefix(strconv.FormatInt(o.store, 10) + "-")
}

// isRemains reports whether text is the beginning of what begins with prefix,
// as far as it reached the disk.
func isRemains(text []byte, prefix string) bool {
	written, _, _ := bytes.Cut(text, []byte{0})
	return strings.HasPrefix(prefix, string(written)) || strings.HasPrefix(string(written), prefix)
}

func (o *openFile) foreign() error {
	return &merchantsync.JournalError{
		Problem: fmt.Sprintf("%s is not a %s file of store %d, or was begun by another version", o.path, o.format.name, o.store),
		Hint:    "name another file, or move this one away to begin a new one",
	}
}

// probeWindow is how much of the end is looked at first.
const probeWindow = 64 << 10

// probe finds a line near the end that was on disk before position was, so
// that a long file need not be read. It is the first line when there is none.
func (o *openFile) probe(position int64) (from int64, err error) {
	first := int64(len(o.format.header))
	for window := int64(probeWindow); ; window *= 4 {
		from := o.size - window
		if from <= first {
			return first, nil
		}
		r := bufio.NewReader(io.NewSectionReader(o.file, from, o.size-from))
		skipped, skipErr := r.ReadBytes('\n')
		line, lineErr := r.ReadBytes('\n')
		if err := errors.Join(notEOF(skipErr), notEOF(lineErr)); err != nil {
			return 0, wrapRead(o.path, err)
		}
		if m, ok := o.format.mark(bytes.TrimSuffix(line, []byte("\n"))); ok && lineErr == nil && m.seq <= position {
			return from + int64(len(skipped)), nil
		}
	}
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// follow reads whole lines from one that is whole, or the first.
func (o *openFile) follow(from int64) error {
	r := bufio.NewReader(io.NewSectionReader(o.file, from, o.size-from))
	for o.whole = from; ; {
		line, err := r.ReadBytes('\n')
		if notEOF(err) != nil {
			return wrapRead(o.path, err)
		}
		if err != nil || bytes.IndexByte(line, 0) >= 0 {
			return o.remains(line)
		}
		if err := o.pass(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			return err
		}
		o.whole += int64(len(line))
	}
}

// remains sees that what is cut off is ours.
func (o *openFile) remains(line []byte) error {
	if !isRemains(line, o.linePrefix()) {
		return o.spoilt()
	}
	return nil
}

// pass takes a whole line for the last one so far.
func (o *openFile) pass(line []byte) error {
	m, ok := o.format.mark(line)
	switch {
	case ok && m.store != o.store:
		return o.foreign()
	case !ok || m.seq <= o.last.Seq:
		return o.spoilt()
	}
	o.last = merchantsync.JournalMark{Seq: m.seq, OrderID: m.orderID}
	return nil
}

func (o *openFile) spoilt() error {
	return &merchantsync.JournalError{
		Problem: fmt.Sprintf("%s has something else than changes in their order after change %d: it was edited", o.path, o.last.Seq),
		Hint:    "take out what was added, or move the file away to begin a new one",
	}
}
