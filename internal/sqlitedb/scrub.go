package sqlitedb

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"

	"entrepot/internal/fault"
)

// scrubPages is how many pages are looked at in one transaction.
const scrubPages = 1000

// Scrub makes sure that nothing that was overwritten or deleted is left in the
// file or in its log. The fault Unavailable says that readers keep the log
// from being emptied now.
//
// PRAGMA secure_delete overwrites what is deleted, with one gap: when SQLite
// spreads rows over neighbouring pages, it leaves copies of those that it moved
// in the room that no row of the old page takes. That room is zeroed here.
func (db *DB) Scrub(ctx context.Context) error {
	pages, err := db.pageCount(ctx)
	if err != nil {
		return err
	}
	if pages >= maxScrubbed {
		return fault.New(fault.Unsupported, "the database is too large to be scrubbed page by page; stop the service and run VACUUM on it")
	}
	for first := int64(1); first <= pages; first += scrubPages {
		if err := db.scrubRange(ctx, first, min(first+scrubPages, pages+1)); err != nil {
			return err
		}
	}
	return db.emptyLog(ctx)
}

// maxScrubbed bounds the file to where the first byte of a page tells its
// kind: the pages that hold no rows begin with the number of another page.
const maxScrubbed = 2 << 24

func (db *DB) pageCount(ctx context.Context) (n int64, err error) {
	err = db.Read(ctx, func(conn *Conn) (err error) {
		n, err = queryInt(conn.Conn, "PRAGMA page_count")
		return err
	})
	return n, err
}

// scrubRange looks for pages with remains, which takes long and keeps nobody
// waiting, and then zeroes the remains, which is quick.
func (db *DB) scrubRange(ctx context.Context, from, before int64) error {
	var dirty []int64
	err := db.Read(ctx, func(conn *Conn) error {
		dirty = dirty[:0]
		for n := from; n < before; n++ {
			page, err := readPage(conn, n)
			if err != nil {
				return err
			}
			if zeroGap(page, n) {
				dirty = append(dirty, n)
			}
		}
		return nil
	})
	if err != nil || len(dirty) == 0 {
		return err
	}
	return db.Write(ctx, func(conn *Conn) error { return zeroGaps(conn, dirty) })
}

func zeroGaps(conn *Conn, pages []int64) error {
	for _, n := range pages {
		page, err := readPage(conn, n) // as it is now
		if err != nil {
			return err
		}
		if !zeroGap(page, n) {
			continue
		}
		if err := writePage(conn, n, page); err != nil {
			return err
		}
	}
	return nil
}

// readPage is nil for a page that is not there (any more).
func readPage(conn *Conn, number int64) (page []byte, err error) {
	stmt, err := conn.Prepare("SELECT data FROM sqlite_dbpage WHERE pgno = ?")
	if err != nil {
		return nil, classify(err)
	}
	stmt.BindInt64(1, number)
	more, err := stmt.Step()
	if err == nil && more {
		page = make([]byte, stmt.ColumnLen(0))
		stmt.ColumnBytes(0, page)
	}
	return page, classify(errors.Join(err, stmt.Reset()))
}

func writePage(conn *Conn, number int64, page []byte) error {
	stmt, err := conn.Prepare("UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?")
	if err != nil {
		return classify(err)
	}
	stmt.BindBytes(1, page)
	stmt.BindInt64(2, number)
	_, err = stmt.Step()
	return classify(errors.Join(err, stmt.Reset()))
}

// zeroGap zeroes the room between a b-tree page's array of cells and its cells
// (https://sqlite.org/fileformat2.html#b_tree_pages) and reports whether there
// was anything in it.
func zeroGap(page []byte, number int64) bool {
	header := 0
	if number == 1 {
		header = 100 // of the file
	}
	if len(page) < header+12 {
		return false
	}
	size := 8
	switch page[header] {
	case 2, 5: // interior
		size = 12
	case 10, 13: // leaf
	default:
		return false
	}
	cells := int(binary.BigEndian.Uint16(page[header+3:]))
	start, end := header+size+2*cells, int(binary.BigEndian.Uint16(page[header+5:]))
	if end == 0 {
		end = 1 << 16
	}
	if start > end || end > len(page) {
		return false
	}
	return wipe(page[start:end])
}

func wipe(b []byte) (dirty bool) {
	for _, c := range b {
		dirty = dirty || c != 0
	}
	clear(b)
	return dirty
}

// The readers of a service are quick; only a command that reads for long
// outlasts these tries.
const (
	emptyLogTries = 5
	emptyLogPause = 200 * time.Millisecond
)

// emptyLog copies the log into the file and truncates it.
func (db *DB) emptyLog(ctx context.Context) (err error) {
	conn, err := db.openReader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	for range emptyLogTries {
		busy, err := checkpoint(conn)
		if err != nil || !busy {
			return err
		}
		select {
		case <-time.After(emptyLogPause):
		case <-ctx.Done():
			return fmt.Errorf("empty the log: %w", ctx.Err())
		}
	}
	return fault.New(fault.Unavailable, "a reader holds an older state of the database, so its log cannot be emptied now")
}

func checkpoint(conn *Conn) (busy bool, err error) {
	n, err := queryInt(conn.Conn, "PRAGMA wal_checkpoint(TRUNCATE)")
	if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultBusy || sqlite.ErrCode(err).ToPrimary() == sqlite.ResultLocked {
		return true, nil
	}
	return n != 0, classify(err)
}
