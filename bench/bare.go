package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"entrepot/internal/sqlitedb"
)

// doBare does the simplest thing that moving orders can be compared with, in a
// process of its own.
func doBare(args []string) error {
	switch {
	case len(args) == 3 && args[0] == bareCopy:
		return copyFile(args[1], args[2])
	case len(args) == 3 && args[0] == bareInsert:
		return insertLines(args[1], args[2])
	case len(args) == 2 && args[0] == bareVerify:
		return verifyFile(args[1])
	}
	return fmt.Errorf("there is nothing like %q", args)
}

// What doBare does.
const (
	bareCopy   = "copy"   // a file, onto the disk
	bareInsert = "insert" // the lines of a file into a table without an index
	bareVerify = "verify" // a database file, by SQLite itself
)

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	if _, err = io.Copy(out, in); err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}

// insertLines keeps lines as durably as an import: so many to a transaction,
// each of which waits for the disk.
func insertLines(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("insert lines: %w", err)
	}
	defer func() { _ = in.Close() }()
	conn, err := sqlite.OpenConn(to, sqlite.OpenCreate|sqlite.OpenReadWrite|sqlite.OpenWAL)
	if err != nil {
		return fmt.Errorf("insert lines: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	err = errors.Join(
		sqlitex.ExecuteTransient(conn, "PRAGMA synchronous = FULL", nil),
		sqlitex.ExecuteTransient(conn, "CREATE TABLE lines (id INTEGER PRIMARY KEY, body BLOB NOT NULL)", nil),
	)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for more := true; more && err == nil; {
		more, err = insertBatch(conn, lines)
	}
	if err = errors.Join(err, lines.Err()); err != nil {
		return fmt.Errorf("insert lines: %w", err)
	}
	return nil
}

// insertedTogether is how many orders an import puts into a transaction.
const insertedTogether = 300

func insertBatch(conn *sqlite.Conn, lines *bufio.Scanner) (more bool, err error) {
	end, err := sqlitex.ImmediateTransaction(conn)
	if err != nil {
		return false, err
	}
	defer end(&err)
	stmt := conn.Prep("INSERT INTO lines (body) VALUES (?)")
	for range insertedTogether {
		if !lines.Scan() {
			return false, nil
		}
		stmt.BindBytes(1, lines.Bytes())
		if _, err := stmt.Step(); err != nil {
			return false, err
		}
		if err := stmt.Reset(); err != nil {
			return false, err
		}
	}
	return true, nil
}

func verifyFile(path string) error {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return fmt.Errorf("verify %s: %w", path, err)
	}
	var problems []string
	err = sqlitedb.Integrity(conn, func(problem string) { problems = append(problems, problem) })
	if err = errors.Join(err, conn.Close()); err != nil {
		return fmt.Errorf("verify %s: %w", path, err)
	}
	if len(problems) > 0 {
		return fmt.Errorf("verify %s: %s", path, strings.Join(problems, "; "))
	}
	return nil
}
