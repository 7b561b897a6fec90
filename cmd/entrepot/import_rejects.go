package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// rejects is where the lines go that could not be imported, as they were. The
// file is made with the first of them.
type rejects struct {
	input string
	given string // the name that was asked for
	off   bool   // a rehearsal writes nothing
	path  string // the name that it got

	file *os.File
	w    *bufio.Writer
}

func newRejects(input, given string, off bool) (*rejects, error) {
	r := &rejects{input: input, given: given, off: off}
	if given != "" {
		if err := r.look(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// look sees that the file that was asked for can be made, before anything is
// imported. Until there is something to write it is not there.
func (r *rejects) look() error {
	if _, err := os.Lstat(r.given); err == nil {
		return withHint(fmt.Errorf("%s exists already", r.given), "name another file with --rejects: a rejects file is never overwritten")
	}
	if r.off {
		_, err := os.Stat(filepath.Dir(r.given) + string(filepath.Separator))
		return r.elsewhere(err)
	}
	f, err := os.OpenFile(r.given, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(r.given))
	}
	return r.elsewhere(err)
}

// elsewhere says where a file could be made that cannot be made here.
func (r *rejects) elsewhere(err error) error {
	if err == nil {
		return nil
	}
	return withHint(r.wrap(err), "name a file in a folder that you may write to, with --rejects")
}

func (r *rejects) add(l importLine) error {
	if r.off {
		return nil
	}
	if r.file == nil {
		if err := r.create(); err != nil {
			return err
		}
	}
	_, err := r.w.Write(l.text)
	if err == nil && l.ended && (len(l.text) == 0 || l.text[len(l.text)-1] != '\n') {
		err = r.w.WriteByte('\n')
	}
	return r.wrap(err)
}

func (r *rejects) create() (err error) {
	for attempt := 1; ; attempt++ {
		if r.path = r.given; r.given == "" {
			r.path = rejectsName(r.input, attempt)
		}
		// The lines are of people: nobody else may read them.
		r.file, err = os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, os.ErrExist) || r.given != "" {
			break
		}
	}
	r.w = bufio.NewWriter(r.file)
	return r.elsewhere(err)
}

func (r *rejects) flush() error {
	if r.file == nil {
		return nil
	}
	return r.wrap(r.w.Flush())
}

func (r *rejects) close() error {
	if r.file == nil {
		return nil
	}
	return r.wrap(errors.Join(r.w.Flush(), r.file.Sync(), r.file.Close()))
}

func (r *rejects) wrap(err error) error {
	if err != nil {
		return fmt.Errorf("write the rejected lines: %w", err)
	}
	return nil
}
