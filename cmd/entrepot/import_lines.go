package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// The bounds of a batch: how long a transaction keeps other writers waiting,
// and, with those of a line, how much memory an import takes.
const (
	batchLines = 300
	batchBytes = 4 << 20
	maxLine    = 16 << 20
)

// importLine is one line, or a piece of one that is too long.
type importLine struct {
	number    int
	text      []byte
	record    order.Record
	err       error
	continued bool // a piece that is not the first
	ended     bool // the line's last piece
}

type importBatch struct {
	lines []importLine
	read  int64 // bytes up to here
	err   error
}

// readBatches reads and decodes ahead of whoever takes the batches.
func readBatches(ctx context.Context, input io.Reader, store order.StoreNumber) <-chan importBatch {
	batches := make(chan importBatch, 1)
	go func() {
		defer close(batches)
		lines := lineReader{r: bufio.NewReaderSize(input, 64<<10)}
		if err := sniff(lines.r); err != nil {
			batches <- importBatch{err: err}
			return
		}
		for {
			batch := lines.batch()
			if len(batch.lines) == 0 && batch.err == nil {
				return
			}
			batch.decode(store)
			select {
			case batches <- batch:
			case <-ctx.Done():
				return
			}
		}
	}()
	return batches
}

// decode reads the orders, on all processors.
func (b importBatch) decode(store order.StoreNumber) {
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(b.lines); i += workers {
				if l := &b.lines[i]; l.err == nil {
					l.record, l.err = wire.DecodeRecord(l.text, store)
				}
			}
		})
	}
	wg.Wait()
}

type lineReader struct {
	r      *bufio.Reader
	number int
	read   int64
	inside bool // a line that is too long
}

// batch reads lines, up to the bounds of a batch.
func (l *lineReader) batch() (b importBatch) {
	size := 0
	for len(b.lines) < batchLines && size < batchBytes {
		line, err := l.next()
		if len(line.text) > 0 {
			b.lines = append(b.lines, line)
			size += len(line.text)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				b.err = fmt.Errorf("read the orders: %w", err)
			}
			break
		}
	}
	b.read = l.read
	return b
}

var errTooLong = fault.New(fault.Invalid, fmt.Sprintf("is longer than %d MiB", maxLine>>20))

// next reads a line, or a piece of one. A blank line is without text.
func (l *lineReader) next() (line importLine, err error) {
	line.continued = l.inside
	if !l.inside {
		l.number++
	}
	line.number = l.number
	line.text, line.ended, err = l.piece()
	l.inside = !line.ended
	if line.continued || !line.ended {
		line.err = errTooLong
	} else {
		line.text = bytes.TrimSpace(bytes.TrimPrefix(line.text, []byte("\ufeff")))
	}
	return line, err
}

// piece reads up to the end of the line, and no more than maxLine.
func (l *lineReader) piece() (text []byte, ended bool, err error) {
	for len(text) < maxLine {
		part, err := l.r.ReadSlice('\n')
		l.read += int64(len(part))
		text = append(text, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, true, err
		}
	}
	return text, false, nil
}

// rejectsName is beside the input: orders.jsonl has orders.rejects.jsonl, and
// a further run orders.rejects-2.jsonl, because somebody may be mending the
// first.
func rejectsName(input string, attempt int) string {
	stem, extension := input, ""
	if at := strings.LastIndexByte(input, '.'); at > strings.LastIndexByte(input, '/')+1 {
		stem, extension = input[:at], input[at:]
	}
	if input == "-" {
		stem, extension = "import", ".jsonl"
	}
	if attempt > 1 {
		return fmt.Sprintf("%s.rejects-%d%s", stem, attempt, extension)
	}
	return stem + ".rejects" + extension
}
