//go:build unix

package testkit

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// RunPostgres starts a server for a program that is no test, with its files in
// a folder of its own below parent. As with StartPostgres it waits for the
// disk, and ends with the process at the latest, its files with it.
func RunPostgres(parent string, settings ...string) (*PostgresServer, error) {
	if !PostgreSQL.met() {
		return nil, errors.New(PostgreSQL.name + " is not there (" + PostgreSQL.how + ")")
	}
	return newPostgres(parent, settings...)
}

// NewDatabase makes an empty database, with a role of its name that owns it.
func (s *PostgresServer) NewDatabase(name string) (PostgresDatabase, error) {
	return s.newDatabase(name)
}

// Connect connects to a database as the superuser.
func (s *PostgresServer) Connect(ctx context.Context, name string) (*pgx.Conn, error) {
	return s.connectTo(ctx, name)
}

// Processes are the server's and those that it has forked.
func (s *PostgresServer) Processes() []int { return s.process.family() }

// End shuts the server down. Its files go, or stay in the folder that it
// answers.
func (s *PostgresServer) End(keep bool) (kept string) {
	if keep && s.process != nil {
		s.process.cont()
		s.process.shutDown()
		return s.data()
	}
	s.end()
	return ""
}
