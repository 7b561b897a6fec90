package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/pgdb"
)

// connections is how many a daemon needs: one that writes, others that read.
const connections = 6

func (o Options) pgdb() pgdb.Options {
	return pgdb.Options{
		URL: o.Database, PasswordFile: o.PasswordFile, Namespace: o.Namespace,
		Migrations: migrations("postgres"), Application: application, Prefix: tablePrefix,
		Connections: connections,
	}
}

type postgresEngine struct {
	db      *pgdb.DB
	options pgdb.Options
}

func openPostgres(ctx context.Context, o Options) (engine, error) {
	if err := pgdb.Migrate(ctx, o.pgdb()); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return connectPostgres(ctx, o.pgdb())
}

func connectPostgres(ctx context.Context, o pgdb.Options) (engine, error) {
	db, err := pgdb.Open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return postgresEngine{db, o}, nil
}

func viewPostgres(ctx context.Context, o Options) (engine, error) {
	e, err := connectPostgres(ctx, o.pgdb())
	if !errors.Is(err, pgdb.ErrBehind) {
		return e, err
	}
	schema, err := pgdb.ReadSchema(ctx, o.pgdb())
	switch {
	case err != nil:
		return nil, fmt.Errorf("look at the database: %w", err)
	case schema.Version == 0:
		return nil, noTables()
	}
	return nil, behind()
}

func (e postgresEngine) read(ctx context.Context, fn func(conn) error) error {
	return e.db.Read(ctx, func(t pgx.Tx) error { return fn(postgresConn{ctx, t}) })
}

func (e postgresEngine) write(ctx context.Context, fn func(conn) error) error {
	return e.db.InTx(ctx, func(t pgx.Tx) error { return fn(postgresConn{ctx, t}) })
}

func (e postgresEngine) close() error {
	e.db.Close()
	return nil
}

// serverLock is a lock that ends with its connection.
type serverLock struct{ *pgdb.Lock }

func (e postgresEngine) lock(ctx context.Context, store int64) (held, error) {
	l, err := pgdb.TryLock(ctx, e.options, e.options.Namespace+".sync."+strconv.FormatInt(store, 10))
	if errors.Is(err, pgdb.ErrLocked) {
		return nil, errLocked
	}
	return serverLock{l}, err
}

func (l serverLock) check(ctx context.Context) error { return l.Check(ctx) }

func (l serverLock) release() error {
	l.Release()
	return nil
}

type postgresConn struct {
	ctx context.Context //nolint:containedctx // of the transaction that it lives for
	tx  pgx.Tx
}

// given are parameters as the server keeps them.
func given(args []any) []any {
	for i, arg := range args {
		if t, ok := arg.(time.Time); ok {
			args[i] = moment(t)
		}
	}
	return args
}

func (c postgresConn) query(each func(row) error, sql string, args ...any) error {
	rows, err := c.tx.Query(c.ctx, sql, given(args)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		if err := each(postgresRow(values)); err != nil {
			return err
		}
	}
	return rows.Err()
}

// lookUp has the server go through the numbers. Given them as a set, the planner
// would rather read all orders of a table that was not analyzed yet.
func (c postgresConn) lookUp(each func(row), sql string, store int64, numbers []int64) error {
	return c.query(func(r row) error { each(r); return nil }, lookUpAll(sql), store, numbers)
}

func lookUpAll(sql string) string {
	return "SELECT o.* FROM unnest($2::BIGINT[]) AS n (given) CROSS JOIN LATERAL (" + strings.ReplaceAll(sql, "$2", "n.given") + ") AS o"
}

func (c postgresConn) exec(sql string, args ...any) (int64, error) {
	tag, err := c.tx.Exec(c.ctx, sql, given(args)...)
	return tag.RowsAffected(), err
}

// execEach sends all at once, and then reads the answers.
func (c postgresConn) execEach(sql string, args [][]any) error {
	if len(args) == 0 {
		return nil
	}
	var batch pgx.Batch
	for _, one := range args {
		batch.Queue(sql, given(one)...)
	}
	return c.tx.SendBatch(c.ctx, &batch).Close()
}

func (c postgresConn) insert(into *table, rows [][]any) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	arrays := make([]any, len(into.columns))
	for i, column := range into.columns {
		arrays[i] = column.array(rows, i)
	}
	tag, err := c.tx.Exec(c.ctx, into.many, arrays...)
	if err != nil {
		return 0, fmt.Errorf("insert into %s: %w", into.name, err)
	}
	return tag.RowsAffected(), nil
}

// array is a column of rows.
func (c column) array(rows [][]any, i int) any {
	switch c.kind {
	case whole:
		return arrayOf[int64](rows, i)
	case flag:
		return arrayOf[bool](rows, i)
	case instant:
		return momentsOf(rows, i)
	case blob:
		return blobsOf(rows, i)
	default:
		return arrayOf[string](rows, i)
	}
}

// arrayOf has nil for NULL.
func arrayOf[T any](rows [][]any, i int) []*T {
	values := make([]*T, len(rows))
	for at, row := range rows {
		if v, ok := row[i].(T); ok {
			values[at] = &v
		}
	}
	return values
}

func momentsOf(rows [][]any, i int) []*time.Time {
	values := arrayOf[time.Time](rows, i)
	for _, v := range values {
		if v != nil {
			*v = moment(*v)
		}
	}
	return values
}

func blobsOf(rows [][]any, i int) [][]byte {
	values := make([][]byte, len(rows))
	for at, row := range rows {
		values[at], _ = row[i].([]byte)
	}
	return values
}

type postgresRow []any

func (r postgresRow) whole(i int) int64 { v, _ := r[i].(int64); return v }
func (r postgresRow) text(i int) string { v, _ := r[i].(string); return v }
func (r postgresRow) flag(i int) bool   { v, _ := r[i].(bool); return v }
func (r postgresRow) blob(i int) []byte { v, _ := r[i].([]byte); return v }

func (r postgresRow) moment(i int) time.Time {
	v, _ := r[i].(time.Time)
	if v.IsZero() {
		return time.Time{}
	}
	return v.UTC()
}
