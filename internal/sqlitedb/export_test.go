package sqlitedb

import "runtime"

// WaitForQueue waits until so many changes wait for the writer.
func WaitForQueue(db *DB, n int) {
	for len(db.writer.jobs) < n {
		runtime.Gosched()
	}
}

// Commits is how often the writer has committed.
func Commits(db *DB) int64 { return db.writer.commits.Load() }

// TakeAllReaders leaves no reader for others until the answer is called.
func TakeAllReaders(db *DB) (release func()) {
	for range cap(db.readers.slots) {
		db.readers.slots <- struct{}{}
	}
	return func() {
		for range cap(db.readers.slots) {
			<-db.readers.slots
		}
	}
}
