package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/order"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/testkit"
)

// onServer keeps PostgreSQL databases in a server that it starts.
type onServer struct {
	server   *testkit.PostgresServer
	settings []string
	version  string
}

// carefulSettings are those of an operator of a machine like this one. What is
// not named is as PostgreSQL has it: fsync and synchronous_commit are on.
var carefulSettings = []string{
	"shared_buffers=1GB", "effective_cache_size=12GB", "maintenance_work_mem=256MB",
	"max_wal_size=4GB", "checkpoint_timeout=15min", "random_page_cost=1.1",
}

// shortSettings are for a quick look on a machine that has other things to do.
var shortSettings = []string{"shared_buffers=32MB"}

// serverDir is where the server's folder is: as root it runs as another user,
// who cannot enter root's folders.
func serverDir(dir string) string {
	if os.Geteuid() == 0 {
		return os.TempDir()
	}
	return dir
}

func newOnServer(ctx context.Context, dir string, short bool) (*onServer, error) {
	s := &onServer{settings: carefulSettings}
	if short {
		s.settings = shortSettings
	}
	var err error
	if s.server, err = testkit.RunPostgres(dir, s.settings...); err != nil {
		return nil, err
	}
	if err = s.look(ctx); err != nil {
		s.server.End(false)
		return nil, err
	}
	return s, nil
}

func (s *onServer) look(ctx context.Context) (err error) {
	return s.with(ctx, "postgres", func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SHOW server_version").Scan(&s.version)
	})
}

func (*onServer) title() string { return "PostgreSQL" }

func (s *onServer) about() [][2]string {
	return [][2]string{
		{"PostgreSQL", s.version},
		{"its settings", strings.Join(s.settings, ", ") + "; the others as it has them (fsync and synchronous_commit on)"},
	}
}

// with gives fn a connection of the superuser.
func (s *onServer) with(ctx context.Context, database string, fn func(*pgx.Conn) error) error {
	conn, err := s.server.Connect(ctx, database)
	if err != nil {
		return err
	}
	return errors.Join(fn(conn), conn.Close(context.WithoutCancel(ctx)))
}

func (s *onServer) add(ctx context.Context, name string, of *target) (t target, err error) {
	if of == nil {
		return s.addEmpty(ctx, name)
	}
	t = target{Name: name, PasswordFile: of.PasswordFile, URL: strings.TrimSuffix(of.URL, of.Name) + name}
	return t, s.with(ctx, "postgres", func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+of.Name+" OWNER "+of.Name)
		return err
	})
}

func (s *onServer) addEmpty(ctx context.Context, name string) (target, error) {
	d, err := s.server.NewDatabase(name)
	if err != nil {
		return target{}, err
	}
	t := target{Name: name, URL: d.URL, PasswordFile: d.PasswordFile}
	return t, postgres.Migrate(ctx, t.options())
}

func (s *onServer) processes() []int { return s.server.Processes() }

func (*onServer) dialect() []string {
	return []string{
		"{blob}", "BYTEA", "{cart}", "gen_random_uuid()",
		"{id,}", "", "{b.id,}", "", "{,document}", "", "{,b.document}", "",
		"{clear}", "TRUNCATE order_notes, order_changes, orders, order_documents;",
	}
}

// settle sets the visibility map, too, as autovacuum would in time, and has
// the disk catch up: nobody loads so much and opens at once.
func (*onServer) settle() []string { return []string{"VACUUM (ANALYZE)", "CHECKPOINT"} }
func (*onServer) compact() string  { return "VACUUM FULL" }

func (s *onServer) close(keep bool) (string, error) { return s.server.End(keep), nil }

// serverSession copies without looking at foreign keys, which hold in what is
// copied, and in the order of the numbers.
type serverSession struct{ conn *pgx.Conn }

const copyingSettings = `SET session_replication_role = replica; SET enable_hashjoin = off; SET enable_mergejoin = off;
	SET enable_sort = off; SET enable_seqscan = off; SET enable_bitmapscan = off; SET max_parallel_workers_per_gather = 0;
	SET temp_buffers = '256MB'; SET jit = off; SET synchronous_commit = off`

func (s *onServer) session(ctx context.Context, t target) (session, error) {
	conn, err := s.server.Connect(ctx, t.Name)
	if err != nil {
		return nil, err
	}
	copying := &serverSession{conn}
	if err := copying.alone(ctx, copyingSettings); err != nil {
		return nil, errors.Join(err, copying.close())
	}
	return copying, nil
}

func (s *serverSession) transact(ctx context.Context, script string) error {
	return s.alone(ctx, script) // statements that are sent together are a transaction
}

func (s *serverSession) alone(ctx context.Context, statement string) error {
	_, err := s.conn.Exec(ctx, statement, pgx.QueryExecModeSimpleProtocol)
	return err
}

func (s *serverSession) documents(ctx context.Context, documents []order.Document) error {
	from := pgx.CopyFromSlice(len(documents), func(i int) ([]any, error) {
		d := documents[i]
		return []any{int64(i + 1), int64(d.Format), d.Body, int64(sum(d.Body))}, nil
	})
	_, err := s.conn.CopyFrom(ctx, pgx.Identifier{"t_documents"}, []string{"number", "format", "body", "crc32c"}, from)
	if err != nil {
		return fmt.Errorf("keep the documents: %w", err)
	}
	return nil
}

func (s *serverSession) close() error { return s.conn.Close(context.Background()) }

// serverPieces are the tables, each with what is moved out of its rows
// (TOAST), and the indexes.
const serverPieces = `SELECT relname, relkind = 'i', CASE relkind WHEN 'i' THEN pg_relation_size(oid) ELSE pg_table_size(oid) END
	FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') ORDER BY relname`

func (s *onServer) footprint(ctx context.Context, t target, _ int) (f footprint, err error) {
	err = s.with(ctx, t.Name, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, serverPieces)
		if err != nil {
			return err
		}
		f.pieces, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p piece, err error) {
			return p, row.Scan(&p.name, &p.index, &p.bytes)
		})
		return err
	})
	for _, p := range f.pieces {
		f.total += p.bytes
	}
	return f, err
}
