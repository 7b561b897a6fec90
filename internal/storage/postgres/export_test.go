package postgres

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/testkit"
)

// Session is a connection that the storage knows nothing of.
func Session(t *testing.T, o Options) *pgx.Conn {
	t.Helper()
	return testkit.Session(t, o.URL, o.PasswordFile)
}

// Script runs statements that entrepot itself never would, each in a
// transaction of its own.
func Script(t *testing.T, o Options, statements ...string) {
	t.Helper()
	conn := Session(t, o)
	for _, sql := range statements {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// MigrateProgram is Migrate of a program that has these migrations.
func MigrateProgram(ctx context.Context, o Options, migrations fs.FS) error {
	o = o.complete()
	o.Migrations = migrations
	return pgdb.Migrate(ctx, o.Options)
}

// OpenProgram is Open of a program that has these migrations.
func OpenProgram(ctx context.Context, o Options, migrations fs.FS) (*Storage, error) {
	o = o.complete()
	o.Migrations = migrations
	db, err := pgdb.Open(ctx, o.Options)
	if err != nil {
		return nil, err
	}
	s := &Storage{db: db, options: o, lines: newLines()}
	err = db.Read(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, "SELECT secret_key FROM installation").Scan(&s.key)
	})
	return s, err
}

// Next is the storage of the next program, which writes the column and the
// table that testdata/next adds.
type Next struct{ *Storage }

// InTx implements order.Storage.
func (n Next) InTx(ctx context.Context, fn func(order.Tx) error) error {
	return n.Storage.InTx(ctx, func(t order.Tx) error { return fn(nextTx{t.(tx)}) })
}

type nextTx struct{ tx }

func (t nextTx) InsertOrder(h order.Head, d order.Document) error {
	t.write("INSERT INTO order_documents (store, number, format, body, crc32c) VALUES ($1, $2, $3, $4, $5)",
		int64(h.Store), int64(h.Number), int64(d.Format), d.Body, checksum(d.Body))
	t.write(`INSERT INTO orders (store, number, placed_at, test, status, resume_status, status_at,
			merchant_order_id, reference_id, tracking, cart, channel)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'web')`,
		int64(h.Store), int64(h.Number), millis(h.PlacedAt), h.Test,
		string(h.State.Status), absent(h.State.Resume), millis(h.StatusAt),
		absent(h.MerchantOrderID), absent(h.ReferenceID), absent(strings.Join(h.Tracking, ",")), uuidOf(h.Cart))
	t.write("INSERT INTO order_channels (store, number, channel) VALUES ($1, $2, 'web')", int64(h.Store), int64(h.Number))
	return nil
}
