package api

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// spool holds a list between the database and its client. The whole list is
// read from one state of the database, as fast as that goes; a client may then
// take its time without keeping that state alive. What is too long for memory
// waits in a file without a name, or in those of listParts.
type spool struct {
	dir     string
	block   *[]byte // the end of the list, after spoolRoom
	file    *os.File
	written int64    // to the file
	extents []extent // what comes before the block
	size    int64    // of the extents
}

const (
	// spoolBlock is how much of a list is held in memory: some 3,000 orders.
	spoolBlock = 256 << 10
	// spoolRoom is left free in front of the list, for its head.
	spoolRoom = 256
)

var blocks = sync.Pool{New: func() any {
	b := make([]byte, spoolRoom, spoolBlock+1024)
	return &b
}}

func newSpool(dir string) *spool {
	block, _ := blocks.Get().(*[]byte)
	*block = (*block)[:spoolRoom]
	return &spool{dir: dir, block: block}
}

// room is how much more fits into the block.
func (s *spool) room() int { return spoolBlock - len(*s.block) }

// settle makes sure of room in the block.
func (s *spool) settle(room int) error {
	if s.room() >= room || len(*s.block) == spoolRoom {
		return nil
	}
	return s.spill()
}

func (s *spool) spill() (err error) {
	if s.file == nil {
		if s.file, err = unnamedFile(s.dir); err != nil {
			return err
		}
	}
	list := (*s.block)[spoolRoom:]
	if _, err := s.file.WriteAt(list, s.written); err != nil {
		return fmt.Errorf("write a long list: %w", err)
	}
	s.append(extent{s.file, s.written, int64(len(list))})
	s.written += int64(len(list))
	*s.block = (*s.block)[:spoolRoom]
	return nil
}

func unnamedFile(dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, "list-*")
	if err != nil {
		return nil, fmt.Errorf("make a file for a long list: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("unlink the file of a long list: %w", err), file.Close())
	}
	return file, nil
}

// append adds a piece of a file, which may go on where the last one ends.
func (s *spool) append(e extent) {
	s.size += e.size
	if i := len(s.extents) - 1; i >= 0 && s.extents[i].file == e.file && s.extents[i].at+s.extents[i].size == e.at {
		s.extents[i].size += e.size
		return
	}
	s.extents = append(s.extents, e)
}

// addExtent adds a piece of a file, and reads it if the list is still short.
func (s *spool) addExtent(e extent) error {
	if len(s.extents) == 0 && int64(s.room()) >= e.size {
		end := len(*s.block)
		*s.block = (*s.block)[:end+int(e.size)]
		if _, err := e.file.ReadAt((*s.block)[end:], e.at); err != nil {
			return fmt.Errorf("read a part of a list: %w", err)
		}
		return nil
	}
	if err := s.settle(spoolBlock); err != nil {
		return err
	}
	s.append(e)
	return nil
}

// addCut adds what cut leaves of a piece of a file. There must be room for it.
func (s *spool) addCut(e extent, cut func([]byte) []byte) error {
	end := len(*s.block)
	whole := (*s.block)[end : end+int(e.size)]
	if _, err := e.file.ReadAt(whole, e.at); err != nil {
		return fmt.Errorf("read a part of a list: %w", err)
	}
	*s.block = append(*s.block, cut(whole)...)
	return nil
}

// inMemory reports whether all that is held is in the block.
func (s *spool) inMemory() bool { return len(s.extents) == 0 }

// held is how many bytes are held.
func (s *spool) held() int64 { return s.size + int64(len(*s.block)-spoolRoom) }

// len is how many bytes are sent: not the comma before the first order.
func (s *spool) len() int64 { return max(0, s.held()-1) }

// whole is a list that is in memory, between a head and a tail. The head takes
// the place of the comma before the first order.
func (s *spool) whole(head []byte, tail string) []byte {
	begin := spoolRoom - len(head)
	if s.held() > 0 {
		begin++
	}
	copy((*s.block)[begin:], head)
	*s.block = append(*s.block, tail...)
	return (*s.block)[begin:]
}

// sendTo writes everything but the comma before the first order to a client,
// block by block. It calls extend before each, to give the client time for it.
func (s *spool) sendTo(w io.Writer, extend func() error) error {
	buffer, _ := blocks.Get().(*[]byte)
	defer blocks.Put(buffer)
	skip := min(1, s.held())
	for _, e := range s.extents {
		e.at, e.size, skip = e.at+skip, e.size-skip, 0
		if err := e.sendTo(w, (*buffer)[:spoolBlock], extend); err != nil {
			return err
		}
	}
	if err := extend(); err != nil {
		return fmt.Errorf("bound a write: %w", err)
	}
	_, err := w.Write((*s.block)[spoolRoom+skip:])
	return err
}

func (e extent) sendTo(w io.Writer, buffer []byte, extend func() error) error {
	for e.size > 0 {
		block := buffer[:min(e.size, int64(len(buffer)))]
		if _, err := e.file.ReadAt(block, e.at); err != nil {
			return fmt.Errorf("reread a long list: %w", err)
		}
		if err := extend(); err != nil {
			return fmt.Errorf("bound a write: %w", err)
		}
		if _, err := w.Write(block); err != nil {
			return fmt.Errorf("send a long list: %w", err)
		}
		e.at, e.size = e.at+int64(len(block)), e.size-int64(len(block))
	}
	return nil
}

func (s *spool) close() {
	blocks.Put(s.block)
	if s.file != nil {
		_ = s.file.Close()
	}
}
