package pgdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/sethvargo/go-retry"

	"entrepot/internal/fault"
)

// Schema is what a database says of itself. Migrations keep it in a table of
// one row: schema_info (application, version, oldest_program).
type Schema struct {
	Foreign bool  // the tables are another program's
	Version int64 // of the newest migration that was run; zero for none
	Oldest  int64 // the schema version that a program must know to use the database
}

// ErrBehind says that Migrate has to be run.
var ErrBehind = errors.New("the schema is behind the program")

// ReadSchema looks at a database without changing it.
func ReadSchema(ctx context.Context, o Options) (Schema, error) {
	o = o.withDefaults()
	conn, err := connect(ctx, o)
	if err != nil {
		return Schema{}, err
	}
	defer closeConn(conn)
	s, err := readSchema(ctx, conn, o)
	if err != nil {
		return Schema{}, fmt.Errorf("look at the schema: %w", classify(err))
	}
	return s, nil
}

// closing is how long the server is given to hear that we leave.
const closing = time.Second

func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	_ = conn.Close(ctx)
}

// goose makes its table before the first migration runs; a crash in between
// leaves it alone in the namespace.
const countTables = `SELECT count(*), count(*) FILTER (WHERE tablename = $2 || 'schema_info')
	FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename <> $2 || 'goose_db_version'
	AND left(tablename::text, length($2::text)) = $2`

func readSchema(ctx context.Context, conn *pgx.Conn, o Options) (Schema, error) {
	var tables, infos int
	if err := conn.QueryRow(ctx, countTables, o.Namespace, o.Prefix).Scan(&tables, &infos); err != nil {
		return Schema{}, fmt.Errorf("count the tables: %w", err)
	}
	if tables == 0 || infos == 0 {
		return Schema{Foreign: tables > 0}, nil
	}
	var s Schema
	var application string
	err := conn.QueryRow(ctx, "SELECT application, version, oldest_program FROM "+o.Prefix+"schema_info").Scan(&application, &s.Version, &s.Oldest)
	switch code := sqlState(err); {
	case code == undefinedColumn, code == undefinedTable, errors.Is(err, pgx.ErrNoRows), err == nil && application != o.Application:
		return Schema{Foreign: true}, nil
	}
	return s, err
}

// newest is the version of the newest migration that the program has.
func newest(migrations fs.FS) (int64, error) {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("there are no migrations: %w", err)
	}
	return goose.NumericComponent(path.Base(names[len(names)-1]))
}

func readSupported(ctx context.Context, o Options, latest int64) (Schema, error) {
	s, err := ReadSchema(ctx, o)
	switch {
	case err != nil:
		return s, err
	case s.Foreign:
		return s, fault.New(fault.Unsupported, fmt.Sprintf("the tables in the namespace %s of the database are another program's", o.Namespace))
	case s.Version > latest && s.Oldest > latest:
		return s, fault.New(fault.Unsupported, fmt.Sprintf(
			"the database has schema %d, which a program of schema %d or newer may use; this one has schema %d", s.Version, s.Oldest, latest))
	}
	return s, nil
}

func behind(s Schema, latest int64) error {
	return fault.Wrap(fault.Unsupported, fmt.Sprintf("the database has schema %d, this program needs schema %d", s.Version, latest), ErrBehind)
}

// Migrate brings the schema up to date, each migration in a transaction of its
// own. Many may do it at once: one does, the others wait for it. The faults
// are those of Open.
func Migrate(ctx context.Context, o Options) error {
	o = o.withDefaults()
	latest, err := newest(o.Migrations)
	if err != nil {
		return err
	}
	if s, err := readSupported(ctx, o, latest); err != nil || s.Version >= latest {
		return err
	}
	o.StatementTimeout = -1 // a migration takes as long as it takes
	return classify(migrate(ctx, o))
}

func migrate(ctx context.Context, o Options) error {
	// goose has a lock of its own kind, but makes its table before taking it.
	conn, err := lockMigrating(ctx, o)
	if err != nil {
		return err
	}
	defer closeConn(conn)
	if o.Namespace != "public" {
		if _, err := conn.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{o.Namespace}.Sanitize()); err != nil {
			return fmt.Errorf("make the namespace %s: %w", o.Namespace, err)
		}
	}
	return up(ctx, o)
}

func up(ctx context.Context, o Options) error {
	config, err := o.poolConfig()
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*config.ConnConfig, stdlib.OptionBeforeConnect(o.beforeConnect))
	defer func() { _ = db.Close() }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, o.Migrations, goose.WithTableName(o.Prefix+"goose_db_version"))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// lockPoll is how often one looks whether the other has finished. Waiting in
// the server instead would keep CREATE INDEX CONCURRENTLY from finishing.
const lockPoll = 50 * time.Millisecond

// lockMigrating waits for the lock under which a namespace is migrated. It
// ends with the connection.
func lockMigrating(ctx context.Context, o Options) (conn *pgx.Conn, err error) {
	if conn, err = connect(ctx, o); err != nil {
		return nil, err
	}
	err = retry.Do(ctx, retry.WithJitterPercent(50, retry.NewConstant(lockPoll)), func(ctx context.Context) error {
		got, err := tryLock(ctx, conn, classMigrating, o.Namespace)
		if err == nil && !got {
			return retry.RetryableError(ErrLocked)
		}
		return err
	})
	if err != nil {
		closeConn(conn)
		return nil, fmt.Errorf("wait for another that migrates the database: %w", err)
	}
	return conn, nil
}
