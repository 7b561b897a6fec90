package destination

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"entrepot/internal/merchantsync"
)

// File is a journal of a store's changes in a file. What it holds tells how
// far it is: see scan.
type File struct {
	path   string
	store  int64
	format Format
}

// NewFile is the journal at path. The file is made when there is none; its
// folder must be there.
func NewFile(path string, store int64, format Format) *File {
	return &File{path, store, format}
}

// openFile is locked. Bytes from whole to size are the remains of a crash.
type openFile struct {
	*File
	file        *os.File
	whole, size int64
	last        merchantsync.JournalMark
}

// Open locks the file and finds its end.
func (f *File) Open(position int64) (merchantsync.OpenJournal, error) {
	file, err := f.openLocked()
	if err != nil {
		return nil, err
	}
	o := &openFile{File: f, file: file}
	if err := o.scan(position); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return o, nil
}

// openLocked is sure that the file that it locked is still the one at path.
func (f *File) openLocked() (*os.File, error) {
	for range 5 {
		file, err := f.openOrMake()
		if err != nil {
			return nil, err
		}
		if err := lock(file); err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", f.path, err), file.Close())
		}
		if f.inPlace(file) {
			return file, nil
		}
		if err := file.Close(); err != nil {
			return nil, fmt.Errorf("close %s: %w", f.path, err)
		}
	}
	return nil, fmt.Errorf("%s: %w", f.path, merchantsync.ErrJournalMoved)
}

func (f *File) inPlace(file *os.File) bool {
	there, err := os.Stat(f.path)
	if err != nil {
		return false
	}
	here, err := file.Stat()
	return err == nil && os.SameFile(there, here)
}

var errIrregular = errors.New("it is not a regular file")

func (f *File) openOrMake() (*os.File, error) {
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f.make()
	case err != nil:
		return nil, fmt.Errorf("look for the file: %w", err)
	case !info.Mode().IsRegular(): // opening a pipe could wait for ever
		return nil, fmt.Errorf("%s: %w", f.path, errIrregular)
	}
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	return file, nil
}

// make sees that the name is on disk, too. Orders are personal data, so others
// cannot read them.
func (f *File) make() (*os.File, error) {
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the file: %w", err)
	}
	if err := syncFolder(filepath.Dir(f.path)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("sync the folder: %w", err)
	}
	return nil
}

// Last is the last change in the file.
func (o *openFile) Last() merchantsync.JournalMark { return o.last }

// Close leaves the file to others.
func (o *openFile) Close() error { return o.file.Close() }

var errOrder = errors.New("changes must be appended in their order, each once")

// Append writes the lines of all changes at once. What cannot be written whole
// is taken back.
func (o *openFile) Append(changes []merchantsync.Change) error {
	lines, err := o.render(changes)
	if err != nil {
		return err
	}
	if err := o.prepare(); err != nil {
		return err
	}
	if err := o.write(lines); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", o.path, err), o.cut())
	}
	o.whole += int64(len(lines))
	o.size = o.whole
	end := changes[len(changes)-1]
	o.last = merchantsync.JournalMark{Seq: end.Seq, OrderID: end.OrderID}
	return nil
}

func (o *openFile) render(changes []merchantsync.Change) (lines []byte, err error) {
	if o.whole == 0 {
		lines = append(lines, o.format.header...)
	}
	last := o.last.Seq
	for i := range changes {
		if changes[i].Seq <= last || changes[i].Store != o.store {
			return nil, fmt.Errorf("%s, change %s after %d: %w", o.path, Key(&changes[i]), last, errOrder)
		}
		line, err := o.format.line(&changes[i])
		if err != nil {
			return nil, err
		}
		lines, last = append(lines, line...), changes[i].Seq
	}
	return lines, nil
}

// prepare sees that the file is as it was left, and cuts off the remains of a
// crash.
func (o *openFile) prepare() error {
	info, err := o.file.Stat()
	if err != nil {
		return fmt.Errorf("look at the file: %w", err)
	}
	if info.Size() != o.size || !o.inPlace(o.file) {
		return fmt.Errorf("%s: %w", o.path, merchantsync.ErrJournalMoved)
	}
	if o.whole < o.size {
		return o.cut()
	}
	return nil
}

// write appends, and waits for the disk.
func (o *openFile) write(lines []byte) error {
	if _, err := o.file.Write(lines); err != nil {
		return err
	}
	return o.file.Sync()
}

// cut leaves whole lines only.
func (o *openFile) cut() error {
	if err := o.file.Truncate(o.whole); err != nil {
		return fmt.Errorf("cut off the half line at the end of %s: %w", o.path, err)
	}
	o.size = o.whole
	return nil
}
