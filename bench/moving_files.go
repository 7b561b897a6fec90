package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// The files of orders that are moved.
const (
	ownFile   = "own.jsonl"   // what export wrote
	plainFile = "plain.jsonl" // answers of orderDetail, as fetched from any server
	tableFile = "table.csv"
)

// makeFiles exports the orders once.
func (m *mover) makeFiles(ctx context.Context) error {
	for file, format := range map[string]string{ownFile: "jsonl", tableFile: "csv"} {
		_, err := m.entrepot(ctx, "order", "export", "--data", m.folder, "--store", lookups.String(), "--format", format, "--output", m.path(file))
		if err != nil {
			return err
		}
	}
	if err := makePlain(m.path(ownFile), m.path(plainFile)); err != nil {
		return err
	}
	for _, file := range []string{ownFile, plainFile, tableFile, filepath.Join("data", databaseFile)} {
		info, err := os.Stat(m.path(file))
		if err != nil {
			return fmt.Errorf("look at the files: %w", err)
		}
		m.files[filepath.Base(file)] = info.Size()
	}
	return nil
}

// makePlain makes plain answers of an export.
func makePlain(own, plain string) (err error) {
	to, err := os.Create(plain)
	if err != nil {
		return fmt.Errorf("make plain answers: %w", err)
	}
	w := bufio.NewWriterSize(to, 1<<20)
	err = eachPlain(own, func(line []byte) error {
		_, err := w.Write(append(line, '\n'))
		return err
	})
	if err = errors.Join(err, w.Flush(), to.Close()); err != nil {
		return fmt.Errorf("make plain answers: %w", err)
	}
	return nil
}

// eachPlain goes through an export as another server would have answered.
func eachPlain(own string, yield func([]byte) error) error {
	from, err := os.Open(own)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line, err := withoutOurs(lines.Bytes())
		if err == nil {
			err = yield(line)
		}
		if err != nil {
			return err
		}
	}
	return lines.Err()
}

// ours begins the last member of a line of an export, which only entrepot
// knows. Inside a string its quotes would be escaped.
var ours = []byte(`,"entrepot":{"resume":`)

func withoutOurs(line []byte) ([]byte, error) {
	at := bytes.LastIndex(line, ours)
	if at < 0 {
		return nil, fmt.Errorf("%w: a line of an export without a history: %.300q", errWrong, line)
	}
	return append(line[:at], '}'), nil
}

// proveMoves looks whether what was imported is answered as it was before, to
// the last byte, and in the order of the numbers.
func (m *mover) proveMoves(ctx context.Context) error {
	for _, file := range []string{ownFile, plainFile} {
		again := m.path("again")
		_, err := m.entrepot(ctx, "order", "export", "--data", m.path("imported-"+file), "--output", again)
		if err == nil {
			err = m.wantPlain(again)
		}
		if err != nil {
			return fmt.Errorf("look at what was imported from %s: %w", file, err)
		}
	}
	return nil
}

func (m *mover) wantPlain(exported string) error {
	plain, err := os.Open(m.path(plainFile))
	if err != nil {
		return err
	}
	defer func() { _ = plain.Close() }()
	want := bufio.NewReaderSize(plain, 1<<20)
	err = eachPlain(exported, func(line []byte) error {
		expected, err := want.ReadSlice('\n')
		if err != nil || !bytes.Equal(bytes.TrimSuffix(expected, []byte{'\n'}), line) {
			return fmt.Errorf("%w: %.300q", errWrong, line)
		}
		m.checked++
		return nil
	})
	if _, more := want.ReadByte(); err == nil && !errors.Is(more, io.EOF) {
		err = fmt.Errorf("%w: orders are missing", errWrong)
	}
	return err
}
