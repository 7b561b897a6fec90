package api

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// spool holds a list between the database and its client. The whole list is
// read from one state of the database, as fast as that goes; a client may then
// take its time without keeping that state alive. What is too long for memory
// waits in a file without a name.
type spool struct {
	dir   string
	block *[]byte
	file  *os.File
	size  int64 // of what is in the file
}

// spoolBlock is how much of a list is held in memory: some 4,000 orders.
const spoolBlock = 256 << 10

var blocks = sync.Pool{New: func() any {
	b := make([]byte, 0, spoolBlock+1024)
	return &b
}}

func newSpool(dir string) *spool {
	block, _ := blocks.Get().(*[]byte)
	*block = (*block)[:0]
	return &spool{dir: dir, block: block}
}

// add appends what fn appends.
func (s *spool) add(fn func([]byte) []byte) error {
	*s.block = fn(*s.block)
	if len(*s.block) < spoolBlock {
		return nil
	}
	return s.spill()
}

func (s *spool) spill() (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp(s.dir, "list-*"); err != nil {
			return fmt.Errorf("make a file for a long list: %w", err)
		}
		if err = os.Remove(s.file.Name()); err != nil {
			return fmt.Errorf("unlink the file of a long list: %w", err)
		}
	}
	n, err := s.file.Write(*s.block)
	s.size += int64(n)
	*s.block = (*s.block)[:0]
	if err != nil {
		return fmt.Errorf("write a long list: %w", err)
	}
	return nil
}

// inMemory reports whether all that is held is in the block.
func (s *spool) inMemory() bool { return s.file == nil }

// len is how many bytes are held.
func (s *spool) len() int64 { return s.size + int64(len(*s.block)) }

// sendTo writes everything to a client, block by block. It calls extend before
// each, to give the client time for it.
func (s *spool) sendTo(w io.Writer, extend func() error) error {
	if s.file != nil {
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("reread a long list: %w", err)
		}
	}
	for left := s.size; left > 0; {
		if err := extend(); err != nil {
			return fmt.Errorf("bound a write: %w", err)
		}
		n, err := io.CopyN(w, s.file, min(left, spoolBlock)) // by sendfile where the system can
		if err != nil {
			return fmt.Errorf("send a long list: %w", err)
		}
		left -= n
	}
	if err := extend(); err != nil {
		return fmt.Errorf("bound a write: %w", err)
	}
	_, err := w.Write(*s.block)
	return err
}

func (s *spool) close() {
	blocks.Put(s.block)
	if s.file != nil {
		_ = s.file.Close()
	}
}
