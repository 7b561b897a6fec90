package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	sqlitedriver "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
)

// onFiles keeps SQLite databases in folders.
type onFiles struct{ dir string }

func newOnFiles(dir string) (*onFiles, error) {
	if err := os.RemoveAll(dir); err != nil { // of a run that was cut short, or kept
		return nil, fmt.Errorf("clear away earlier databases: %w", err)
	}
	return &onFiles{dir}, nil
}

func (*onFiles) title() string { return "SQLite" }

func (*onFiles) about() [][2]string {
	return [][2]string{{"SQLite", sqlitedriver.Version + ", as `entrepot serve` opens it"}}
}

func (f *onFiles) add(ctx context.Context, name string, of *target) (t target, err error) {
	t = target{Name: name, Folder: filepath.Join(f.dir, name)}
	if of != nil {
		return t, copyTo(t.Folder, of.Folder)
	}
	storage, err := sqlite.Open(ctx, t.path(), sqlite.Options{})
	if err != nil {
		return t, err
	}
	return t, storage.Close()
}

func (*onFiles) processes() []int { return nil }

func (*onFiles) dialect() []string {
	return []string{
		"{blob}", "BLOB", "{cart}", "randomblob(16)",
		"{id,}", "id,", "{b.id,}", "b.n,", "{,document}", ", document", "{,b.document}", ", b.n",
		"{clear}", "DELETE FROM order_notes; DELETE FROM order_changes; DELETE FROM orders; DELETE FROM order_documents;",
	}
}

func (*onFiles) settle() []string { return []string{"ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"} }
func (*onFiles) compact() string  { return "VACUUM" }

func (f *onFiles) close(keep bool) (string, error) {
	if keep {
		return f.dir, nil
	}
	return "", os.RemoveAll(f.dir)
}

// fileSession is alone with a file, and does without what a crash would need.
type fileSession struct{ conn *sqlitedriver.Conn }

func (*onFiles) session(ctx context.Context, t target) (session, error) {
	conn, err := sqlitedriver.OpenConn(t.path(), sqlitedriver.OpenReadWrite)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	conn.SetInterrupt(ctx.Done())
	s := &fileSession{conn}
	for _, pragma := range []string{"journal_mode = OFF", "synchronous = OFF", "cache_size = -1500000", "temp_store = MEMORY", "locking_mode = EXCLUSIVE"} {
		err = errors.Join(err, s.alone(ctx, "PRAGMA "+pragma))
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s, nil
}

func (s *fileSession) transact(_ context.Context, script string) error {
	return sqlitex.ExecuteScript(s.conn, script, nil)
}

func (s *fileSession) alone(_ context.Context, statement string) error {
	return sqlitex.ExecuteTransient(s.conn, statement, nil)
}

func (s *fileSession) documents(_ context.Context, documents []order.Document) (err error) {
	defer sqlitex.Save(s.conn)(&err)
	for i, d := range documents {
		err := sqlitex.Execute(s.conn, "INSERT INTO t_documents (number, format, body, crc32c) VALUES (?, ?, ?, ?)",
			&sqlitex.ExecOptions{Args: []any{i + 1, d.Format, d.Body, int64(sum(d.Body))}})
		if err != nil {
			return fmt.Errorf("keep a document: %w", err)
		}
	}
	return nil
}

func (s *fileSession) close() error { return s.conn.Close() }

// splittable is how many orders a file may have to be looked at page by page.
const splittable = 1_000_000

const (
	filePages = `SELECT (SELECT page_count FROM pragma_page_count()) * (SELECT page_size FROM pragma_page_size())
		- (SELECT freelist_count FROM pragma_freelist_count()) * (SELECT page_size FROM pragma_page_size())`
	filePieces = `SELECT d.name, coalesce((SELECT s.type = 'index' FROM sqlite_schema s WHERE s.name = d.name), 0), d.pgsize
		FROM dbstat d WHERE d.aggregate = TRUE ORDER BY d.name`
)

func (*onFiles) footprint(_ context.Context, t target, orders int) (f footprint, err error) {
	conn, err := sqlitedriver.OpenConn(t.path(), sqlitedriver.OpenReadOnly)
	if err != nil {
		return f, fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	err = sqlitex.ExecuteTransient(conn, filePages, &sqlitex.ExecOptions{ResultFunc: func(row *sqlitedriver.Stmt) error {
		f.total = row.ColumnInt64(0)
		return nil
	}})
	if err != nil || orders > splittable {
		return f, err
	}
	err = sqlitex.ExecuteTransient(conn, filePieces, &sqlitex.ExecOptions{ResultFunc: func(row *sqlitedriver.Stmt) error {
		f.pieces = append(f.pieces, piece{row.ColumnText(0), row.ColumnBool(1), row.ColumnInt64(2)})
		return nil
	}})
	return f, err
}
