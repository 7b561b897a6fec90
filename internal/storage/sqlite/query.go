package sqlite

import (
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
)

// statement is a cached statement with its parameters bound.
type statement struct {
	stmt *sqlite.Stmt
	err  error
}

// text is a string for a column that is never NULL.
type text string

// query binds the arguments, in order, to the statement's parameters. The
// types are int64, bool, string, text and []byte; the string "" and nil []byte
// are NULL, the text "" is itself.
func query(conn *sqlitedb.Conn, sql string, args ...any) statement {
	stmt, err := conn.Prepare(sql)
	if err != nil {
		return statement{err: err}
	}
	for i, arg := range args {
		bind(stmt, i+1, arg)
	}
	return statement{stmt: stmt}
}

func bind(stmt *sqlite.Stmt, i int, arg any) {
	switch v := arg.(type) {
	case int64:
		stmt.BindInt64(i, v)
	case bool:
		stmt.BindBool(i, v)
	case string:
		if v == "" {
			stmt.BindNull(i)
		} else {
			stmt.BindText(i, v)
		}
	case text:
		stmt.BindText(i, string(v))
	case []byte:
		if v == nil {
			stmt.BindNull(i)
		} else {
			stmt.BindBytes(i, v)
		}
	default:
		panic("a parameter of a type that is not bound") // a defect of this package
	}
}

// each calls fn for every row.
func (s statement) each(fn func(row) error) error {
	if s.err != nil {
		return s.err
	}
	for {
		more, err := s.stmt.Step()
		if err == nil && more {
			err = fn(row{s.stmt})
		}
		if err != nil {
			_ = s.stmt.Reset() // repeats the error of the step
			return err
		}
		if !more {
			return s.stmt.Reset()
		}
	}
}

// one calls fn for the first row; NotFound when there is none.
func (s statement) one(fn func(row)) error {
	found := false
	err := s.each(func(r row) error {
		fn(r)
		found = true
		return errStop
	})
	switch {
	case found && errors.Is(err, errStop):
		return nil
	case err != nil:
		return err
	}
	return errNotFound
}

var errStop = errors.New("enough rows")

// run executes a statement that answers no rows.
func (s statement) run() error {
	return s.each(func(row) error { return nil })
}

// changed executes a statement and reports whether it changed a row.
func (t tx) changed(sql string, args ...any) (bool, error) {
	if err := query(t.conn, sql, args...).run(); err != nil {
		return false, err
	}
	return t.conn.Changes() > 0, nil
}

// update executes a statement that must change a row; NotFound otherwise.
func (t tx) update(sql string, args ...any) error {
	ok, err := t.changed(sql, args...)
	if err == nil && !ok {
		return errNotFound
	}
	return err
}

// insert executes a statement; Exists when a unique key is taken.
func (t tx) insert(sql string, args ...any) error {
	err := query(t.conn, sql, args...).run()
	switch sqlite.ErrCode(err) {
	case sqlite.ResultConstraintUnique, sqlite.ResultConstraintPrimaryKey, sqlite.ResultConstraintRowID:
		return fault.Wrap(fault.Exists, "it exists already", err)
	}
	return err
}

// row is the current row of a statement; columns count from zero.
type row struct{ stmt *sqlite.Stmt }

func (r row) int(i int) int64   { return r.stmt.ColumnInt64(i) }
func (r row) bool(i int) bool   { return r.stmt.ColumnBool(i) }
func (r row) text(i int) string { return r.stmt.ColumnText(i) }

func (r row) time(i int) time.Time { return time.UnixMilli(r.int(i)).UTC() }

func (r row) bytes(i int) []byte {
	if r.stmt.ColumnIsNull(i) {
		return nil
	}
	b := make([]byte, r.stmt.ColumnLen(i))
	r.stmt.ColumnBytes(i, b)
	return b
}

// cartID writes the sixteen bytes of a UUID in its usual form.
func (r row) cartID(i int) order.CartID {
	b := r.bytes(i)
	if len(b) != 16 {
		return ""
	}
	h := hex.EncodeToString(b)
	return order.CartID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
}

// uuidBytes is nil for a text that is no UUID, which no row has.
func uuidBytes(id order.CartID) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
	if err != nil || len(b) != 16 {
		return nil
	}
	return b
}

func millis(t time.Time) int64 { return t.UnixMilli() }

// optionalMillis is the time, or the given bound for a zero time.
func optionalMillis(t time.Time, otherwise int64) int64 {
	if t.IsZero() {
		return otherwise
	}
	return t.UnixMilli()
}
