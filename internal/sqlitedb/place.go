package sqlitedb

import (
	"errors"
	"fmt"
	"os"

	"entrepot/internal/fault"
)

// place is where a file was opened, and which file that was. SQLite goes on
// with a file that has been moved away: what it writes then is found by nobody,
// and a connection that is opened later may see another database.
type place struct {
	path string
	file os.FileInfo
}

func placeOf(path string) (place, error) {
	file, err := os.Stat(path)
	if err != nil {
		return place{}, fmt.Errorf("look at the file of the database: %w", err)
	}
	return place{path, file}, nil
}

var errReplaced = errors.New("another file has its name")

// check is the fault Unavailable when the file is not in its place any more.
func (p place) check() error {
	now, err := os.Stat(p.path)
	if err == nil && !os.SameFile(p.file, now) {
		err = errReplaced
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, "the database has been moved, removed or replaced; put it back, or restart", err)
	}
	return nil
}
