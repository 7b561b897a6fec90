package pgdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
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

// Why a program may not use a schema. They lie behind the fault Unsupported.
var (
	ErrBehind  = errors.New("the schema is behind the program") // Migrate has to be run
	ErrNewer   = errors.New("the program is behind the schema")
	ErrForeign = errors.New("a namespace belongs to one program")
)

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
	case code == undefinedTable: // it is there, as was counted
		return Schema{}, fault.Wrap(fault.Unavailable, "the database's user may not use the namespace "+o.Namespace, ErrDenied)
	case code == undefinedColumn, errors.Is(err, pgx.ErrNoRows), err == nil && application != o.Application:
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
		return s, fault.Wrap(fault.Unsupported, fmt.Sprintf("the tables in the namespace %s of the database are another program's", o.Namespace), ErrForeign)
	case s.Version > latest && s.Oldest > latest:
		return s, fault.Wrap(fault.Unsupported, fmt.Sprintf(
			"the database has schema %d, which a program of schema %d or newer may use; this one has schema %d", s.Version, s.Oldest, latest), ErrNewer)
	}
	return s, nil
}

func behind(s Schema, latest int64) error {
	return fault.Wrap(fault.Unsupported, fmt.Sprintf("the database has schema %d, this program needs schema %d", s.Version, latest), ErrBehind)
}

// Migrate brings the schema up to date, each migration in a transaction of its
// own, while programs of the schema before are at work. Many may do it at
// once: one does, the others wait for it. The faults are those of Open, and
// Unavailable when tables stayed in use for longer than Options.Migrating; the
// migrations up to there are done then, and the rest is for the next time.
func Migrate(ctx context.Context, o Options) error {
	_, _, err := Upgrade(ctx, o)
	return err
}

// Upgrade is Migrate, and says from which schema to which it went; of those
// who do it at once only one changes it.
func Upgrade(ctx context.Context, o Options) (from, to int64, err error) {
	o = o.withDefaults()
	latest, err := newest(o.Migrations)
	if err != nil {
		return 0, 0, err
	}
	s, err := readSupported(ctx, o, latest)
	if err != nil || s.Version >= latest {
		return s.Version, s.Version, err
	}
	o.StatementTimeout = -1 // a migration takes as long as it takes
	from, err = migrate(ctx, o)
	return from, latest, classify(err)
}

// migrate says which schema it found when its turn came.
func migrate(ctx context.Context, o Options) (from int64, err error) {
	// goose has a lock of its own kind, but makes its table before taking it.
	conn, err := lockMigrating(ctx, o)
	if err != nil {
		return 0, err
	}
	defer closeConn(conn)
	s, err := readSchema(ctx, conn, o)
	if err != nil {
		return 0, fmt.Errorf("look at the schema: %w", err)
	}
	if o.Namespace != "public" {
		if _, err := conn.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{o.Namespace}.Sanitize()); err != nil {
			return s.Version, fmt.Errorf("make the namespace %s: %w", o.Namespace, err)
		}
	}
	return s.Version, up(ctx, o)
}

// A migration that waits for a table keeps everybody who comes later waiting
// behind it, so it gives up soon, lets them by, and tries again. It also gives
// up before the server looks for deadlocks (deadlock_timeout, a second): of it
// and a program that is at work it is the one to stand back.
const (
	lockTimeout    = 500 * time.Millisecond
	firstStandBack = 50 * time.Millisecond
	longestBack    = time.Second
	// DefaultMigrating is how long the tables that a migration changes may be
	// in use, without a gap, before it is given up.
	DefaultMigrating = 2 * time.Minute
)

// up runs the migrations that are missing. What fails for the sake of others
// leaves nothing behind and is run again. What has to be outside a transaction,
// such as CREATE INDEX CONCURRENTLY, sets lock_timeout to 0 and drops first
// what an earlier run may have left.
func up(ctx context.Context, o Options) error {
	waits := retry.WithMaxDuration(o.Migrating,
		retry.WithJitterPercent(50, retry.WithCappedDuration(longestBack, retry.NewExponential(firstStandBack))))
	var last error
	err := retry.Do(ctx, waits, func(ctx context.Context) error {
		if last != nil {
			o.Observer.Retried(last)
		}
		if last = upOnce(ctx, o); stoodBack(last) {
			return retry.RetryableError(last)
		}
		return last
	})
	if sqlState(err) == lockNotAvailable {
		return fault.Wrap(fault.Unavailable, "a table that the migration has to change stayed in use; try again when it is quieter", err)
	}
	return err
}

func stoodBack(err error) bool { return retryable(err) || sqlState(err) == lockNotAvailable }

func upOnce(ctx context.Context, o Options) error {
	config, err := o.poolConfig()
	if err != nil {
		return err
	}
	config.ConnConfig.RuntimeParams["lock_timeout"] = strconv.FormatInt(lockTimeout.Milliseconds(), 10)
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
