package sqlitedb

import (
	"zombiezen.com/go/sqlite"
)

// Conn is a connection that keeps its statements.
type Conn struct {
	*sqlite.Conn
	statements map[string]*sqlite.Stmt
}

// Prepare answers a statement that is ready to be bound, the same one each
// time. All its parameters must be bound anew.
//
// The library's own cache clears the parameters, too, and for SQLite that is a
// reason to compile a statement that compares ranges again: forty times the
// work of a small list.
func (c *Conn) Prepare(query string) (*sqlite.Stmt, error) {
	if stmt := c.statements[query]; stmt != nil {
		err := stmt.Reset()
		return stmt, err
	}
	stmt, err := c.Conn.Prepare(query)
	if err == nil {
		c.statements[query] = stmt
	}
	return stmt, err
}
